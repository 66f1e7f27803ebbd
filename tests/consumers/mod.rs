//! Consumers of one function in every language, which do what they are told; see `README.md`.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, mpsc};
use std::time::{Duration, Instant};

use crate::support::{METROPIPE, Running, Scratch, run_within, start_provider};

/// The targets that cross processes, and the file of each one's consumer.
pub const LANGUAGES: [(&str, &str); 9] = [
    ("c", "caller.c"),
    ("go", "caller.go"),
    ("python", "caller.py"),
    ("java", "Caller.java"),
    ("rust", "caller.rs"),
    ("csharp", "Caller.cs"),
    ("js", "caller.js"),
    ("ruby", "caller.rb"),
    ("bash", "caller.sh"),
];

pub fn languages() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|(language, _)| *language)
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/consumers")
}

/// The folder where this language's consumer stands as `run`, beside the stub that it calls.
/// It is built once, and again where anything that it is made of has changed.
pub fn built(language: &'static str) -> PathBuf {
    type Folders = HashMap<&'static str, Arc<OnceLock<PathBuf>>>;
    static BUILT: LazyLock<Mutex<Folders>> = LazyLock::new(Mutex::default);
    let cell = BUILT.lock().unwrap().entry(language).or_default().clone();
    cell.get_or_init(|| build(language)).clone()
}

fn build(language: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("consumers");
    std::fs::create_dir_all(&home).unwrap();
    // Another test program may be about the same.
    let gate = std::fs::File::create(home.join(format!("{language}.lock"))).unwrap();
    // SAFETY: the descriptor is open as long as `gate` lives.
    assert_eq!(unsafe { libc::flock(gate.as_raw_fd(), libc::LOCK_EX) }, 0);

    let scratch = Scratch::new();
    let (_, caller) = LANGUAGES
        .iter()
        .find(|(name, _)| *name == language)
        .expect("a language");
    for file in ["services.py", caller] {
        std::fs::copy(sources().join(file), scratch.join(file)).unwrap();
    }
    scratch.metropipe_ok(["export", "mix", "services.py", "--target", language]);
    let script = sources().join(format!("../calls/build/{language}.sh"));
    let mut parts = DefaultHasher::new();
    std::fs::read(&script).unwrap().hash(&mut parts);
    hash_files(scratch.path(), &mut parts);
    let stamp = parts.finish().to_string();

    let folder = home.join(language);
    if std::fs::read_to_string(folder.join("stamp")).is_ok_and(|found| found == stamp) {
        return folder;
    }
    let _ = std::fs::remove_dir_all(&folder);
    let mut copy = Command::new("cp");
    copy.arg("-r").arg(scratch.path()).arg(&folder);
    run_within(copy, Duration::from_secs(10)).unwrap();
    let mut build = scratch.command("bash");
    build.arg(script).env("CASE", "mix").current_dir(&folder);
    let output = run_within(build, Duration::from_secs(300)).unwrap();
    assert!(
        output.status.success(),
        "{language}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    std::fs::write(folder.join("stamp"), stamp).unwrap();
    folder
}

fn hash_files(folder: &Path, parts: &mut DefaultHasher) {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        match path.is_dir() {
            true => hash_files(&path, parts),
            false => (path.file_name(), std::fs::read(&path).unwrap()).hash(parts),
        }
    }
}

/// The command of the Python provider of `mix`.
pub fn provider_command(scratch: &Scratch, arguments: &[&str]) -> Command {
    let mut command = scratch.command("python3");
    command
        .arg(built("python").join("metropipe/mix/provider.py"))
        .args(arguments)
        .current_dir("/");
    command
}

/// The command of a provider of `mix` in C, which is compiled first.
#[track_caller]
pub fn c_provider_command(scratch: &Scratch) -> Command {
    let fingerprint = metropipe::layout::fingerprint("(i32,i32,string[256])->string[256]");
    let mut compile = scratch.command("cc");
    compile
        .args(["-std=c11", "-O2", "-pthread", "-o", "provider"])
        .arg(format!("-DFINGERPRINT={fingerprint}u"))
        .arg("-I")
        .arg(sources().join("../../templates/c"))
        .arg(sources().join("provider.c"));
    let output = run_within(compile, Duration::from_secs(60)).unwrap();
    assert!(output.status.success(), "{output:?}");
    scratch.command(scratch.join("provider"))
}

#[track_caller]
pub fn serve(scratch: &Scratch, arguments: &[&str]) -> Running {
    start_provider(provider_command(scratch, arguments))
}

/// A running consumer.
pub struct Consumer {
    pub language: &'static str,
    pub process: Running,
    input: Option<ChildStdin>,
    said: mpsc::Receiver<String>,
}

impl Consumer {
    pub fn start(language: &'static str, scratch: &Scratch) -> Consumer {
        Consumer::with(language, scratch, |_| ())
    }

    /// One whose environment or folder is another than usual.
    pub fn with(
        language: &'static str,
        scratch: &Scratch,
        change: impl FnOnce(&mut Command),
    ) -> Consumer {
        let folder = built(language);
        let mut command = scratch.command(folder.join("run"));
        command
            .current_dir(folder)
            .env("METROPIPE", METROPIPE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        change(&mut command);
        let mut process = Running::start(command);
        let input = process.child().stdin.take();
        let output = BufReader::new(process.child().stdout.take().expect("a pipe"));
        let (say, said) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines() {
                let Ok(line) = line else { break };
                if say.send(line).is_err() {
                    break;
                }
            }
        });
        Consumer {
            language,
            process,
            input,
            said,
        }
    }

    /// Gives it a line; it may be dead already, which its answer will show.
    pub fn tell(&mut self, line: &str) {
        if let Some(input) = &mut self.input {
            let _ = input.write_all(format!("{line}\n").as_bytes());
        }
    }

    /// Its next line, or nothing where it has died.
    pub fn hear(&self, limit: Duration) -> Result<Option<String>, String> {
        match self.said.recv_timeout(limit) {
            Ok(line) => Ok(Some(line)),
            Err(mpsc::RecvTimeoutError::Disconnected) => Ok(None),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                Err(format!("{}: nothing said within {limit:?}", self.language))
            }
        }
    }

    /// Its next line, and it must be alive to say it.
    #[track_caller]
    pub fn line(&self) -> String {
        match self.hear(Duration::from_secs(60)) {
            Ok(Some(line)) => line,
            Ok(None) => panic!("{}: died", self.language),
            Err(problem) => panic!("{problem}"),
        }
    }

    /// What it says to `call A B TEXT`.
    #[track_caller]
    pub fn call(&mut self, a: i32, b: i32, text: &str) -> String {
        self.tell(&format!("call {a} {b} {text}"));
        self.line()
    }

    /// A call that must be answered, and rightly.
    #[track_caller]
    pub fn ask(&mut self, b: i32) {
        let a = self.process.pid() as i32;
        let said = self.call(a, b, "hello");
        assert_eq!(said, format!("= {a}:{b}:hello"), "{}", self.language);
    }

    /// Lets it end in order.
    #[track_caller]
    pub fn end(mut self) {
        self.input = None;
        self.process.wait_for(Duration::from_secs(60));
    }
}

/// What `loop` said.
#[derive(Debug, Default)]
pub struct Count {
    pub right: u64,
    pub wrong: u64,
    pub failed: u64,
    /// Milliseconds.
    pub slowest: u64,
    pub first: String,
}

impl Count {
    #[track_caller]
    pub fn parse(line: &str) -> Count {
        let mut words = line.splitn(6, ' ');
        assert_eq!(words.next(), Some("done"), "{line}");
        let mut number = || words.next().unwrap().parse().unwrap();
        let (right, wrong, failed, slowest) = (number(), number(), number(), number());
        let first = words.next().unwrap_or_default().to_string();
        Count {
            right,
            wrong,
            failed,
            slowest,
            first,
        }
    }
}

pub const LANES: u64 = 16;
const STRIDE: u64 = 4160;

pub const IDLE: u32 = 0;
pub const REQUEST: u32 = 1;
pub const RUNNING: u32 = 2;
pub const RESPONSE: u32 = 3;

/// The channel's file as an onlooker sees it.
pub struct Watched {
    pub path: PathBuf,
}

impl Watched {
    pub fn of(scratch: &Scratch) -> Watched {
        Watched {
            path: scratch.channels().join("metro_mix"),
        }
    }

    fn open(&self) -> std::fs::File {
        let mut options = std::fs::OpenOptions::new();
        options.read(true).write(true).open(&self.path).unwrap()
    }

    fn word(&self, at: u64) -> u32 {
        let mut bytes = [0; 4];
        self.open().read_exact_at(&mut bytes, at).unwrap();
        u32::from_le_bytes(bytes)
    }

    pub fn status(&self, lane: u64) -> u32 {
        self.word(lane * STRIDE)
    }

    /// The process that says it serves, where there is a file.
    pub fn provider(&self) -> Option<u32> {
        let mut bytes = [0; 4];
        let file = std::fs::File::open(&self.path).ok()?;
        file.read_exact_at(&mut bytes, 24).ok()?;
        Some(u32::from_le_bytes(bytes))
    }

    /// Whether that process has the file open, whatever path leads to it by now.
    pub fn open_in(&self, process: &Running) -> bool {
        let descriptors = std::fs::read_dir(format!("/proc/{}/fd", process.pid()));
        descriptors
            .into_iter()
            .flatten()
            .flatten()
            .any(|entry| std::fs::read_link(entry.path()).is_ok_and(|path| path == self.path))
    }

    /// Holds the provider's lock until it is dropped.
    pub fn lock_provider(&self) -> std::fs::File {
        let file = self.open();
        // SAFETY: all zeros are a flock, and the descriptor is open for the call.
        let taken = unsafe {
            let mut lock: libc::flock = std::mem::zeroed();
            lock.l_type = libc::F_WRLCK as _;
            lock.l_len = 4;
            libc::fcntl(file.as_raw_fd(), libc::F_OFD_SETLK, &lock)
        };
        assert_eq!(taken, 0, "nobody else has it");
        file
    }

    /// The lanes with this status.
    pub fn with_status(&self, status: u32) -> Vec<u64> {
        (0..LANES)
            .filter(|lane| self.status(*lane) == status)
            .collect()
    }

    /// Whether anybody holds the lock of that lane; asked from outside, as any other process would.
    pub fn taken(&self, lane: u64) -> bool {
        self.locked(lane * STRIDE + 4)
    }

    pub fn taken_lanes(&self) -> Vec<u64> {
        (0..LANES).filter(|lane| self.taken(*lane)).collect()
    }

    fn locked(&self, at: u64) -> bool {
        let file = self.open();
        // SAFETY: all zeros are a flock, and the descriptor is open for the call.
        let found = unsafe {
            let mut lock: libc::flock = std::mem::zeroed();
            lock.l_type = libc::F_WRLCK as _;
            lock.l_start = at as _;
            lock.l_len = 4;
            let asked = libc::fcntl(file.as_raw_fd(), libc::F_OFD_GETLK, &mut lock);
            assert_eq!(asked, 0);
            lock.l_type
        };
        found != libc::F_UNLCK as libc::c_short
    }
}

/// Waits until it holds, and no longer than `limit`.
#[track_caller]
pub fn within(limit: Duration, what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + limit;
    while !holds() {
        assert!(Instant::now() < end, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
