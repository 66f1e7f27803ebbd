"use strict";

const fs = require("node:fs");
const os = require("node:os");
const paths = require("node:path");

// ---- 1. Errors ----

/** What every error of a call is. */
class MetropipeError extends Error {
  /**
   * @param {string} name the function that was called
   * @param {string} text what is wrong
   * @param {"yes" | "no" | "perhaps"} ran whether the function was run
   */
  constructor(name, text, ran) {
    super(`${name}: ${text}`);
    this.name = this.constructor.name;
    this.function = name;
    this.ran = ran;
  }
}

/** The function raised; `type` and `text` say what. */
class RemoteError extends MetropipeError {
  constructor(name, text) {
    super(name, text, "yes");
    const colon = text.indexOf(": ");
    this.type = colon < 0 ? text : text.slice(0, colon);
    this.text = colon < 0 ? "" : text.slice(colon + 2);
  }
}

/** No answer, or no free lane, within the time. */
class TimeoutError extends MetropipeError {}

/** No provider serves the function; the message says how to start one. */
class NoProviderError extends MetropipeError {}

/** The provider's layout is another; the message shows both. */
class LayoutMismatchError extends MetropipeError {}

/** An argument that does not fit its wire type; the message says by how much. */
class UnfitError extends MetropipeError {
  constructor(where, text) {
    const colon = where.indexOf(": ");
    super(where.slice(0, colon), `${where.slice(colon + 2)}: ${text}`, "no");
  }
}

/** Everything else that can be wrong with a channel. */
class ChannelError extends MetropipeError {}

// ---- 2. Path ----

/** The file of a channel, as an absolute path. */
function channelPath(name) {
  const file = `metro_${name}`;
  if (process.env.METROPIPE_DIR) {
    return paths.resolve(process.env.METROPIPE_DIR, file);
  }
  const folder = process.platform === "linux" ? "/dev/shm" : "/tmp";
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return paths.join(folder, file);
  } catch {
    return paths.resolve(".metropipe", file);
  }
}

// ---- 3. Opening ----

const HEADER = 32;
const VERSION = 1;

// Offsets in a lane's header, and as indexes of 32-bit words.
const SIZE = 8;
const CAPACITY = 12;
const CODE = 16;
const FINGERPRINT = 20;
const PROVIDER = 24;
const PROVIDER_ASLEEP = 28;
const CONSUMER_ASLEEP = 29;
const CONSUMER_CANNOT_WAKE = 30;
const VERSION_AT = 31;
const STATUS = 0;
const LOCK = 4;

/** The system calls that Node itself does not offer; made at the first call. */
let system;

function loadSystem(name) {
  let koffi;
  try {
    koffi = require("koffi");
  } catch (error) {
    const advice =
      error.code === "MODULE_NOT_FOUND"
        ? "the npm package koffi is missing; npm install koffi"
        : `the npm package koffi cannot be loaded: ${error.message}`;
    throw new ChannelError(name, `${advice} (the function was not run)`, "no");
  }
  const futex = { x64: 202, arm64: 98 }[process.arch];
  if (process.platform !== "linux" || futex === undefined) {
    const here = `${process.platform} on ${process.arch}`;
    throw new ChannelError(
      name,
      `JavaScript calls need Linux on x64 or arm64, and this is ${here} (the function was not run)`,
      "no",
    );
  }
  const libc = koffi.load(null);
  system = {
    errno: koffi.errno,
    view: koffi.view,
    futex,
    mmap: libc.func("void *mmap(void *, size_t, int, int, int, int64_t)"),
    munmap: libc.func("int munmap(uintptr_t, size_t)"),
    fcntl: libc.func("int fcntl(int, int, void *)"),
    syscall: libc.func(
      "long syscall(long, uintptr_t, int, uint32_t, void *, uintptr_t, uint32_t)",
    ),
  };
}

/** A mapped channel. Its memory goes when it is closed and no lane is in use. */
class Channel {
  constructor(path, stat, pointer, header) {
    this.path = path;
    this.device = stat.dev;
    this.inode = stat.ino;
    this.address = Number(pointer);
    this.memory = system.view(pointer, Number(stat.size));
    this.capacity = header.capacity;
    this.stride = header.stride;
    this.lanes = Number(stat.size) / header.stride;
    // Lanes from this one on are for single calls, so that idle consumers shut nobody out.
    this.firstSingle = this.lanes - Math.max(1, this.lanes >> 2);
    this.words = new Int32Array(this.memory);
    this.flags = new Uint8Array(this.memory, 0, HEADER);
    this.users = 0;
    this.closed = false;
  }
}

/** Opens and maps the channel of an endpoint, which a living provider serves. */
function openChannel(endpoint) {
  const { path, name } = endpoint;
  let descriptor;
  try {
    descriptor = fs.openSync(path, OPEN);
  } catch (error) {
    if (error.code === "ENOENT") {
      throw noProvider(endpoint);
    }
    throw new ChannelError(name, `${path}: ${whyClosed(path, error)}`, "no");
  }
  try {
    const stat = fs.fstatSync(descriptor, { bigint: true });
    const header = judge(endpoint, descriptor, stat);
    if (!providerLives(endpoint, descriptor)) {
      throw noProvider(endpoint);
    }
    // Read and write, shared, pages made now and not at the first touch.
    const pointer = system.mmap(null, stat.size, 3, 0x8001, descriptor, 0);
    if (BigInt.asIntN(64, BigInt(pointer)) === -1n) {
      const text = `${path}: cannot be mapped (errno ${system.errno()})`;
      throw new ChannelError(name, text, "no");
    }
    return new Channel(path, stat, pointer, header);
  } finally {
    fs.closeSync(descriptor);
  }
}

// Without create: only a provider makes a channel. Node adds close-on-exec.
const OPEN =
  fs.constants.O_RDWR | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;

/** Says why a file that is there could not be opened. */
function whyClosed(path, error) {
  if (error.code === "ELOOP" || error.code === "EISDIR") {
    return "is not a regular file";
  }
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && stat.uid !== process.geteuid()) {
    return `is owned by user ${stat.uid}, not by ${process.geteuid()}`;
  }
  return `cannot be opened (${error.code})`;
}

/** Refuses a file that is not a channel of ours; the descriptor is judged, not the path. */
function judge({ name, path }, descriptor, stat) {
  const refuse = (text) => {
    throw new ChannelError(name, `${path}: ${text}`, "no");
  };
  if (!stat.isFile()) {
    refuse("is not a regular file");
  }
  const user = process.geteuid();
  if (Number(stat.uid) !== user) {
    refuse(`is owned by user ${stat.uid}, not by ${user}`);
  }
  const mode = Number(stat.mode) & 0o777;
  if ((mode & 0o077) !== 0) {
    const octal = mode.toString(8).padStart(4, "0");
    refuse(`others may read or write it (mode ${octal}); chmod 600 it`);
  }
  const header = Buffer.alloc(HEADER);
  const size = Number(stat.size);
  if (fs.readSync(descriptor, header, 0, HEADER, 0) < HEADER) {
    refuse(`is no channel: it has ${size} bytes, and a header takes ${HEADER}`);
  }
  const version = header[VERSION_AT];
  if (version !== VERSION) {
    refuse(`speaks version ${version} of the protocol, this stub ${VERSION}`);
  }
  const capacity = header.readUInt32LE(CAPACITY);
  const stride = Math.ceil((HEADER + capacity) / 64) * 64;
  if (size === 0 || size % stride !== 0) {
    refuse(`its ${size} bytes are no multiple of its stride, ${stride}`);
  }
  for (let start = stride; start < size; start += stride) {
    fs.readSync(descriptor, header, 0, HEADER, start);
    if (
      header.readUInt32LE(CAPACITY) !== capacity ||
      header[VERSION_AT] !== VERSION
    ) {
      refuse(`lane ${start / stride} disagrees with lane 0`);
    }
  }
  return { capacity, stride };
}

/** Unmaps as soon as nobody uses the memory: a touch after that would be a crash. */
function closeChannel(channel) {
  channel.closed = true;
  if (channel.users === 0) {
    system.munmap(channel.address, channel.lanes * channel.stride);
  }
}

// ---- 4. Locks ----

const F_OFD_GETLK = 36;
const F_OFD_SETLK = 37;
const F_RDLCK = 0;
const F_WRLCK = 1;
const F_UNLCK = 2;
const EACCES = 13;
const EAGAIN = 11;

// The provider's bytes of lane 0; a consumer's are the four behind them, of its own lane.
const PROVIDER_BYTES = 0;
const CONSUMER_BYTES = 4;

const flock = Buffer.alloc(32);

function describeLock(type, start) {
  flock.fill(0);
  flock.writeInt16LE(type, 0);
  flock.writeBigInt64LE(BigInt(start), 8);
  flock.writeBigInt64LE(4n, 16);
}

/** Takes four bytes of a file for this descriptor; false where another has them. */
function lock({ name, path }, descriptor, start) {
  describeLock(F_WRLCK, start);
  if (system.fcntl(descriptor, F_OFD_SETLK, flock) === 0) {
    return true;
  }
  const errno = system.errno();
  if (errno === EACCES || errno === EAGAIN) {
    return false;
  }
  const text = `${path}: cannot be locked (errno ${errno})`;
  throw new ChannelError(name, text, "no");
}

function unlock(descriptor, start) {
  describeLock(F_UNLCK, start);
  system.fcntl(descriptor, F_OFD_SETLK, flock);
}

/** The kernel frees a lock when its holder dies, however it dies: it says who lives. */
function providerLives({ name, path }, descriptor) {
  describeLock(F_RDLCK, PROVIDER_BYTES);
  if (system.fcntl(descriptor, F_OFD_GETLK, flock) !== 0) {
    const text = `${path}: cannot be probed (errno ${system.errno()})`;
    throw new ChannelError(name, text, "no");
  }
  return flock.readInt16LE(0) !== F_UNLCK;
}

/** Whether the path still leads to this file: a lock on another one counts for nothing. */
function leadsHere(channel) {
  const stat = fs.lstatSync(channel.path, {
    bigint: true,
    throwIfNoEntry: false,
  });
  return (
    stat !== undefined &&
    stat.dev === channel.device &&
    stat.ino === channel.inode
  );
}

// ---- 5. Forks ----

// Node does not fork: what it starts is another program, and every descriptor here is
// close-on-exec. A worker thread has this module anew, with endpoints and lanes of its
// own; Node closes its descriptors, and with them its locks, however it ends.

const CLOSERS = Symbol.for("metropipe.closers");

/** Leaves the endpoint's lane and channel at the end of the process or worker. */
function closeAtExit(endpoint) {
  // One listener for all stubs: Node warns about more than ten.
  if (globalThis[CLOSERS] === undefined) {
    const closers = (globalThis[CLOSERS] = new Set());
    process.once("exit", () => closers.forEach((close) => close()));
  }
  globalThis[CLOSERS].add(() => {
    const { lane, channel } = endpoint;
    endpoint.lane = null;
    endpoint.channel = null;
    if (lane !== null) {
      leaveLane(lane);
    }
    if (channel !== null) {
      closeChannel(channel);
    }
  });
}

// ---- 6. Words ----

const IDLE = 0;
const REQUEST = 1;
const RUNNING = 2;
const RESPONSE = 3;
const ERROR = 4;

const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const EVERYBODY = 0x7fffffff;

/** A control word; Atomics are sequentially consistent, so that each store is a fence too. */
function load(lane, offset) {
  return Atomics.load(lane.words, offset >> 2);
}

function store(lane, offset, value) {
  Atomics.store(lane.words, offset >> 2, value);
}

const patience = Buffer.alloc(16);

/** Sleeps in the kernel while the word is `value`, at most so many nanoseconds. */
function waitOn(address, value, nanoseconds) {
  patience.writeUInt32LE(nanoseconds, 8);
  system.syscall(system.futex, address, FUTEX_WAIT, value, patience, 0, 0);
}

function wake(address) {
  system.syscall(system.futex, address, FUTEX_WAKE, EVERYBODY, null, 0, 0);
}

const quiet = new Int32Array(new SharedArrayBuffer(4));

/** Lets milliseconds pass. */
function sleep(milliseconds) {
  Atomics.wait(quiet, 0, 0, milliseconds);
}

// ---- 7. Lanes ----

/** A lane that is ours: its header, its payload, and the descriptor that holds its lock. */
class Lane {
  constructor(channel, index, descriptor) {
    const start = index * channel.stride;
    const { memory, capacity } = channel;
    this.channel = channel;
    this.index = index;
    this.descriptor = descriptor;
    /** When the call that holds the lane ends at the latest; 0 until a clock was read for it. */
    this.deadline = 0;
    this.address = channel.address + start;
    this.words = new Int32Array(memory, start, HEADER / 4);
    this.flags = new Uint8Array(memory, start, HEADER);
    this.view = new DataView(memory, start + HEADER, capacity);
    this.bytes = new Uint8Array(memory, start + HEADER, capacity);
    this.text = Buffer.from(memory, start + HEADER, capacity);
  }
}

/** Waits for a free lane; null where the path leads to another file by now. */
function takeLane(endpoint, channel, deadline, limit) {
  let pause = 0.2;
  for (;;) {
    const lane = tryLanes(endpoint, channel);
    if (lane !== undefined) {
      return lane;
    }
    const left = deadline - performance.now();
    if (left <= 0) {
      throw new TimeoutError(
        endpoint.name,
        `all ${channel.lanes} lanes of ${channel.path} stayed taken for ${limit / 1000} s (the function was not run)`,
        "no",
      );
    }
    sleep(Math.min(pause, left));
    pause = Math.min(pause * 2, 5);
  }
}

/** The first free lane; undefined where all are taken, null where the file is not the path's. */
function tryLanes(endpoint, channel) {
  let descriptor;
  try {
    // A descriptor of its own: a mapping would keep the lock of the mapped one alive.
    descriptor = fs.openSync(channel.path, OPEN);
  } catch (error) {
    if (error.code === "ENOENT") {
      return null;
    }
    const text = `${channel.path}: ${whyClosed(channel.path, error)}`;
    throw new ChannelError(endpoint.name, text, "no");
  }
  let kept = false;
  try {
    const stat = fs.fstatSync(descriptor, { bigint: true });
    if (stat.dev !== channel.device || stat.ino !== channel.inode) {
      return null;
    }
    if (!providerLives(endpoint, descriptor)) {
      if (leadsHere(channel)) {
        throw noProvider(endpoint);
      }
      return null;
    }
    for (let index = 0; index < channel.lanes; index++) {
      const start = index * channel.stride;
      if (!lock(endpoint, descriptor, start + CONSUMER_BYTES)) {
        continue;
      }
      if (!leadsHere(channel)) {
        return null;
      }
      const status = Atomics.load(channel.words, start >> 2);
      if (status !== IDLE && status !== RESPONSE && status !== ERROR) {
        // Somebody's broken-off call; the provider answers it, now or when it next starts.
        unlock(descriptor, start + CONSUMER_BYTES);
        continue;
      }
      const lane = new Lane(channel, index, descriptor);
      clearPayload(endpoint, lane);
      lane.flags[CONSUMER_ASLEEP] = 0;
      lane.flags[CONSUMER_CANNOT_WAKE] = 0;
      store(lane, LOCK, process.pid);
      channel.users++;
      kept = true;
      return lane;
    }
    return undefined;
  } finally {
    if (!kept) {
      fs.closeSync(descriptor);
    }
  }
}

/** Zeros through the descriptor: a full file system is an error then, and no fault. */
function clearPayload({ name }, { channel, index, descriptor }) {
  const zeros = Buffer.alloc(channel.capacity);
  let done = 0;
  try {
    while (done < zeros.length) {
      const at = index * channel.stride + HEADER + done;
      const left = zeros.length - done;
      done += fs.writeSync(descriptor, zeros, done, left, at);
    }
  } catch (error) {
    const text = `${channel.path}: cannot be written (${error.message})`;
    throw new ChannelError(name, text, "no");
  }
}

/** Gives a lane back, in whatever state a broken-off call left it. */
function leaveLane(lane) {
  const { channel } = lane;
  store(lane, LOCK, 0);
  unlock(lane.descriptor, lane.index * channel.stride + CONSUMER_BYTES);
  fs.closeSync(lane.descriptor);
  channel.users--;
  if (channel.closed) {
    closeChannel(channel);
  }
}

// ---- 8. Waiting ----

// Milliseconds. A spin exceeds one wake-up across cores, or is none.
const SPIN = 0.05;
const FIRST_PROBE = 2;
const PROBE = 50;
// A wake-up that was lost costs no more than this.
const NAP = 2;
// So many spins that ran out in a row, and most calls sleep at once; now and then one tries.
const MISSES = 3;
const RETRY = 32;

const alone = (os.availableParallelism?.() ?? os.cpus().length) === 1;

function answered(status) {
  return status !== REQUEST && status !== RUNNING;
}

/** The status that ends the wait; undefined where the request is to go to another file. */
function waitForAnswer(endpoint, lane, limit) {
  const { words, flags } = lane;
  if (!alone && (endpoint.misses < MISSES || ++endpoint.sleeps % RETRY === 0)) {
    // The clock costs more than a look, so that a quick answer is had without it.
    for (let look = 0; look < 256; look++) {
      const status = Atomics.load(words, 0);
      if (answered(status)) {
        endpoint.misses = 0;
        return status;
      }
    }
    const end = performance.now() + SPIN;
    do {
      for (let look = 0; look < 64; look++) {
        const status = Atomics.load(words, 0);
        if (answered(status)) {
          endpoint.misses = 0;
          return status;
        }
      }
    } while (performance.now() < end);
    endpoint.misses++;
  }
  let now = performance.now();
  if (lane.deadline === 0) {
    lane.deadline = now + limit;
  }
  let probe = now + FIRST_PROBE;
  for (;;) {
    // Set asleep, look again: the provider publishes, then looks at asleep. The fence
    // between the two, on both sides, is what loses no wake-up.
    Atomics.store(flags, CONSUMER_ASLEEP, 1);
    let status = Atomics.load(words, 0);
    if (!answered(status)) {
      const left = Math.max(lane.deadline - now, 0);
      waitOn(lane.address, status, Math.min(left, NAP) * 1e6);
      status = Atomics.load(words, 0);
    }
    if (answered(status)) {
      Atomics.store(flags, CONSUMER_ASLEEP, 0);
      return status;
    }
    now = performance.now();
    if (now >= probe) {
      const end = giveUp(endpoint, lane);
      if (end !== WAIT_ON) {
        return end;
      }
      probe = now + PROBE;
    }
    if (now >= lane.deadline) {
      status = load(lane, STATUS);
      if (answered(status)) {
        return status;
      }
      throw new TimeoutError(
        endpoint.name,
        `no answer within ${limit / 1000} s on ${lane.channel.path} (the function may still run)`,
        "perhaps",
      );
    }
  }
}

// ---- 9. Giving up ----

const WAIT_ON = -1;

/** Ends a wait whose provider is dead, so that nothing is run for who was told it was not. */
function giveUp(endpoint, lane) {
  const { descriptor, channel } = lane;
  if (providerLives(endpoint, descriptor)) {
    return WAIT_ON;
  }
  if (!lock(endpoint, descriptor, PROVIDER_BYTES)) {
    // Somebody serves again.
    return WAIT_ON;
  }
  let status;
  let current;
  try {
    status = load(lane, STATUS);
    if (!answered(status)) {
      store(lane, STATUS, IDLE);
    }
    current = leadsHere(channel);
  } finally {
    unlock(descriptor, PROVIDER_BYTES);
  }
  if (status === REQUEST) {
    if (current) {
      throw noProvider(endpoint);
    }
    return undefined;
  }
  if (status === RUNNING) {
    throw died(endpoint);
  }
  return status;
}

function noProvider({ name, path, command }) {
  return new NoProviderError(
    name,
    `no provider serves ${path}; start one with: ${command} (the function was not run)`,
    "no",
  );
}

function died({ name }) {
  return new ChannelError(
    name,
    "the provider died or was restarted during the call (the function may have run)",
    "perhaps",
  );
}

// ---- 10. Calling ----

const PING = 0x474e4950;

/** What is known of one function before it is called: its channel and its layout. */
class Endpoint {
  constructor(
    name,
    channel,
    canonical,
    fingerprint,
    requestSize,
    payloadSize,
    command,
  ) {
    this.name = name;
    this.channelName = channel;
    this.canonical = canonical;
    this.fingerprint = fingerprint;
    this.requestSize = requestSize;
    this.payloadSize = payloadSize;
    this.command = command;
    this.path = undefined;
    this.limit = undefined;
    this.channel = null;
    this.lane = null;
    this.misses = 0;
    this.sleeps = 0;
  }
}

/** What a caller gets: the one function of the object that `make` gives for a time limit. */
function offer(endpoint, make) {
  const [callable] = Object.values(make(undefined));
  callable.withTimeout = (seconds) => {
    if (!(seconds > 0 && seconds < Infinity)) {
      const given = typeof seconds === "number" ? seconds : kind(seconds);
      const text = `${given} is no number of seconds above 0`;
      throw new UnfitError(`${endpoint.name}: timeout`, text);
    }
    return Object.values(make(seconds * 1000))[0];
  };
  return callable;
}

/** The call's own limit, else the environment's, else 5 s; in milliseconds. */
function limitOf(endpoint, limit) {
  if (limit !== undefined) {
    return limit;
  }
  if (endpoint.limit === undefined) {
    const text = process.env.METROPIPE_TIMEOUT_MS || "5000";
    if (!/^[0-9]+$/.test(text) || Number(text) === 0) {
      throw new ChannelError(
        endpoint.name,
        `METROPIPE_TIMEOUT_MS is ${JSON.stringify(text)}, and takes a whole number above 0 (the function was not run)`,
        "no",
      );
    }
    endpoint.limit = Number(text);
  }
  return endpoint.limit;
}

/** A lane for one call. The endpoint's own is out of its place meanwhile: a getter of an
 * argument may call the same function. */
function begin(endpoint, limit) {
  const lane = endpoint.lane;
  if (lane !== null) {
    endpoint.lane = null;
    if (
      load(lane, STATUS) === IDLE &&
      lane.channel.words[PROVIDER >> 2] !== 0
    ) {
      lane.deadline = 0;
      return lane;
    }
    leaveLane(lane);
  }
  const time = limitOf(endpoint, limit);
  return attach(endpoint, performance.now() + time, time);
}

/** A lane of the file that the path leads to. */
function attach(endpoint, deadline, limit) {
  if (system === undefined) {
    loadSystem(endpoint.name);
  }
  if (endpoint.path === undefined) {
    endpoint.path = channelPath(endpoint.channelName);
    closeAtExit(endpoint);
  }
  for (;;) {
    if (endpoint.channel === null) {
      endpoint.channel = openChannel(endpoint);
    }
    const channel = endpoint.channel;
    const lane = takeLane(endpoint, channel, deadline, limit);
    let agreed = false;
    try {
      if (lane !== null) {
        lane.deadline = deadline;
        agreed = agree(endpoint, lane, limit);
      }
    } finally {
      if (!agreed) {
        if (lane !== null) {
          leaveLane(lane);
        }
        endpoint.channel = null;
        closeChannel(channel);
      }
    }
    if (agreed) {
      return lane;
    }
  }
}

/** Refuses a provider that speaks another layout; false where another provider serves by now. */
function agree(endpoint, lane, limit) {
  const { name, fingerprint, payloadSize } = endpoint;
  const { channel } = lane;
  if (channel.words[FINGERPRINT >> 2] !== (fingerprint | 0)) {
    const theirs = ping(endpoint, lane, limit);
    if (theirs === null) {
      return false;
    }
    throw mismatch(endpoint, theirs);
  }
  if (channel.capacity < payloadSize) {
    const text = `${channel.path}: a lane holds ${channel.capacity} bytes, and the call takes ${payloadSize}`;
    throw new ChannelError(name, text, "no");
  }
  return true;
}

function mismatch({ name, canonical }, theirs) {
  return new LayoutMismatchError(
    name,
    `the provider speaks ${theirs}, this stub ${canonical}; export again (the function was not run)`,
    "no",
  );
}

/** The provider's canonical form; null where none took the question. */
function ping(endpoint, lane, limit) {
  const status = exchange(endpoint, lane, limit, PING, 0);
  if (status !== RESPONSE && status !== ERROR) {
    return null;
  }
  const text = message(lane);
  store(lane, STATUS, IDLE);
  return status === RESPONSE ? text : "a layout that it does not tell";
}

/** Publishes what the lane's payload holds, and waits; undefined where no provider took it. */
function exchange(endpoint, lane, limit, code, size) {
  const { words, channel } = lane;
  words[SIZE >> 2] = size;
  words[CODE >> 2] = code;
  store(lane, STATUS, REQUEST);
  // Published, and fenced by it: now look whether the provider sleeps.
  if (Atomics.load(channel.flags, PROVIDER_ASLEEP) === 1) {
    Atomics.store(channel.flags, PROVIDER_ASLEEP, 0);
    wake(channel.address + PROVIDER_ASLEEP);
  }
  return waitForAnswer(endpoint, lane, limit);
}

/** Has the function run on the arguments in the lane's payload, where the result stands then. */
function call(endpoint, lane, limit) {
  const time = limitOf(endpoint, limit);
  const size = endpoint.requestSize;
  let status = exchange(endpoint, lane, time, 0, size);
  while (status === undefined) {
    // The file is another by now, and nothing was run: the same bytes go there.
    const request = lane.bytes.slice(0, size);
    const next = attach(endpoint, lane.deadline, time);
    leaveLane(lane);
    Object.assign(lane, next);
    lane.bytes.set(request);
    status = exchange(endpoint, lane, time, 0, size);
  }
  if (status !== RESPONSE) {
    throw failure(endpoint, lane, time, status);
  }
  if (lane.words[SIZE >> 2] !== endpoint.payloadSize) {
    const text = `the provider answered with ${lane.words[SIZE >> 2]} bytes, not ${endpoint.payloadSize} (the function was run)`;
    throw new ChannelError(endpoint.name, text, "yes");
  }
}

/** The error that an answer means. */
function failure(endpoint, lane, limit, status) {
  const { name } = endpoint;
  if (status !== ERROR) {
    const text = `the provider left status ${status >>> 0} (the function may have run)`;
    return new ChannelError(name, text, "perhaps");
  }
  const code = lane.words[CODE >> 2];
  const text = message(lane);
  store(lane, STATUS, IDLE);
  switch (code) {
    case 1:
      return new RemoteError(name, text);
    case 2: {
      const theirs = ping(endpoint, lane, limit);
      if (theirs !== null && theirs !== endpoint.canonical) {
        return mismatch(endpoint, theirs);
      }
      return new LayoutMismatchError(
        name,
        `the provider refused the request: ${text} (the function was not run)`,
        "no",
      );
    }
    case 3:
      return new ChannelError(
        name,
        `the result does not fit: ${text} (the function was run)`,
        "yes",
      );
    case 4:
      return noProvider(endpoint);
    case 5:
      return died(endpoint);
    default:
      return new ChannelError(
        name,
        `the provider answered with error ${code >>> 0}: ${text}`,
        "perhaps",
      );
  }
}

/** A message from the start of the payload, which is zeroed then: padding is zeros. */
function message(lane) {
  const size = lane.words[SIZE >> 2] >>> 0;
  const used = Math.min(size, lane.channel.capacity);
  const text = Buffer.from(lane.bytes.subarray(0, used)).toString("utf8");
  lane.bytes.fill(0, 0, used);
  return text;
}

/** Ends a call, however it went. The lane stays ours, unless it is for single calls, or the
 * provider may still write to it. */
function finish(endpoint, lane) {
  const status = load(lane, STATUS);
  if (status === RESPONSE || status === ERROR) {
    // No fence: nothing that is read next waits behind this store, and it joins the next call's.
    lane.words[STATUS >> 2] = IDLE;
  } else if (status !== IDLE) {
    leaveLane(lane);
    return;
  }
  const { channel } = lane;
  if (
    endpoint.lane === null &&
    endpoint.channel === channel &&
    lane.index < channel.firstSingle
  ) {
    endpoint.lane = lane;
  } else {
    leaveLane(lane);
  }
}

// ---- 12. Values ----

// `put` writes an argument at an offset of the lane's payload, `get` reads a result. `where`
// is the function and the parameter, for errors. What is read is another process's word:
// every length, count and byte that means something is copied once, checked, then used.

function kind(value) {
  if (value === null || value === undefined) {
    return String(value);
  }
  if (Array.isArray(value)) {
    return "an array";
  }
  const type = typeof value;
  return `${type === "object" ? "an" : "a"} ${type}`;
}

function unfitKind(where, value, wire, taken) {
  const text = `${kind(value)} was given, ${wire} takes ${taken}`;
  return new UnfitError(where, text);
}

function broken(where, text) {
  const colon = where.indexOf(": ");
  return new ChannelError(
    where.slice(0, colon),
    `${where.slice(colon + 2)}: the provider's answer is broken: ${text} (the function was run)`,
    "yes",
  );
}

function putBool(lane, at, where, value) {
  if (typeof value !== "boolean") {
    throw unfitKind(where, value, "bool", "a boolean");
  }
  lane.bytes[at] = value ? 1 : 0;
}

function getBool(lane, at, where) {
  const byte = lane.bytes[at];
  if (byte > 1) {
    throw broken(where, `a bool is ${byte}`);
  }
  return byte === 1;
}

/** A whole number between two limits, both safe integers. */
function checkInteger(where, value, wire, least, most) {
  if (typeof value !== "number") {
    throw unfitKind(where, value, wire, "a number");
  }
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    const text = `${value} does not fit ${wire}, which holds ${least} to ${most}`;
    throw new UnfitError(where, text);
  }
}

function putI8(lane, at, where, value) {
  checkInteger(where, value, "i8", -128, 127);
  lane.view.setInt8(at, value);
}

function getI8(lane, at) {
  return lane.view.getInt8(at);
}

function putU8(lane, at, where, value) {
  checkInteger(where, value, "u8", 0, 255);
  lane.view.setUint8(at, value);
}

function getU8(lane, at) {
  return lane.view.getUint8(at);
}

function putI16(lane, at, where, value) {
  checkInteger(where, value, "i16", -32768, 32767);
  lane.view.setInt16(at, value, true);
}

function getI16(lane, at) {
  return lane.view.getInt16(at, true);
}

function putU16(lane, at, where, value) {
  checkInteger(where, value, "u16", 0, 65535);
  lane.view.setUint16(at, value, true);
}

function getU16(lane, at) {
  return lane.view.getUint16(at, true);
}

function putI32(lane, at, where, value) {
  checkInteger(where, value, "i32", -2147483648, 2147483647);
  lane.view.setInt32(at, value, true);
}

function getI32(lane, at) {
  return lane.view.getInt32(at, true);
}

function putU32(lane, at, where, value) {
  checkInteger(where, value, "u32", 0, 4294967295);
  lane.view.setUint32(at, value, true);
}

function getU32(lane, at) {
  return lane.view.getUint32(at, true);
}

/** A bigint, or a number that is one exactly, between two limits. */
function checkBigint(where, value, wire, least, most) {
  let whole = value;
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) {
      const text = `${value} is no safe integer, so that its digits are in doubt; give ${wire} a bigint`;
      throw new UnfitError(where, text);
    }
    whole = BigInt(value);
  } else if (typeof value !== "bigint") {
    throw unfitKind(where, value, wire, "a bigint or a number");
  }
  if (whole < least || whole > most) {
    const text = `${whole} does not fit ${wire}, which holds ${least} to ${most}`;
    throw new UnfitError(where, text);
  }
  return whole;
}

const I64_LEAST = -(2n ** 63n);
const I64_MOST = 2n ** 63n - 1n;
const U64_MOST = 2n ** 64n - 1n;

function putI64(lane, at, where, value) {
  const whole = checkBigint(where, value, "i64", I64_LEAST, I64_MOST);
  lane.view.setBigInt64(at, whole, true);
}

function getI64(lane, at) {
  return lane.view.getBigInt64(at, true);
}

function putU64(lane, at, where, value) {
  const whole = checkBigint(where, value, "u64", 0n, U64_MOST);
  lane.view.setBigUint64(at, whole, true);
}

function getU64(lane, at) {
  return lane.view.getBigUint64(at, true);
}

function putF32(lane, at, where, value) {
  if (typeof value !== "number") {
    throw unfitKind(where, value, "f32", "a number");
  }
  if (Math.abs(Math.fround(value)) === Infinity && Math.abs(value) < Infinity) {
    const text = `${value} does not fit f32, which holds at most 3.4028235e+38 in magnitude`;
    throw new UnfitError(where, text);
  }
  lane.view.setFloat32(at, value, true);
}

function getF32(lane, at) {
  return lane.view.getFloat32(at, true);
}

function putF64(lane, at, where, value) {
  if (typeof value !== "number") {
    throw unfitKind(where, value, "f64", "a number");
  }
  lane.view.setFloat64(at, value, true);
}

function getF64(lane, at) {
  return lane.view.getFloat64(at, true);
}

// Up to this length a loop over ASCII is quicker than the way into Node's encoder.
const SHORT = 48;

function putString(lane, at, where, value, size) {
  if (typeof value !== "string") {
    throw unfitKind(where, value, `string[${size}]`, "a string");
  }
  putText(lane, at, where, value, size, "string");
}

// Node 20 brings the method; before, an expression says the same.
function isWellFormed(text) {
  return text.isWellFormed?.() ?? !/\p{Surrogate}/u.test(text);
}

function putText(lane, at, where, text, size, wire) {
  const length = text.length;
  if (length <= SHORT && length <= size - 5) {
    const { bytes } = lane;
    const start = at + 4;
    let index = 0;
    while (index < length) {
      const unit = text.charCodeAt(index);
      if (unit === 0 || unit > 127) {
        break;
      }
      bytes[start + index] = unit;
      index++;
    }
    if (index === length) {
      bytes[start + length] = 0;
      lane.view.setUint32(at, length, true);
      return;
    }
  }
  if (!isWellFormed(text)) {
    throw new UnfitError(where, "is not valid Unicode text (a lone surrogate)");
  }
  if (text.includes("\0")) {
    throw new UnfitError(
      where,
      "holds a NUL character, where C and shell readers would end; use bytes instead",
    );
  }
  const count = Buffer.byteLength(text, "utf8");
  if (count > size - 5) {
    throw new UnfitError(
      where,
      `${count} bytes do not fit ${wire}[${size}], which holds at most ${size - 5}`,
    );
  }
  lane.text.write(text, at + 4, count, "utf8");
  lane.bytes[at + 4 + count] = 0;
  lane.view.setUint32(at, count, true);
}

// A byte order mark at the start of a text is a character of it.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function getString(lane, at, where, size) {
  const length = lane.view.getUint32(at, true);
  if (length > size - 5) {
    throw broken(where, `${length} bytes in string[${size}]`);
  }
  // One copy out of the shared memory; the checks are of the copy.
  const start = at + 4;
  const text = lane.text.toString("latin1", start, start + length);
  let plain = true;
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0) {
      throw broken(where, "a NUL character within the text");
    }
    if (unit > 127) {
      plain = false;
    }
  }
  if (plain) {
    return text;
  }
  try {
    return utf8.decode(Buffer.from(text, "latin1"));
  } catch {
    throw broken(where, "is not valid Unicode text (invalid UTF-8)");
  }
}

function putBytes(lane, at, where, value, size) {
  if (!(value instanceof Uint8Array)) {
    throw unfitKind(where, value, `bytes[${size}]`, "a Uint8Array");
  }
  const length = value.length;
  if (length > size - 4) {
    throw new UnfitError(
      where,
      `${length} bytes do not fit bytes[${size}], which holds at most ${size - 4}`,
    );
  }
  lane.bytes.set(value, at + 4);
  lane.view.setUint32(at, length, true);
}

function getBytes(lane, at, where, size) {
  const length = lane.view.getUint32(at, true);
  if (length > size - 4) {
    throw broken(where, `${length} bytes in bytes[${size}]`);
  }
  // Memory that is about to be written whole need not be zeroed first.
  const copy = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  copy.set(lane.bytes.subarray(at + 4, at + 4 + length));
  return copy;
}

function putJson(lane, at, where, value, size) {
  const text = JSON.stringify(value);
  if (text === undefined) {
    throw unfitKind(where, value, `json[${size}]`, "what JSON can express");
  }
  putText(lane, at, where, text, size, "json");
}

function getJson(lane, at, where, size) {
  const text = getString(lane, at, where, size);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw broken(where, error.message);
  }
}

/** An optional value; `first` is where it begins behind the presence byte. */
function putOpt(lane, at, where, value, put, first, size) {
  if (value === null || value === undefined) {
    lane.bytes.fill(0, at, at + first + size);
    return;
  }
  lane.bytes[at] = 1;
  put(lane, at + first, where, value);
}

function getOpt(lane, at, where, get, first) {
  const present = lane.bytes[at];
  if (present > 1) {
    throw broken(where, `a presence byte is ${present}`);
  }
  return present === 1 ? get(lane, at + first, where) : null;
}

function isSequence(value) {
  return (
    Array.isArray(value) ||
    (ArrayBuffer.isView(value) && !(value instanceof DataView))
  );
}

function putArray(lane, at, where, value, put, count, stride, wire) {
  if (!isSequence(value)) {
    throw unfitKind(where, value, wire, "an array");
  }
  if (value.length !== count) {
    throw new UnfitError(
      where,
      `${value.length} elements given, ${wire} takes exactly ${count}`,
    );
  }
  for (let index = 0; index < count; index++) {
    put(lane, at + index * stride, where, value[index]);
  }
}

function getArray(lane, at, where, get, count, stride) {
  const value = [];
  for (let index = 0; index < count; index++) {
    value.push(get(lane, at + index * stride, where));
  }
  return value;
}

/** A list of at most `limit` elements; `first` is where they begin behind the count. */
function putList(lane, at, where, value, put, limit, first, stride, wire) {
  if (!isSequence(value)) {
    throw unfitKind(where, value, wire, "an array");
  }
  const count = value.length;
  if (count > limit) {
    throw new UnfitError(
      where,
      `${count} elements do not fit ${wire}, which holds at most ${limit}`,
    );
  }
  for (let index = 0; index < count; index++) {
    put(lane, at + first + index * stride, where, value[index]);
  }
  lane.view.setUint32(at, count, true);
}

function getList(lane, at, where, get, limit, first, stride) {
  const count = lane.view.getUint32(at, true);
  if (count > limit) {
    throw broken(where, `${count} elements where at most ${limit} fit`);
  }
  return getArray(lane, at + first, where, get, count, stride);
}

/** An object with fields; the fields are put one by one. */
function checkRecord(where, value, record) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unfitKind(where, value, record, "an object");
  }
}

/** An array of exactly so many values of several types. */
function checkTuple(where, value, count, wire) {
  if (!Array.isArray(value)) {
    throw unfitKind(where, value, wire, "an array");
  }
  if (value.length !== count) {
    throw new UnfitError(
      where,
      `${value.length} elements given, ${wire} takes exactly ${count}`,
    );
  }
}
