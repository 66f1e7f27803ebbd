//! Either side is killed inside each step of its work, n = 1, 2, 3, ...; the others answer or fail with a named error within a second, the next call
//! works, and nothing stays behind.
//!
//! A step is a mark in the channel's own text, in Rust and C; in Python it is every line, by `sys.settrace`.

mod support;

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use support::{METROPIPE, Running, Scratch, run_within, start_provider};

/// More steps than any side has; a run that is still killed then does not end by itself.
const MANY: u32 = 2000;
const SECOND: Duration = Duration::from_secs(1);
/// A process of an interpreter starts within this, on a busy machine too.
const START: Duration = Duration::from_secs(5);

/// Programs that are both sides of the channel `double`, built once.
struct Peers {
    folder: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Language {
    Rust,
    C,
    Python,
}

fn peers() -> &'static Peers {
    static PEERS: OnceLock<Peers> = OnceLock::new();
    PEERS.get_or_init(Peers::build)
}

impl Peers {
    fn build() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crashes");
        std::fs::create_dir_all(folder.join("src")).unwrap();
        let here = root.join("tests/crashes");
        let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();

        std::fs::write(
            folder.join("services.py"),
            "def double(k: int) -> int:\n    return 2 * k\n",
        )
        .unwrap();
        let metropipe = |args: &[&str]| {
            let output = Command::new(METROPIPE)
                .args(args)
                .current_dir(&folder)
                .output()
                .unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            String::from_utf8(output.stdout).unwrap()
        };
        metropipe(&["export", "double", "services.py", "--target", "python"]);
        let layout = metropipe(&["layout", "double", "services.py", "--format", "json"]);
        let layout: serde_json::Value = serde_json::from_str(&layout).unwrap();
        let fingerprint = layout["fingerprint"].as_str().unwrap();
        // The offsets that the peers have in them.
        assert_eq!(
            (&layout["results"][0]["offset"], &layout["payload_size"]),
            (&8.into(), &12.into())
        );

        let stub = std::fs::read_to_string(folder.join("metropipe/double/stub.py")).unwrap();
        let caller = std::fs::read_to_string(here.join("caller.py")).unwrap();
        std::fs::write(folder.join("caller.py"), stub + &caller).unwrap();

        let channel = read("templates/rust/channel.rs");
        let marks = channel.matches("// step: ").count();
        assert!(marks > 20, "{marks} steps in the Rust channel");
        let stepped = channel.replace("// step: ", "crate::step(); // ");
        std::fs::write(
            folder.join("src/channel.rs"),
            format!("#![allow(dead_code)]\n{stepped}"),
        )
        .unwrap();
        std::fs::write(folder.join("src/fingerprint"), fingerprint).unwrap();
        std::fs::copy(here.join("peer.rs"), folder.join("src/main.rs")).unwrap();
        let manifest = "[package]\nname = \"peer\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[dependencies]\nlibc = \"0.2\"\n[workspace]\n";
        std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        let mut cargo = Command::new("cargo");
        cargo
            .args(["build", "--quiet", "--offline"])
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", folder.join("target"));
        run(&mut cargo);

        let mut cc = Command::new("cc");
        cc.args([
            "-std=c11", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", "peer",
        ])
        .arg(format!("-DFINGERPRINT={fingerprint}"))
        .arg("-I")
        .arg(root.join("templates/c"))
        .arg(here.join("peer.c"))
        .current_dir(&folder);
        run(&mut cc);
        Peers { folder }
    }

    fn serve(&self, scratch: &Scratch, language: Language) -> Command {
        self.program(
            scratch,
            language,
            "metropipe/double/provider.py",
            &["serve"],
        )
    }

    fn call(&self, scratch: &Scratch, language: Language, k: i32) -> Command {
        self.program(scratch, language, "caller.py", &["call", &k.to_string()])
    }

    fn program(
        &self,
        scratch: &Scratch,
        language: Language,
        script: &str,
        args: &[&str],
    ) -> Command {
        let mut command = match language {
            Language::Rust => scratch.command(self.folder.join("target/debug/peer")),
            Language::C => scratch.command(self.folder.join("peer")),
            Language::Python => {
                let mut command = scratch.command("python3");
                let stepper =
                    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crashes/stepper.py");
                command.arg(stepper).arg(self.folder.join(script));
                command
            }
        };
        // The Python provider takes no word that says that it serves.
        if !(language == Language::Python && args[0] == "serve") {
            command.args(args);
        }
        command
    }
}

#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().expect("starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_consumer_in_rust_dies_at_each_step() {
    consumer_dies(Language::Rust, Language::Python);
}

#[test]
fn a_consumer_in_c_dies_at_each_step() {
    consumer_dies(Language::C, Language::Rust);
}

#[test]
fn a_consumer_in_python_dies_at_each_step() {
    consumer_dies(Language::Python, Language::C);
}

#[test]
fn a_provider_in_rust_dies_at_each_step() {
    provider_dies(Language::Rust, Language::C);
}

#[test]
fn a_provider_in_c_dies_at_each_step() {
    provider_dies(Language::C, Language::Rust);
}

#[test]
fn a_provider_in_python_dies_at_each_step() {
    provider_dies(Language::Python, Language::C);
}

fn consumer_dies(victim: Language, provider: Language) {
    let scratch = Scratch::new();
    let mut provider = start_provider(peers().serve(&scratch, provider));
    let survivor = Language::C;
    for step in 1..MANY {
        let mut command = peers().call(&scratch, victim, 21);
        command.env("STEP", step.to_string());
        let output = run_within(command, START).expect("dies or ends in time");
        let died = output.status.signal() == Some(libc::SIGKILL);
        assert_eq!(
            said(&scratch, survivor, 4),
            "= 8",
            "after a {victim:?} consumer died at step {step}"
        );
        if !died {
            assert!(step > 5, "only {step} steps");
            println!("{victim:?} consumer: killed at each of {} steps", step - 1);
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "= 42");
            assert_no_lane_is_held(&scratch);
            end(&mut provider);
            assert_nothing_stays(&scratch);
            return;
        }
    }
    panic!("a {victim:?} consumer is killed at every step up to {MANY}");
}

fn provider_dies(victim: Language, caller: Language) {
    let scratch = Scratch::new();
    for step in 1..MANY {
        let died = provider_dies_at(&scratch, victim, caller, step);
        let mut successor = start_provider(peers().serve(&scratch, Language::C));
        let place = format!("after a {victim:?} provider died at step {step}");
        assert_eq!(said(&scratch, caller, 5), "= 10", "{place}");
        end(&mut successor);
        assert_nothing_stays(&scratch);
        if !died {
            assert!(step > 10, "only {step} steps");
            println!("{victim:?} provider: killed at each of {} steps", step - 1);
            return;
        }
    }
    panic!("a {victim:?} provider is killed at every step up to {MANY}");
}

/// One life of a provider: it starts, is called, and ends in order, unless step `step` kills it.
fn provider_dies_at(scratch: &Scratch, victim: Language, caller: Language, step: u32) -> bool {
    let mut command = peers().serve(scratch, victim);
    command
        .env("STEP", step.to_string())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let mut provider = Running::start(command);
    let begun = Instant::now();
    let file = scratch.channels().join("metro_double");
    while !file.exists() && provider.child().try_wait().unwrap().is_none() {
        assert!(
            begun.elapsed() < START,
            "no channel and no death at step {step}"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    let answer = said_by_the_end_of(&mut provider, scratch, caller);
    let named = ["no provider serves", "died or was restarted", "is ending"];
    assert!(
        answer == "= 42" || named.iter().any(|name| answer.contains(name)),
        "a call while a {victim:?} provider died at step {step}: {answer}"
    );
    provider.signal(libc::SIGTERM);
    provider.wait_for(START).signal() == Some(libc::SIGKILL)
}

/// What a call printed that is under way while the provider may die: at most a second after its death.
#[track_caller]
fn said_by_the_end_of(provider: &mut Running, scratch: &Scratch, caller: Language) -> String {
    let command = peers().call(scratch, caller, 21);
    let call = std::thread::spawn(move || (run_within(command, 2 * START), Instant::now()));
    let mut since = Instant::now();
    while !call.is_finished() {
        if provider.child().try_wait().unwrap().is_none() {
            since = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let (output, answered) = call.join().unwrap();
    let text = String::from_utf8_lossy(&output.expect("answers in time").stdout)
        .trim()
        .to_string();
    let took = answered.saturating_duration_since(since);
    assert!(took < SECOND, "{text:?} {took:?} after the provider's end");
    text
}

/// What a call printed, which takes at most a second.
#[track_caller]
fn said(scratch: &Scratch, language: Language, k: i32) -> String {
    let begun = Instant::now();
    let output = run_within(peers().call(scratch, language, k), START).expect("answers in time");
    let took = begun.elapsed();
    let text = String::from_utf8_lossy(&output.stdout).trim().to_string();
    assert!(took < SECOND, "{text:?} after {took:?}");
    text
}

#[track_caller]
fn end(provider: &mut Running) {
    provider.signal(libc::SIGTERM);
    let status = provider.wait_for(START);
    assert!(status.success(), "an orderly end: {status}");
}

#[track_caller]
fn assert_nothing_stays(scratch: &Scratch) {
    let left: Vec<_> = std::fs::read_dir(scratch.channels())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}

/// No process holds a lane, and none waits for an answer.
#[track_caller]
fn assert_no_lane_is_held(scratch: &Scratch) {
    let path = scratch.channels().join("metro_double");
    let lock = metropipe::channel::protocol::LockFile::open(&path)
        .unwrap()
        .expect("the channel");
    let stride = (32 + 4096_usize).next_multiple_of(64);
    let bytes = std::fs::read(&path).unwrap();
    for lane in 0..bytes.len() / stride {
        assert!(
            !lock.is_locked(lane * stride + 4, 4).unwrap(),
            "lane {lane} is held"
        );
        let status = bytes[lane * stride];
        assert!(
            [0, 3, 4].contains(&status),
            "lane {lane} has status {status}"
        );
    }
}
