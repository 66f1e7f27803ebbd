//! What the tests share: scratch folders, processes that end with the test, providers that are ready.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use std::os::unix::process::CommandExt;

/// The binary under test.
pub const METROPIPE: &str = env!("CARGO_BIN_EXE_metropipe");

/// Where `tests/tools/install.sh` puts what the tests need beyond Debian's packages.
pub fn tools() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools")
}

/// `PATH` with the tests' own tools in front.
pub fn tools_path() -> std::ffi::OsString {
    let mut folders = vec![tools().join("venv/bin")];
    folders.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    std::env::join_paths(folders).expect("a PATH")
}

/// A folder for files, and one in memory for channels; both go when it is dropped.
pub struct Scratch {
    files: tempfile::TempDir,
    channels: tempfile::TempDir,
}

impl Scratch {
    pub fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let channels = if memory.is_dir() {
            tempfile::Builder::new()
                .prefix("metropipe-test-")
                .tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        Scratch {
            files: tempfile::tempdir().expect("a temporary folder"),
            channels: channels.expect("a temporary folder in memory"),
        }
    }

    pub fn path(&self) -> &Path {
        self.files.path()
    }

    /// The value of `METROPIPE_DIR`.
    pub fn channels(&self) -> &Path {
        self.channels.path()
    }

    pub fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path().join(name)
    }

    pub fn write(&self, name: impl AsRef<Path>, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// A program that runs in this folder, on this folder's channels.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .env("METROPIPE_DIR", self.channels())
            .env("METROPIPE", METROPIPE)
            .env_remove("METROPIPE_TIMEOUT_MS")
            .env("PATH", tools_path())
            .env("NODE_PATH", tools().join("node_modules"))
            .stdin(Stdio::null());
        command
    }

    /// The binary under test with these arguments, to its end.
    pub fn metropipe<I: AsRef<std::ffi::OsStr>>(
        &self,
        args: impl IntoIterator<Item = I>,
    ) -> Output {
        self.command(METROPIPE)
            .args(args)
            .output()
            .expect("metropipe starts")
    }

    /// As `metropipe`, and it must succeed; its standard output.
    #[track_caller]
    pub fn metropipe_ok<I: AsRef<std::ffi::OsStr>>(
        &self,
        args: impl IntoIterator<Item = I>,
    ) -> String {
        let output = self.metropipe(args);
        assert!(
            output.status.success(),
            "{}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

/// A child process in a process group of its own, which is killed when this is dropped.
pub struct Running {
    child: Child,
}

impl Running {
    pub fn start(mut command: Command) -> Self {
        let program = command.get_program().to_owned();
        let child = command.process_group(0).spawn();
        Running {
            child: child.unwrap_or_else(|error| panic!("{}: {error}", program.to_string_lossy())),
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    pub fn signal(&self, signal: i32) {
        // SAFETY: kill has no memory effects; the child is not reaped yet, so the id is its own.
        unsafe { libc::kill(self.child.id() as i32, signal) };
    }

    /// The exit status, or a panic after `limit`.
    #[track_caller]
    pub fn wait_for(&mut self, limit: Duration) -> ExitStatus {
        let end = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait().expect("wait") {
                return status;
            }
            assert!(
                Instant::now() < end,
                "the process did not end within {limit:?}"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // SAFETY: as in `signal`; the group was made for this child.
        unsafe { libc::kill(-(self.child.id() as i32), libc::SIGKILL) };
        let _ = self.child.wait();
    }
}

/// Starts a provider and waits for the line by which it says that it is ready.
#[track_caller]
pub fn start_provider(mut command: Command) -> Running {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut provider = Running::start(command);
    let output = provider.child.stdout.take().expect("a pipe");
    let (ready, says) = mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(output).lines();
        let _ = ready.send(lines.next().and_then(Result::ok).unwrap_or_default());
        // Whatever it prints later is read, so that it never waits for us.
        lines.for_each(drop);
    });
    let mut errors = provider.child.stderr.take().expect("a pipe");
    let (failed, why) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let _ = errors.read_to_string(&mut text);
        let _ = failed.send(text);
    });
    let line = says
        .recv_timeout(Duration::from_secs(30))
        .unwrap_or_default();
    if !line.contains(" ready on ") {
        let why = why.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
        panic!("the provider did not become ready: {line:?} {why}");
    }
    provider
}

/// The output of a command that must end within `limit`; it is killed, with its group, if it does not.
pub fn run_within(mut command: Command, limit: Duration) -> Result<Output, String> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running::start(command);
    let mut stdout = running.child.stdout.take().expect("a pipe");
    let mut stderr = running.child.stderr.take().expect("a pipe");
    let (out, err) = (
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stdout.read_to_end(&mut bytes);
            bytes
        }),
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stderr.read_to_end(&mut bytes);
            bytes
        }),
    );
    let end = Instant::now() + limit;
    let status = loop {
        if let Some(status) = running.child.try_wait().expect("wait") {
            break Some(status);
        }
        if Instant::now() >= end {
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    drop(running);
    let output = |status| Output {
        status,
        stdout: out.join().unwrap(),
        stderr: err.join().unwrap(),
    };
    match status {
        Some(status) => Ok(output(status)),
        None => {
            let output = output(ExitStatus::default());
            Err(format!(
                "not done within {limit:?}: {}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            ))
        }
    }
}
