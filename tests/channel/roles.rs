//! What this test program does when it is started once more, as a process that dies.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use metropipe::channel::{Consumer, Offer, Provider};

use crate::support::Running;
use crate::{call, call_for, contract, double};

/// A process in a role, which is killed when this is dropped.
pub struct Actor {
    running: Running,
    says: mpsc::Receiver<String>,
}

impl Actor {
    pub fn start(role: &str, path: &Path) -> Actor {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args([
                "--exact",
                "roles::plays_its_role",
                "--nocapture",
                "--test-threads=1",
            ])
            .env("METROPIPE_ROLE", role)
            .env("METROPIPE_ROLE_PATH", path)
            .stdout(Stdio::piped());
        let mut running = Running::start(command);
        let output = running.child().stdout.take().unwrap();
        let (sender, says) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some((_, said)) = line.split_once("ROLE ") {
                    let _ = sender.send(said.to_string());
                }
            }
        });
        Actor { running, says }
    }

    /// A process that serves, ready.
    #[track_caller]
    pub fn provider(path: &Path) -> Actor {
        let actor = Actor::start("provider", path);
        assert_eq!(actor.said(), "ready");
        actor
    }

    #[track_caller]
    pub fn said(&self) -> String {
        self.says
            .recv_timeout(Duration::from_secs(20))
            .expect("a line")
    }

    pub fn pid(&self) -> u32 {
        self.running.pid()
    }

    pub fn signal(&self, signal: i32) {
        self.running.signal(signal);
    }

    /// Stopped, and each of its threads is.
    pub fn stop(&self) {
        self.signal(libc::SIGSTOP);
        let stopped = || {
            let tasks = std::fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
            tasks.flatten().all(|task| {
                let text = std::fs::read_to_string(task.path().join("stat")).unwrap_or_default();
                text.rsplit(") ")
                    .next()
                    .is_some_and(|rest| rest.starts_with('T'))
            })
        };
        crate::eventually("it is stopped", stopped);
    }

    pub fn lives(&self) -> bool {
        // A process that has ended and is not reaped has no program any more.
        Path::new(&format!("/proc/{}/exe", self.pid())).exists()
    }

    /// Dead and reaped.
    pub fn kill(&mut self) {
        self.signal(libc::SIGKILL);
        self.ended();
    }

    pub fn ended(&mut self) {
        self.running.wait_for(Duration::from_secs(20));
    }
}

pub fn die() -> ! {
    // SAFETY: this ends the process, at once.
    unsafe {
        libc::kill(libc::getpid(), libc::SIGKILL);
    }
    unreachable!("dead");
}

fn say(text: &str) {
    // The test harness prints a name before it, without a line's end.
    println!("ROLE {text}");
    std::io::stdout().flush().unwrap();
}

fn fork_a_sleeper() {
    // SAFETY: the child only sleeps, by one call of the kernel, until it is killed.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: as above.
        unsafe {
            libc::sleep(60);
            libc::_exit(0);
        }
    }
}

/// Nothing at all where no test started it.
#[test]
fn plays_its_role() {
    let Ok(role) = std::env::var("METROPIPE_ROLE") else {
        return;
    };
    let path = std::path::PathBuf::from(std::env::var_os("METROPIPE_ROLE_PATH").unwrap());
    let consumer = Consumer::at(path.clone(), contract());
    let long = Duration::from_secs(60);
    match role.as_str() {
        "provider" | "provider that forks" => {
            let provider = match Provider::start_at(path, contract(), Offer::default()) {
                Ok(provider) => provider,
                Err(error) => return say(&format!("failed: {error}")),
            };
            if role == "provider that forks" {
                fork_a_sleeper();
            }
            say("ready");
            provider.serve(1, double).unwrap();
        }
        "consumer" => {
            let answer = call(&consumer, 1);
            say(&format!("{answer:?}"));
            std::thread::sleep(long);
        }
        "consumer that forks" => {
            let answer = call(&consumer, 1);
            fork_a_sleeper();
            say(&format!("{answer:?}"));
            std::thread::sleep(long);
        }
        "both sides of a fork" => {
            call(&consumer, 1).unwrap();
            // SAFETY: this process has no other thread that holds anything: the test runs alone.
            let child = unsafe { libc::fork() };
            let right = (0..2000).all(|k| call(&consumer, k) == Ok(2 * k));
            if child == 0 {
                // SAFETY: the child must not go on as a test.
                unsafe { libc::_exit(i32::from(!right)) };
            }
            let mut status = -1;
            // SAFETY: status outlives the call.
            unsafe { libc::waitpid(child, &mut status, 0) };
            say(&format!("parent {right} child {}", status == 0));
        }
        "consumer that calls on" => {
            for k in 0.. {
                assert_eq!(call(&consumer, k), Ok(k.wrapping_mul(2)));
                if k == 100 {
                    say("calls");
                }
            }
        }
        "consumer that waits" => {
            say("waits");
            let answer = call_for(&consumer, 1, 60_000, long);
            say(&format!("{answer:?}"));
        }
        "full file system" => say(&crate::opening::in_a_full_file_system(&path)),
        other => panic!("no such role: {other}"),
    }
}
