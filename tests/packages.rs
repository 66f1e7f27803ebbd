//! Functions of real packages, called from other languages, against what Python itself says.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use support::{METROPIPE, Running, Scratch, run_within, start_provider, tools};

/// A function, and its file below `site-packages`.
const FUNCTIONS: [(&str, &str); 4] = [
    ("canonicalize_name", "packaging/utils.py"),
    ("set_cell_size", "rich/cells.py"),
    ("chop_cells", "rich/cells.py"),
    ("pluralize", "inflection/__init__.py"),
];

#[test]
fn go_calls_packaging_rich_and_inflection() {
    check("go", "caller.go");
}

#[test]
fn java_calls_packaging_rich_and_inflection() {
    check("java", "Caller.java");
}

#[test]
fn javascript_calls_packaging_rich_and_inflection() {
    check("js", "caller.js");
}

#[test]
fn ruby_calls_packaging_rich_and_inflection() {
    check("ruby", "caller.rb");
}

#[test]
fn rust_calls_packaging_rich_and_inflection() {
    check("rust", "caller.rs");
}

fn python() -> PathBuf {
    let python = tools().join("venv/bin/python3");
    assert!(
        python.exists(),
        "the packages are missing: bash tests/tools/install.sh"
    );
    python
}

fn site_packages() -> PathBuf {
    let mut command = Command::new(python());
    command.args([
        "-c",
        "import sysconfig; print(sysconfig.get_path('purelib'))",
    ]);
    let output = command.output().expect("python3 starts");
    PathBuf::from(String::from_utf8(output.stdout).expect("UTF-8").trim())
}

fn check(target: &str, caller: &str) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let scratch = Scratch::new();
    for file in ["words.txt", "caller.py", caller] {
        std::fs::copy(here.join("packages").join(file), scratch.join(file)).expect(file);
    }
    let wanted = text(scratch.command(python()).arg("caller.py"));
    assert!(
        wanted.contains("InvalidName") && wanted.contains("octopi"),
        "{wanted}"
    );
    std::fs::remove_file(scratch.join("caller.py")).unwrap();

    let site = site_packages();
    let providers: Vec<Running> = FUNCTIONS
        .iter()
        .map(|(function, file)| {
            let export = scratch.metropipe([
                "export",
                function,
                site.join(file).to_str().unwrap(),
                "--target",
                target,
            ]);
            assert!(
                export.status.success(),
                "{}",
                String::from_utf8_lossy(&export.stderr)
            );
            let mut provider = scratch.command(python());
            provider.arg(scratch.join("metropipe").join(function).join("provider.py"));
            start_provider(provider)
        })
        .collect();

    let mut build = scratch.command("bash");
    build
        .arg(here.join("calls/build").join(format!("{target}.sh")))
        .env("METROPIPE", METROPIPE);
    let built = run_within(build, Duration::from_secs(300)).expect("builds in time");
    let said = String::from_utf8_lossy(&built.stdout).into_owned()
        + &String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{said}");
    assert_eq!(text(&mut scratch.command(scratch.join("run"))), wanted);
    drop(providers);
}

fn text(command: &mut Command) -> String {
    let output = command.env("PYTHONUTF8", "1").output().expect("starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}
