//! Child processes that end when the demonstration does, however it ends.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How often a process is looked at.
const STEP: Duration = Duration::from_millis(10);
/// How long a process has to end after it was asked to.
const GRACE: Duration = Duration::from_secs(2);

/// Why a process did not do what it was started for.
pub enum Failure {
    /// Ctrl-C, or another signal that ends programs.
    Stopped,
    /// What it, or the system, said.
    Said(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Said(crate::report::said(&error))
    }
}

/// A child in a process group of its own: what it starts ends with it.
pub struct Running {
    child: Child,
    name: String,
}

impl Running {
    /// Starts a command whose output and errors go to files in `folder` that are named after `name`.
    pub fn start(mut command: Command, folder: &Path, name: &str) -> Result<Running, Failure> {
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(File::create(folder.join(format!("{name}.out")))?)
            .stderr(File::create(folder.join(format!("{name}.err")))?)
            .spawn()?;
        Ok(Running {
            child,
            name: name.into(),
        })
    }

    /// Waits for the end, and gives the output.
    pub fn output(
        mut self,
        folder: &Path,
        limit: Duration,
        stopped: &Arc<AtomicBool>,
    ) -> Result<String, Failure> {
        let end = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait()? {
                let (out, err) = self.said(folder);
                return match status.success() {
                    true => Ok(out),
                    false => Err(Failure::Said(last_words(&err, &out))),
                };
            }
            self.pause(folder, end, stopped)?;
        }
    }

    /// Waits until the output has a line with `words`, and gives it.
    pub fn line_with(
        &mut self,
        words: &str,
        folder: &Path,
        limit: Duration,
        stopped: &Arc<AtomicBool>,
    ) -> Result<String, Failure> {
        let end = Instant::now() + limit;
        loop {
            let (out, err) = self.said(folder);
            let complete = out
                .split_inclusive('\n')
                .filter(|line| line.ends_with('\n'));
            if let Some(line) = complete
                .map(str::trim_end)
                .find(|line| line.contains(words))
            {
                return Ok(line.into());
            }
            if self.child.try_wait()?.is_some() {
                return Err(Failure::Said(last_words(&err, &out)));
            }
            self.pause(folder, end, stopped)?;
        }
    }

    fn pause(&self, folder: &Path, end: Instant, stopped: &AtomicBool) -> Result<(), Failure> {
        if stopped.load(Ordering::Relaxed) {
            return Err(Failure::Stopped);
        }
        if Instant::now() >= end {
            let (out, err) = self.said(folder);
            let words = last_words(&err, &out);
            return Err(Failure::Said(format!("took too long {words}")));
        }
        std::thread::sleep(STEP);
        Ok(())
    }

    fn said(&self, folder: &Path) -> (String, String) {
        let text = |kind| {
            let bytes = std::fs::read(folder.join(format!("{}.{kind}", self.name)));
            String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
        };
        (text("out"), text("err"))
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = Pid::from_raw(self.child.id() as i32) {
            // The child is not reaped yet, so the group is still its own.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        self.signal(Signal::TERM);
        let end = Instant::now() + GRACE;
        while Instant::now() < end && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(STEP);
        }
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// The line that says why: of Python, Java and Node the last or the one that names an error.
fn last_words(err: &str, out: &str) -> String {
    let lines = || err.lines().chain(out.lines()).map(str::trim);
    let told = lines().find(|line| line.contains("rror"));
    let last = lines().rfind(|line| !line.is_empty());
    told.or(last).unwrap_or("without a word").into()
}
