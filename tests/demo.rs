//! The demonstration: what it shows, and that nothing of it is left behind.

mod support;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use support::{METROPIPE, Running, Scratch};

const LIMIT: Duration = Duration::from_secs(120);

/// What demonstrations of this scratch folder have on this machine: files here, channels in memory.
fn remains(scratch: &Scratch) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in [scratch.path(), Path::new("/dev/shm")] {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            found.push(entry.unwrap().path());
        }
    }
    found.retain(|path| path.to_string_lossy().contains("metropipe-demo-"));
    found
}

#[test]
fn it_calls_from_the_languages_that_are_here_and_goes_away() {
    let scratch = Scratch::new();
    let mut command = scratch.command(METROPIPE);
    command
        .args(["demo", "--target", "python", "c"])
        .env("TMPDIR", scratch.path());
    let output = support::run_within(command, LIMIT).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    for target in ["c", "python"] {
        let row = text
            .lines()
            .find(|line| line.split_whitespace().next() == Some(target));
        let row: Vec<&str> = row.expect(target).split_whitespace().collect();
        assert_eq!((row.len(), row[1]), (6, "Sunday"), "{text}");
    }
    let here = |path: &PathBuf| path.starts_with(scratch.path());
    assert!(!remains(&scratch).iter().any(here));
}

#[test]
fn what_is_missing_is_named_with_what_brings_it() {
    let scratch = Scratch::new();
    let tools = scratch.join("tools");
    std::fs::create_dir(&tools).unwrap();
    let python = scratch
        .command("python3")
        .args(["-c", "import sys; print(sys.executable)"])
        .output()
        .unwrap();
    let python = String::from_utf8(python.stdout).unwrap();
    std::os::unix::fs::symlink(python.trim(), tools.join("python3")).unwrap();
    let mut command = scratch.command(METROPIPE);
    command
        .args(["demo", "--target=go,csharp,ruby"])
        .env("PATH", &tools)
        .env("TMPDIR", scratch.path());
    let output = support::run_within(command, LIMIT).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for row in [
        "go         apt-get install golang-go\n",
        "csharp     apt-get install mono-mcs mono-runtime\n",
        "ruby       apt-get install ruby\n",
    ] {
        assert!(text.contains(row), "{text}");
    }
    let output = scratch.metropipe(["demo", "--target", "cobol"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn ctrl_c_ends_everything_that_it_started() {
    let scratch = Scratch::new();
    let mut command = scratch.command(METROPIPE);
    command
        .args(["demo", "--target", "bash"])
        .env("TMPDIR", scratch.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut demo = Running::start(command);
    let end = Instant::now() + LIMIT;
    let folder = loop {
        let folder = remains(&scratch)
            .into_iter()
            .find(|path| path.starts_with(scratch.path()));
        // The caller runs: everything that there is to put away is there.
        if let Some(folder) = folder.filter(|folder| folder.join("bash.out").exists()) {
            break folder;
        }
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(5));
    };
    let name = folder.to_str().unwrap().to_string();
    assert!(!processes_that_name(&name).is_empty());
    demo.signal(libc::SIGINT);
    assert_eq!(demo.wait_for(LIMIT).code(), Some(1));
    assert!(!folder.exists());
    assert_eq!(processes_that_name(&name), Vec::<PathBuf>::new());
}

/// Processes that run in a folder.
fn processes_that_name(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir("/proc").unwrap();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .filter(|path| {
            std::fs::read_link(path.join("cwd"))
                .is_ok_and(|cwd| cwd.to_string_lossy().starts_with(folder))
        })
        .collect()
}
