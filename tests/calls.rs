//! A program in each target language calls the real Python functions, case by case.
//!
//! The cases are folders under `tests/calls/`; its README says what one holds. `METROPIPE_CASE=text` runs that case alone.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;
use support::{METROPIPE, Running, Scratch, run_within, start_provider};

const CASES: [&str; 15] = [
    "scalars", "ranges", "text", "options", "lists", "records", "results", "errors", "names",
    "defaults", "two", "flat", "unify", "threads", "fork",
];
const BUILD_LIMIT: Duration = Duration::from_secs(300);
const RUN_LIMIT: Duration = Duration::from_secs(120);

/// `case.toml`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Case {
    mode: String,
    workers: Option<u32>,
    absent: Vec<String>,
    changed: Vec<String>,
    except: BTreeMap<String, String>,
}

#[test]
fn c_calls_python() {
    check("c", "caller.c");
}

#[test]
fn c_direct_calls_the_registered_function() {
    check("c-direct", "caller.direct.c");
}

#[test]
fn c_linker_calls_python() {
    check("c-linker", "caller.linker.c");
}

#[test]
fn go_calls_python() {
    check("go", "caller.go");
}

#[test]
fn python_calls_python() {
    check("python", "caller.py");
}

#[test]
fn java_calls_python() {
    check("java", "Caller.java");
}

#[test]
fn rust_calls_python() {
    check("rust", "caller.rs");
}

#[test]
fn csharp_calls_python() {
    check("csharp", "Caller.cs");
}

#[test]
fn javascript_calls_python() {
    check("js", "caller.js");
}

#[test]
fn ruby_calls_python() {
    check("ruby", "caller.rb");
}

#[test]
fn bash_calls_python() {
    check("bash", "caller.sh");
}

/// Every folder of `tests/calls` that holds a source is a case that runs.
#[test]
fn no_case_is_forgotten() {
    let mut folders: Vec<String> = std::fs::read_dir(cases())
        .unwrap()
        .filter_map(|entry| {
            let entry = entry.unwrap();
            entry
                .path()
                .join("services.py")
                .exists()
                .then(|| entry.file_name().into_string().unwrap())
        })
        .collect();
    folders.sort();
    let mut known: Vec<&str> = CASES.into_iter().collect();
    known.sort();
    assert_eq!(folders, known);
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/calls")
}

#[track_caller]
fn check(target: &str, caller: &str) {
    let only = std::env::var("METROPIPE_CASE").ok();
    let mut failures = Vec::new();
    for name in CASES {
        if only.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        match run(target, caller, name) {
            Ok(checks) => println!("{target} {name}: {checks} checks hold"),
            Err(why) => {
                println!("{target} {name}: FAILED");
                failures.push(format!("== {target} {name}\n{why}"));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// The number of checks that held.
fn run(target: &str, caller: &str, name: &str) -> Result<usize, String> {
    let folder = cases().join(name);
    let case: Case = match std::fs::read_to_string(folder.join("case.toml")) {
        Ok(text) => toml::from_str(&text).expect("case.toml"),
        Err(_) => Case::default(),
    };
    if case.except.contains_key(target) {
        return Ok(0);
    }
    let expected = expected_checks(&folder, target);
    let scratch = Scratch::new();
    for file in ["services.py", caller] {
        std::fs::copy(folder.join(file), scratch.join(file))
            .map_err(|error| format!("{file}: {error}"))?;
    }
    export(&scratch, "services.py", "metropipe", target, &case.mode)?;
    let providers = start_providers(&scratch, &folder, &case)?;

    let mut build = scratch.command("bash");
    build
        .arg(cases().join("build").join(format!("{target}.sh")))
        .env("CASE", name);
    let output = run_within(build, BUILD_LIMIT)?;
    if !output.status.success() {
        return Err(format!("{}", Said(&output)));
    }
    let mut program = scratch.command(scratch.join("run"));
    program.env("CASE", name);
    let output = run_within(program, RUN_LIMIT)?;
    let lines: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(String::from)
        .collect();
    let wanted: Vec<String> = expected.iter().map(|check| format!("ok {check}")).collect();
    if lines != wanted || !output.status.success() {
        let missing: Vec<&String> = wanted.iter().filter(|line| !lines.contains(line)).collect();
        return Err(format!("missing: {missing:?}\n{}", Said(&output)));
    }
    drop(providers);
    Ok(expected.len())
}

/// The names in `checks`, without those that this target cannot express.
fn expected_checks(folder: &Path, target: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("checks")).expect("checks");
    text.lines()
        .filter_map(|line| {
            let (name, except) = line.split_once("except:").unwrap_or((line, ""));
            let (targets, _reason) = except.split_once('(').unwrap_or((except, ""));
            let excepted = targets.split_whitespace().any(|other| other == target);
            (!excepted).then(|| name.trim().to_string())
        })
        .collect()
}

fn export(
    scratch: &Scratch,
    source: &str,
    out: &str,
    target: &str,
    mode: &str,
) -> Result<(), String> {
    let mut command = scratch.command(METROPIPE);
    command.args(["export", "--all", source, "--out", out, "--target", target]);
    if !mode.is_empty() {
        command.arg(format!("--{mode}"));
    }
    let output = command.output().expect("metropipe starts");
    if !output.status.success() {
        return Err(format!("export: {}", Said(&output)));
    }
    Ok(())
}

fn start_providers(scratch: &Scratch, folder: &Path, case: &Case) -> Result<Vec<Running>, String> {
    if !case.changed.is_empty() {
        std::fs::create_dir_all(scratch.join("changed")).unwrap();
        std::fs::copy(
            folder.join("changed/services.py"),
            scratch.join("changed/services.py"),
        )
        .unwrap();
        export(
            scratch,
            "changed/services.py",
            "changed/metropipe",
            "bash",
            "namespace",
        )?;
    }
    let mut providers = Vec::new();
    for (function, file) in provider_files(&scratch.join("metropipe")) {
        let file = if case.changed.contains(&function) {
            scratch
                .join("changed/metropipe")
                .join(&function)
                .join("provider.py")
        } else {
            file
        };
        if !case.absent.contains(&function) {
            let mut command = Command::new("python3");
            command
                .arg(file)
                .env("METROPIPE_DIR", scratch.channels())
                .current_dir("/");
            if let Some(workers) = case.workers {
                command.args(["--workers", &workers.to_string()]);
            }
            providers.push(start_provider(command));
        }
    }
    if providers.is_empty() {
        return Err("no provider was written".into());
    }
    Ok(providers)
}

/// `classify/provider.py` and `classify_provider.py`, each with the function's name.
fn provider_files(out: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(out) else {
        return Vec::new();
    };
    let mut files: Vec<(String, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?.to_string();
            let nested = path.join("provider.py");
            if nested.exists() {
                return Some((name, nested));
            }
            Some((name.strip_suffix("_provider.py")?.to_string(), path))
        })
        .collect();
    files.sort();
    files
}

/// A command's status and everything that it said.
struct Said<'a>(&'a std::process::Output);

impl std::fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Said(output) = self;
        write!(
            f,
            "{}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    }
}
