from __future__ import annotations

import builtins
import collections.abc
import ctypes
import errno
import fcntl
import json
import mmap
import operator
import os
import platform
import re
import select
import signal
import stat
import struct
import sys
import threading
import time
import weakref
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

# ---- 1. Errors ----


class MetropipeError(Exception):
    """Why a call has no result. The text names the function and says whether it ran."""


class RemoteError(MetropipeError):
    """The function raised: `type` and `message` are the exception's own."""

    def __init__(self, function: str, type: str, message: str) -> None:
        super().__init__(function, type, message)
        self.function = function
        self.type = type
        self.message = message

    def __str__(self) -> str:
        return f"{self.function}: {self.type}: {self.message}"


class TimeoutError(MetropipeError, builtins.TimeoutError):
    """No answer in time; the function may still run."""


class NoProviderError(MetropipeError):
    """Nobody serves the channel; the function was not run."""


class LayoutMismatchError(MetropipeError):
    """Stub and provider were made from different signatures; nothing was run."""


class UnfitError(MetropipeError, ValueError):
    """A value that its wire type cannot hold; nothing was run."""


class UnfitTypeError(UnfitError, TypeError):
    """A value of the wrong kind; nothing was run."""


class ChannelError(MetropipeError):
    """The channel itself is at fault; the text says how."""


class _Misfit(Exception):
    """A value that does not fit, before it is known whose it is."""

    def __init__(self, detail: str, wrong_kind: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail
        self.wrong_kind = wrong_kind
        self.path = ""

    def within(self, step: str) -> "_Misfit":
        self.path = step + self.path
        return self

    def __str__(self) -> str:
        return f"{self.path}: {self.detail}"


# ---- 2. Path ----


def _folder() -> str:
    """The folder of all channels, made absolute once, so that chdir moves nothing."""
    chosen = os.environ.get("METROPIPE_DIR")
    if chosen:
        return os.path.abspath(chosen)
    shared = "/tmp" if sys.platform == "darwin" else "/dev/shm"
    return shared if os.access(shared, os.W_OK) else os.path.abspath(".metropipe")


_FOLDER = _folder()


def _channel_path(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", name):
        raise ChannelError(
            f"{name!r} is no channel name: 1 to 64 of A-Z a-z 0-9 _ . -, "
            "beginning with a letter or _"
        )
    return os.path.join(_FOLDER, f"metro_{name}")


# ---- 3. Opening ----

_HEADER = 32
# Words of a lane's header, by their number.
_STATUS, _LOCK, _SIZE, _CAPACITY, _CODE, _FINGERPRINT, _PROVIDER, _FLAGS = range(8)
# Bytes of the last word.
_PROVIDER_ASLEEP, _ASLEEP, _CANNOT_WAKE, _VERSION = range(28, 32)

_IDLE, _REQUEST, _RUNNING, _RESPONSE, _ERROR = range(5)
_PING = 0x474E4950


class _File:
    """A channel's file, judged and mapped. The descriptor of the mapping is closed:
    a lock on it would live as long as the mapping, in every forked child."""

    def __init__(
        self,
        path: str,
        descriptor: int,
        capacity: int,
        lanes: int,
        older: bool = False,
    ) -> None:
        status = os.fstat(descriptor)
        self.path = path
        self.device, self.inode = status.st_dev, status.st_ino
        self.capacity = capacity
        self.lanes = lanes
        # Another program's file has one lane of whatever size.
        self.older = older
        self.stride = _HEADER + capacity if older else _stride(capacity)
        self.memory = mmap.mmap(descriptor, self.stride * lanes)
        self.view = memoryview(self.memory)
        self.words = self.view[: len(self.view) // 4 * 4].cast("I")
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        self.provider = self.lane_words(0)
        self.wake_provider = _wake_arguments(self.address + _PROVIDER_ASLEEP)
        self.free: List["_Lane"] = []
        self.forgotten = False

    def lane_bytes(self, number: int) -> memoryview:
        start = number * self.stride
        return self.view[start : start + self.stride]

    def lane_words(self, number: int) -> memoryview:
        return self.lane_bytes(number)[: self.stride // 4 * 4].cast("I")


def _stride(capacity: int) -> int:
    return (_HEADER + capacity + 63) // 64 * 64


def _open_descriptor(path: str) -> int:
    """A descriptor of its own: the locks on it are nobody else's."""
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno == errno.ELOOP:
            reason = "is a symbolic link, and links are not followed; remove it"
        elif error.errno in (errno.EISDIR, errno.ENXIO):
            reason = "is not a regular file; remove it"
        else:
            reason = os.strerror(error.errno or 0)
        raise ChannelError(f"{path}: {reason}") from None


class _Malformed(ChannelError):
    """A file of ours that is no channel; a provider replaces it."""


class _Older(ChannelError):
    """A channel of another metropipe program; a provider serves it where it fits."""


def _judge_owner(path: str, descriptor: int) -> None:
    """Refuses what others could have made, or can read; nothing is touched before."""
    status = os.fstat(descriptor)
    user = os.geteuid()
    if not stat.S_ISREG(status.st_mode):
        raise ChannelError(f"{path}: is not a regular file; remove it")
    if status.st_uid != user:
        raise ChannelError(f"{path}: is owned by user {status.st_uid}, not by {user}")
    # Older programs let everybody read their files; nobody ever may write them.
    older = os.pread(descriptor, _HEADER, 0)[_VERSION:] == b"\0"
    if status.st_mode & (0o022 if older else 0o077):
        mode = stat.S_IMODE(status.st_mode)
        raise ChannelError(
            f"{path}: others may read or write it (mode {mode:04o}); chmod 600 it"
        )


def _judge(path: str, descriptor: int) -> Tuple[int, int]:
    """Capacity and number of lanes, or an error that says what is wrong with the file."""
    _judge_owner(path, descriptor)
    size = os.fstat(descriptor).st_size
    header = os.pread(descriptor, _HEADER, 0)
    if len(header) < _HEADER:
        raise _Malformed(f"{path}: is too short for a channel; remove it")
    if header[_VERSION] == 0:
        raise _Older(f"{path}: belongs to another metropipe program (version 0)")
    if header[_VERSION] != 1:
        raise _Malformed(
            f"{path}: has version {header[_VERSION]}, this program speaks 1"
        )
    capacity = int.from_bytes(header[12:16], "little")
    lanes, rest = divmod(size, _stride(capacity))
    if rest or not lanes:
        raise _Malformed(
            f"{path}: {size} bytes are no whole lanes of {_stride(capacity)}"
        )
    for number in range(lanes):
        header = os.pread(descriptor, _HEADER, number * _stride(capacity))
        found = int.from_bytes(header[12:16], "little")
        if found != capacity or header[_VERSION] != 1:
            raise _Malformed(f"{path}: lane {number} disagrees with lane 0")
    return capacity, lanes


def _open_channel(path: str) -> _File:
    descriptor = _open_descriptor(path)
    try:
        return _File(path, descriptor, *_judge(path, descriptor))
    finally:
        os.close(descriptor)


def _open_older(path: str) -> _File:
    descriptor = _open_descriptor(path)
    try:
        # Blocks are allocated before they are touched: a full file system is an error.
        size = os.fstat(descriptor).st_size
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError as error:
            # Such a file system gives what it gives.
            if error.errno != errno.EOPNOTSUPP:
                raise
        return _File(path, descriptor, size - _HEADER, 1, older=True)
    finally:
        os.close(descriptor)


# ---- 4. Locks ----

# Open-file-description locks; their numbers have no names in older Pythons.
_GET_LOCK, _SET_LOCK = 36, 37
_flock = struct.Struct("hhqqi4x")


def _lock(descriptor: int, start: int, length: int) -> bool:
    wanted = _flock.pack(fcntl.F_WRLCK, os.SEEK_SET, start, length, 0)
    try:
        fcntl.fcntl(descriptor, _SET_LOCK, wanted)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise
    return True


def _unlock(descriptor: int, start: int, length: int) -> None:
    wanted = _flock.pack(fcntl.F_UNLCK, os.SEEK_SET, start, length, 0)
    fcntl.fcntl(descriptor, _SET_LOCK, wanted)


def _provider_lives(descriptor: int) -> bool:
    """Asks the kernel: a lock ends with its holder, a process id in a file does not."""
    asked = _flock.pack(fcntl.F_RDLCK, os.SEEK_SET, 0, 4, 0)
    found = fcntl.fcntl(descriptor, _GET_LOCK, asked)
    return bool(_flock.unpack(found)[0] != fcntl.F_UNLCK)


def _leads_here(path: str, device: int, inode: int) -> bool:
    """Whether the path still leads to that file: a lock on any other counts nothing."""
    try:
        status = os.stat(path, follow_symlinks=False)
    except OSError:
        return False
    return status.st_dev == device and status.st_ino == inode


# ---- 5. Forks ----

_channels: "weakref.WeakSet[_Channel]" = weakref.WeakSet()


class _Held:
    """A descriptor with a lock on it; both go when nobody refers to this any more, so
    that no exception, wherever it strikes, leaves a lane taken."""

    __slots__ = ("descriptor", "__weakref__")

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def close(self, close: Callable[[int], None] = os.close) -> None:
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            close(descriptor)

    __del__ = close


def _in_child() -> None:
    """A child shares its parent's locks, beyond the parent's death: it closes them first
    of all, and unlocks nothing, for that would be the parent's loss."""
    for channel in list(_channels):
        for held in list(channel.held):
            held.close()
        channel.held = weakref.WeakSet()
        channel.file = None
        channel.mutex = threading.Lock()


os.register_at_fork(after_in_child=_in_child)


# ---- 6. Words ----

# load and store are `words[i]` of a memoryview cast to "I": one move of 32 bits, which
# no reader sees half done. Where the processor itself reorders stores, a fence helps.
_WEAK_ORDER = platform.machine() not in ("x86_64", "AMD64", "i686")
_NUMBER = {"x86_64": 202, "aarch64": 98, "riscv64": 98}.get(platform.machine())
_CAN_WAIT = sys.platform == "linux" and _NUMBER is not None

_FUTEX_WAIT, _FUTEX_WAKE = 0, 1


class _Timespec(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


_2_MS = ctypes.byref(_Timespec(0, 2_000_000))
_1_MS = ctypes.byref(_Timespec(0, 1_000_000))
_50_MS = ctypes.byref(_Timespec(0, 50_000_000))
_200_MS = ctypes.byref(_Timespec(0, 200_000_000))

# Waiting gives other threads their turn, waking is too short for that.
_waiting = ctypes.CDLL(None).syscall
_waking = ctypes.PyDLL(None).syscall


def _wake_arguments(address: int) -> Tuple[Any, ...]:
    """Made once: objects that are ready halve the time of a call through ctypes."""
    return (
        ctypes.c_long(_NUMBER or 0),
        ctypes.c_void_p(address),
        ctypes.c_int(_FUTEX_WAKE),
        ctypes.c_int(0x7FFFFFFF),
        None,
        None,
        ctypes.c_int(0),
    )


def _wait_on(address: int, seen: int, limit: Any) -> None:
    """Sleeps until woken, or until the limit, or not at all if the word has changed."""
    if _CAN_WAIT:
        _waiting(
            ctypes.c_long(_NUMBER or 0),
            ctypes.c_void_p(address),
            ctypes.c_int(_FUTEX_WAIT),
            ctypes.c_uint(seen),
            limit,
            None,
            ctypes.c_int(0),
        )
    else:
        time.sleep(0.0005)


def _wake(arguments: Tuple[Any, ...]) -> None:
    if _CAN_WAIT:
        _waking(*arguments)


class _Fence:
    """A full fence between a store and a later load of another word: without it both
    sides can miss each other, also on x86. A lock's acquire and release is one."""

    __slots__ = ("acquire", "release")

    def __init__(self) -> None:
        lock = threading.Lock()
        self.acquire = lock.acquire
        self.release = lock.release


# ---- 7. Lanes ----


class _Lane:
    """A lane that this process holds, for one call at a time."""

    __slots__ = (
        "file",
        "number",
        "held",
        "memory",
        "words",
        "provider",
        "acquire",
        "release",
        "passing",
    )

    def __init__(self, file: _File, number: int, held: _Held) -> None:
        self.file = file
        self.number = number
        self.held = held
        self.memory = file.lane_bytes(number)
        self.words = file.lane_words(number)
        self.provider = file.view
        fence = _Fence()
        self.acquire, self.release = fence.acquire, fence.release
        # The last quarter is given back after each call, so that idle holders of the
        # others shut nobody out.
        self.passing = number >= file.lanes - max(1, file.lanes // 4)


class _Channel:
    """What a stub knows of the channel that it calls through."""

    def __init__(
        self,
        function: str,
        name: str,
        canonical: str,
        fingerprint: int,
        request_size: int,
        payload_size: int,
        start: str,
    ) -> None:
        self.function = function
        self.name = name
        self.canonical = canonical
        self.fingerprint = fingerprint
        self.request_size = request_size
        self.payload_size = payload_size
        self.start = start
        self.file: Optional[_File] = None
        self.held: "weakref.WeakSet[_Held]" = weakref.WeakSet()
        self.mutex = threading.Lock()
        # Calls that spun in vain, and how many calls shall not spin at all.
        self.misses = 0
        self.rest = 0
        _channels.add(self)

    def no_provider(self, path: str) -> NoProviderError:
        return NoProviderError(
            f"{self.function}: no provider serves {path}; start one with: {self.start} "
            "(the function was not run)"
        )


class _Limit:
    """The end of a call's time."""

    def __init__(self, channel: _Channel, seconds: Optional[float]) -> None:
        if seconds is None:
            text = os.environ.get("METROPIPE_TIMEOUT_MS")
            if text is None:
                seconds = 5.0
            elif re.fullmatch("[0-9]{1,12}", text) and int(text) > 0:
                seconds = int(text) / 1000
            else:
                raise ChannelError(
                    f"{channel.function}: METROPIPE_TIMEOUT_MS is {text!r}; "
                    "it takes a whole number above 0 (the function was not run)"
                )
        self.seconds = seconds
        self.end = time.monotonic() + seconds


def _attach(channel: _Channel, limit: _Limit) -> _File:
    with channel.mutex:
        if channel.file is not None:
            return channel.file
        path = _channel_path(channel.name)
        try:
            file = _open_channel(path)
        except FileNotFoundError:
            raise channel.no_provider(path) from None
        except ChannelError as error:
            raise ChannelError(f"{channel.function}: {error}") from None
        if file.provider[_FINGERPRINT] != channel.fingerprint:
            _mismatch(channel, file, limit)
        channel.file = file
        return file


def _mismatch(channel: _Channel, file: _File, limit: _Limit) -> None:
    """Asks the provider what it speaks, so that the error shows both."""
    lane = _wait_for_lane(channel, file, limit)
    try:
        lane.words[_SIZE] = 0
        lane.words[_CODE] = _PING
        _publish(lane)
        _wait_for_answer(channel, lane, limit)
        size = min(lane.words[_SIZE], file.capacity)
        theirs = bytes(lane.memory[_HEADER : _HEADER + size]).decode("utf-8", "replace")
        if lane.words[_STATUS] != _RESPONSE:
            theirs = "another layout"
        lane.words[_STATUS] = _IDLE
    finally:
        _leave_lane(lane)
    raise LayoutMismatchError(
        f"{channel.function}: the provider speaks {theirs}, this stub "
        f"{channel.canonical}; export again (the function was not run)"
    )


def _wait_for_lane(channel: _Channel, file: _File, limit: _Limit) -> _Lane:
    pause = 0.0002
    while True:
        try:
            lane = _take_lane(channel, file)
        except OSError as error:
            raise ChannelError(
                f"{channel.function}: {file.path}: {error.strerror} "
                "(the function was not run)"
            ) from None
        if lane is not None:
            return lane
        if time.monotonic() >= limit.end:
            raise TimeoutError(
                f"{channel.function}: all {file.lanes} lanes of {file.path} stayed taken "
                f"for {limit.seconds:g} s (the function was not run)"
            )
        time.sleep(pause)
        pause = min(pause * 2, 0.005)


def _take_lane(channel: _Channel, file: _File) -> Optional[_Lane]:
    """A free lane, or None. Raises NoProviderError where nobody serves the file."""
    try:
        held = _Held(_open_descriptor(file.path))
    except FileNotFoundError:
        raise channel.no_provider(file.path) from None
    channel.held.add(held)
    descriptor = held.descriptor
    status = os.fstat(descriptor)
    if (status.st_dev, status.st_ino) != (file.device, file.inode):
        raise _Stale
    if not _provider_lives(descriptor):
        raise channel.no_provider(file.path)
    for number in range(file.lanes):
        start = number * file.stride
        if not _lock(descriptor, start + 4, 4):
            continue
        lane = _Lane(file, number, held)
        # The lock first, the status after it: the one before tells of another time.
        if lane.words[_STATUS] in (_IDLE, _RESPONSE, _ERROR):
            if not _leads_here(file.path, file.device, file.inode):
                raise _Stale
            # Through the descriptor: a full file system is an error, not a fault.
            _write_through(descriptor, bytes(file.capacity), start + _HEADER)
            lane.words[_STATUS] = _IDLE
            lane.words[_LOCK] = os.getpid()
            lane.memory[_ASLEEP] = 0
            lane.memory[_CANNOT_WAKE] = 0 if _CAN_WAIT else 1
            return lane
        _unlock(descriptor, start + 4, 4)
    return None


def _write_through(descriptor: int, data: bytes, at: int) -> None:
    while data:
        written = os.pwrite(descriptor, data, at)
        data = data[written:]
        at += written


def _leave_lane(lane: _Lane) -> None:
    descriptor = lane.held.descriptor
    if descriptor >= 0:
        lane.words[_LOCK] = 0
        _unlock(descriptor, lane.number * lane.file.stride + 4, 4)
        lane.held.close()


def _forget(channel: _Channel, file: _File) -> None:
    """Gives up a file that the path no longer leads to, or that nobody serves."""
    with channel.mutex:
        if channel.file is file:
            channel.file = None
    file.forgotten = True
    while file.free:
        _leave_lane(file.free.pop())


class _Stale(Exception):
    """The path leads to another file now; nothing was run on the old one."""


# ---- 8. Waiting ----

# Turns of a loop that make about 5 and 50 us; made once, for a call allocates nothing.
_FEW_TURNS = (None,) * 200
_TURNS = (None,) * 1500
_PROCESSORS = os.cpu_count() or 1


def _wait_for_answer(channel: _Channel, lane: _Lane, limit: _Limit) -> None:
    """Returns when the status is response or error."""
    words, memory = lane.words, lane.memory
    if channel.rest:
        channel.rest -= 1
    elif _PROCESSORS > 1 and len(channel.held) <= len(lane.file.free) + 1:
        # Only where no other thread of ours waits too: they would take turns spinning.
        for _ in _TURNS:
            if words[_STATUS] > _RUNNING:
                channel.misses = 0
                return
        # Both sides may share a core, where spinning only delays the other: after some
        # spins in vain the next calls sleep at once, and more of them each time.
        channel.misses += 1
        if channel.misses >= 3:
            channel.rest = 4 << min(channel.misses, 8)
    address = lane.file.address + lane.number * lane.file.stride
    probe = 0.0
    try:
        while True:
            memory[_ASLEEP] = 1
            lane.acquire()
            lane.release()
            status = words[_STATUS]
            if status > _RUNNING:
                return
            now = time.monotonic()
            if now >= probe:
                if not _provider_lives(lane.held.descriptor):
                    _give_up(channel, lane)
                    continue
                probe = now + 0.05
            if now >= limit.end:
                if words[_STATUS] > _RUNNING:
                    return
                raise TimeoutError(
                    f"{channel.function}: no answer within {limit.seconds:g} s on "
                    f"{lane.file.path} (the function may still run)"
                )
            _wait_on(address, status, _2_MS)
    finally:
        memory[_ASLEEP] = 0


# ---- 9. Giving up ----


def _give_up(channel: _Channel, lane: _Lane) -> None:
    """Settles a call whose provider is gone. Returns where there is an answer after all,
    or somebody who serves again."""
    file, words = lane.file, lane.words
    if not _lock(lane.held.descriptor, 0, 4):
        return
    # Nobody serves while we hold the provider's lock: what we read now stays.
    try:
        status = words[_STATUS]
        if status > _RUNNING:
            return
        words[_STATUS] = _IDLE
    finally:
        _unlock(lane.held.descriptor, 0, 4)
    if status == _RUNNING:
        raise ChannelError(
            f"{channel.function}: the provider died or was restarted during the call "
            "(the function may have run)"
        )
    if os.path.lexists(file.path):
        if not _leads_here(file.path, file.device, file.inode):
            raise _Stale
    raise channel.no_provider(file.path)


# ---- 10. Calling ----


def _publish(lane: _Lane) -> None:
    if _WEAK_ORDER:
        lane.acquire()
        lane.release()
    lane.words[_STATUS] = _REQUEST
    lane.acquire()
    lane.release()
    if lane.provider[_PROVIDER_ASLEEP] == 1:
        lane.provider[_PROVIDER_ASLEEP] = 0
        _wake(lane.file.wake_provider)


def _call(
    channel: _Channel,
    seconds: Optional[float],
    write: Callable[[memoryview, Any], None],
    read: Callable[[memoryview], Any],
    arguments: Any,
) -> Any:
    """One call: `write` puts the arguments into a lane, `read` gets the result."""
    limit: Optional[_Limit] = None
    while True:
        file = channel.file
        try:
            lane = file.free.pop()  # type: ignore[union-attr]
        except (AttributeError, IndexError):
            limit = limit or _Limit(channel, seconds)
            try:
                lane = _new_lane(channel, limit)
            except _Stale:
                continue
        words = lane.words
        try:
            if words[_STATUS] != _IDLE:
                # Somebody else wrote here: not our lane any more.
                _leave_lane(lane)
                continue
            write(lane.memory, arguments)
            words[_SIZE] = channel.request_size
            words[_CODE] = 0
            if _WEAK_ORDER:
                lane.acquire()
                lane.release()
            words[_STATUS] = _REQUEST
            lane.acquire()
            lane.release()
            if lane.provider[_PROVIDER_ASLEEP] == 1:
                lane.provider[_PROVIDER_ASLEEP] = 0
                _wake(lane.file.wake_provider)
            for _ in _FEW_TURNS:
                if words[_STATUS] > _RUNNING:
                    break
            else:
                limit = limit or _Limit(channel, seconds)
                _wait_for_answer(channel, lane, limit)
            if _WEAK_ORDER:
                lane.acquire()
                lane.release()
            if words[_STATUS] != _RESPONSE or words[_SIZE] != channel.payload_size:
                raise _failure(channel, lane)
            result = read(lane.memory)
            words[_STATUS] = _IDLE
        except _Stale:
            _leave_lane(lane)
            _forget(channel, lane.file)
            continue
        except _Misfit as misfit:
            error = _misfit(channel, lane, misfit)
            _break_off(channel, lane, error)
            raise error from None
        except BaseException as broken:
            _break_off(channel, lane, broken)
            raise
        file = lane.file
        if lane.passing or file.forgotten:
            _leave_lane(lane)
        else:
            file.free.append(lane)
        return result


def _new_lane(channel: _Channel, limit: _Limit) -> _Lane:
    file = _attach(channel, limit)
    try:
        return _wait_for_lane(channel, file, limit)
    except (_Stale, NoProviderError):
        _forget(channel, file)
        raise


def _break_off(channel: _Channel, lane: _Lane, error: BaseException) -> None:
    """Whatever ended the call: the lane is clean again, or it is left."""
    if isinstance(error, NoProviderError):
        _leave_lane(lane)
        _forget(channel, lane.file)
    elif (
        lane.words[_STATUS] in (_IDLE, _RESPONSE)
        and not lane.passing
        and not lane.file.forgotten
    ):
        lane.words[_STATUS] = _IDLE
        lane.file.free.append(lane)
    else:
        _leave_lane(lane)


def _failure(channel: _Channel, lane: _Lane) -> MetropipeError:
    """The error that the provider's answer stands for."""
    words = lane.words
    function, status, code = channel.function, words[_STATUS], words[_CODE]
    size = words[_SIZE]
    if status == _RESPONSE or size > lane.file.capacity:
        return ChannelError(
            f"{function}: the provider answered {size} bytes, not "
            f"{channel.payload_size} (the function was run)"
        )
    text = bytes(lane.memory[_HEADER : _HEADER + size]).decode("utf-8", "replace")
    # The text stood where padding stands, and padding is zeros.
    lane.memory[_HEADER : _HEADER + size] = bytes(size)
    words[_STATUS] = _IDLE
    if code == 1:
        kind, _, message = text.partition(": ")
        return RemoteError(function, kind, message)
    if code == 2:
        return LayoutMismatchError(
            f"{function}: the provider cannot read the request: {text} "
            "(the function was not run)"
        )
    if code == 3:
        return ChannelError(
            f"{function}: the result does not fit: {text} (the function was run)"
        )
    if code == 4:
        return channel.no_provider(lane.file.path)
    if code == 5:
        return ChannelError(
            f"{function}: the provider died or was restarted during the call "
            "(the function may have run)"
        )
    return ChannelError(f"{function}: unknown error {code}: {text}")


def _misfit(channel: _Channel, lane: _Lane, misfit: _Misfit) -> MetropipeError:
    if lane.words[_STATUS] == _RESPONSE:
        return ChannelError(
            f"{channel.function}: the result cannot be read: {misfit} "
            "(the function was run)"
        )
    kind = UnfitTypeError if misfit.wrong_kind else UnfitError
    return kind(f"{channel.function}: {misfit}")


def _bound(function: Callable[..., Any], bind: Callable[[Optional[float]], Any]) -> Any:
    """The function as its module's user sees it, with `with_timeout` at hand."""

    def with_timeout(seconds: float) -> Any:
        if isinstance(seconds, bool) or not seconds > 0:
            raise ValueError(f"with_timeout takes seconds above 0, not {seconds!r}")
        return bind(float(seconds))

    function.__qualname__ = function.__name__
    setattr(function, "with_timeout", with_timeout)
    return function


# ---- 11. Serving ----


class _Refusal(Exception):
    """Why a provider does not start, or ends."""


class _Served:
    """A lane as its provider sees it."""

    __slots__ = ("words", "memory", "wake", "stained", "acquire", "release")

    def __init__(self, file: _File, number: int) -> None:
        self.words = file.lane_words(number)
        self.memory = file.lane_bytes(number)
        self.wake = _wake_arguments(file.address + number * file.stride)
        # An error's text stands where a result's padding will stand.
        self.stained = True
        fence = _Fence()
        self.acquire, self.release = fence.acquire, fence.release


def _make_file(
    path: str, fingerprint: int, capacity: int, lanes: int
) -> Tuple[str, int]:
    """A whole file under a name of its own, with the provider's lock on it."""
    folder, name = os.path.split(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    header = struct.pack("<7I4B", 0, 0, 0, capacity, 0, fingerprint, 0, 0, 0, 0, 1)
    while True:
        temporary = os.path.join(folder, f".{name}.{os.getpid()}.{os.urandom(6).hex()}")
        descriptor = os.open(temporary, flags, 0o600)
        try:
            if _lock(descriptor, 0, 4):
                os.fchmod(descriptor, 0o600)
                os.ftruncate(descriptor, _stride(capacity) * lanes)
                for number in range(lanes):
                    _write_through(descriptor, header, number * _stride(capacity))
                return temporary, descriptor
        except BaseException:
            os.unlink(temporary)
            os.close(descriptor)
            raise
        # Somebody who tidies up took it for a dead one's.
        os.close(descriptor)


def _remove_left_behind(path: str) -> None:
    """Removes what makers of this channel left that died before they were done.

    Nobody locks such a file, or it is a second name of the channel's own.
    """
    folder, name = os.path.split(path)
    for entry in os.listdir(folder):
        if not entry.startswith(f".{name}.") or entry.count(".", len(name) + 1) != 2:
            continue
        temporary = os.path.join(folder, entry)
        try:
            descriptor = _open_descriptor(temporary)
        except (OSError, ChannelError):
            continue
        try:
            status = os.fstat(descriptor)
            own = _leads_here(path, status.st_dev, status.st_ino)
            if own or _lock(descriptor, 0, 4):
                os.unlink(temporary)
        except OSError:
            pass  # its maker was faster
        finally:
            os.close(descriptor)


def _claim(
    path: str,
    fingerprint: int,
    payload_size: int,
    capacity: int,
    lanes: int,
    force: bool,
) -> Tuple[_File, int]:
    """The channel's file, and the descriptor that holds the provider's lock on it."""
    patience = time.monotonic() + 1
    while True:
        try:
            descriptor = _open_descriptor(path)
        except FileNotFoundError:
            temporary, descriptor = _make_file(path, fingerprint, capacity, lanes)
            try:
                os.link(temporary, path)
            except OSError as error:
                os.close(descriptor)
                if error.errno in (errno.EEXIST, errno.ENOENT):
                    continue
                raise
            finally:
                if os.path.lexists(temporary):
                    os.unlink(temporary)
        kept = False
        try:
            status = os.fstat(descriptor)
            _judge_owner(path, descriptor)
            # One who gives up, or cleans, holds the lock for a moment.
            while not _lock(descriptor, 0, 4):
                if time.monotonic() > patience:
                    raise _Refusal(f"another provider serves {path}")
                time.sleep(0.005)
            if not _leads_here(path, status.st_dev, status.st_ino):
                continue
            found: Optional[Tuple[int, int]] = None
            served = False
            try:
                found = _judge(path, descriptor)
            except _Malformed:
                pass
            except _Older as older:
                served = not force
                room = status.st_size - _HEADER
                if served and payload_size > room:
                    raise _Refusal(
                        f"{older} and has room for {room} bytes, {payload_size} are "
                        "needed; --force replaces it"
                    ) from None
            if not served and (
                found != (capacity, lanes) or _fingerprint_at(descriptor) != fingerprint
            ):
                temporary, successor = _make_file(path, fingerprint, capacity, lanes)
                try:
                    os.rename(temporary, path)
                except BaseException:
                    os.unlink(temporary)
                    os.close(successor)
                    raise
                descriptor, successor = successor, descriptor
                os.close(successor)
            file = _open_older(path) if served else _open_channel(path)
            status = os.fstat(descriptor)
            if (status.st_dev, status.st_ino) != (file.device, file.inode):
                continue
            _remove_left_behind(path)
            kept = True
            return file, descriptor
        finally:
            if not kept:
                os.close(descriptor)


def _fingerprint_at(descriptor: int) -> int:
    return int.from_bytes(os.pread(descriptor, 4, 4 * _FINGERPRINT), "little")


class _Service:
    """One function behind one channel, until it is told to end."""

    def __init__(
        self,
        name: str,
        canonical: str,
        fingerprint: int,
        request_size: int,
        payload_size: int,
        capacity: int,
        result_at: int,
        read: Callable[[memoryview], Any],
        write: Callable[[memoryview, Any], None],
        function: Callable[..., Any],
        lanes: int = 16,
        workers: int = 1,
        force: bool = False,
    ) -> None:
        self.name = name
        self.canonical = canonical
        self.request_size = request_size
        self.payload_size = payload_size
        self.read, self.write, self.function = read, write, function
        self.path = _channel_path(name)
        self.file, self.descriptor = _claim(
            self.path, fingerprint, payload_size, capacity, lanes, force
        )
        self.capacity = self.file.capacity
        self.older = self.file.older
        if self.older:
            # Its lane is no call's own: a late answer must not meet another's.
            workers = 1
            self.write = self.write_if_awaited
            self.written = write
        self.lanes = [_Served(self.file, number) for number in range(self.file.lanes)]
        self.first_words = self.lanes[0].words
        self.first_memory = self.lanes[0].memory
        stride = self.file.stride
        self.statuses = self.file.words[:: stride // 4]
        self.locks = self.file.words[_LOCK :: stride // 4]
        self.flags = self.file.words[_FLAGS :: stride // 4]
        self.blank = bytes(payload_size - result_at)
        self.blank_at = _HEADER + result_at
        self.workers = workers
        self.hot = 0
        self.streak = 0
        self.misses = 0
        self.rest = 0
        self.checked = time.monotonic()
        self.naps = 0
        fence = _Fence()
        self.acquire, self.release = fence.acquire, fence.release
        self.ending = False
        self.forked = False
        self.failure: Optional[str] = None
        self.finishing = threading.Lock()
        self.before: Dict[int, Any] = {}
        self.calls = 0
        self.busy: List[_Served] = []
        self.baton: List[int] = []
        self.watching = False
        self.watch = threading.Lock()
        self.stir = threading.Lock()
        self.stir.acquire()
        for number, lane in enumerate(self.lanes):
            status = lane.words[_STATUS]
            if status == _RUNNING:
                self.refuse(lane, 5, "the provider was restarted")
            elif status > _ERROR or status == _REQUEST and self.clear(number):
                lane.words[_STATUS] = _IDLE
            if not self.older:
                lane.words[_FINGERPRINT] = fingerprint
        self.polls = self.older or not _CAN_WAIT
        if not self.older:
            self.first_words[_PROVIDER] = os.getpid()
            self.first_memory[_PROVIDER_ASLEEP] = 0 if _CAN_WAIT else 2
        _services.add(self)

    # One waits and hands out.

    def next_request(self) -> Optional[_Served]:
        """Waits for a request and claims it; None when the service is ending."""
        lanes, statuses = self.lanes, self.statuses
        words = lanes[self.hot].words
        # Where several call in turn the scan comes first.
        looks = _LOOKS if self.streak else _NO_LOOKS
        # What is found right after sleeping is no success of spinning.
        woken = False
        self.naps = 0
        while not self.ending:
            turns: Tuple[None, ...] = _SPIN
            if self.busy or _PROCESSORS < 2:
                # A function runs in another thread: it needs the interpreter.
                turns = _ONE_TURN
            elif self.rest:
                self.rest -= 1
                turns = _ONE_TURN
            for _ in turns:
                # Who called last mostly calls next; the others are looked at in between.
                if self.streak < 16:
                    for _ in looks:
                        if words[_STATUS] == _REQUEST:
                            words[_STATUS] = _RUNNING
                            self.streak += 1
                            if not woken:
                                self.misses = 0
                            return lanes[self.hot]
                looks = _LOOKS
                found = statuses.tolist()
                if _REQUEST in found:
                    # From the lane behind the last one on, so that none waits for long.
                    hot = self.hot + 1
                    later = found[hot:]
                    if _REQUEST in later:
                        hot += later.index(_REQUEST)
                    else:
                        hot = found.index(_REQUEST)
                    self.streak = 1 if hot == self.hot else 0
                    self.hot = hot
                    lanes[hot].words[_STATUS] = _RUNNING
                    if not woken:
                        self.misses = 0
                    return lanes[hot]
                self.streak = 1
                woken = False
            if turns is _SPIN:
                self.misses += 1
                if self.misses >= 3:
                    self.rest = 4 << min(self.misses, 8)
            self.sleep()
            woken = True
        return None

    def sleep(self) -> None:
        memory, words = self.first_memory, self.first_words
        now = time.monotonic()
        if now >= self.checked + 1:
            self.checked = now
            self.keep_house()
        if self.polls:
            time.sleep(0.001)
            return
        memory[_PROVIDER_ASLEEP] = 1
        self.acquire()
        self.release()
        if not self.ending and _REQUEST not in self.statuses.tolist():
            seen = words[_FLAGS]
            if seen & 0xFF == 1:
                mute = any(flags & 0xFF0000 for flags in self.flags.tolist())
                # A timer that ends is not free, and an hour without a call should cost
                # nothing: after the first second the naps are longer.
                self.naps += 1
                limit = _1_MS if mute else _50_MS if self.naps < 2 else _200_MS
                _wait_on(self.file.address + _PROVIDER_ASLEEP, seen, limit)
                # Nobody woke it: mostly there is nothing, and it sleeps on at little cost.
                while words[_FLAGS] == seen and _REQUEST not in self.statuses.tolist():
                    if self.ending or time.monotonic() >= self.checked + 1:
                        break
                    _wait_on(self.file.address + _PROVIDER_ASLEEP, seen, limit)
        memory[_PROVIDER_ASLEEP] = 0

    def keep_house(self) -> None:
        """Once a second while idle."""
        if not _leads_here(self.path, self.file.device, self.file.inode):
            self.failure = f"{self.path} was removed or replaced"
            self.ending = True
            return
        for number, lane in enumerate(self.lanes):
            if lane.words[_LOCK] or lane.words[_FLAGS] & 0xFFFF00:
                self.clear(number)

    def clear(self, number: int) -> bool:
        """Clears word and flags of a lane that nobody locks; false if somebody does."""
        if self.older:
            # Nobody locks it, and yet somebody may wait there.
            return False
        try:
            descriptor = _open_descriptor(self.path)
        except (OSError, ChannelError):
            return False
        start = number * self.file.stride + 4
        lane = self.lanes[number]
        try:
            free = _lock(descriptor, start, 4)
            if free:
                lane.words[_LOCK] = 0
                lane.memory[_ASLEEP] = 0
                lane.memory[_CANNOT_WAKE] = 0
                _unlock(descriptor, start, 4)
            return free
        finally:
            os.close(descriptor)

    def answer(self, lane: _Served) -> None:
        """Runs the function for a lane; whatever it raises is an answer."""
        words = lane.words
        code, text = 0, ""
        result: Any = None
        try:
            if (
                words[_CODE] or not self.request_size <= words[_SIZE] <= self.capacity
            ) and not self.is_older_call(lane):
                code, text = self.odd_request(lane)
            else:
                arguments = self.read(lane.memory)
                try:
                    result = self.function(*arguments)
                except BaseException as error:
                    code, text = 1, f"{type(error).__name__}: {_text_of(error)}"
        except BaseException as error:
            code, text = 2, _explain(error)
        if self.forked:
            # A child that the function forked came back here; the lanes are its parent's.
            os._exit(0)
        try:
            # Who takes the lane from this list answers it: at its end the service tells
            # the callers of what still runs, and no late answer may follow.
            self.busy.remove(lane)
        except ValueError:
            threading.Event().wait()
        if not code:
            try:
                if lane.stained:
                    blank = self.blank
                    lane.memory[self.blank_at : self.blank_at + len(blank)] = blank
                    lane.stained = False
                self.write(lane.memory, result)
            except BaseException as error:
                code, text = 3, _explain(error)
        if code:
            self.refuse(lane, code, text)
            return
        # The code is 0 already: it was the request's.
        words[_SIZE] = self.payload_size
        if _WEAK_ORDER:
            lane.acquire()
            lane.release()
        words[_STATUS] = _RESPONSE
        lane.acquire()
        lane.release()
        if lane.memory[_ASLEEP]:
            _wake(lane.wake)

    def is_older_call(self, lane: _Served) -> bool:
        """An older program says with the status alone that it calls."""
        if not self.older or lane.words[_CODE] == _PING:
            return False
        lane.words[_CODE] = 0
        return True

    def write_if_awaited(self, memory: memoryview, result: Any) -> None:
        """To an older program, which may have given up and posted its next request."""
        if self.first_words[_STATUS] != _RUNNING:
            raise _Stale
        self.written(memory, result)

    def odd_request(self, lane: _Served) -> Tuple[int, str]:
        words = lane.words
        code, size = words[_CODE], words[_SIZE]
        if code == _PING:
            return _PONG, self.canonical
        if code:
            return 2, f"unknown request code {code}"
        return 2, f"{size} bytes were given, {self.request_size} are needed"

    def refuse(self, lane: _Served, code: int, text: str) -> None:
        """Answers with a text: an error, or what a ping asks for."""
        if self.older and lane.words[_STATUS] != _RUNNING:
            return  # its caller gave up
        data = _cut(text.encode("utf-8", "backslashreplace"), self.capacity)
        lane.memory[_HEADER : _HEADER + len(data)] = data
        lane.stained = True
        lane.words[_SIZE] = len(data)
        lane.words[_CODE] = 0 if code == _PONG else code
        lane.acquire()
        lane.release()
        lane.words[_STATUS] = _RESPONSE if code == _PONG else _ERROR
        lane.acquire()
        lane.release()
        if lane.memory[_ASLEEP]:
            _wake(lane.wake)

    # Serving, by one thread or by several.

    def lead(self) -> None:
        """Waits, claims and runs, until the service ends or another thread leads.

        While the function runs the baton lies in the open. The thread that watches takes it
        when a call lasts, so that calls which block overlap, and a short call costs no
        change of threads."""
        baton, busy = self.baton, self.busy
        while True:
            lane = self.next_request()
            if lane is None:
                return
            busy.append(lane)
            self.calls += 1
            if self.workers > 1:
                baton.append(self.calls)
                if not self.watching and self.stir.locked():
                    self.stir.release()
            self.answer(lane)
            if self.workers > 1:
                try:
                    baton.pop()
                except IndexError:
                    return

    def follow(self) -> None:
        """Waits until the leader's call has lasted a moment; returns as the leader."""
        with self.watch:
            quiet = 0
            while not self.ending:
                calls, seen = self.calls, self.baton[-1:]
                time.sleep(0.002)
                if seen and self.baton[-1:] == seen:
                    try:
                        self.baton.pop()
                        return
                    except IndexError:
                        continue
                quiet = quiet + 1 if calls == self.calls else 0
                if quiet > 20:
                    # Nothing to watch: sleep until the next call.
                    quiet = 0
                    self.watching = False
                    if calls == self.calls:
                        self.stir.acquire()
                    self.watching = True

    def work(self) -> None:
        while not self.ending:
            self.follow()
            self.lead()

    def serve(self) -> int:
        """Serves until SIGINT or SIGTERM; the exit status."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        for number in (signal.SIGINT, signal.SIGTERM):
            self.before[number] = signal.signal(number, lambda *_: None)
        # The interpreter's own handler writes to the pipe at once, even while the
        # function keeps the main thread; a thread of our own then ends the service.
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        threading.Thread(target=self.attend, args=(reading,), daemon=True).start()
        for _ in range(self.workers - 1):
            threading.Thread(target=self.work, daemon=True).start()
        print(
            f"metropipe: {self.name} ready on {self.path} "
            f"({len(self.lanes)} lanes, pid {os.getpid()})",
            flush=True,
        )
        while not self.ending:
            self.lead()
            if self.ending:
                break
            self.follow()
        patience = time.monotonic() + 1
        while self.busy and time.monotonic() < patience:
            time.sleep(0.002)
        os.write(writing, b"\0")
        return self.finish()

    def attend(self, reading: int) -> None:
        """Hears the signals: the first ends the service, a second the process."""
        heard = 0
        while heard not in (signal.SIGINT, signal.SIGTERM):
            heard = os.read(reading, 1)[0]
        self.ending = True
        _wake(self.file.wake_provider)
        end = time.monotonic() + 1
        while True:
            remaining = max(0.0, end - time.monotonic())
            if not select.select([reading], [], [], remaining)[0]:
                # A call lasts on; its caller is told, the process does not wait for it.
                os._exit(self.finish())
            heard = os.read(reading, 1)[0]
            if heard == 0:
                return
            if heard in (signal.SIGINT, signal.SIGTERM):
                os._exit(128 + heard)

    def finish(self) -> int:
        """Tells every caller, removes the file, and only then gives up the lock."""
        self.finishing.acquire()
        for lane in self.lanes:
            status = lane.words[_STATUS]
            if status == _REQUEST:
                # The text goes over the arguments: should we die now, nobody may run them.
                lane.words[_STATUS] = _RUNNING
                self.refuse(lane, 4, "the provider is ending")
            elif status == _RUNNING:
                try:
                    self.busy.remove(lane)
                except ValueError:
                    while lane.words[_STATUS] == _RUNNING:
                        time.sleep(0.0005)  # its answer is being written
                else:
                    self.refuse(
                        lane, 5, "the provider is ending, the function still runs"
                    )
        # An older program's file is its own to remove.
        if not self.older:
            self.first_words[_PROVIDER] = 0
            if _leads_here(self.path, self.file.device, self.file.inode):
                os.unlink(self.path)
        _services.discard(self)
        os.close(self.descriptor)
        try:
            if self.failure:
                print(f"metropipe: {self.name} ended: {self.failure}", file=sys.stderr)
            else:
                print(f"metropipe: {self.name} ended after {self.calls} calls")
            sys.stdout.flush()
        except (OSError, ValueError):
            pass  # nobody reads any more
        return 1 if self.failure else 0

    def in_child(self) -> None:
        """What a child that the function forked must not share with the provider."""
        os.close(self.descriptor)
        self.forked = True
        signal.set_wakeup_fd(-1)
        for number, handler in self.before.items():
            signal.signal(number, handler)


# No error, though a text answers a ping, too.
_PONG = -1
# A lane is looked at so often before all are, and so many rounds take about 50 us.
_LOOKS: Tuple[None, ...] = (None,) * 24
_NO_LOOKS: Tuple[None, ...] = ()
_SPIN: Tuple[None, ...] = (None,) * 60
_ONE_TURN: Tuple[None, ...] = (None,)
_services: "weakref.WeakSet[_Service]" = weakref.WeakSet()


def _service_in_child() -> None:
    for service in list(_services):
        service.in_child()
    _services.clear()


os.register_at_fork(after_in_child=_service_in_child)


def _cut(data: bytes, capacity: int) -> bytes:
    """At most so many bytes, ending at a character's end."""
    if len(data) > capacity:
        data = data[:capacity].decode("utf-8", "ignore").encode()
    return data


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return "<its text cannot be had: __str__ raised>"


def _explain(error: BaseException) -> str:
    if isinstance(error, _Misfit):
        return str(error)
    return f"{type(error).__name__}: {_text_of(error)}"


# ---- 12. Values ----


_Slots = Sequence[Tuple[str, int, "_Wire"]]


def _write_each(memory: memoryview, slots: _Slots, values: Any) -> None:
    for (name, offset, wire), value in zip(slots, values):
        try:
            wire.put(memory, _HEADER + offset, value)
        except _Misfit as misfit:
            raise misfit.within(name)


def _read_each(memory: memoryview, slots: _Slots) -> List[Any]:
    values = []
    for name, offset, wire in slots:
        try:
            values.append(wire.get(memory, _HEADER + offset))
        except _Misfit as misfit:
            raise misfit.within(name)
    return values


class _Wire:
    """How a wire type is put into bytes, and got from bytes that another process wrote."""

    __slots__ = ("name", "size", "align", "put", "get", "format")

    def __init__(
        self,
        name: str,
        size: int,
        align: int,
        put: Callable[[memoryview, int, Any], None],
        get: Callable[[memoryview, int], Any],
        format: str = "",
    ) -> None:
        self.name = name
        self.size = size
        self.align = align
        self.put = put
        self.get = get
        # The letter of the struct module, for what can be packed in bulk.
        self.format = format

    @property
    def stride(self) -> int:
        return _round_up(self.size, self.align)


def _round_up(value: int, align: int) -> int:
    return (value + align - 1) // align * align


def _wrong_kind(value: object, name: str, takes: str) -> _Misfit:
    given = type(value).__name__
    article = "an" if given[:1] in "aeiou" else "a"
    given = given if value is None else f"{article} {given}"
    return _Misfit(f"{given} was given, {name} takes {takes}", wrong_kind=True)


def _bool() -> _Wire:
    def put_bool(memory: memoryview, at: int, value: Any) -> None:
        if value is not True and value is not False:
            # numpy's booleans are no bool, and mean the same.
            plain = value.item() if hasattr(value, "item") else value
            if type(plain) is not bool:
                raise _wrong_kind(value, "bool", "a bool")
            value = plain
        memory[at] = value

    def get_bool(memory: memoryview, at: int) -> bool:
        value = memory[at]
        if value > 1:
            raise _Misfit(f"byte {value} is no bool")
        return value == 1

    return _Wire("bool", 1, 1, put_bool, get_bool)


def _integer(name: str, format: str, low: int, high: int) -> _Wire:
    layout = struct.Struct("<" + format)
    pack_into, unpack_from = layout.pack_into, layout.unpack_from

    def put_integer(memory: memoryview, at: int, value: Any) -> None:
        if type(value) is not int:
            if isinstance(value, bool):
                raise _wrong_kind(value, name, "an int")
            try:
                value = operator.index(value)
            except TypeError:
                raise _wrong_kind(value, name, "an int") from None
        if not low <= value <= high:
            given = value
            if value.bit_length() > 256:
                given = f"an int of {value.bit_length()} bits"
            raise _Misfit(f"{given} does not fit {name}, which holds {low} to {high}")
        pack_into(memory, at, value)

    def get_integer(memory: memoryview, at: int) -> int:
        value: int = unpack_from(memory, at)[0]
        return value

    return _Wire(name, layout.size, layout.size, put_integer, get_integer, format)


def _float(name: str, format: str, largest: str) -> _Wire:
    layout = struct.Struct("<" + format)
    pack_into, unpack_from = layout.pack_into, layout.unpack_from

    def put_float(memory: memoryview, at: int, value: Any) -> None:
        if type(value) is not float:
            if isinstance(value, bool) or not (
                hasattr(value, "__float__") or hasattr(value, "__index__")
            ):
                raise _wrong_kind(value, name, "a float")
        try:
            pack_into(memory, at, float(value))
        except OverflowError:
            raise _Misfit(
                f"{value} does not fit {name}, which holds at most {largest} in magnitude"
            ) from None

    def get_float(memory: memoryview, at: int) -> float:
        value: float = unpack_from(memory, at)[0]
        return value

    return _Wire(name, layout.size, layout.size, put_float, get_float, format)


_BOOL = _bool()
_I8 = _integer("i8", "b", -(2**7), 2**7 - 1)
_I16 = _integer("i16", "h", -(2**15), 2**15 - 1)
_I32 = _integer("i32", "i", -(2**31), 2**31 - 1)
_I64 = _integer("i64", "q", -(2**63), 2**63 - 1)
_U8 = _integer("u8", "B", 0, 2**8 - 1)
_U16 = _integer("u16", "H", 0, 2**16 - 1)
_U32 = _integer("u32", "I", 0, 2**32 - 1)
_U64 = _integer("u64", "Q", 0, 2**64 - 1)
_F32 = _float("f32", "f", "3.4028235e+38")
_F64 = _float("f64", "d", "1.7976931348623157e+308")

_length = struct.Struct("<I")


def _put_data(memory: memoryview, at: int, data: Any, limit: int, name: str) -> int:
    size = len(data)
    if size > limit:
        raise _Misfit(f"{size} bytes do not fit {name}, which holds at most {limit}")
    _length.pack_into(memory, at, size)
    end = at + 4 + size
    memory[at + 4 : end] = data
    return end


def _get_data(memory: memoryview, at: int, limit: int, name: str) -> bytes:
    # Once: another process could change it between the check and the use.
    size: int = _length.unpack_from(memory, at)[0]
    if size > limit:
        raise _Misfit(f"{size} bytes do not fit {name}, which holds at most {limit}")
    return memory[at + 4 : at + 4 + size].tobytes()


def _encoded(text: str) -> bytes:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise _Misfit("is not valid Unicode text (a lone surrogate)") from None
    if 0 in data:
        raise _Misfit(
            "holds a NUL character, where C and shell readers would end; "
            "use bytes instead"
        )
    return data


def _decoded(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise _Misfit("is not valid Unicode text (invalid UTF-8)") from None
    if "\0" in text:
        raise _Misfit("holds a NUL character")
    return text


def _string(size: int) -> _Wire:
    name, limit = f"string[{size}]", size - 5

    def put_string(memory: memoryview, at: int, value: Any) -> None:
        if not isinstance(value, str):
            raise _wrong_kind(value, name, "a str")
        memory[_put_data(memory, at, _encoded(value), limit, name)] = 0

    def get_string(memory: memoryview, at: int) -> str:
        return _decoded(_get_data(memory, at, limit, name))

    return _Wire(name, size, 4, put_string, get_string)


def _bytes(size: int) -> _Wire:
    name, limit = f"bytes[{size}]", size - 4

    def put_bytes(memory: memoryview, at: int, value: Any) -> None:
        if type(value) is not bytes:
            try:
                value = memoryview(value)
            except TypeError:
                raise _wrong_kind(value, name, "bytes") from None
            value = value.cast("B") if value.c_contiguous else value.tobytes()
        _put_data(memory, at, value, limit, name)

    def get_bytes(memory: memoryview, at: int) -> bytes:
        return _get_data(memory, at, limit, name)

    return _Wire(name, size, 4, put_bytes, get_bytes)


def _json(size: int) -> _Wire:
    name, limit = f"json[{size}]", size - 5

    def put_json(memory: memoryview, at: int, value: Any) -> None:
        try:
            text = json.dumps(
                value, ensure_ascii=False, allow_nan=False, separators=(",", ":")
            )
        except TypeError as error:
            raise _Misfit(f"has no JSON form: {error}", wrong_kind=True) from None
        except (ValueError, RecursionError) as error:
            raise _Misfit(f"has no JSON form: {error}") from None
        memory[_put_data(memory, at, _encoded(text), limit, name)] = 0

    def get_json(memory: memoryview, at: int) -> Any:
        try:
            return json.loads(_decoded(_get_data(memory, at, limit, name)))
        except (ValueError, RecursionError):
            raise _Misfit("is not valid JSON") from None

    return _Wire(name, size, 4, put_json, get_json)


def _opt(inner: _Wire) -> _Wire:
    first, size = inner.align, inner.align + inner.size
    nothing, present = bytes(size), b"\1" + bytes(first - 1)
    put_value, get_value = inner.put, inner.get

    def put_opt(memory: memoryview, at: int, value: Any) -> None:
        if value is None:
            memory[at : at + size] = nothing
        else:
            memory[at : at + first] = present
            put_value(memory, at + first, value)

    def get_opt(memory: memoryview, at: int) -> Any:
        presence = memory[at]
        if presence > 1:
            raise _Misfit(f"presence byte {presence}")
        return get_value(memory, at + first) if presence else None

    return _Wire(f"opt<{inner.name}>", size, inner.align, put_opt, get_opt)


def _sequence(value: Any, name: str) -> Sequence[Any]:
    if isinstance(value, (list, tuple)):
        return value
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, str) or not isinstance(value, collections.abc.Sequence):
        raise _wrong_kind(value, name, "a list")
    values: Sequence[Any] = value
    return values


def _put_elements(
    memory: memoryview, at: int, values: Sequence[Any], element: _Wire
) -> None:
    if element.format and set(map(type, values)) <= _BULK:
        try:
            struct.pack_into(f"<{len(values)}{element.format}", memory, at, *values)
            return
        except (struct.error, OverflowError):
            pass  # one by one, then, to name the one that does not fit
    put, stride = element.put, element.stride
    for index, value in enumerate(values):
        try:
            put(memory, at, value)
        except _Misfit as misfit:
            raise misfit.within(f"[{index}]")
        at += stride


_BULK = {int}


def _get_elements(memory: memoryview, at: int, count: int, element: _Wire) -> List[Any]:
    if element.format:
        return list(struct.unpack_from(f"<{count}{element.format}", memory, at))
    get, stride = element.get, element.stride
    values = []
    for index in range(count):
        try:
            values.append(get(memory, at + index * stride))
        except _Misfit as misfit:
            raise misfit.within(f"[{index}]")
    return values


def _array(element: _Wire, count: int) -> _Wire:
    name = f"[{element.name};{count}]"

    def put_array(memory: memoryview, at: int, value: Any) -> None:
        values = _sequence(value, name)
        if len(values) != count:
            raise _Misfit(f"{len(values)} elements given, {name} takes exactly {count}")
        _put_elements(memory, at, values, element)

    def get_array(memory: memoryview, at: int) -> List[Any]:
        return _get_elements(memory, at, count, element)

    return _Wire(name, count * element.stride, element.align, put_array, get_array)


def _list(element: _Wire, limit: int) -> _Wire:
    name = f"list<{element.name},{limit}>"
    first, align = _round_up(4, element.align), max(4, element.align)
    padding = bytes(first - 4)

    def put_list(memory: memoryview, at: int, value: Any) -> None:
        values = _sequence(value, name)
        if len(values) > limit:
            raise _Misfit(
                f"{len(values)} elements do not fit {name}, which holds at most {limit}"
            )
        _length.pack_into(memory, at, len(values))
        memory[at + 4 : at + first] = padding
        _put_elements(memory, at + first, values, element)

    def get_list(memory: memoryview, at: int) -> List[Any]:
        count: int = _length.unpack_from(memory, at)[0]
        if count > limit:
            raise _Misfit(
                f"{count} elements do not fit {name}, which holds at most {limit}"
            )
        return _get_elements(memory, at + first, count, element)

    size = _round_up(first + limit * element.stride, align)
    return _Wire(name, size, align, put_list, get_list)


def _record(
    kind: str,
    make: Callable[[List[Any]], Any],
    take: Callable[[Any], Sequence[Any]],
    fields: Sequence[Tuple[str, _Wire]],
) -> _Wire:
    """Fields as a C compiler lays them out; `make` and `take` know the record's class."""
    places: List[Tuple[str, int, _Wire]] = []
    end, align = 0, 1
    for field, wire in fields:
        end = _round_up(end, wire.align)
        places.append((field, end, wire))
        end += wire.size
        align = max(align, wire.align)
    name = "struct{" + ",".join(wire.name for _, wire in fields) + "}"

    def put_record(memory: memoryview, at: int, value: Any) -> None:
        try:
            values = take(value)
        except (AttributeError, KeyError, TypeError, IndexError):
            raise _wrong_kind(value, name, f"a {kind}") from None
        if len(values) != len(places):
            raise _Misfit(f"{len(values)} values given, {kind} takes {len(places)}")
        for (field, offset, wire), item in zip(places, values):
            try:
                wire.put(memory, at + offset, item)
            except _Misfit as misfit:
                raise misfit.within(f".{field}")

    def get_record(memory: memoryview, at: int) -> Any:
        values = []
        for field, offset, wire in places:
            try:
                values.append(wire.get(memory, at + offset))
            except _Misfit as misfit:
                raise misfit.within(f".{field}")
        return make(values)

    return _Wire(name, _round_up(end, align), align, put_record, get_record)


# How records are made and read: by position, by key, by attribute.


def _items(value: Any, count: int = 0) -> Sequence[Any]:
    if not isinstance(value, (tuple, list)):
        raise TypeError(f"{type(value).__name__} is no tuple")
    if count and len(value) != count:
        raise _Misfit(f"{len(value)} values given, {count} are wanted").within("result")
    return value


def _mapping(names: Sequence[str]) -> Callable[[List[Any]], Any]:
    return lambda values: dict(zip(names, values))


def _values(names: Sequence[str]) -> Callable[[Any], Sequence[Any]]:
    return lambda value: [value[name] for name in names]


def _built(find: Callable[[], Any], names: Sequence[str]) -> Callable[[List[Any]], Any]:
    return lambda values: find()(**dict(zip(names, values)))


def _attributes(names: Sequence[str]) -> Callable[[Any], Sequence[Any]]:
    return lambda value: [getattr(value, name) for name in names]
