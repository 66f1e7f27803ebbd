// The channel: two processes of one machine call each other through a file that both map into
// memory. There is no server in between; kernel locks say who lives, one status word a lane says
// whose turn it is.

use std::borrow::Cow;
use std::cell::Cell;
use std::cell::UnsafeCell;
use std::fmt;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ops::DerefMut;
use std::os::fd::AsRawFd;
use std::os::fd::RawFd;
use std::os::unix::fs::FileExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::ptr;
use std::sync::Once;
use std::sync::OnceLock;
use std::time::Duration;
use std::time::Instant;

use std::sync::atomic::AtomicPtr;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

// What the status word of a lane says.
pub const IDLE: u32 = 0;
pub const REQUEST: u32 = 1;
pub const RUNNING: u32 = 2;
pub const RESPONSE: u32 = 3;
pub const ERROR: u32 = 4;

// Where the words of a lane's header stand.
pub const STATUS: usize = 0;
pub const LOCK: usize = 4;
pub const SIZE: usize = 8;
pub const CAPACITY: usize = 12;
pub const CODE: usize = 16;
pub const FINGERPRINT: usize = 20;
pub const PROVIDER: usize = 24;
pub const FLAGS: usize = 28;
pub const HEADER: usize = 32;

// The four bytes of the flags, as they stand in the word that the futex compares.
const PROVIDER_FLAG: u32 = 0x0000_00ff;
const PROVIDER_ASLEEP: u32 = 0x0000_0001;
const CONSUMER_ASLEEP: u32 = 0x0000_0100;
const CONSUMER_FLAGS: u32 = 0x00ff_ff00;
const CANNOT_WAKE: u32 = 0x00ff_0000;
pub const VERSION: u8 = 1;

// Request codes, and the codes of an answer that is an error.
pub const CALL: u32 = 0;
pub const PING: u32 = 0x474E_4950;
pub const RAISED: u32 = 1;
pub const MISMATCH: u32 = 2;
pub const UNFIT_RESULT: u32 = 3;
pub const ENDING: u32 = 4;
pub const RESTARTED: u32 = 5;

const SPIN: Duration = Duration::from_micros(50);
const CONSUMER_NAP: Duration = Duration::from_millis(2);
const PROVIDER_NAP: Duration = Duration::from_millis(50);
const POLL: Duration = Duration::from_millis(1);
const PROBE: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(1);

// ---- 1. Errors ----

/// Why a call has no result. Each text names the function and says whether it was run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The function raised: the type of its error and the text, as its own language spells them.
    Remote {
        function: String,
        kind: String,
        message: String,
    },
    /// No answer within the time limit.
    Timeout(String),
    /// Nobody serves the channel.
    NoProvider(String),
    /// Provider and stub were made from different signatures.
    LayoutMismatch(String),
    /// An argument does not fit its wire type.
    Unfit(String),
    /// Anything else that is wrong with the channel.
    Channel(String),
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Remote {
                function,
                kind,
                message,
            } if message.is_empty() => {
                write!(out, "{function}: {kind}")
            }
            Error::Remote {
                function,
                kind,
                message,
            } => {
                write!(out, "{function}: {kind}: {message}")
            }
            Error::Timeout(text)
            | Error::NoProvider(text)
            | Error::LayoutMismatch(text)
            | Error::Unfit(text)
            | Error::Channel(text) => out.write_str(text),
        }
    }
}

impl std::error::Error for Error {}

/// What a codec says of a value that does not fit, without the function's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit(pub String);

/// What a consumer and a provider must agree on, and the words for people.
#[derive(Debug, Clone)]
pub struct Contract {
    pub function: Cow<'static, str>,
    pub channel: Cow<'static, str>,
    pub canonical: Cow<'static, str>,
    pub fingerprint: u32,
    pub request_size: usize,
    pub payload_size: usize,
    pub capacity: usize,
    /// The command that starts a provider, for the error that says that there is none.
    pub command: Cow<'static, str>,
}

/// A contract that is part of the program: what a generated function knows of its provider.
#[derive(Debug, Clone, Copy)]
pub struct Stub {
    pub function: &'static str,
    pub channel: &'static str,
    pub canonical: &'static str,
    pub fingerprint: u32,
    pub request_size: usize,
    pub payload_size: usize,
    pub capacity: usize,
    pub command: &'static str,
}

impl Contract {
    pub const fn of(stub: Stub) -> Contract {
        Contract {
            function: Cow::Borrowed(stub.function),
            channel: Cow::Borrowed(stub.channel),
            canonical: Cow::Borrowed(stub.canonical),
            fingerprint: stub.fingerprint,
            request_size: stub.request_size,
            payload_size: stub.payload_size,
            capacity: stub.capacity,
            command: Cow::Borrowed(stub.command),
        }
    }

    /// A channel of raw bytes: request and response stand at payload offset 0.
    pub fn raw(channel: &str, capacity: usize, command: &str) -> Contract {
        Contract {
            function: Cow::Owned(channel.to_owned()),
            channel: Cow::Owned(channel.to_owned()),
            canonical: Cow::Borrowed("raw"),
            fingerprint: 0,
            request_size: 0,
            payload_size: 0,
            capacity,
            command: Cow::Owned(command.to_owned()),
        }
    }

    fn is_raw(&self) -> bool {
        self.fingerprint == 0
    }

    fn channel_error(&self, text: impl fmt::Display) -> Error {
        Error::Channel(format!("{}: {text}", self.function))
    }

    fn file_error(&self, path: &Path, error: &io::Error) -> Error {
        self.channel_error(format_args!("{}: {error}", path.display()))
    }

    fn no_provider(&self, path: &Path) -> Error {
        let start = match self.command.as_ref() {
            "" => String::new(),
            command => format!("; start one with: {command}"),
        };
        Error::NoProvider(format!(
            "{}: no provider serves {}{start} (the function was not run)",
            self.function,
            path.display(),
        ))
    }

    fn mismatch(&self, theirs: &str) -> Error {
        Error::LayoutMismatch(format!(
            "{}: the provider speaks {theirs}, this stub {}; export again (the function was not run)",
            self.function, self.canonical,
        ))
    }
}

// ---- 2. Path ----

/// The file of a channel. The name is judged before a path is made of it.
pub fn channel_path(name: &str) -> Result<PathBuf, String> {
    check_name(name)?;
    Ok(folder().join(format!("metro_{name}")))
}

/// 1 to 64 of `A-Z a-z 0-9 _ . -`, and a letter or `_` first.
pub fn check_name(name: &str) -> Result<(), String> {
    let good = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-');
    let first = |c: u8| c.is_ascii_alphabetic() || c == b'_';
    if name.len() <= 64 && name.bytes().all(good) && name.bytes().next().is_some_and(first) {
        return Ok(());
    }
    Err(format!(
        "{name:?} is no channel name: 1 to 64 of A-Z a-z 0-9 _ . - are, a letter or _ first"
    ))
}

// Made absolute once, so that a later change of directory does not lead elsewhere.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let chosen = match std::env::var_os("METROPIPE_DIR") {
            Some(folder) if !folder.is_empty() => PathBuf::from(folder),
            _ => {
                let shared = if cfg!(target_os = "macos") {
                    "/tmp"
                } else {
                    "/dev/shm"
                };
                let shared = PathBuf::from(shared);
                if can_write(&shared) {
                    shared
                } else {
                    PathBuf::from(".metropipe")
                }
            }
        };
        std::path::absolute(&chosen).unwrap_or(chosen)
    })
}

fn can_write(folder: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let Ok(folder) = std::ffi::CString::new(folder.as_os_str().as_bytes()) else {
        return false;
    };
    // SAFETY: the path is a C string that lives for the call.
    unsafe { libc::access(folder.as_ptr(), libc::W_OK | libc::X_OK) == 0 }
}

// ---- 3. Opening ----

/// What the header and the size of a channel file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    pub version: u8,
    pub capacity: usize,
    pub stride: usize,
    pub lanes: usize,
    pub fingerprint: u32,
}

impl Shape {
    pub fn new(capacity: usize, lanes: usize, fingerprint: u32) -> Shape {
        let stride = (HEADER + capacity).next_multiple_of(64);
        Shape {
            version: VERSION,
            capacity,
            stride,
            lanes,
            fingerprint,
        }
    }

    pub fn file_size(&self) -> usize {
        match self.version {
            0 => HEADER + self.capacity,
            _ => self.stride * self.lanes,
        }
    }
}

/// Why a file is not spoken to.
#[derive(Debug)]
pub enum Refusal {
    /// Not ours to touch: another kind of file, another owner, open to others.
    Unsafe(String),
    /// Ours, but no channel of this version; a provider that locks it may replace it.
    Garbage(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Unsafe(text) | Refusal::Garbage(text) => out.write_str(text),
        }
    }
}

/// Opens the file at the path; `None` where there is none. It is never created here, never
/// followed through a link, and a FIFO cannot block us.
pub fn open_channel(path: &Path) -> io::Result<Option<File>> {
    let flags = libc::O_NOFOLLOW | libc::O_CLOEXEC | libc::O_NONBLOCK;
    match OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags)
        .open(path)
    {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => match error.raw_os_error() {
            Some(libc::ELOOP) => Err(io::Error::other(
                "is a symbolic link, which is not followed",
            )),
            Some(libc::EISDIR | libc::ENXIO) => Err(io::Error::other("is not a regular file")),
            _ => Err(error),
        },
    }
}

/// Judges the open file, not the path, which may lead elsewhere by now.
pub fn judge(file: &File) -> Result<Shape, Refusal> {
    let refused = |text: String| Err(Refusal::Unsafe(text));
    let garbage = |text: String| Err(Refusal::Garbage(text));
    let found = file
        .metadata()
        .map_err(|error| Refusal::Unsafe(error.to_string()))?;
    if !found.file_type().is_file() {
        return refused("is not a regular file".to_owned());
    }
    // SAFETY: geteuid has no preconditions and cannot fail.
    let me = unsafe { libc::geteuid() };
    if found.uid() != me {
        return refused(format!("is owned by user {}, not by {me}", found.uid()));
    }
    let mut header = [0; HEADER];
    let whole = file.read_exact_at(&mut header, 0).is_ok();
    let version = header[FLAGS + 3];
    // Older programs made their files readable for everybody; nobody ever may write them.
    let shut = if whole && version == 0 { 0o022 } else { 0o077 };
    let mode = found.mode() & 0o7777;
    if mode & shut != 0 {
        return refused(format!(
            "others may read or write it (mode {mode:04o}); chmod 600 it"
        ));
    }
    if !whole {
        return garbage("is too short to be a channel".to_owned());
    }
    let size = usize::try_from(found.size()).unwrap_or(usize::MAX);
    let fingerprint = word_of(&header, FINGERPRINT);
    if version == 0 {
        let capacity = size.saturating_sub(HEADER);
        return Ok(Shape {
            version,
            capacity,
            stride: size,
            lanes: 1,
            fingerprint,
        });
    }
    if version > VERSION {
        return garbage(format!(
            "is of version {version}, this program speaks {VERSION}"
        ));
    }
    let capacity = word_of(&header, CAPACITY) as usize;
    let mut shape = Shape::new(capacity, 0, fingerprint);
    if size % shape.stride != 0 {
        return garbage(format!(
            "has {size} bytes, no multiple of its stride {}",
            shape.stride
        ));
    }
    shape.lanes = size / shape.stride;
    for lane in 1..shape.lanes {
        let mut word = [0; 4];
        let at = (lane * shape.stride + CAPACITY) as u64;
        let read = file.read_exact_at(&mut word, at);
        if read.is_err() || u32::from_le_bytes(word) as usize != capacity {
            return garbage(format!(
                "lane {lane} disagrees with lane 0 about the capacity"
            ));
        }
    }
    Ok(shape)
}

fn word_of(header: &[u8; HEADER], at: usize) -> u32 {
    u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
}

// ---- 4. Locks ----

/// A descriptor of its own for kernel locks, never the one that is mapped: a mapping keeps its
/// file description alive, and the locks with it.
pub struct LockFile {
    file: ManuallyDrop<File>,
    generation: u32,
}

impl LockFile {
    pub fn open(path: &Path) -> io::Result<Option<LockFile>> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        match LockFile::open_with(|| open_channel(path)?.ok_or_else(missing)) {
            Ok(lock) => Ok(Some(lock)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    // A child forked between the opening and the registration would keep the lock for ever.
    fn open_with(open: impl FnOnce() -> io::Result<File>) -> io::Result<LockFile> {
        INHERITED.register(open)
    }

    /// Whether the exclusive lock could be had.
    pub fn lock(&self, at: usize, len: usize) -> io::Result<bool> {
        match self.fcntl(libc::F_OFD_SETLK, libc::F_WRLCK, at, len) {
            Ok(_) => Ok(true),
            Err(error) => match error.raw_os_error() {
                Some(libc::EAGAIN | libc::EACCES) => Ok(false),
                _ => Err(error),
            },
        }
    }

    pub fn unlock(&self, at: usize, len: usize) {
        // It can only fail for arguments that are wrong, and closing would unlock as well.
        let _ = self.fcntl(libc::F_OFD_SETLK, libc::F_UNLCK, at, len);
    }

    /// Whether somebody else holds the bytes.
    pub fn is_locked(&self, at: usize, len: usize) -> io::Result<bool> {
        let found = self.fcntl(libc::F_OFD_GETLK, libc::F_RDLCK, at, len)?;
        Ok(found.l_type != libc::F_UNLCK as libc::c_short)
    }

    /// Whether a provider lives: its lock says so, never a timer and never a process id.
    pub fn provider_lives(&self) -> io::Result<bool> {
        self.is_locked(STATUS, 4)
    }

    /// Whether the path still leads to this file. A lock on any other file counts for nothing.
    pub fn leads_here(&self, path: &Path) -> bool {
        match (self.file.metadata(), std::fs::symlink_metadata(path)) {
            (Ok(mine), Ok(theirs)) => same_file(&mine, &theirs),
            _ => false,
        }
    }

    fn fcntl(&self, command: i32, kind: i32, at: usize, len: usize) -> io::Result<libc::flock> {
        // SAFETY: flock is plain numbers, for which zero is a value; l_pid must be 0 here.
        let mut range: libc::flock = unsafe { std::mem::zeroed() };
        range.l_type = kind as libc::c_short;
        range.l_whence = libc::SEEK_SET as libc::c_short;
        range.l_start = at as libc::off_t;
        range.l_len = len as libc::off_t;
        // SAFETY: the descriptor is open as long as self, and range outlives the call.
        match unsafe { libc::fcntl(self.file.as_raw_fd(), command, &mut range) } {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(range),
        }
    }

    fn is_mine(&self) -> bool {
        self.generation == GENERATION.load(Ordering::Relaxed)
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        INHERITED.close(self);
    }
}

fn same_file(one: &std::fs::Metadata, other: &std::fs::Metadata) -> bool {
    one.dev() == other.dev() && one.ino() == other.ino()
}

// ---- 5. Forks ----

// A forked child shares its parent's locks, beyond the parent's death. So each child closes the
// inherited descriptors first thing, and only closes them: an unlock there would be the parent's.
static INHERITED: Inherited = Inherited {
    mutex: UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER),
    open: UnsafeCell::new(Vec::new()),
};
static GENERATION: AtomicU32 = AtomicU32::new(0);

// A mutex of the C library, because fork's handlers must lock and unlock it apart.
struct Inherited {
    mutex: UnsafeCell<libc::pthread_mutex_t>,
    open: UnsafeCell<Vec<RawFd>>,
}

// SAFETY: the list is touched under the mutex only, which is made to be shared.
unsafe impl Sync for Inherited {}

impl Inherited {
    fn register(&self, open: impl FnOnce() -> io::Result<File>) -> io::Result<LockFile> {
        static ONCE: Once = Once::new();
        // SAFETY: the three handlers are functions that live as long as the program.
        ONCE.call_once(|| unsafe {
            libc::pthread_atfork(Some(before_fork), Some(in_parent), Some(in_child));
        });
        self.lock();
        let opened = open().map(|file| {
            // SAFETY: the mutex is held.
            unsafe { &mut *self.open.get() }.push(file.as_raw_fd());
            let generation = GENERATION.load(Ordering::Relaxed);
            LockFile {
                file: ManuallyDrop::new(file),
                generation,
            }
        });
        self.unlock();
        opened
    }

    fn close(&self, lock: &mut LockFile) {
        self.lock();
        // What another generation opened, fork's handler has closed: its number may be another's.
        if lock.is_mine() {
            let number = lock.file.as_raw_fd();
            // SAFETY: the mutex is held; the file is dropped here and nowhere else.
            unsafe {
                (*self.open.get()).retain(|open| *open != number);
                ManuallyDrop::drop(&mut lock.file);
            }
        }
        self.unlock();
    }

    fn lock(&self) {
        // SAFETY: the mutex was initialised statically and never moves.
        unsafe { libc::pthread_mutex_lock(self.mutex.get()) };
    }

    fn unlock(&self) {
        // SAFETY: this thread, or the one that it was forked from, holds the mutex.
        unsafe { libc::pthread_mutex_unlock(self.mutex.get()) };
    }
}

extern "C" fn before_fork() {
    INHERITED.lock();
}

extern "C" fn in_parent() {
    INHERITED.unlock();
}

extern "C" fn in_child() {
    // SAFETY: before_fork holds the mutex, and close is allowed in a child of many threads. The
    // numbers are this module's own descriptors. Clearing frees no memory.
    unsafe {
        let open = &mut *INHERITED.open.get();
        for number in open.iter() {
            libc::close(*number);
        }
        open.clear();
    }
    GENERATION.fetch_add(1, Ordering::Relaxed);
    INHERITED.unlock();
}

// ---- 6. Words ----

/// The mapped file.
struct Mapping {
    base: *mut u8,
    len: usize,
}

// SAFETY: the memory is shared with other processes anyway; words are only touched as atomics, and
// a payload only by who the status word names.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    fn map(file: &File, len: usize) -> io::Result<Mapping> {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let (shared, number) = (libc::MAP_SHARED, file.as_raw_fd());
        // SAFETY: a new mapping at an address of the kernel's choice touches nothing of ours. A
        // channel file is never truncated, so its pages stay.
        let base = unsafe { libc::mmap(ptr::null_mut(), len, access, shared, number, 0) };
        if base == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Mapping {
            base: base.cast(),
            len,
        })
    }

    fn word(&self, at: usize) -> &AtomicU32 {
        assert!(at & 3 == 0 && at + 4 <= self.len);
        // SAFETY: in bounds and aligned, since a mapping begins at a page; all words of a header
        // are accessed as atomics only, and the mapping lives as long as the reference.
        unsafe { AtomicU32::from_ptr(self.base.add(at).cast()) }
    }

    fn payload(&self, at: usize, len: usize) -> Payload<'_> {
        assert!(at <= self.len && len <= self.len - at);
        // SAFETY: in bounds, as asserted.
        let base = unsafe { self.base.add(at) };
        Payload {
            base,
            len,
            life: PhantomData,
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: this is our mapping, and nothing that borrows from it outlives it.
        unsafe { libc::munmap(self.base.cast(), self.len) };
    }
}

// Sequentially consistent throughout: release and acquire alone lose wake-ups, also on x86.
fn load(word: &AtomicU32) -> u32 {
    u32::from_le(word.load(Ordering::SeqCst))
}

fn store(word: &AtomicU32, value: u32) {
    word.store(value.to_le(), Ordering::SeqCst);
}

// A store that no load of ours waits behind: that a call is over, that it began. It leaves the core
// when the line comes, and until then joins what is written beside it, instead of a journey between
// the cores for each.
fn store_later(word: &AtomicU32, value: u32) {
    word.store(value.to_le(), Ordering::Release);
}

// Sizes and codes are ordered by the store of the status that follows them.
fn note(word: &AtomicU32, value: u32) {
    word.store(value.to_le(), Ordering::Relaxed);
}

fn set_bits(word: &AtomicU32, bits: u32) {
    word.fetch_or(bits.to_le(), Ordering::SeqCst);
}

fn clear_bits(word: &AtomicU32, bits: u32) {
    word.fetch_and(!bits.to_le(), Ordering::SeqCst);
}

// Sleeps while the word holds the value; whoever returns looks again.
fn wait_on(word: &AtomicU32, value: u32, limit: Duration) {
    let limit = libc::timespec {
        tv_sec: limit.as_secs() as libc::time_t,
        tv_nsec: limit.subsec_nanos() as libc::c_long,
    };
    // SAFETY: the word and the time outlive the call, which changes neither.
    unsafe {
        let word = word.as_ptr();
        libc::syscall(
            libc::SYS_futex,
            word,
            libc::FUTEX_WAIT,
            value.to_le(),
            &limit,
            0,
            0,
        );
    }
}

fn wake(word: &AtomicU32) {
    // SAFETY: the word outlives the call, which only uses its address.
    unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAKE,
            i32::MAX,
            0,
            0,
            0,
        );
    }
}

// ---- 7. Lanes ----

/// Who may take a lane, once the kernel lock is had: a request and a running call are never taken,
/// whoever's they were; a provider answers them, now or when it next starts.
pub fn is_free(status: u32) -> bool {
    matches!(status, IDLE | RESPONSE | ERROR)
}

/// The last quarter of the lanes is given back after each call, so that no number of idle
/// consumers shuts out another.
pub fn is_for_single_calls(lane: usize, lanes: usize) -> bool {
    lane >= lanes - lanes.div_ceil(4)
}

/// One lane of a channel, held by this process.
struct Lane {
    mapping: Mapping,
    lock: LockFile,
    path: PathBuf,
    shape: Shape,
    index: usize,
    is_held: bool,
    spin: Spin,
}

impl Lane {
    fn word(&self, at: usize) -> &AtomicU32 {
        self.mapping.word(self.index * self.shape.stride + at)
    }

    fn status(&self) -> u32 {
        load(self.word(STATUS))
    }

    fn payload(&self) -> Payload<'_> {
        let at = self.index * self.shape.stride + HEADER;
        self.mapping.payload(at, self.shape.capacity)
    }

    // After a fork the lane is the parent's; after an orderly end another file may be at the path.
    fn is_current(&self) -> bool {
        let served = self.shape.version == 0 || load(self.mapping.word(PROVIDER)) != 0;
        self.lock.is_mine() && served
    }

    fn is_for_single_calls(&self) -> bool {
        self.shape.version == 0 || is_for_single_calls(self.index, self.shape.lanes)
    }

    // Tries the lanes from the first. The kernel's lock decides; the word is for people.
    fn take_lane(&mut self) -> io::Result<bool> {
        if self.shape.version == 0 {
            return Ok(is_free(self.status()));
        }
        for index in 0..self.shape.lanes {
            let at = index * self.shape.stride;
            if !self.lock.lock(at + LOCK, 4)? {
                continue;
            }
            // step: lane locked
            self.index = index;
            if !is_free(self.status()) || !self.lock.leads_here(&self.path) {
                self.lock.unlock(at + LOCK, 4);
                continue;
            }
            // Through the descriptor and not the mapping, so that a full file system is an error
            // and not a fault.
            if let Err(error) = self.write_zeros(at + HEADER, self.shape.capacity) {
                self.lock.unlock(at + LOCK, 4);
                return Err(error);
            }
            // step: payload zeroed
            store(self.word(LOCK), std::process::id());
            clear_bits(self.word(FLAGS), CONSUMER_FLAGS);
            self.is_held = true;
            // step: lane taken
            return Ok(true);
        }
        Ok(false)
    }

    fn write_zeros(&self, from: usize, count: usize) -> io::Result<()> {
        let zeros = [0; 4096];
        let mut at = from;
        let end = from + count;
        while at < end {
            let len = zeros.len().min(end - at);
            self.lock.file.write_all_at(&zeros[..len], at as u64)?;
            at += len;
        }
        Ok(())
    }
}

impl Drop for Lane {
    // Leaves the lane: the word first, then the lock. What broke off a call left its status, by
    // which the next owner knows that the lane is not free yet.
    fn drop(&mut self) {
        if self.is_held && self.lock.is_mine() {
            store(self.word(LOCK), 0);
            // step: lane word cleared
            self.lock.unlock(self.index * self.shape.stride + LOCK, 4);
            // step: lane unlocked
        }
    }
}

// ---- 8. Waiting ----

// A spin pays where both sides have a core of their own, and burns the peer's time where they share
// one. A shorter spin would only miss more often, so it is the whole budget or none: after each
// spin that ran out, twice as many waits go straight to sleep.
#[derive(Debug, Default)]
struct Spin {
    misses: u32,
    skip: u32,
}

impl Spin {
    fn wait_until(&mut self, done: impl Fn() -> bool) -> bool {
        if self.skip > 0 || only_one_processor() {
            self.skip = self.skip.saturating_sub(1);
            return done();
        }
        let mut end = None;
        loop {
            for _ in 0..128 {
                if done() {
                    self.misses = 0;
                    return true;
                }
                std::hint::spin_loop();
            }
            let now = Instant::now();
            if now >= *end.get_or_insert(now + SPIN) {
                self.misses = (self.misses + 1).min(6);
                self.skip = (1 << self.misses) - 1;
                return false;
            }
        }
    }
}

fn only_one_processor() -> bool {
    static ONE: OnceLock<bool> = OnceLock::new();
    let alone = || std::thread::available_parallelism().is_ok_and(|count| count.get() == 1);
    *ONE.get_or_init(alone)
}

/// The time limit of one call; it covers attaching, waiting for a lane, and the call.
///
/// It starts when it is first looked at, so that a call that is answered at once looks at no clock.
struct Clock {
    limit: Duration,
    deadline: Cell<Option<Instant>>,
}

impl Clock {
    fn start(own: Option<Duration>) -> Result<Clock, String> {
        let limit = own.map_or_else(default_limit, Ok)?;
        let deadline = Cell::new(None);
        Ok(Clock { limit, deadline })
    }

    fn left(&self) -> Option<Duration> {
        let now = Instant::now();
        let deadline = self.deadline.get().unwrap_or_else(|| {
            // A limit beyond what the clock can count is as good as thirty years.
            let century = Duration::from_secs(1 << 30);
            now.checked_add(self.limit).unwrap_or(now + century)
        });
        self.deadline.set(Some(deadline));
        match deadline.checked_duration_since(now) {
            None | Some(Duration::ZERO) => None,
            left => left,
        }
    }
}

fn default_limit() -> Result<Duration, String> {
    static LIMIT: OnceLock<Result<Duration, String>> = OnceLock::new();
    LIMIT
        .get_or_init(|| {
            let Some(text) = std::env::var_os("METROPIPE_TIMEOUT_MS") else {
                return Ok(Duration::from_secs(5));
            };
            match text.to_string_lossy().parse() {
                Ok(millis) if millis > 0 => Ok(Duration::from_millis(millis)),
                _ => Err(format!(
                    "METROPIPE_TIMEOUT_MS is {text:?}, not a whole number above 0"
                )),
            }
        })
        .clone()
}

/// How a wait came to its end.
#[derive(Debug, PartialEq, Eq)]
enum Waited {
    Answer(u32),
    GaveUp(GivenUp),
    TimedOut,
}

/// Past the deadline: an answer that has just come is still the answer.
pub fn past_deadline(status: u32) -> Option<u32> {
    is_answer(status).then_some(status)
}

pub fn is_answer(status: u32) -> bool {
    matches!(status, RESPONSE | ERROR)
}

impl Lane {
    fn wait_for_answer(&mut self, clock: &Clock) -> io::Result<Waited> {
        let mut spin = std::mem::take(&mut self.spin);
        let seen = self.version_is_new() && spin.wait_until(|| is_answer(self.status()));
        self.spin = spin;
        if seen {
            return Ok(Waited::Answer(self.status()));
        }
        let mut probe = Instant::now() + CONSUMER_NAP;
        loop {
            let nap = clock.left().unwrap_or(Duration::ZERO).min(CONSUMER_NAP);
            self.sleep(nap);
            let status = self.status();
            if is_answer(status) {
                return Ok(Waited::Answer(status));
            }
            if clock.left().is_none() {
                // step: deadline passed
                let last = past_deadline(self.status());
                return Ok(last.map_or(Waited::TimedOut, Waited::Answer));
            }
            if self.version_is_new() && Instant::now() >= probe {
                if let Some(ended) = self.give_up()? {
                    return Ok(ended);
                }
                probe = Instant::now() + PROBE;
            }
        }
    }

    fn sleep(&self, nap: Duration) {
        if !self.version_is_new() {
            std::thread::sleep(nap.min(POLL));
            return;
        }
        let flags = self.word(FLAGS);
        set_bits(flags, CONSUMER_ASLEEP);
        // The provider publishes its answer and then looks at the flag: a fence on either side, or
        // both may miss the other.
        std::sync::atomic::fence(Ordering::SeqCst);
        // step: asleep published
        let status = self.status();
        if !is_answer(status) {
            wait_on(self.word(STATUS), status, nap);
        }
        clear_bits(flags, CONSUMER_ASLEEP);
    }

    fn version_is_new(&self) -> bool {
        self.shape.version > 0
    }
}

// ---- 9. Giving up ----

/// What a consumer reports that holds the provider's lock, so that nobody serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenUp {
    Answer,
    NotRun,
    MayHaveRun,
}

/// With the provider's lock held nobody else changes the status: a request is taken back, and what
/// a dead provider had begun may have run.
pub fn given_up(status: u32) -> GivenUp {
    match status {
        RESPONSE | ERROR => GivenUp::Answer,
        RUNNING => GivenUp::MayHaveRun,
        _ => GivenUp::NotRun,
    }
}

impl Lane {
    fn give_up(&self) -> io::Result<Option<Waited>> {
        if self.lock.provider_lives()? || !self.lock.lock(STATUS, 4)? {
            // Somebody serves, or serves again.
            return Ok(None);
        }
        // step: provider's lock taken
        let status = self.status();
        let verdict = given_up(status);
        if verdict != GivenUp::Answer {
            store(self.word(STATUS), IDLE);
            // step: request taken back
        }
        self.lock.unlock(STATUS, 4);
        Ok(Some(match verdict {
            GivenUp::Answer => Waited::Answer(status),
            other => Waited::GaveUp(other),
        }))
    }
}

// ---- 10. Calling ----

/// The calling side of one channel, safe from many threads at once and after a fork.
pub struct Consumer {
    contract: Contract,
    path: OnceLock<PathBuf>,
    // Lanes at rest. Slots and no mutex: a child forked while another thread holds a mutex would
    // find it locked for ever.
    slots: [AtomicPtr<Lane>; 64],
}

/// What a provider says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pong {
    pub canonical: String,
    pub provider: u32,
    pub round_trip: Duration,
}

enum Exchanged {
    Value(usize),
    Failed(Error),
    Elsewhere,
}

impl Consumer {
    pub const fn new(contract: Contract) -> Consumer {
        let slots = [const { AtomicPtr::new(ptr::null_mut()) }; 64];
        Consumer {
            contract,
            path: OnceLock::new(),
            slots,
        }
    }

    /// The consumer of a generated function.
    pub const fn of(stub: Stub) -> Consumer {
        Consumer::new(Contract::of(stub))
    }

    /// As `new`, for a file that is not where the channel's name leads.
    pub fn at(path: PathBuf, contract: Contract) -> Consumer {
        let mut consumer = Consumer::new(contract);
        consumer.path = OnceLock::from(path);
        consumer
    }

    /// Calls the function: `write` puts the arguments and returns the request's size, `read` gets
    /// the result from an answer of the size that it is given.
    pub fn call<T>(
        &self,
        limit: Option<Duration>,
        write: impl Fn(Payload<'_>) -> Result<usize, Unfit>,
        read: impl Fn(Payload<'_>, usize) -> Result<T, String>,
    ) -> Result<T, Error> {
        let clock = Clock::start(limit).map_err(|text| self.contract.channel_error(text))?;
        loop {
            let mut lane = self.lane(&clock)?;
            let size = match write(lane.payload()) {
                Ok(size) => size,
                Err(Unfit(text)) => {
                    self.rest(lane);
                    return Err(Error::Unfit(format!("{}: {text}", self.contract.function)));
                }
            };
            // step: arguments written
            match self.exchange(&mut lane, CALL, size, &clock)? {
                Exchanged::Elsewhere => continue,
                Exchanged::Failed(error) => {
                    self.finish(lane);
                    return Err(error);
                }
                Exchanged::Value(size) => {
                    let wanted = self.contract.payload_size;
                    let value = if self.contract.is_raw() || size == wanted {
                        read(lane.payload(), size)
                    } else if !lane.version_is_new() {
                        // Only the status counts; what stands there is checked as ever.
                        read(lane.payload(), wanted)
                    } else {
                        Err(format!(
                            "the answer has {size} bytes, {wanted} were expected"
                        ))
                    };
                    self.finish(lane);
                    return value.map_err(|text| self.contract.channel_error(text));
                }
            }
        }
    }

    /// One request of a raw channel.
    pub fn call_raw(&self, request: &[u8], limit: Option<Duration>) -> Result<Vec<u8>, Error> {
        let write = |payload: Payload<'_>| match payload.len() {
            room if request.len() > room => {
                let len = request.len();
                Err(Unfit(format!(
                    "{len} bytes do not fit this channel, which holds {room}"
                )))
            }
            _ => {
                payload.put(0, request);
                Ok(request.len())
            }
        };
        self.call(limit, write, |payload, size| Ok(payload.get(0, size)))
    }

    /// A round trip to the provider that does not call its function.
    pub fn ping(&self, limit: Option<Duration>) -> Result<Pong, Error> {
        let clock = Clock::start(limit).map_err(|text| self.contract.channel_error(text))?;
        loop {
            let mut lane = match self.resting() {
                Some(lane) => lane,
                None => self.attach(&clock)?,
            };
            let start = Instant::now();
            let answer = self.exchange(&mut lane, PING, 0, &clock)?;
            let round_trip = start.elapsed();
            match answer {
                Exchanged::Elsewhere => continue,
                Exchanged::Failed(error) => {
                    self.finish(lane);
                    return Err(error);
                }
                Exchanged::Value(size) => {
                    let canonical = text_of(&lane.payload().get(0, size));
                    let provider = load(lane.mapping.word(PROVIDER));
                    // A lane of another layout is no use to a later call.
                    if load(lane.mapping.word(FINGERPRINT)) == self.contract.fingerprint {
                        self.finish(lane);
                    } else {
                        store(lane.word(STATUS), IDLE);
                    }
                    return Ok(Pong {
                        canonical,
                        provider,
                        round_trip,
                    });
                }
            }
        }
    }

    /// The file of the channel.
    pub fn path(&self) -> Result<&Path, Error> {
        if let Some(path) = self.path.get() {
            return Ok(path);
        }
        let path = channel_path(&self.contract.channel)
            .map_err(|text| self.contract.channel_error(text))?;
        Ok(self.path.get_or_init(|| path))
    }

    fn lane(&self, clock: &Clock) -> Result<Held<'_>, Error> {
        if let Some(lane) = self.resting() {
            return Ok(lane);
        }
        let mut lane = self.attach(clock)?;
        let theirs = load(lane.mapping.word(FINGERPRINT));
        if lane.version_is_new() && theirs != self.contract.fingerprint {
            return Err(match self.exchange(&mut lane, PING, 0, clock)? {
                Exchanged::Value(size) => {
                    let canonical = text_of(&lane.payload().get(0, size));
                    store(lane.word(STATUS), IDLE);
                    self.contract.mismatch(&canonical)
                }
                Exchanged::Failed(error) => {
                    store(lane.word(STATUS), IDLE);
                    error
                }
                Exchanged::Elsewhere => self.contract.mismatch("another signature"),
            });
        }
        if lane.shape.capacity < self.contract.payload_size {
            let (room, wanted) = (lane.shape.capacity, self.contract.payload_size);
            let path = lane.path.display();
            let text = format_args!("{path}: has {room} bytes a lane, {wanted} are needed");
            return Err(self.contract.channel_error(text));
        }
        if !lane.version_is_new() {
            // As with every lane: padding is zeros, and a full file system an error, not a fault.
            lane.write_zeros(HEADER, self.contract.payload_size)
                .map_err(|error| self.contract.file_error(&lane.path, &error))?;
        }
        Ok(lane)
    }

    // A lane that rests here, ready for a call: whatever broke off the call before.
    fn resting(&self) -> Option<Held<'_>> {
        for slot in &self.slots {
            let seen = slot.load(Ordering::Relaxed);
            if seen.is_null() || seen == in_use() {
                continue;
            }
            let lane = slot.swap(in_use(), Ordering::Acquire);
            if lane == in_use() {
                continue;
            }
            if lane.is_null() {
                // Its holder gave the slot up in between; so do we.
                slot.store(ptr::null_mut(), Ordering::Release);
                continue;
            }
            // SAFETY: rest made the pointer from a box, and who swaps it out is its only owner.
            let lane = Some(unsafe { Box::from_raw(lane) });
            let held = Held {
                slot: Some(slot),
                lane,
            };
            if held.is_current() && is_free(held.status()) {
                return Some(held);
            }
        }
        None
    }

    fn finish(&self, lane: Held<'_>) {
        store_later(lane.word(STATUS), IDLE);
        // step: lane idle again
        self.rest(lane);
    }

    fn rest(&self, mut held: Held<'_>) {
        if held.is_for_single_calls() {
            return;
        }
        let Some(lane) = held.lane.take() else {
            return;
        };
        let lane = Box::into_raw(lane);
        if let Some(slot) = held.slot.take() {
            // The slot was kept for the lane: a plain store, which does not wait for the other core.
            slot.store(lane, Ordering::Release);
            return;
        }
        for slot in &self.slots {
            let empty = ptr::null_mut();
            let (full, failed) = (Ordering::Release, Ordering::Relaxed);
            if slot.compare_exchange(empty, lane, full, failed).is_ok() {
                return;
            }
        }
        // SAFETY: the pointer was made from a box above, and no slot took it.
        drop(unsafe { Box::from_raw(lane) });
    }

    fn attach(&self, clock: &Clock) -> Result<Held<'_>, Error> {
        let path = self.path()?;
        let mut pause = Duration::from_micros(200);
        loop {
            let opened = self
                .open(path)
                .map_err(|error| self.contract.file_error(path, &error))?;
            let mut lane = opened.ok_or_else(|| self.contract.no_provider(path))?;
            // The same file may have a lane for us in a moment: try it until it is replaced.
            loop {
                let failed = |error| self.contract.file_error(path, &error);
                if lane.version_is_new() && !lane.lock.leads_here(path) {
                    break;
                }
                if lane.version_is_new() && !lane.lock.provider_lives().map_err(failed)? {
                    return Err(self.contract.no_provider(path));
                }
                if lane.take_lane().map_err(failed)? {
                    let lane = Some(Box::new(lane));
                    return Ok(Held { slot: None, lane });
                }
                if let Some(lane) = self.resting() {
                    return Ok(lane);
                }
                let Some(left) = clock.left() else {
                    return Err(Error::Timeout(format!(
                        "{}: all {} lanes of {} stayed taken for {} s (the function was not run)",
                        self.contract.function,
                        lane.shape.lanes,
                        path.display(),
                        clock.limit.as_secs_f64(),
                    )));
                };
                std::thread::sleep(pause.min(left));
                pause = (pause * 2).min(Duration::from_millis(5));
            }
        }
    }

    // Two descriptors of one file: one is mapped and closed, the other holds the locks.
    fn open(&self, path: &Path) -> io::Result<Option<Lane>> {
        loop {
            let Some(file) = open_channel(path)? else {
                return Ok(None);
            };
            let refused = |refusal: Refusal| io::Error::other(refusal.to_string());
            let shape = judge(&file).map_err(refused)?;
            let mapping = Mapping::map(&file, shape.file_size())?;
            let Some(lock) = LockFile::open(path)? else {
                return Ok(None);
            };
            if same_file(&file.metadata()?, &lock.file.metadata()?) {
                let path = path.to_owned();
                let spin = Spin::default();
                return Ok(Some(Lane {
                    mapping,
                    lock,
                    path,
                    shape,
                    index: 0,
                    is_held: false,
                    spin,
                }));
            }
        }
    }

    // Posts the request and waits for what becomes of it.
    fn exchange(
        &self,
        lane: &mut Lane,
        code: u32,
        size: usize,
        clock: &Clock,
    ) -> Result<Exchanged, Error> {
        note(lane.word(SIZE), size as u32);
        note(lane.word(CODE), code);
        store(lane.word(STATUS), REQUEST);
        // step: request posted
        // The provider sets its flag and then looks at the status: a fence on either side, or both
        // may miss the other. The store above is one.
        let doorbell = lane.mapping.word(FLAGS);
        if lane.version_is_new() && load(doorbell) & PROVIDER_FLAG == PROVIDER_ASLEEP {
            clear_bits(doorbell, PROVIDER_FLAG);
            wake(doorbell);
            // step: provider woken
        }
        let waited = lane.wait_for_answer(clock);
        let failed = |error| self.contract.file_error(&lane.path, &error);
        let status = match waited.map_err(failed)? {
            Waited::Answer(status) => status,
            Waited::TimedOut => {
                return Err(Error::Timeout(format!(
                    "{}: no answer within {} s on {} (the function may still run)",
                    self.contract.function,
                    clock.limit.as_secs_f64(),
                    lane.path.display(),
                )));
            }
            Waited::GaveUp(GivenUp::MayHaveRun) => return Err(self.died()),
            Waited::GaveUp(_) if lane.lock.leads_here(&lane.path) => {
                return Err(self.contract.no_provider(&lane.path));
            }
            Waited::GaveUp(_) => return Ok(Exchanged::Elsewhere),
        };
        // step: answer seen
        let mut size = load(lane.word(SIZE)) as usize;
        let code = load(lane.word(CODE));
        if size > lane.shape.capacity {
            let is_length = self.contract.is_raw() && status == RESPONSE;
            if lane.version_is_new() || is_length {
                let text = format!("the answer claims {size} bytes, more than a lane holds");
                return Ok(Exchanged::Failed(self.contract.channel_error(text)));
            }
            // Of an older program only the status counts.
            size = 0;
        }
        if status == RESPONSE {
            return Ok(Exchanged::Value(size));
        }
        let text = text_of(&lane.payload().get(0, size));
        Ok(Exchanged::Failed(self.failure(code, text, &lane.path)))
    }

    fn failure(&self, code: u32, text: String, path: &Path) -> Error {
        let function = self.contract.function.to_string();
        match code {
            RAISED => {
                let (kind, message) = text.split_once(": ").unwrap_or((&text, ""));
                let (kind, message) = (kind.to_owned(), message.to_owned());
                Error::Remote {
                    function,
                    kind,
                    message,
                }
            }
            MISMATCH => Error::LayoutMismatch(format!(
                "{function}: the request does not match the provider's layout: {text}; export again \
                 (the function was not run)"
            )),
            UNFIT_RESULT => self.contract.channel_error(format_args!(
                "the result does not fit: {text} (the function was run)"
            )),
            ENDING => self.contract.no_provider(path),
            RESTARTED => self.died(),
            code => self
                .contract
                .channel_error(format_args!("error {code}: {text}")),
        }
    }

    fn died(&self) -> Error {
        self.contract.channel_error(
            "the provider died or was restarted during the call (the function may have run)",
        )
    }
}

/// A lane during a call, and the slot that waits for it. Dropped, it leaves both.
struct Held<'a> {
    slot: Option<&'a AtomicPtr<Lane>>,
    // None only once the lane rests again.
    lane: Option<Box<Lane>>,
}

// Stands in the slot of a lane that is in a call.
fn in_use() -> *mut Lane {
    ptr::NonNull::dangling().as_ptr()
}

impl Deref for Held<'_> {
    type Target = Lane;

    fn deref(&self) -> &Lane {
        self.lane.as_ref().expect("a lane until it rests")
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Lane {
        self.lane.as_mut().expect("a lane until it rests")
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            slot.store(ptr::null_mut(), Ordering::Release);
        }
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        for slot in &mut self.slots {
            let lane = std::mem::replace(slot.get_mut(), ptr::null_mut());
            if !lane.is_null() && lane != in_use() {
                // SAFETY: rest made the pointer from a box, and nobody else can reach it now.
                drop(unsafe { Box::from_raw(lane) });
            }
        }
    }
}

// An error's text is shown and not used: what is no UTF-8 in it is no second error.
fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

// ---- 11. Serving ----

use std::sync::Arc;
use std::sync::Mutex;

/// What a starting provider does with a lane that its predecessor left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inherit {
    Keep,
    Clear,
    FailRestarted,
}

/// The status is read before the lock is looked at: a request that nobody holds any more cannot be
/// taken by anybody else, while a lane that was free may get an owner and a request in between.
pub fn inherit(status: u32, is_held: impl FnOnce() -> bool) -> Inherit {
    match status {
        RUNNING => Inherit::FailRestarted,
        REQUEST if is_held() => Inherit::Keep,
        REQUEST => Inherit::Clear,
        IDLE | RESPONSE | ERROR => Inherit::Keep,
        _ => Inherit::Clear,
    }
}

/// The error that a provider which ends still owes the lane: nobody may be told that a function was
/// not run that still runs.
pub fn owed(status: u32) -> Option<u32> {
    match status {
        REQUEST => Some(ENDING),
        RUNNING => Some(RESTARTED),
        _ => None,
    }
}

/// Whether a worker begins with the lane.
pub fn is_request(status: u32) -> bool {
    status == REQUEST
}

/// An answer that is an error: one of the codes above, and a text for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub code: u32,
    pub message: String,
}

/// One request: the payload that holds the arguments and takes the result, and the request's size.
pub struct Request<'a> {
    pub payload: Payload<'a>,
    pub size: usize,
}

/// How a provider starts.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    pub lanes: usize,
    /// Whether the file of an older program is replaced, and not served.
    pub force: bool,
}

impl Default for Offer {
    fn default() -> Offer {
        Offer {
            lanes: 16,
            force: false,
        }
    }
}

/// The serving side of one channel: it holds the provider's lock until it ends.
pub struct Provider {
    serving: Arc<Serving>,
}

/// Ends a provider from another thread, or from a signal's handler: it stores one word and wakes.
#[derive(Clone)]
pub struct Stop {
    serving: Arc<Serving>,
}

struct Serving {
    contract: Contract,
    path: PathBuf,
    shape: Shape,
    mapping: Mapping,
    lock: LockFile,
    stop: AtomicU32,
    // What this process does with each lane, and which of its calls that is: an answer that comes
    // after the end is not written, and one worker's end is not another's.
    work: Vec<AtomicU32>,
    turn: Mutex<Turn>,
}

const AT_REST: u32 = 0;
const BUSY: u32 = 1;
const ANSWERING: u32 = 2;
const CALLS_APART: u32 = 4;

#[derive(Default)]
struct Turn {
    spin: Spin,
    next: usize,
    call: u32,
}

impl Stop {
    pub fn stop(&self) {
        self.serving.stop.store(1, Ordering::SeqCst);
        wake(&self.serving.stop);
        wake(self.serving.mapping.word(FLAGS));
    }
}

impl Provider {
    /// Makes or takes over the file of the contract's channel. When it returns, calls are taken.
    pub fn start(contract: Contract, offer: Offer) -> Result<Provider, Error> {
        let refused = |text| contract.channel_error(text);
        let path = channel_path(&contract.channel).map_err(refused)?;
        Provider::start_at(path, contract, offer)
    }

    /// As `start`, for a file that is not where the channel's name leads.
    pub fn start_at(path: PathBuf, contract: Contract, how: Offer) -> Result<Provider, Error> {
        let capacity = contract.capacity.next_multiple_of(8).max(64);
        let wanted = Shape::new(capacity, how.lanes.max(1), contract.fingerprint);
        let failed = |error| contract.file_error(&path, &error);
        if let Some(folder) = path.parent() {
            make_folder(folder).map_err(failed)?;
        }
        let (lock, shape) = loop {
            let size = contract.payload_size;
            if let Some(owned) = own_file(&path, &wanted, size, how).map_err(failed)? {
                break owned;
            }
        };
        remove_left_behind(&path, &lock);
        let mapping = map_apart(&path, &lock, shape.file_size()).map_err(failed)?;
        let work = (0..shape.lanes).map(|_| AtomicU32::new(AT_REST)).collect();
        let serving = Serving {
            contract,
            path,
            shape,
            mapping,
            lock,
            stop: AtomicU32::new(0),
            work,
            turn: Mutex::default(),
        };
        serving.inherit_lanes();
        Ok(Provider {
            serving: Arc::new(serving),
        })
    }

    pub fn path(&self) -> &Path {
        &self.serving.path
    }

    pub fn lanes(&self) -> usize {
        self.serving.shape.lanes
    }

    pub fn stop_handle(&self) -> Stop {
        Stop {
            serving: Arc::clone(&self.serving),
        }
    }

    /// Serves until it is stopped. The handler reads its arguments from the request's payload, puts
    /// the result there, and returns the size of the answer; a panic is an answer too.
    pub fn serve<F>(self, workers: usize, handler: F) -> Result<(), Error>
    where
        F: Fn(&Request<'_>) -> Result<usize, Failure> + Send + Sync + 'static,
    {
        let handler = Arc::new(handler);
        // An older program's lane is no call's own: a late answer must not meet another's.
        let most = if self.serving.is_older() { 1 } else { workers };
        for _ in 0..most.max(1) {
            let serving = Arc::clone(&self.serving);
            let handler = Arc::clone(&handler);
            std::thread::spawn(move || serving.work(handler.as_ref()));
        }
        while self.serving.stop.load(Ordering::SeqCst) == 0 {
            wait_on(&self.serving.stop, 0, PATIENCE);
            if !self.serving.lock.leads_here(&self.serving.path) {
                let path = self.serving.path.display();
                let text = format_args!("{path}: was removed or replaced; this provider ends");
                return Err(self.serving.contract.channel_error(text));
            }
            self.serving.clear_left_lanes();
        }
        Ok(())
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if self.serving.lock.is_mine() {
            self.serving.end();
        }
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.as_os_str().is_empty() || folder.exists() {
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

// Makes a whole channel under a temporary name in the same folder. The blocks of the headers are
// allocated by writing them, so that a full file system is an error here and no fault later.
fn make_channel(path: &Path, shape: &Shape) -> io::Result<(LockFile, PathBuf)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let base = name.strip_prefix("metro_").unwrap_or(&name);
    let nanos = std::time::UNIX_EPOCH
        .elapsed()
        .map_or(0, |time| time.subsec_nanos());
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let temporary = path.with_file_name(format!(
        ".metro_{base}.{}.{nanos:08x}{count:04x}",
        std::process::id()
    ));
    let lock = LockFile::open_with(|| {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
            .open(&temporary)
    })?;
    // step: temporary file made
    let fill = || -> io::Result<()> {
        lock.file.set_len(shape.file_size() as u64)?;
        for lane in 0..shape.lanes {
            let mut header = [0; HEADER];
            let capacity = (shape.capacity as u32).to_le_bytes();
            header[CAPACITY..CAPACITY + 4].copy_from_slice(&capacity);
            let fingerprint = shape.fingerprint.to_le_bytes();
            header[FINGERPRINT..FINGERPRINT + 4].copy_from_slice(&fingerprint);
            header[FLAGS + 3] = VERSION;
            lock.file
                .write_all_at(&header, (lane * shape.stride) as u64)?;
        }
        if !lock.lock(STATUS, 4)? {
            return Err(io::Error::other("somebody locked the temporary file"));
        }
        Ok(())
    };
    match fill() {
        Ok(()) => Ok((lock, temporary)),
        Err(error) => {
            let _ = std::fs::remove_file(&temporary);
            Err(error)
        }
    }
}

// One try at the file: the provider's lock of the file that stands at the path, and its shape, or
// `None` where somebody was faster and all starts over.
fn own_file(
    path: &Path,
    wanted: &Shape,
    payload_size: usize,
    offer: Offer,
) -> io::Result<Option<(LockFile, Shape)>> {
    let Some(lock) = LockFile::open(path)? else {
        let (lock, temporary) = make_channel(path, wanted)?;
        // step: temporary file whole
        let linked = std::fs::hard_link(&temporary, path);
        // step: linked to the path
        let _ = std::fs::remove_file(&temporary);
        return match linked {
            Ok(()) => Ok(Some((lock, *wanted))),
            // Somebody else was faster, or tidied up before the lock was there.
            Err(error) if is_outrun(&error) => Ok(None),
            Err(error) => Err(error),
        };
    };
    if let Err(Refusal::Unsafe(text)) = judge(&lock.file) {
        return Err(io::Error::other(text));
    }
    let patience = Instant::now() + PATIENCE;
    while !lock.lock(STATUS, 4)? {
        if Instant::now() >= patience {
            return Err(io::Error::other("a provider runs already"));
        }
        std::thread::sleep(POLL);
    }
    // step: provider's lock had
    if !lock.leads_here(path) {
        return Ok(None);
    }
    match judge(&lock.file) {
        Err(Refusal::Unsafe(text)) => return Err(io::Error::other(text)),
        Ok(found) if found == *wanted => return Ok(Some((lock, found))),
        Ok(found) if found.version == 0 && !offer.force => {
            if payload_size > found.capacity {
                let room = found.capacity;
                return Err(io::Error::other(format!(
                    "is of an older program and has room for {room} bytes, {payload_size} are \
                     needed; --force replaces it"
                )));
            }
            allocate(&lock.file, found.file_size())?;
            return Ok(Some((lock, found)));
        }
        _ => {}
    }
    let (fresh, temporary) = make_channel(path, wanted)?;
    // step: replacement whole
    if let Err(error) = std::fs::rename(&temporary, path) {
        let _ = std::fs::remove_file(&temporary);
        return if is_outrun(&error) {
            Ok(None)
        } else {
            Err(error)
        };
    }
    // step: renamed over the path
    Ok(Some((fresh, *wanted)))
}

// Allocates the blocks of a file that somebody else made, and changes none of its bytes.
fn allocate(file: &File, size: usize) -> io::Result<()> {
    // SAFETY: the descriptor is open as long as the file.
    if unsafe { libc::fallocate(file.as_raw_fd(), 0, 0, size as libc::off_t) } == 0 {
        return Ok(());
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        // Such a file system gives what it gives.
        Some(libc::EOPNOTSUPP | libc::ENOSYS) => Ok(()),
        _ => Err(error),
    }
}

fn is_outrun(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound
    )
}

// Removes what makers of this channel left who died before they were done: a temporary file that
// nobody locks, or one that is a second name of the channel's own file. The names are
// `.metro_<name>.<process>.<random>`.
fn remove_left_behind(path: &Path, own: &LockFile) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return;
    };
    let prefix = format!(".{}.", name.to_string_lossy());
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(&prefix));
        if rest.is_none_or(|rest| rest.split('.').count() != 2) {
            continue;
        }
        let temporary = entry.path();
        let Ok(Some(left)) = LockFile::open(&temporary) else {
            continue;
        };
        let foreign = matches!(judge(&left.file), Err(Refusal::Unsafe(_)));
        let is_ours = own.leads_here(&temporary) || left.lock(STATUS, 4).unwrap_or(false);
        if !foreign && is_ours {
            let _ = std::fs::remove_file(&temporary);
        }
    }
}

// Maps the file through a descriptor that is not the one with the locks.
fn map_apart(path: &Path, lock: &LockFile, size: usize) -> io::Result<Mapping> {
    match open_channel(path)? {
        Some(file) if same_file(&file.metadata()?, &lock.file.metadata()?) => {
            Mapping::map(&file, size)
        }
        _ => Err(io::Error::other(
            "was removed or replaced while this provider started",
        )),
    }
}

impl Serving {
    fn word(&self, lane: usize, at: usize) -> &AtomicU32 {
        self.mapping.word(lane * self.shape.stride + at)
    }

    // The file of an older program: one lane, of which only the status counts. Whatever else stands
    // in its header stays, but for what an answer says.
    fn is_older(&self) -> bool {
        self.shape.version == 0
    }

    fn inherit_lanes(&self) {
        for lane in 0..self.shape.lanes {
            let held = || {
                // Nobody locks an older program's lane, and yet somebody may wait there.
                if self.is_older() {
                    return true;
                }
                self.lock
                    .is_locked(lane * self.shape.stride + LOCK, 4)
                    .unwrap_or(true)
            };
            match inherit(load(self.word(lane, STATUS)), held) {
                Inherit::Keep => {}
                Inherit::Clear => store(self.word(lane, STATUS), IDLE),
                Inherit::FailRestarted => {
                    self.put_error(lane, RESTARTED, "the provider was restarted");
                }
            }
            if self.is_older() {
                return;
            }
            note(self.word(lane, FINGERPRINT), self.shape.fingerprint);
        }
        // step: lanes inherited
        clear_bits(self.word(0, FLAGS), PROVIDER_FLAG);
        store(self.word(0, PROVIDER), std::process::id());
        // step: ready
    }

    // Each worker in turn waits for a request, hands the waiting on, and runs it.
    fn work<F>(&self, handler: &F)
    where
        F: Fn(&Request<'_>) -> Result<usize, Failure>,
    {
        loop {
            let next = {
                let mut turn = self
                    .turn
                    .lock()
                    .unwrap_or_else(|broken| broken.into_inner());
                self.next_request(&mut turn)
            };
            match next {
                Some((lane, call)) => self.answer(lane, call, handler),
                None => return,
            }
        }
    }

    fn next_request(&self, turn: &mut Turn) -> Option<(usize, u32)> {
        let lanes = self.shape.lanes;
        let next = turn.next;
        let request = |lane: &usize| is_request(load(self.word(*lane, STATUS)));
        let due = || (next..lanes).chain(0..next).find(request);
        let ended = || self.stop.load(Ordering::Relaxed) != 0;
        let mut naps = 0;
        // After a call the next one is near, or not: one spin, and then only sleep.
        turn.spin.wait_until(|| ended() || due().is_some());
        loop {
            if ended() {
                return None;
            }
            if let Some(lane) = due() {
                turn.next = (lane + 1) % lanes;
                turn.call = turn.call.wrapping_add(CALLS_APART);
                self.work[lane].store(turn.call | BUSY, Ordering::SeqCst);
                store_later(self.word(lane, STATUS), RUNNING);
                // step: request begun
                return Some((lane, turn.call));
            }
            if self.is_older() {
                std::thread::sleep(POLL);
                continue;
            }
            let doorbell = self.word(0, FLAGS);
            set_bits(doorbell, PROVIDER_ASLEEP);
            // A consumer posts its request and then looks at the flag: a fence on either side, or
            // both may miss the other.
            std::sync::atomic::fence(Ordering::SeqCst);
            // step: provider's sleep published
            let flags = load(doorbell);
            if flags & PROVIDER_FLAG == PROVIDER_ASLEEP && !ended() && due().is_none() {
                wait_on(doorbell, flags, self.nap(naps));
                naps += 1;
            }
            clear_bits(doorbell, PROVIDER_FLAG);
        }
    }

    fn nap(&self, naps: u32) -> Duration {
        let in_use = |lane: &usize| load(self.word(*lane, LOCK)) != 0;
        let cannot_wake = |lane: usize| load(self.word(lane, FLAGS)) & CANNOT_WAKE != 0;
        if (0..self.shape.lanes).filter(in_use).any(cannot_wake) {
            return POLL;
        }
        // A timer that ends is not free, and an hour without a call should cost nothing: after
        // the first second the naps are longer.
        if naps < 20 {
            PROVIDER_NAP
        } else {
            4 * PROVIDER_NAP
        }
    }

    fn answer<F>(&self, lane: usize, call: u32, handler: &F)
    where
        F: Fn(&Request<'_>) -> Result<usize, Failure>,
    {
        let code = load(self.word(lane, CODE));
        let size = load(self.word(lane, SIZE)) as usize;
        let at = lane * self.shape.stride + HEADER;
        let payload = self.mapping.payload(at, self.shape.capacity);
        let outcome = match code {
            CALL if !self.is_older() => self.run(Request { payload, size }, handler),
            PING => {
                let text = self.contract.canonical.as_bytes();
                let len = text.len().min(payload.len());
                payload.put(0, &text[..len]);
                Ok(len)
            }
            _ if self.is_older() => {
                // The code and the size of a typed request may be anything.
                let raw = self.contract.is_raw();
                let size = if raw {
                    size
                } else {
                    self.contract.request_size
                };
                self.run(Request { payload, size }, handler)
            }
            code => {
                let message = format!("request code {code} is unknown");
                Err(Failure {
                    code: MISMATCH,
                    message,
                })
            }
        };
        // step: function run
        if self.passes(lane, call | BUSY, call | ANSWERING) {
            match outcome {
                // Its caller gave up, and may have posted the next request.
                _ if self.is_older() && load(self.word(lane, STATUS)) != RUNNING => {}
                Ok(size) => {
                    note(self.word(lane, SIZE), size as u32);
                    note(self.word(lane, CODE), 0);
                    // step: result written
                    self.publish(lane, RESPONSE);
                }
                Err(failure) => self.put_error(lane, failure.code, &failure.message),
            }
            // The lane may have its next call by now.
            self.passes(lane, call | ANSWERING, AT_REST);
        }
    }

    fn passes(&self, lane: usize, from: u32, to: u32) -> bool {
        let (before, after) = (Ordering::SeqCst, Ordering::SeqCst);
        self.work[lane]
            .compare_exchange(from, to, before, after)
            .is_ok()
    }

    fn run<F>(&self, request: Request<'_>, handler: &F) -> Result<usize, Failure>
    where
        F: Fn(&Request<'_>) -> Result<usize, Failure>,
    {
        let (size, wanted) = (request.size, self.contract.request_size);
        let room = request.payload.len();
        if size > room || size < wanted {
            let message = format!("a request of {size} bytes, not of {wanted} to {room}");
            return Err(Failure {
                code: MISMATCH,
                message,
            });
        }
        let run = std::panic::AssertUnwindSafe(|| handler(&request));
        let outcome = std::panic::catch_unwind(run).unwrap_or_else(|panic| {
            let text = match panic.downcast_ref::<String>() {
                Some(text) => text.as_str(),
                None => panic.downcast_ref::<&str>().copied().unwrap_or("no text"),
            };
            Err(Failure {
                code: RAISED,
                message: format!("panic: {text}"),
            })
        })?;
        if outcome > room {
            let message = format!("{outcome} bytes, a lane holds {room}");
            return Err(Failure {
                code: UNFIT_RESULT,
                message,
            });
        }
        Ok(outcome)
    }

    // A message longer than the lane is cut at a character's end.
    fn put_error(&self, lane: usize, code: u32, message: &str) {
        let mut len = message.len().min(self.shape.capacity);
        while !message.is_char_boundary(len) {
            len -= 1;
        }
        let at = lane * self.shape.stride + HEADER;
        self.mapping
            .payload(at, self.shape.capacity)
            .put(0, &message.as_bytes()[..len]);
        note(self.word(lane, SIZE), len as u32);
        note(self.word(lane, CODE), code);
        // step: error written
        self.publish(lane, ERROR);
    }

    fn publish(&self, lane: usize, status: u32) {
        store(self.word(lane, STATUS), status);
        // step: answer published
        // The consumer sets its flag and then looks at the status: a fence on either side, or both
        // may miss the other. The store above is one.
        if load(self.word(lane, FLAGS)) & CONSUMER_ASLEEP != 0 {
            wake(self.word(lane, STATUS));
            // step: consumer woken
        }
    }

    // What is held is not touched: the lane's lock is taken for the moment of the clearing.
    fn clear_left_lanes(&self) {
        if self.is_older() {
            return;
        }
        for lane in 0..self.shape.lanes {
            let at = lane * self.shape.stride + LOCK;
            if load(self.word(lane, LOCK)) != 0 && self.lock.lock(at, 4).unwrap_or(false) {
                clear_bits(self.word(lane, FLAGS), CONSUMER_FLAGS);
                store(self.word(lane, LOCK), 0);
                self.lock.unlock(at, 4);
            }
        }
    }

    // Takes no new call, lets running ones end for a moment, answers the rest, removes the file, and
    // only then gives the lock back.
    fn end(&self) {
        self.stop.store(1, Ordering::SeqCst);
        if !self.is_older() {
            let doorbell = self.word(0, FLAGS);
            clear_bits(doorbell, PROVIDER_FLAG);
            wake(doorbell);
        }
        let patience = Instant::now() + PATIENCE;
        let at_rest = |work: &AtomicU32| work.load(Ordering::SeqCst) == AT_REST;
        while !self.work.iter().all(at_rest) && Instant::now() < patience {
            std::thread::sleep(POLL);
        }
        // step: running calls ended
        // With the turn no worker can take what is answered here.
        let _turn = self
            .turn
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for lane in 0..self.shape.lanes {
            // A call that runs on loses its say; an answer that is being written is waited for.
            loop {
                let work = self.work[lane].load(Ordering::SeqCst);
                if work == AT_REST || work & BUSY != 0 && self.passes(lane, work, AT_REST) {
                    break;
                }
                std::hint::spin_loop();
            }
            if let Some(code) = owed(load(self.word(lane, STATUS))) {
                // The text goes over the arguments: who came after a death between here and the
                // answer would run the function with it, were this still a request.
                store(self.word(lane, STATUS), RUNNING);
                // step: request ended
                self.put_error(lane, code, "the provider is ending");
            }
        }
        // An older program's file is its own to remove.
        if !self.is_older() {
            store(self.word(0, PROVIDER), 0);
            // step: all answered
            if self.lock.leads_here(&self.path) {
                let _ = std::fs::remove_file(&self.path);
                // step: file removed
            }
        }
        self.lock.unlock(STATUS, 4);
        // step: provider's lock given back
    }
}

// ---- 12. Values ----

/// The payload of a lane. What stands in it is another process's word: it is copied out once and
/// checked afterwards.
#[derive(Clone, Copy)]
pub struct Payload<'a> {
    base: *mut u8,
    len: usize,
    life: PhantomData<&'a Mapping>,
}

impl Payload<'_> {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn put(&self, at: usize, bytes: &[u8]) {
        assert!(at <= self.len && bytes.len() <= self.len - at);
        // SAFETY: in bounds, as asserted; nothing of Rust's ever borrows mapped memory.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.base.add(at), bytes.len()) };
    }

    pub fn zero(&self, at: usize, len: usize) {
        assert!(at <= self.len && len <= self.len - at);
        // SAFETY: in bounds, as asserted.
        unsafe { ptr::write_bytes(self.base.add(at), 0, len) };
    }

    pub fn read<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes = [0; N];
        assert!(at <= self.len && N <= self.len - at);
        // SAFETY: in bounds, as asserted, and into memory of our own.
        unsafe { ptr::copy_nonoverlapping(self.base.add(at), bytes.as_mut_ptr(), N) };
        bytes
    }

    /// A length or a count. Nothing in a payload is larger than what its 32 bits hold.
    fn put_count(&self, at: usize, count: usize) {
        self.put(at, &(count as u32).to_le_bytes());
    }

    fn count(&self, at: usize) -> usize {
        u32::from_le_bytes(self.read(at)) as usize
    }

    pub fn get(&self, at: usize, len: usize) -> Vec<u8> {
        assert!(at <= self.len && len <= self.len - at);
        let mut bytes = Vec::with_capacity(len);
        // SAFETY: in bounds, as asserted; the vector has room for len bytes, all of which are
        // written before they count.
        unsafe {
            ptr::copy_nonoverlapping(self.base.add(at), bytes.as_mut_ptr(), len);
            bytes.set_len(len);
        }
        bytes
    }
}

/// What a value that was read fails with: a sentence without the function's name.
pub type Read<T> = Result<T, String>;

/// A wire type as a Rust type: numbers and `bool` are themselves, `[C; N]` an array, `(A, B)` a
/// record without names, and the others are the types below.
pub trait Codec {
    /// What is read.
    type Value;
    const SIZE: usize;
    const ALIGN: usize;

    /// The canonical spelling.
    fn wire() -> String;

    fn get(payload: Payload<'_>, at: usize, name: &str) -> Read<Self::Value>;
}

/// A wire type that takes a value of type `V`: a string takes `str` and `String` alike.
pub trait Put<V: ?Sized>: Codec {
    fn put(payload: Payload<'_>, at: usize, name: &str, value: &V) -> Result<(), Unfit>;
}

/// Puts a value of the wire type `C`.
pub fn put<C: Put<V>, V: ?Sized>(
    payload: Payload<'_>,
    at: usize,
    name: &str,
    value: &V,
) -> Result<(), Unfit> {
    C::put(payload, at, name, value)
}

/// Gets a value of the wire type `C`.
pub fn get<C: Codec>(payload: Payload<'_>, at: usize, name: &str) -> Read<C::Value> {
    C::get(payload, at, name)
}

/// `string[N]`
pub struct Text<const N: usize>;

/// `json[N]`
pub struct Json<const N: usize>;

/// `bytes[N]`
pub struct Bytes<const N: usize>;

/// `opt<C>`
pub struct Opt<C>(PhantomData<C>);

/// `list<C, N>`
pub struct List<C, const N: usize>(PhantomData<C>);

impl<C: Put<V>, V: ?Sized> Put<&V> for C {
    fn put(payload: Payload<'_>, at: usize, name: &str, value: &&V) -> Result<(), Unfit> {
        C::put(payload, at, name, *value)
    }
}

macro_rules! number_codecs {
    ($($number:ident)*) => {$(
        impl Codec for $number {
            type Value = $number;
            const SIZE: usize = size_of::<$number>();
            const ALIGN: usize = size_of::<$number>();

            fn wire() -> String {
                stringify!($number).to_owned()
            }

            fn get(payload: Payload<'_>, at: usize, _: &str) -> Read<$number> {
                Ok($number::from_le_bytes(payload.read(at)))
            }
        }

        impl Put<$number> for $number {
            fn put(payload: Payload<'_>, at: usize, _: &str, value: &$number) -> Result<(), Unfit> {
                payload.put(at, &value.to_le_bytes());
                Ok(())
            }
        }
    )*};
}

number_codecs! { i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 }

impl Codec for bool {
    type Value = bool;
    const SIZE: usize = 1;
    const ALIGN: usize = 1;

    fn wire() -> String {
        "bool".to_owned()
    }

    fn get(payload: Payload<'_>, at: usize, name: &str) -> Read<bool> {
        match payload.read(at) {
            [0] => Ok(false),
            [1] => Ok(true),
            [other] => Err(format!("{name}: a bool byte of {other} was read")),
        }
    }
}

impl Put<bool> for bool {
    fn put(payload: Payload<'_>, at: usize, _: &str, value: &bool) -> Result<(), Unfit> {
        payload.put(at, &[u8::from(*value)]);
        Ok(())
    }
}

macro_rules! text_codecs {
    ($($codec:ident $kind:literal,)*) => {$(
        impl<const N: usize> Codec for $codec<N> {
            type Value = String;
            const SIZE: usize = N;
            const ALIGN: usize = 4;

            fn wire() -> String {
                format!("{}[{N}]", $kind)
            }

            fn get(payload: Payload<'_>, at: usize, name: &str) -> Read<String> {
                let len = payload.count(at);
                if len > N - 5 {
                    return Err(format!(
                        "{name}: a string of {len} bytes was read, which cannot be"
                    ));
                }
                let text = String::from_utf8(payload.get(at + 4, len));
                match text {
                    Ok(text) if !text.contains('\0') => Ok(text),
                    Ok(_) => Err(format!("{name}: a string with a NUL character was read")),
                    Err(_) => Err(format!("{name}: is not valid Unicode text (invalid UTF-8)")),
                }
            }
        }

        impl<const N: usize> Put<str> for $codec<N> {
            fn put(payload: Payload<'_>, at: usize, name: &str, value: &str) -> Result<(), Unfit> {
                let (len, most) = (value.len(), N - 5);
                if len > most {
                    let wire = Self::wire();
                    let text = format!("{len} bytes do not fit {wire}, which holds at most {most}");
                    return Err(Unfit(format!("{name}: {text}")));
                }
                if value.as_bytes().contains(&0) {
                    let text = "where C and shell readers would end; use bytes instead";
                    return Err(Unfit(format!("{name}: holds a NUL character, {text}")));
                }
                payload.put_count(at, len);
                payload.put(at + 4, value.as_bytes());
                payload.put(at + 4 + len, &[0]);
                Ok(())
            }
        }

        impl<const N: usize> Put<String> for $codec<N> {
            fn put(
                payload: Payload<'_>,
                at: usize,
                name: &str,
                value: &String,
            ) -> Result<(), Unfit> {
                put::<Self, str>(payload, at, name, value)
            }
        }
    )*};
}

text_codecs! {
    Text "string",
    Json "json",
}

impl<const N: usize> Codec for Bytes<N> {
    type Value = Vec<u8>;
    const SIZE: usize = N;
    const ALIGN: usize = 4;

    fn wire() -> String {
        format!("bytes[{N}]")
    }

    fn get(payload: Payload<'_>, at: usize, name: &str) -> Read<Vec<u8>> {
        match payload.count(at) {
            len if len <= N - 4 => Ok(payload.get(at + 4, len)),
            len => Err(format!("{name}: {len} bytes were read, which cannot be")),
        }
    }
}

impl<const N: usize> Put<[u8]> for Bytes<N> {
    fn put(payload: Payload<'_>, at: usize, name: &str, value: &[u8]) -> Result<(), Unfit> {
        let (len, most) = (value.len(), N - 4);
        if len > most {
            let text = format!("{len} bytes do not fit bytes[{N}], which holds at most {most}");
            return Err(Unfit(format!("{name}: {text}")));
        }
        payload.put_count(at, len);
        payload.put(at + 4, value);
        Ok(())
    }
}

impl<const N: usize> Put<Vec<u8>> for Bytes<N> {
    fn put(payload: Payload<'_>, at: usize, name: &str, value: &Vec<u8>) -> Result<(), Unfit> {
        put::<Self, [u8]>(payload, at, name, value)
    }
}

// The presence byte, then the value at its alignment; zeros where it is absent.
impl<C: Codec> Codec for Opt<C> {
    type Value = Option<C::Value>;
    const SIZE: usize = C::ALIGN + C::SIZE;
    const ALIGN: usize = C::ALIGN;

    fn wire() -> String {
        format!("opt<{}>", C::wire())
    }

    fn get(payload: Payload<'_>, at: usize, name: &str) -> Read<Self::Value> {
        match payload.read(at) {
            [0] => Ok(None),
            [1] => C::get(payload, at + C::ALIGN, name).map(Some),
            [other] => Err(format!("{name}: a presence byte of {other} was read")),
        }
    }
}

impl<C: Put<V>, V> Put<Option<V>> for Opt<C> {
    fn put(payload: Payload<'_>, at: usize, name: &str, some: &Option<V>) -> Result<(), Unfit> {
        payload.zero(at, Self::SIZE);
        match some {
            None => Ok(()),
            Some(value) => {
                payload.put(at, &[1]);
                C::put(payload, at + C::ALIGN, name, value)
            }
        }
    }
}

/// Bytes from one element to the next.
const fn stride<C: Codec>() -> usize {
    C::SIZE.next_multiple_of(C::ALIGN)
}

fn get_elements<C: Codec>(
    payload: Payload<'_>,
    at: usize,
    name: &str,
    count: usize,
) -> Read<Vec<C::Value>> {
    (0..count)
        .map(|index| C::get(payload, at + index * stride::<C>(), name))
        .collect()
}

fn put_elements<C: Put<V>, V>(
    payload: Payload<'_>,
    at: usize,
    name: &str,
    values: &[V],
) -> Result<(), Unfit> {
    values
        .iter()
        .enumerate()
        .try_for_each(|(index, value)| C::put(payload, at + index * stride::<C>(), name, value))
}

impl<C: Codec, const N: usize> Codec for [C; N] {
    type Value = [C::Value; N];
    const SIZE: usize = stride::<C>() * N;
    const ALIGN: usize = C::ALIGN;

    fn wire() -> String {
        format!("[{};{N}]", C::wire())
    }

    fn get(payload: Payload<'_>, at: usize, name: &str) -> Read<Self::Value> {
        let values = get_elements::<C>(payload, at, name, N)?;
        values
            .try_into()
            .map_err(|_| format!("{name}: an array of another length was read"))
    }
}

impl<C: Put<V>, V, const N: usize> Put<[V; N]> for [C; N] {
    fn put(payload: Payload<'_>, at: usize, name: &str, value: &[V; N]) -> Result<(), Unfit> {
        put_elements::<C, V>(payload, at, name, value)
    }
}

// The count, then the elements.
impl<C: Codec, const N: usize> List<C, N> {
    const FIRST: usize = 4_usize.next_multiple_of(C::ALIGN);
}

impl<C: Codec, const N: usize> Codec for List<C, N> {
    type Value = Vec<C::Value>;
    const SIZE: usize = (Self::FIRST + stride::<C>() * N).next_multiple_of(Self::ALIGN);
    const ALIGN: usize = if C::ALIGN > 4 { C::ALIGN } else { 4 };

    fn wire() -> String {
        format!("list<{},{N}>", C::wire())
    }

    fn get(payload: Payload<'_>, at: usize, name: &str) -> Read<Self::Value> {
        match payload.count(at) {
            count if count <= N => get_elements::<C>(payload, at + Self::FIRST, name, count),
            count => Err(format!(
                "{name}: {count} elements were read, which cannot be"
            )),
        }
    }
}

impl<C: Put<V>, V, const N: usize> Put<[V]> for List<C, N> {
    fn put(payload: Payload<'_>, at: usize, name: &str, value: &[V]) -> Result<(), Unfit> {
        let len = value.len();
        if len > N {
            let wire = Self::wire();
            let text = format!("{len} elements do not fit {wire}, which holds at most {N}");
            return Err(Unfit(format!("{name}: {text}")));
        }
        payload.zero(at, Self::FIRST);
        payload.put_count(at, len);
        put_elements::<C, V>(payload, at + Self::FIRST, name, value)
    }
}

impl<C: Put<V>, V, const N: usize> Put<Vec<V>> for List<C, N> {
    fn put(payload: Payload<'_>, at: usize, name: &str, value: &Vec<V>) -> Result<(), Unfit> {
        put::<Self, [V]>(payload, at, name, value)
    }
}

// A tuple stands as a record whose fields have no names: C's rules place them.
macro_rules! tuple_codecs {
    () => {};
    ($codec:ident $value:ident $($codecs:ident $values:ident)*) => {
        impl<$codec: Codec $(, $codecs: Codec)*> Codec for ($codec, $($codecs,)*) {
            type Value = ($codec::Value, $($codecs::Value,)*);
            const SIZE: usize = {
                let end = $codec::SIZE;
                $(let end = end.next_multiple_of($codecs::ALIGN) + $codecs::SIZE;)*
                end.next_multiple_of(Self::ALIGN)
            };
            const ALIGN: usize = {
                let align = $codec::ALIGN;
                $(let align = if $codecs::ALIGN > align { $codecs::ALIGN } else { align };)*
                align
            };

            fn wire() -> String {
                let fields: &[String] = &[$codec::wire(), $($codecs::wire(),)*];
                format!("struct{{{}}}", fields.join(","))
            }

            #[allow(non_snake_case, unused_assignments, unused_mut, unused_variables)]
            fn get(payload: Payload<'_>, at: usize, name: &str) -> Read<Self::Value> {
                let $codec = $codec::get(payload, at, name)?;
                let mut end = $codec::SIZE;
                $(
                    let start = end.next_multiple_of($codecs::ALIGN);
                    let $codecs = $codecs::get(payload, at + start, name)?;
                    end = start + $codecs::SIZE;
                )*
                Ok(($codec, $($codecs,)*))
            }
        }

        impl<$codec, $value $(, $codecs, $values)*> Put<($value, $($values,)*)>
            for ($codec, $($codecs,)*)
        where
            $codec: Put<$value>,
            $($codecs: Put<$values>,)*
        {
            #[allow(non_snake_case, unused_mut)]
            fn put(
                payload: Payload<'_>,
                at: usize,
                name: &str,
                value: &($value, $($values,)*),
            ) -> Result<(), Unfit> {
                let ($value, $($values,)*) = value;
                $codec::put(payload, at, name, $value)?;
                let mut end = $codec::SIZE;
                $(
                    let start = end.next_multiple_of($codecs::ALIGN);
                    payload.zero(at + end, start - end);
                    $codecs::put(payload, at + start, name, $values)?;
                    end = start + $codecs::SIZE;
                )*
                payload.zero(at + end, Self::SIZE - end);
                Ok(())
            }
        }

        tuple_codecs! { $($codecs $values)* }
    };
}

tuple_codecs! {
    A0 V0 A1 V1 A2 V2 A3 V3 A4 V4 A5 V5 A6 V6 A7 V7 A8 V8 A9 V9 A10 V10 A11 V11
    A12 V12 A13 V13 A14 V14 A15 V15 A16 V16 A17 V17 A18 V18 A19 V19 A20 V20 A21 V21 A22 V22 A23 V23
}
