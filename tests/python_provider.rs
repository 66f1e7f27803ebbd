//! The Python provider, as a user starts it: what it does to signals, forks, rivals and exceptions.

mod support;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use metropipe::layout::{self, Options};
use metropipe::signature::{Language, notation};
use metropipe::target::{self, Export, Mode};
use support::{Running, Scratch, run_within, start_provider};

const SOURCE: &str = r#"
import multiprocessing
import os
import sys
import time

import neighbour


def double(k: int) -> int:
    return neighbour.twice(k)


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def raises(how: str) -> str:
    if how == "exit":
        sys.exit(3)
    if how == "interrupt":
        raise KeyboardInterrupt("not yours")
    if how == "recursion":
        return raises(how)
    if how == "mute":
        class Mute(Exception):
            def __str__(self):
                raise ValueError("no text")
        raise Mute
    if how == "surrogate":
        raise ValueError("\ud800")
    if how == "misfit":
        return 7
    return "fine"


def outlived(seconds: float) -> int:
    """Leaves a child behind that lives on, as a pool's worker does."""
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(seconds,))
    child.start()
    return child.pid


def strays(k: int) -> int:
    """Comes back twice: in the parent, and in a child that has no business here."""
    os.fork()
    return k
"#;

const FUNCTIONS: [(&str, &str); 5] = [
    ("double", "(k: i32)->i32"),
    ("nap", "(seconds: f64)->i32"),
    ("raises", "(how: string[256])->string[256]"),
    ("outlived", "(seconds: f64)->i32"),
    ("strays", "(k: i32)->i32"),
];

/// Stubs and providers of the source above, in a scratch folder.
fn exported() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("services.py", SOURCE);
    scratch.write("neighbour.py", "def twice(k):\n    return 2 * k\n");
    for (name, signature) in FUNCTIONS {
        write(&scratch, name, signature, "../../services.py");
    }
    scratch
}

fn write(scratch: &Scratch, name: &str, signature: &str, source: &str) {
    let mut function = notation::parse_signature(name, signature).unwrap();
    function.language = Language::Python;
    let export = Export {
        layout: layout::plan(&function, &Options::default()).unwrap(),
        function,
        channel: name.into(),
        source: "services.py".into(),
        source_from_provider: source.into(),
        start_command: format!("python3 metropipe/{name}/provider.py"),
    };
    let mut files = target::find("python")
        .unwrap()
        .stubs(&export, Mode::Namespace);
    let provider = target::provider_of(Language::Python).unwrap();
    files.extend(provider.files(&export, Mode::Namespace));
    for file in files {
        let pieces: Vec<&str> = file
            .pieces
            .iter()
            .map(|piece| piece.text.as_str())
            .collect();
        let text = [&[file.head.as_str()], pieces.as_slice()]
            .concat()
            .join("\n\n");
        scratch.write(Path::new("metropipe").join(file.path), text);
    }
}

fn provider(scratch: &Scratch, name: &str, arguments: &[&str]) -> Command {
    let mut command = scratch.command("python3");
    command
        .args(["-W", "error"])
        .arg(scratch.join(format!("metropipe/{name}/provider.py")))
        .args(arguments)
        .current_dir("/");
    command
}

/// What a Python program prints that has `FUNCTIONS` imported.
#[track_caller]
fn python(scratch: &Scratch, program: &str) -> String {
    let mut text = String::from("import os, signal, sys, threading, time\n");
    for (name, _) in FUNCTIONS {
        text.push_str(&format!(
            "from metropipe.{name} import stub as {name}_stub\n"
        ));
        text.push_str(&format!("{name} = {name}_stub.{name}\n"));
    }
    let mut command = scratch.command("python3");
    command.args(["-W", "error", "-c", &(text + program)]);
    let output = run_within(command, Duration::from_secs(60)).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_string()
}

fn channel_exists(scratch: &Scratch, name: &str) -> bool {
    scratch.channels().join(format!("metro_{name}")).exists()
}

#[track_caller]
fn within(limit: Duration, what: impl Fn() -> bool) {
    let end = Instant::now() + limit;
    while !what() {
        assert!(Instant::now() < end, "not within {limit:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn it_works_from_any_folder_and_imports_what_lies_beside_the_source() {
    let scratch = exported();
    let _provider = start_provider(provider(&scratch, "double", &[]));
    assert_eq!(python(&scratch, "print(double(21))"), "42");
}

#[test]
fn a_source_in_a_package_is_imported_as_its_module() {
    let scratch = Scratch::new();
    scratch.write("src/pack/__init__.py", "");
    scratch.write("src/pack/inner/__init__.py", "");
    scratch.write("src/pack/base.py", "FACTOR = 3\n");
    scratch.write(
        "src/pack/inner/double.py",
        "from ..base import FACTOR\n\ndef double(k):\n    return FACTOR * k\n",
    );
    for (name, signature) in FUNCTIONS {
        write(&scratch, name, signature, "../../src/pack/inner/double.py");
    }
    let _provider = start_provider(provider(&scratch, "double", &[]));
    assert_eq!(python(&scratch, "print(double(2))"), "6");
}

#[test]
fn whatever_the_function_raises_is_an_answer() {
    let scratch = exported();
    let _provider = start_provider(provider(&scratch, "raises", &[]));
    let said = python(
        &scratch,
        r#"
for how in ["exit", "interrupt", "recursion", "mute", "surrogate"]:
    try:
        raises(how)
    except raises_stub.RemoteError as error:
        print(error.type, error.message)
try:
    raises("misfit")
except raises_stub.ChannelError as error:
    print(error)
print(raises(""))
"#,
    );
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "SystemExit 3");
    assert_eq!(lines[1], "KeyboardInterrupt not yours");
    assert!(lines[2].starts_with("RecursionError maximum recursion"));
    assert!(lines[3].starts_with("Mute <"));
    assert_eq!(lines[4], "ValueError \\ud800");
    assert_eq!(
        lines[5],
        "raises: the result does not fit: result: an int was given, string[256] takes a str (the function was run)"
    );
    assert_eq!(lines[6], "fine");
}

#[test]
fn a_signal_ends_it_in_order() {
    for signal in [libc::SIGTERM, libc::SIGINT] {
        let scratch = exported();
        let mut provider = start_provider(provider(&scratch, "double", &[]));
        assert_eq!(python(&scratch, "print(double(1))"), "2");
        provider.signal(signal);
        assert!(provider.wait_for(SECOND).success());
        assert!(!channel_exists(&scratch, "double"));
        let said = python(
            &scratch,
            "try: double(1)\nexcept double_stub.NoProviderError as error: print(error)",
        );
        assert!(said.contains("start one with: python3 metropipe/double/provider.py"));
    }
}

#[test]
fn a_running_call_may_end_and_a_long_one_is_told() {
    let scratch = exported();
    for (seconds, expected) in [("0.5", "int"), ("5.0", "ChannelError")] {
        let provider = start_provider(provider(&scratch, "nap", &[]));
        let said = python(
            &scratch,
            &format!(
                r#"
threading.Timer(0.2, os.kill, ({}, signal.SIGTERM)).start()
began = time.monotonic()
try: print(type(nap({seconds})).__name__)
except nap_stub.MetropipeError as error: print(type(error).__name__)
assert time.monotonic() - began < 2
"#,
                provider.pid()
            ),
        );
        assert_eq!(said, expected);
        within(SECOND, || !channel_exists(&scratch, "nap"));
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let scratch = exported();
    let mut provider = start_provider(provider(&scratch, "nap", &[]));
    let mut caller = scratch.command("python3");
    caller.args(["-c", "from metropipe.nap.stub import nap; nap(30.0)"]);
    let _caller = Running::start(caller);
    within(30 * SECOND, || {
        let file = std::fs::read(scratch.channels().join("metro_nap")).unwrap();
        file[..4] == [2, 0, 0, 0]
    });
    provider.signal(libc::SIGTERM);
    std::thread::sleep(Duration::from_millis(200));
    provider.signal(libc::SIGTERM);
    assert!(!provider.wait_for(Duration::from_millis(400)).success());
}

#[test]
fn calls_that_block_overlap() {
    let scratch = exported();
    let _provider = start_provider(provider(&scratch, "nap", &["--workers", "4"]));
    let said = python(
        &scratch,
        r#"
threads = [threading.Thread(target=nap, args=(0.5,)) for _ in range(4)]
began = time.monotonic()
for each in threads: each.start()
for each in threads: each.join()
print(time.monotonic() - began < 1.2)
"#,
    );
    assert_eq!(said, "True");
}

#[test]
fn a_second_provider_is_refused_and_a_dead_one_is_replaced() {
    let scratch = exported();
    let first = start_provider(provider(&scratch, "double", &[]));
    let second = run_within(provider(&scratch, "double", &[]), Duration::from_secs(10)).unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("another provider serves"));
    drop(first);
    assert!(
        channel_exists(&scratch, "double"),
        "killed, it left its file"
    );
    let _third = start_provider(provider(&scratch, "double", &[]));
    assert_eq!(python(&scratch, "print(double(4))"), "8");
}

#[test]
fn a_forked_worker_that_outlives_it_does_not_stand_for_it() {
    let scratch = exported();
    let mut provider = start_provider(provider(&scratch, "outlived", &[]));
    let child: i32 = python(&scratch, "print(outlived(30.0))").parse().unwrap();
    // SAFETY: kill has no memory effects.
    assert_eq!(unsafe { libc::kill(child, 0) }, 0);
    provider.signal(libc::SIGKILL);
    provider.wait_for(SECOND);
    let said = python(
        &scratch,
        "try: outlived(0.0)\nexcept outlived_stub.NoProviderError: print('nobody')",
    );
    // SAFETY: as above; the child is this test's own.
    assert_eq!(unsafe { libc::kill(child, libc::SIGKILL) }, 0);
    assert_eq!(said, "nobody");
}

#[test]
fn a_fork_that_returns_to_the_provider_answers_nothing() {
    let scratch = exported();
    let _provider = start_provider(provider(&scratch, "strays", &[]));
    assert_eq!(
        python(
            &scratch,
            "print([strays(k) for k in range(50)] == list(range(50)))"
        ),
        "True"
    );
}

#[test]
fn a_file_removed_under_it_ends_it_with_an_error() {
    let scratch = exported();
    let mut provider = start_provider(provider(&scratch, "double", &[]));
    std::fs::remove_file(scratch.channels().join("metro_double")).unwrap();
    assert_eq!(provider.wait_for(3 * SECOND).code(), Some(1));
}

#[test]
fn an_idle_provider_sleeps() {
    let scratch = exported();
    let provider = start_provider(provider(&scratch, "double", &["--workers", "4"]));
    assert_eq!(python(&scratch, "print(double(1))"), "2");
    std::thread::sleep(SECOND);
    let ticks = || -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", provider.pid())).unwrap();
        let fields: Vec<&str> = text
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    let before = ticks();
    std::thread::sleep(3 * SECOND);
    // A tick is 10 ms: one of them in three seconds is 0.3 %, the finest that can be told here.
    assert!(ticks() - before <= 1, "{} ticks", ticks() - before);
}

#[test]
fn lanes_are_as_many_as_asked_for() {
    let scratch = exported();
    {
        let _provider = start_provider(provider(&scratch, "double", &["--lanes", "4"]));
        let size = std::fs::metadata(scratch.channels().join("metro_double"))
            .unwrap()
            .len();
        assert_eq!(size, 4 * 4160);
    }
    let _provider = start_provider(provider(&scratch, "double", &[]));
    let size = std::fs::metadata(scratch.channels().join("metro_double"))
        .unwrap()
        .len();
    assert_eq!(size, 16 * 4160);
    assert_eq!(python(&scratch, "print(double(5))"), "10");
}

/// Whatever stands at the path: the stub says what it is, the provider refuses or replaces it.
#[test]
fn strange_files_at_the_path() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let scratch = exported();
    let path = scratch.channels().join("metro_double");
    let caller = "\nfor _ in range(2):\n    try: print(double(1))\n    except double_stub.MetropipeError as error: print(type(error).__name__, error)";
    let refused = || {
        let output = run_within(provider(&scratch, "double", &[]), Duration::from_secs(10));
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let elsewhere = scratch.write("elsewhere", [0; 66560]);
    symlink(&elsewhere, &path).unwrap();
    assert!(python(&scratch, caller).contains("is a symbolic link"));
    assert!(refused().contains("is a symbolic link"));
    assert_eq!(std::fs::read(&elsewhere).unwrap(), [0; 66560]);
    std::fs::remove_file(&path).unwrap();

    let mut fifo = scratch.command("mkfifo");
    fifo.arg(&path);
    run_within(fifo, SECOND).unwrap();
    assert!(python(&scratch, caller).contains("is not a regular file"));
    assert!(refused().contains("is not a regular file"));
    std::fs::remove_file(&path).unwrap();

    std::fs::create_dir(&path).unwrap();
    assert!(python(&scratch, caller).contains("is not a regular file"));
    assert!(refused().contains("is not a regular file"));
    std::fs::remove_dir(&path).unwrap();

    let mut ours = vec![0; 66560];
    ours[31] = 1;
    std::fs::write(&path, ours).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(python(&scratch, caller).contains("(mode 0644); chmod 600 it"));
    assert!(refused().contains("chmod 600 it"));

    // An older program's, by its version 0: one that is too small is replaced where that is asked for.
    std::fs::write(&path, [0; 39]).unwrap();
    assert!(python(&scratch, caller).contains("another metropipe program"));
    assert!(refused().contains("room for 7 bytes, 12 are needed; --force replaces it"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o622)).unwrap();
    assert!(refused().contains("(mode 0622); chmod 600 it"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    {
        let _provider = start_provider(provider(&scratch, "double", &["--force"]));
        assert_eq!(python(&scratch, caller), "2\n2");
    }
    for garbage in [vec![0xff; 66560], vec![1; 40], Vec::new()] {
        std::fs::write(&path, garbage).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(python(&scratch, caller).starts_with("ChannelError double: "));
        let mut provider = start_provider(provider(&scratch, "double", &[]));
        assert_eq!(python(&scratch, caller), "2\n2");
        provider.signal(libc::SIGTERM);
        provider.wait_for(SECOND);
    }
}

#[test]
fn an_older_programs_file_is_served_and_stays() {
    use std::os::unix::fs::{FileExt, PermissionsExt};
    let scratch = exported();
    let served = |name: &str| {
        let path = scratch.channels().join(format!("metro_{name}"));
        // One lane of an odd size, and a header whose words may hold anything but for the version.
        let mut bytes = vec![0; 32 + 1023];
        bytes[4..31].fill(0xee);
        std::fs::write(&path, bytes).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let mut options = std::fs::OpenOptions::new();
        let file = options.read(true).write(true).open(&path).unwrap();
        (
            start_provider(provider(&scratch, name, &["--workers", "3"])),
            file,
        )
    };
    let word = |file: &std::fs::File, at: u64| {
        let mut word = [0; 4];
        file.read_exact_at(&mut word, at).unwrap();
        u32::from_le_bytes(word)
    };
    let post = |file: &std::fs::File, request: &[u8]| {
        file.write_all_at(request, 32).unwrap();
        file.write_all_at(&1_u32.to_le_bytes(), 0).unwrap();
    };
    let ask = |file: &std::fs::File, request: &[u8]| {
        post(file, request);
        within(5 * SECOND, || word(file, 0) > 2);
        let status = word(file, 0);
        file.write_all_at(&[0; 4], 0).unwrap();
        status
    };

    let (mut provider_of_double, file) = served("double");
    for (k, size, code) in [
        (21_i32, 0xeeee_eeee_u32, 0xeeee_eeee_u32),
        (4, 0, 7),
        (-1, 4, 0),
    ] {
        file.write_all_at(&size.to_le_bytes(), 8).unwrap();
        file.write_all_at(&code.to_le_bytes(), 16).unwrap();
        assert_eq!(ask(&file, &k.to_le_bytes()), 3);
        assert_eq!(word(&file, 40), (2 * k) as u32);
    }
    let second = run_within(provider(&scratch, "double", &[]), Duration::from_secs(10)).unwrap();
    assert!(String::from_utf8_lossy(&second.stderr).contains("another provider serves"));
    // It has kept house by then, too.
    std::thread::sleep(SECOND + SECOND / 2);
    assert_eq!(ask(&file, &5_i32.to_le_bytes()), 3);
    provider_of_double.signal(libc::SIGTERM);
    assert!(provider_of_double.wait_for(5 * SECOND).success());
    let path = scratch.channels().join("metro_double");
    let header = std::fs::read(&path).unwrap();
    assert_eq!(header[20..32], [[0xee; 11].as_slice(), &[0]].concat());
    assert_eq!(header[..4], [0; 4]);

    // Of its error the text stands in the payload; what cannot be read is one.
    let (_provider, file) = served("raises");
    assert_eq!(ask(&file, &[0xff; 256]), 4);
    assert_eq!(ask(&file, b"\x04\0\0\0exit\0"), 4);
    let mut text = vec![0; word(&file, 8) as usize];
    file.read_exact_at(&mut text, 32).unwrap();
    assert_eq!(text, b"SystemExit: 3");

    // An answer that nobody waits for any more is not the next call's.
    let (_provider, file) = served("nap");
    post(&file, &0.5_f64.to_le_bytes());
    within(5 * SECOND, || word(&file, 0) == 2);
    file.write_all_at(&[0; 4], 0).unwrap();
    std::thread::sleep(SECOND);
    assert_eq!(word(&file, 0), 0);
    assert_eq!(ask(&file, &0_f64.to_le_bytes()), 3);
}

#[test]
fn what_a_dead_maker_left_behind_is_removed() {
    let scratch = exported();
    let left = scratch.channels().join(".metro_double.4711.0123456789ab");
    let other = scratch
        .channels()
        .join(".metro_double.more.4711.0123456789ab");
    for path in [&left, &other] {
        std::fs::write(path, [0; 64]).unwrap();
    }
    let _provider = start_provider(provider(&scratch, "double", &[]));
    assert!(!left.exists());
    assert!(other.exists(), "another channel's is not ours to judge");
}

#[test]
fn idle_callers_shut_nobody_out() {
    let scratch = exported();
    let _provider = start_provider(provider(&scratch, "double", &[]));
    let mut idle = Vec::new();
    for _ in 0..16 {
        let mut caller = scratch.command("python3");
        caller.args([
            "-c",
            "import time\nfrom metropipe.double.stub import double\ndouble(1)\ntime.sleep(60)",
        ]);
        idle.push(Running::start(caller));
    }
    std::thread::sleep(2 * SECOND);
    assert_eq!(python(&scratch, "print(double(21))"), "42");
}

#[test]
fn a_call_broken_off_by_ctrl_c_leaves_the_next_one_right() {
    let scratch = exported();
    let _provider = start_provider(provider(&scratch, "nap", &[]));
    let said = python(
        &scratch,
        r#"
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
try: nap(1.0)
except KeyboardInterrupt: print("interrupted")
print(type(nap(0.0)).__name__)
"#,
    );
    assert_eq!(said, "interrupted\nint");
}

#[test]
fn a_full_file_system_is_an_error() {
    let scratch = exported();
    let folder = scratch.join("full");
    std::fs::create_dir(&folder).unwrap();
    let mut mount = scratch.command("mount");
    mount
        .args(["-t", "tmpfs", "-o", "size=36k", "tmpfs"])
        .arg(&folder);
    if !run_within(mount, SECOND).is_ok_and(|output| output.status.success()) {
        println!("only root can mount a small file system");
        return;
    }
    let mut command = provider(&scratch, "double", &[]);
    command.env("METROPIPE_DIR", &folder);
    let output = run_within(command, Duration::from_secs(10)).unwrap();
    let mut unmount = scratch.command("umount");
    unmount.arg("-l").arg(&folder);
    run_within(unmount, SECOND).unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("No space left on device"), "{said}");
}
