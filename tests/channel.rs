//! Each rule of the protocol, on the channel in Rust: the name of a test says the rule.
//!
//! Where a rule is about the death of a process, the process is this test program again, in a role.

#[path = "channel/calls.rs"]
mod calls;
#[path = "channel/deaths.rs"]
mod deaths;
#[path = "channel/older.rs"]
mod older;
#[path = "channel/opening.rs"]
mod opening;
#[path = "channel/providers.rs"]
mod providers;
#[path = "channel/roles.rs"]
mod roles;
mod support;

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use metropipe::channel::protocol::{self, Stub};
use metropipe::channel::{
    Consumer, Contract, Error, Failure, Offer, Payload, Provider, Request, Stop,
};

/// A folder in memory for one channel.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        let folder = match Path::new("/dev/shm").is_dir() {
            true => tempfile::tempdir_in("/dev/shm"),
            false => tempfile::tempdir(),
        };
        Place {
            folder: folder.expect("a temporary folder"),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("metro_double")
    }

    fn names(&self) -> Vec<String> {
        std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    fn consumer(&self) -> Consumer {
        Consumer::at(self.path(), contract())
    }

    fn provider(&self) -> Result<Provider, Error> {
        Provider::start_at(self.path(), contract(), Offer::default())
    }

    fn serve(&self) -> Serving {
        Serving::of(self.provider().unwrap(), 1)
    }
}

/// A provider that serves in a thread until this is dropped.
struct Serving {
    stop: Stop,
    thread: Option<JoinHandle<Result<(), Error>>>,
}

impl Serving {
    fn of(provider: Provider, workers: usize) -> Serving {
        let stop = provider.stop_handle();
        let thread = std::thread::spawn(move || provider.serve(workers, double));
        Serving {
            stop,
            thread: Some(thread),
        }
    }

    fn end(mut self) -> Result<(), Error> {
        self.stop.stop();
        self.thread.take().unwrap().join().unwrap()
    }

    fn wait(mut self) -> Result<(), Error> {
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

const fn contract() -> Contract {
    Contract::of(Stub {
        function: "double",
        channel: "double",
        canonical: "(i32,i32)->i32",
        fingerprint: 0x1234,
        request_size: 8,
        payload_size: 12,
        capacity: 4096,
        command: "run it",
    })
}

/// The same name with another signature.
fn other_contract() -> Contract {
    Contract {
        canonical: "(i64,i32)->i32".into(),
        fingerprint: 0x4321,
        ..contract()
    }
}

/// The second argument says after how many milliseconds; what is below 0 ends otherwise.
fn double(request: &Request<'_>) -> Result<usize, Failure> {
    let [k, millis] = [0, 4].map(|at| number(request.payload, at).unwrap());
    match millis {
        PANIC => panic!("no such number"),
        DIE => roles::die(),
        millis => std::thread::sleep(Duration::from_millis(millis as u64)),
    }
    let doubled = k.wrapping_mul(2);
    protocol::put::<i32, i32>(request.payload, 8, "result", &doubled).unwrap();
    Ok(12)
}

const PANIC: i32 = -1;
const DIE: i32 = -2;

fn call(consumer: &Consumer, k: i32) -> Result<i32, Error> {
    call_for(consumer, k, 0, Duration::from_secs(10))
}

/// A call whose function takes so many milliseconds, with a limit of its own.
fn call_for(consumer: &Consumer, k: i32, millis: i32, limit: Duration) -> Result<i32, Error> {
    let write = |payload: Payload<'_>| {
        protocol::put::<i32, i32>(payload, 0, "k", &k)?;
        protocol::put::<i32, i32>(payload, 4, "millis", &millis)?;
        Ok(8)
    };
    consumer.call(Some(limit), write, |payload, _| number(payload, 8))
}

fn number(payload: Payload<'_>, at: usize) -> protocol::Read<i32> {
    protocol::get::<i32>(payload, at, "number")
}

/// The first word of a lane's header, as any program reads it.
fn word(path: &Path, at: usize) -> u32 {
    let bytes = std::fs::read(path).expect("the channel");
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// Looks again and again, for as long as anything on a busy machine may take.
#[track_caller]
fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..2000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("never: {what}");
}

#[track_caller]
fn text_of<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.expect_err("an error").to_string()
}
