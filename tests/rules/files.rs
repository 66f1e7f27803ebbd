//! What stands at the path, and what does not fit where it stands.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::Instant;

use crate::consumers::{Consumer, Watched, built, languages, serve, within};
use crate::support::{Scratch, run_within, start_provider};
use crate::{SECOND, build_all, one_of_each};

/// How something comes to stand at a path, and what an error says about it: one of these.
type Case = (fn(&Path), &'static [&'static str]);

const CASES: [Case; 12] = [
    (
        |path| symlink("/etc/hostname", path).unwrap(),
        &["symbolic link", "is not a regular file"],
    ),
    (
        |path| {
            let made = std::process::Command::new("mkfifo").arg(path).status();
            assert!(made.unwrap().success());
        },
        &["is not a regular file"],
    ),
    (
        |path| std::fs::create_dir(path).unwrap(),
        &["is not a regular file"],
    ),
    (
        |path| private(path, &whole(), 0o644),
        &["others may read or write it (mode 0644)"],
    ),
    (
        |path| private(path, &whole(), 0o620),
        &["others may read or write it (mode 0620)"],
    ),
    (|path| foreign(path), &["is owned by user 65534, not by 0"]),
    (|path| private(path, &[], 0o600), &[""]),
    (|path| private(path, &[1; 31], 0o600), &[""]),
    (|path| private(path, &[0xff; 66560], 0o600), &["version"]),
    (
        |path| private(path, &changed(31, 2), 0o600),
        &["version 2", "version"],
    ),
    // Cut at its end: without its first byte it would be an older program's, of version 0.
    (
        |path| private(path, &whole()[..16 * 4160 - 1], 0o600),
        &[""],
    ),
    (
        |path| private(path, &changed(4160 + 12, 1), 0o600),
        &["lane 1"],
    ),
];

/// A channel's file as a provider makes it.
fn whole() -> Vec<u8> {
    let mut bytes = vec![0; 16 * 4160];
    for lane in bytes.chunks_mut(4160) {
        lane[12..16].copy_from_slice(&4096_u32.to_le_bytes());
        lane[31] = 1;
    }
    bytes
}

fn changed(at: usize, byte: u8) -> Vec<u8> {
    let mut bytes = whole();
    bytes[at] = byte;
    bytes
}

fn private(path: &Path, bytes: &[u8], mode: u32) {
    std::fs::write(path, bytes).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

fn foreign(path: &Path) {
    private(path, &whole(), 0o600);
    std::os::unix::fs::chown(path, Some(65534), None).unwrap();
}

fn remove(path: &Path) {
    if std::fs::symlink_metadata(path).unwrap().is_dir() {
        std::fs::remove_dir(path).unwrap();
    } else {
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn every_language_says_what_stands_at_the_path_and_touches_nothing() {
    build_all();
    // SAFETY: geteuid has no preconditions. Only root can give a file away.
    let root = unsafe { libc::geteuid() } == 0;
    std::thread::scope(|scope| {
        for language in languages() {
            scope.spawn(move || {
                let scratch = Scratch::new();
                let path = Watched::of(&scratch).path;
                let mut consumer = Consumer::start(language, &scratch);
                let said = consumer.call(1, 1, "x");
                assert!(
                    said.starts_with("! ") && said.contains("no provider serves"),
                    "{language}: {said}"
                );
                for (number, (make, wanted)) in CASES.iter().enumerate() {
                    if number == 5 && !root {
                        continue;
                    }
                    make(&path);
                    check_refused(&mut consumer, &path, wanted, number);
                    remove(&path);
                }
                // The same process, once there is a channel.
                let _provider = serve(&scratch, &[]);
                consumer.ask(1);
            });
        }
    });
}

fn check_refused(consumer: &mut Consumer, path: &Path, wanted: &[&str], number: usize) {
    let look = || {
        let found = std::fs::symlink_metadata(path).unwrap();
        let bytes = found.is_file().then(|| std::fs::read(path).unwrap());
        (found.ino(), found.mode(), found.mtime_nsec(), bytes)
    };
    let before = look();
    let began = Instant::now();
    let said = consumer.call(1, 1, "x");
    let what = format!("{}, case {number}: {said}", consumer.language);
    assert!(began.elapsed() < 3 * SECOND, "{what}");
    assert!(said.starts_with("! "), "{what}");
    assert!(said.contains(path.to_str().unwrap()), "{what}");
    assert!(!said.contains("no provider"), "{what}");
    assert!(wanted.iter().any(|wanted| said.contains(wanted)), "{what}");
    assert!(before == look(), "{what}: it was touched");
}

#[test]
fn every_language_finds_the_folder_that_the_variable_names() {
    build_all();
    std::thread::scope(|scope| {
        for language in languages() {
            scope.spawn(move || {
                let scratch = Scratch::new();
                let folder = scratch.channels().join("missing");
                check_folder(language, &scratch, folder.to_str().unwrap(), &folder);
                assert!(!folder.exists(), "{language}: a consumer makes no folder");
                check_folder(language, &scratch, "", Path::new("/dev/shm"));
                let here = built(language).join("relative/one");
                check_folder(language, &scratch, "relative/one", &here);
            });
        }
    });
}

fn check_folder(language: &'static str, scratch: &Scratch, value: &str, folder: &Path) {
    let mut consumer = Consumer::with(language, scratch, |command| {
        command.env("METROPIPE_DIR", value);
    });
    let said = consumer.call(1, 1, "x");
    let wanted = format!("no provider serves {}", folder.join("metro_mix").display());
    assert!(said.contains(&wanted), "{language}: {value:?}: {said}");
}

#[test]
fn a_provider_makes_the_folder_for_its_user_alone() {
    let scratch = Scratch::new();
    let folder = scratch.channels().join("new");
    let mut command = crate::consumers::provider_command(&scratch, &[]);
    command.env("METROPIPE_DIR", &folder);
    let _provider = start_provider(command);
    let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_consumer_leaves_a_file_that_was_removed_under_its_provider() {
    let scratch = Scratch::new();
    let mut provider = serve(&scratch, &[]);
    let mut consumers = one_of_each(&scratch);
    std::fs::remove_file(Watched::of(&scratch).path).unwrap();
    let status = provider.wait_for(10 * SECOND);
    assert!(
        !status.success(),
        "its channel is gone, which is no end in order"
    );
    for consumer in &mut consumers {
        let said = consumer.call(1, 1, "x");
        assert!(
            said.contains("no provider serves"),
            "{}: {said}",
            consumer.language
        );
    }
    let _provider = serve(&scratch, &[]);
    for consumer in &mut consumers {
        consumer.ask(2);
    }
}

/// In mounts of its own: a file system that is full when the first lane's payload is to be written.
const FULL: &str = r#"
import fcntl, os, struct, subprocess, sys

folder, capacity, fingerprint, lanes = os.environ["METROPIPE_DIR"], 61440, int(sys.argv[1]), 16
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k,mode=700", "none", folder], check=True)
path, stride = folder + "/metro_mix", (32 + capacity + 63) // 64 * 64
file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
os.ftruncate(file, stride * lanes)
for lane in range(lanes):
    header = struct.pack("<8I", 0, 0, 0, capacity, 0, fingerprint, os.getpid(), 1 << 24)
    os.pwrite(file, header, lane * stride)
fcntl.fcntl(file, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 4, 0))
filler = os.open(folder + "/filler", os.O_RDWR | os.O_CREAT, 0o600)
try:
    while os.write(filler, bytes(4096)):
        pass
except OSError:
    pass
said = subprocess.run(["./run"], input=b"call 1 1 x\n", stdout=subprocess.PIPE)
print(said.stdout.decode() or f"ended with {said.returncode}")
"#;

#[test]
fn a_full_file_system_is_an_error_and_no_fault_in_every_language() {
    build_all();
    let fingerprint = metropipe::layout::fingerprint("(i32,i32,string[256])->string[256]");
    std::thread::scope(|scope| {
        for language in languages() {
            scope.spawn(move || {
                let scratch = Scratch::new();
                let script = scratch.write("full.py", FULL);
                let mut command = scratch.command("unshare");
                command
                    .args(["--mount", "--map-root-user", "python3"])
                    .arg(script)
                    .arg(fingerprint.to_string())
                    .current_dir(built(language));
                let output = run_within(command, 60 * SECOND).unwrap();
                let said = String::from_utf8_lossy(&output.stdout);
                let errors = String::from_utf8_lossy(&output.stderr);
                assert!(
                    said.starts_with("! ") && said.to_lowercase().contains("no space left"),
                    "{language}: {said}{errors}"
                );
            });
        }
    });
}

#[test]
fn a_provider_on_a_full_file_system_says_so_and_leaves_nothing() {
    let scratch = Scratch::new();
    let provider = built("python").join("metropipe/mix/provider.py");
    let program = format!(
        "mount -t tmpfs -o size=36k,mode=700 none \"$METROPIPE_DIR\" && {{ python3 '{}'; \
         echo \"status $?\"; ls -A \"$METROPIPE_DIR\"; }}",
        provider.display()
    );
    let mut command = scratch.command("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", &program]);
    let output = run_within(command, 30 * SECOND).unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "status 1\n");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("No space left"), "{errors}");
}

#[test]
fn consumers_leave_no_file_behind() {
    let scratch = Scratch::new();
    let provider = serve(&scratch, &[]);
    let consumers = one_of_each(&scratch);
    let file = Watched::of(&scratch);
    consumers.into_iter().for_each(Consumer::end);
    within(5 * SECOND, "all lanes are free", || {
        file.taken_lanes().is_empty()
    });
    provider.signal(libc::SIGTERM);
    within(5 * SECOND, "nothing is left", || {
        std::fs::read_dir(scratch.channels()).unwrap().count() == 0
    });
}
