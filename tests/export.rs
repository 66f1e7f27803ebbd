//! `export` on real folders: what it writes, what it leaves alone, and what remains when it fails.

mod support;

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use support::{METROPIPE, Scratch, start_provider};

const SERVICES: &str = r#"from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int


def classify(text: str, k: int, threshold: float, flag: bool) -> float:
    """Score a text."""
    return 1.0


def greet(who: str) -> str:
    return "Hello, " + who


def move(point: Point, by: int) -> Point:
    return Point(point.x + by, point.y + by)


class Shop:
    @staticmethod
    def price(item: str) -> int:
        return len(item)


def loads(config: dict[str, int]) -> bytes:
    return b""
"#;

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("services.py", SERVICES);
    scratch
}

/// Every file and folder below the scratch folder but its sources, with the files' bytes.
fn tree(scratch: &Scratch) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    fn walk(folder: &Path, root: &Path, into: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let about = std::fs::symlink_metadata(&path).unwrap();
            let name = path.strip_prefix(root).unwrap().to_path_buf();
            if about.is_dir() {
                into.insert(name, None);
                walk(&path, root, into);
            } else {
                into.insert(name, Some(std::fs::read(&path).unwrap_or_default()));
            }
        }
    }
    let mut all = BTreeMap::new();
    walk(scratch.path(), scratch.path(), &mut all);
    all.remove(Path::new("services.py"));
    all
}

fn files(scratch: &Scratch) -> Vec<String> {
    let files = tree(scratch)
        .into_iter()
        .filter(|(_, bytes)| bytes.is_some());
    let mut files: Vec<String> = files
        .map(|(path, _)| path.to_str().unwrap().to_string())
        .collect();
    files.sort();
    files
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// The export fails with status 2, and leaves everything as it was; what it said.
#[track_caller]
fn refuses(scratch: &Scratch, args: &[&str]) -> String {
    let before = tree(scratch);
    let output = scratch.metropipe([&["export"], args].concat());
    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
    assert!(!said.is_empty());
    assert_eq!(
        tree(scratch),
        before,
        "{args:?} left something behind, and said: {said}"
    );
    said
}

#[track_caller]
fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in: {text}");
    }
}

fn read(scratch: &Scratch, name: &str) -> String {
    std::fs::read_to_string(scratch.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn one_function_goes_to_every_language_and_says_how_to_go_on() {
    let scratch = scratch();
    let output = scratch.metropipe(["export", "classify", "services.py"]);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let files = files(&scratch);
    for file in [
        "stub.h",
        "stub.rb",
        "stub.sh",
        "lib/classify.h",
        "lib/classify.c",
        "lib/Makefile",
        "stub.go",
        "stub.py",
        "stub.java",
        "stub.rs",
        "stub.cs",
        "stub.js",
        "stub.mjs",
        "stub.d.ts",
        "provider.py",
    ] {
        let file = format!("metropipe/classify/{file}");
        assert!(files.contains(&file), "{file} of {files:?}");
        assert_has(&text, &[&file]);
    }
    assert!(
        !files.contains(&"metropipe/classify/registry.h".to_string()),
        "it crosses no process"
    );
    assert_has(
        &text,
        &[
            "Start the provider:\n  python3 metropipe/classify/provider.py\n",
            "from metropipe.classify.stub import classify; classify(text, k, threshold, flag)",
            "result, err := classify.Classify(text, k, threshold, flag)",
        ],
    );
    assert_eq!(
        said(&output),
        "note: threshold: Python float is stored as f32; use --wide for f64\n"
    );
}

#[test]
fn every_file_says_where_it_comes_from_and_nothing_of_this_machine() {
    let scratch = scratch();
    for mode in ["--namespace", "--flat", "--unify"] {
        let out = format!("{}/gen{mode}/metropipe", scratch.path().display());
        let source = scratch.join("services.py");
        let source = source.to_str().unwrap();
        scratch.metropipe_ok(["export", "classify", source, mode, "--out", &out]);
        for (path, bytes) in tree(&scratch) {
            let Some(bytes) = bytes else { continue };
            let text = String::from_utf8(bytes).unwrap();
            let top: String = text.lines().take(12).collect::<Vec<_>>().join("\n");
            assert_has(
                &top,
                &[concat!(
                    "Code generated by metropipe ",
                    env!("CARGO_PKG_VERSION"),
                    ". DO NOT EDIT."
                )],
            );
            let shared = path.to_str().unwrap().contains("channel");
            if !shared {
                let parts = [
                    "Function     classify\n",
                    "Source       services.py\n",
                    "Canonical    (string[256],i32,f32,bool)->f32\n",
                    "Fingerprint  0x721e9568",
                ];
                assert_has(&top, &parts);
            }
            let here = scratch.path().to_str().unwrap();
            assert!(!text.contains(here), "{} names {here}", path.display());
        }
    }
}

#[test]
fn equal_input_gives_equal_bytes() {
    let (one, other) = (scratch(), scratch());
    for mode in ["--namespace", "--flat", "--unify"] {
        let args = [
            "export",
            "--all",
            "services.py",
            mode,
            "--out",
            &format!("{mode}/metropipe")[2..],
        ];
        for scratch in [&one, &other] {
            scratch.metropipe_ok(args);
        }
        let again = one.metropipe_ok([&args[..], &["--format", "json"]].concat());
        let json: Value = serde_json::from_str(&again).unwrap();
        let files = json["files"].as_array().unwrap();
        assert!(
            files.iter().all(|file| file["change"] == "unchanged"),
            "{again}"
        );
    }
    assert_eq!(tree(&one), tree(&other));
}

#[test]
fn targets_are_named_in_any_manner() {
    let expected = [
        "metropipe/classify/provider.py",
        "metropipe/classify/stub.go",
        "metropipe/classify/stub.rs",
    ];
    for args in [
        &["classify", "services.py", "--target", "rust", "go"][..],
        &["classify", "services.py", "--target", "rust,go"],
        &["classify", "services.py", "--target", "go", "--target=rust"],
        &["--target", "rust", "go", "classify", "services.py"],
        &[
            "classify",
            "--target",
            "rust",
            "--target",
            "go",
            "services.py",
        ],
    ] {
        let scratch = scratch();
        scratch.metropipe_ok([&["export"], args].concat());
        assert_eq!(files(&scratch), expected, "{args:?}");
    }
    let scratch = scratch();
    let said = refuses(&scratch, &["classify", "services.py", "--target", "rusty"]);
    assert_has(
        &said,
        &["no target is named rusty; did you mean rust? known are c-direct c-linker c go"],
    );
}

#[test]
fn the_layouts_of_files_are_those_of_the_manual() {
    let scratch = scratch();
    let args = [
        "export",
        "greet",
        "services.py",
        "--target",
        "rust",
        "python",
    ];
    scratch.metropipe_ok([&args[..], &["--flat", "--out", "flat"]].concat());
    scratch.metropipe_ok([&args[..], &["--unify", "--out", "unify/metropipe"]].concat());
    assert_eq!(
        files(&scratch),
        [
            "flat/greet.py",
            "flat/greet.rs",
            "flat/greet_provider.py",
            "unify/metropipe.py",
            "unify/metropipe.rs",
            "unify/metropipe/greet_provider.py",
        ]
    );
    let said = refuses(&scratch, &["greet", "services.py", "--flat", "--unify"]);
    assert_has(&said, &["cannot be used with"]);
}

#[test]
fn several_functions_methods_and_all_of_them() {
    let scratch = scratch();
    let only_rust = ["--target", "rust"];
    scratch.metropipe_ok(
        [
            &["export", "greet,Shop.price,greet", "services.py"],
            &only_rust[..],
        ]
        .concat(),
    );
    assert_eq!(
        files(&scratch),
        [
            "metropipe/Shop_price/provider.py",
            "metropipe/Shop_price/stub.rs",
            "metropipe/greet/provider.py",
            "metropipe/greet/stub.rs"
        ]
    );
    let output = scratch.metropipe([&["export", "--all", "services.py"], &only_rust[..]].concat());
    assert!(output.status.success());
    assert_has(
        &said(&output),
        &["left out: services.py:29:19: loads: config: dict[str, int] "],
    );
    assert_eq!(files(&scratch).len(), 8);
    let said = refuses(&scratch, &["greet,loads,gret", "services.py"]);
    assert_eq!(said.lines().count(), 2, "both are named: {said}");
    refuses(&scratch, &["--all"]);
    refuses(&scratch, &["--all", "greet", "services.py"]);
    scratch.write("none.py", "x = 1\n");
    assert_has(
        &refuses(&scratch, &["--all", "none.py"]),
        &["none.py: has no function that can be exported"],
    );
}

#[test]
fn adding_to_a_unified_file_is_exporting_all_at_once() {
    let (steps, once) = (scratch(), scratch());
    for name in ["classify", "move", "greet", "classify"] {
        steps.metropipe_ok(["export", name, "services.py", "--unify"]);
    }
    once.metropipe_ok(["export", "classify,move,greet", "services.py", "--unify"]);
    assert_eq!(tree(&steps), tree(&once));
    let rust = read(&once, "metropipe.rs");
    assert_eq!(rust.matches("struct Point").count(), 1);
    // The record goes with the function that used it.
    let without = SERVICES.replace(
        "def move(point: Point, by: int) -> Point",
        "def move(by: int) -> int",
    );
    steps.write("services.py", without);
    steps.metropipe_ok(["export", "move", "services.py", "--unify"]);
    assert!(!read(&steps, "metropipe.rs").contains("struct Point"));
    assert_has(
        &read(&steps, "metropipe.rs"),
        &["fn classify", "fn move_", "fn greet"],
    );
}

#[test]
fn a_unified_file_that_somebody_changed_is_not_touched() {
    let scratch = scratch();
    let unify = ["greet", "services.py", "--unify", "--target", "rust"];
    scratch.metropipe_ok([&["export", "classify", "services.py"], &unify[2..]].concat());
    let text = read(&scratch, "metropipe.rs");
    scratch.write("metropipe.rs", text.replacen("classify", "clasify", 1));
    assert_has(
        &refuses(&scratch, &unify),
        &["metropipe.rs: was changed by hand", "--force"],
    );
    scratch.write(
        "metropipe.rs",
        text.replacen(env!("CARGO_PKG_VERSION"), "0.0.7", 1),
    );
    assert_has(
        &refuses(&scratch, &unify),
        &["another version", "(classify)"],
    );
    scratch.metropipe_ok([&["export"], &unify[..], &["--force"]].concat());
    assert!(!read(&scratch, "metropipe.rs").contains("classify"));
}

#[test]
fn two_records_of_one_name_do_not_share_a_unified_file() {
    let scratch = scratch();
    scratch.write(
        "other.py",
        SERVICES
            .replace("    y: int", "    z: int")
            .replace("def move", "def turn"),
    );
    let unify = ["--unify", "--target", "rust"];
    scratch.metropipe_ok([&["export", "move", "services.py"], &unify[..]].concat());
    let said = refuses(&scratch, &[&["turn", "other.py"], &unify[..]].concat());
    assert_has(
        &said,
        &["metropipe.rs: record Point is not the same in move of services.py and turn of other.py"],
    );
    scratch.write("again.py", SERVICES);
    let said = refuses(&scratch, &[&["move", "again.py"], &unify[..]].concat());
    assert_has(
        &said,
        &["holds move of services.py; it would be replaced by move of again.py"],
    );
}

#[test]
fn check_shows_what_differs_and_writes_nothing() {
    let scratch = scratch();
    let check = [
        "export",
        "classify",
        "services.py",
        "--target",
        "rust",
        "--check",
    ];
    let output = scratch.metropipe(check);
    assert_eq!(output.status.code(), Some(1));
    assert_has(
        &String::from_utf8_lossy(&output.stdout),
        &["--- /dev/null\n+++ b/metropipe/classify/stub.rs\n@@ -0,0 +1,"],
    );
    assert!(tree(&scratch).is_empty());
    for mode in ["--namespace", "--unify"] {
        let args = [&check[..5], &[mode]].concat();
        scratch.metropipe_ok(args.clone());
        assert_eq!(scratch.metropipe_ok([&args[..], &["--check"]].concat()), "");
    }
    scratch.write("services.py", SERVICES.replace("k: int", "k: bool"));
    let before = tree(&scratch);
    let output = scratch.metropipe(check);
    assert_eq!(output.status.code(), Some(1));
    let diff = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_has(
        &diff,
        &[
            "--- a/metropipe/classify/stub.rs\n",
            "-// Canonical    (string[256],i32,f32,bool)->f32\n",
            "+// Canonical    (string[256],bool,f32,bool)->f32\n",
        ],
    );
    let json = scratch.metropipe([&check[..], &["--format", "json"]].concat());
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["files"][0]["change"], "replaced");
    assert_eq!(tree(&scratch), before);
}

#[test]
fn a_dry_run_lists_what_a_run_would_write() {
    let scratch = scratch();
    let args = ["export", "--all", "services.py", "--flat"];
    let text = scratch.metropipe_ok([&args[..], &["--dry-run"]].concat());
    assert!(tree(&scratch).is_empty());
    scratch.metropipe_ok(args);
    let mut listed: Vec<String> = text
        .lines()
        .filter_map(|line| {
            line.strip_suffix("  would be created")?
                .split_whitespace()
                .last()
        })
        .map(String::from)
        .collect();
    listed.sort();
    assert_eq!(listed, files(&scratch));
    refuses(&scratch, &["greet", "services.py", "--check", "--dry-run"]);
}

#[test]
fn a_file_of_somebody_else_is_never_overwritten() {
    let scratch = scratch();
    for content in [&b"mod mine;\n"[..], b"\xff\xfe", b""] {
        scratch.write("metropipe/classify/stub.rs", content);
        let said = refuses(&scratch, &["classify", "services.py"]);
        assert_has(
            &said,
            &[
                "metropipe/classify/stub.rs: was not written by metropipe",
                "--force",
            ],
        );
        assert_eq!(
            refuses(&scratch, &["classify", "services.py", "--dry-run"]),
            said
        );
    }
    scratch.write("metropipe.rs", "mod mine;\n");
    assert_has(
        &refuses(&scratch, &["classify", "services.py", "--unify"]),
        &["metropipe.rs: was not written"],
    );
    scratch.metropipe_ok(["export", "classify", "services.py", "--force"]);
    assert_has(
        &read(&scratch, "metropipe/classify/stub.rs"),
        &["Code generated by metropipe"],
    );
}

#[test]
fn an_error_in_the_middle_leaves_nothing_not_even_a_folder() {
    let scratch = scratch();
    // The last function cannot be written where a file stands in the way of its folder.
    scratch.write("metropipe/move", "a file");
    let said = refuses(&scratch, &["classify,greet,move", "services.py"]);
    assert_has(&said, &["metropipe/move: is in the way of a folder"]);
    std::fs::remove_file(scratch.join("metropipe/move")).unwrap();
    // And where a folder stands in the way of a file.
    std::fs::create_dir_all(scratch.join("metropipe/move/stub.rs")).unwrap();
    let said = refuses(&scratch, &["classify,greet,move", "services.py"]);
    assert_has(&said, &["metropipe/move/stub.rs: is no regular file"]);
    std::fs::remove_dir_all(scratch.join("metropipe")).unwrap();
    scratch.write("metropipe", "a file");
    assert_has(
        &refuses(&scratch, &["greet", "services.py"]),
        &["metropipe: is in the way of a folder"],
    );
    assert_has(
        &refuses(
            &scratch,
            &["greet", "services.py", "--out", "services.py/gen"],
        ),
        &["services.py"],
    );
}

#[test]
fn nothing_is_written_through_links() {
    let scratch = scratch();
    std::fs::create_dir(scratch.join("elsewhere")).unwrap();
    symlink("elsewhere", scratch.join("metropipe")).unwrap();
    for args in [
        &["greet", "services.py"][..],
        &["greet", "services.py", "--out", "metropipe/"],
    ] {
        assert_has(&refuses(&scratch, args), &["metropipe: is a symbolic link"]);
        refuses(&scratch, &[args, &["--force"]].concat());
    }
    std::fs::remove_file(scratch.join("metropipe")).unwrap();
    std::fs::create_dir(scratch.join("metropipe")).unwrap();
    symlink("../elsewhere", scratch.join("metropipe/greet")).unwrap();
    assert_has(
        &refuses(&scratch, &["greet", "services.py"]),
        &["metropipe/greet: is a symbolic link"],
    );
    std::fs::remove_file(scratch.join("metropipe/greet")).unwrap();
    std::fs::create_dir(scratch.join("metropipe/greet")).unwrap();
    symlink("../../services.py", scratch.join("metropipe/greet/stub.rs")).unwrap();
    let said = refuses(&scratch, &["greet", "services.py", "--force"]);
    assert_has(&said, &["metropipe/greet/stub.rs: is a symbolic link"]);
}

#[test]
fn a_folder_that_is_not_ours_is_refused() {
    let scratch = scratch();
    let folder = scratch.join("metropipe");
    std::fs::create_dir(&folder).unwrap();
    // Only root may give a folder away; for others one without permission is as foreign.
    if std::os::unix::fs::chown(&folder, Some(12345), None).is_ok() {
        assert_has(
            &refuses(&scratch, &["greet", "services.py"]),
            &["metropipe: belongs to user 12345, and you are user 0"],
        );
        scratch.metropipe_ok(["export", "greet", "services.py", "--force"]);
    } else {
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o555)).unwrap();
        assert_has(
            &refuses(&scratch, &["greet", "services.py"]),
            &["permission denied"],
        );
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
    }
}

/// A limit on the size of files fails in the middle of writing, as a full disk does, and needs no rights.
#[test]
fn a_disk_that_is_full_leaves_what_was_there() {
    let scratch = scratch();
    scratch.metropipe_ok(["export", "greet", "services.py"]);
    scratch.write("services.py", SERVICES.replace("who: str", "who: bytes"));
    let before = tree(&scratch);
    for blocks in [0, 1, 8, 16] {
        let mut shell = scratch.command("bash");
        let script = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec \"$METROPIPE\" export greet,classify services.py 2>&1 | cat"
        );
        let output = shell.args(["-c", &script]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert_has(
            &text,
            &["cannot be written: file too large; nothing was written"],
        );
        assert_eq!(tree(&scratch), before, "{blocks}: {text}");
    }
}

#[test]
fn a_signal_in_the_middle_leaves_nothing() {
    let scratch = scratch();
    let many: String = (0..3000)
        .map(|number| format!("def f{number}(a: int) -> int: ...\n"))
        .collect();
    scratch.write("many.py", many);
    let mut command = scratch.command(METROPIPE);
    command.args(["export", "--all", "many.py"]);
    let mut running = support::Running::start(command);
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !scratch.join("metropipe").exists() {
        assert!(std::time::Instant::now() < end);
        std::thread::yield_now();
    }
    running.signal(libc::SIGINT);
    let status = running.wait_for(std::time::Duration::from_secs(30));
    assert_eq!(status.code(), Some(2));
    assert!(!scratch.join("metropipe").exists());
}

#[test]
fn the_project_file_says_what_nobody_wants_to_type() {
    let scratch = scratch();
    scratch.write(
        "metropipe.toml",
        "[export]\ntargets = [\"rust\", \"go\"]\nout = \"gen\"\nmode = \"flat\"\n\n[layout]\nstring-size = 64\n\n\
         [[function]]\nname = \"greet\"\nsource = \"services.py\"\nchannel = \"hello\"\ntargets = [\"python\"]\n\n\
         [[function]]\nname = \"loads\"\nsource = \"services.py\"\noverrides = { config = \"json[512]\" }\nwide = true\n",
    );
    std::fs::create_dir(scratch.join("below")).unwrap();
    let mut below = scratch.command(METROPIPE);
    let output = below
        .arg("export")
        .current_dir(scratch.join("below"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let files = files(&scratch);
    for file in [
        "gen/greet.py",
        "gen/greet_provider.py",
        "gen/loads.rs",
        "gen/loads.go",
        "gen/loads_provider.py",
    ] {
        assert!(files.contains(&file.to_string()), "{file} of {files:?}");
    }
    assert!(!files.contains(&"gen/greet.rs".to_string()));
    assert_has(
        &read(&scratch, "gen/greet.py"),
        &[
            "(string[64])->string[64]",
            "\"hello\"",
            "Source       services.py",
        ],
    );
    assert_has(
        &read(&scratch, "gen/loads.rs"),
        &["(json[512])->bytes[4096]"],
    );
    // From everywhere in the project the same bytes come out.
    assert_eq!(scratch.metropipe_ok(["export", "--check"]), "");
    let json: Value = serde_json::from_str(&scratch.metropipe_ok([
        "layout",
        "greet",
        "services.py",
        "--format",
        "json",
    ]))
    .unwrap();
    assert_eq!(
        (json["channel"].as_str(), json["canonical"].as_str()),
        (Some("hello"), Some("(string[64])->string[64]"))
    );
    // What is typed counts more.
    scratch.metropipe_ok([
        "export",
        "greet",
        "services.py",
        "--namespace",
        "--out",
        "typed",
        "--target",
        "java",
        "--channel",
        "other",
    ]);
    assert_has(&read(&scratch, "typed/greet/stub.java"), &["other"]);
}

#[test]
fn mistakes_in_the_project_file_have_a_place() {
    let scratch = scratch();
    for (text, said_of) in [
        ("[export]\ntargets = 3\n", "metropipe.toml:2:11: "),
        (
            "[layout]\nwied = true\n",
            "metropipe.toml:2:1: unknown field `wied`",
        ),
        (
            "[[function]]\nname = \"x\"\n",
            "metropipe.toml:1:1: missing field `source`",
        ),
        ("[export\n", "metropipe.toml:1:"),
        ("[export]\nmode = \"round\"\n", "metropipe.toml:2:8: "),
        ("", "metropipe.toml: has no [[function]] to export"),
        (
            "[[function]]\nname = \"grete\"\nsource = \"services.py\"\n",
            "services.py: no function is named grete; did you mean greet?",
        ),
        (
            "[[function]]\nname = \"greet\"\nsource = \"gone.py\"\n",
            "gone.py: cannot be read",
        ),
        (
            "[[function]]\nname = \"greet\"\nsource = \"services.py\"\noverrides = { who = \"strng\" }\n",
            "services.py:",
        ),
    ] {
        scratch.write("metropipe.toml", text);
        let said = refuses(&scratch, &[]);
        assert!(said.starts_with(said_of), "{text}: {said}");
    }
    std::fs::remove_file(scratch.join("metropipe.toml")).unwrap();
    assert_has(
        &refuses(&scratch, &[]),
        &["nothing to export", "metropipe export classify services.py"],
    );
    assert_has(
        &refuses(&scratch, &["greet"]),
        &["the source of greet is missing"],
    );
    assert_has(
        &refuses(&scratch, &["services.py"]),
        &["name the function before it", "--all"],
    );
}

#[test]
fn a_channel_has_a_name_that_makes_a_path() {
    let scratch = scratch();
    for name in [
        "../x",
        "",
        "a/b",
        ".hidden",
        "9lives",
        "größe",
        "a b",
        &"x".repeat(65),
    ] {
        let said = refuses(&scratch, &["greet", "services.py", "--channel", name]);
        assert_has(
            &said,
            &[
                "services.py:15:5: greet: no channel can be named",
                "--channel",
            ],
        );
    }
    scratch.write("words.py", "def größe(a: int) -> int:\n    return a\n");
    assert_has(
        &refuses(&scratch, &["größe", "words.py"]),
        &["words.py:1:5: größe: no channel can be named größe"],
    );
    scratch.metropipe_ok(["export", "größe", "words.py", "--channel", "groesse"]);
    let said = refuses(&scratch, &["greet,move", "services.py", "--channel", "one"]);
    assert_has(&said, &["both serve the channel one"]);
    scratch.write(
        "twice.py",
        "class A:\n    @staticmethod\n    def b() -> None: ...\n\n\ndef A_b() -> None: ...\n",
    );
    assert_has(
        &refuses(&scratch, &["A.b,A_b", "twice.py"]),
        &["would stand in the same files"],
    );
}

#[test]
fn the_command_that_is_printed_starts_the_provider_wherever_it_stands() {
    let scratch = Scratch::new();
    let source = "odd 'folder'\n$(x)/ser vices*\\u000a.py";
    scratch.write(source, SERVICES);
    for out in ["my stubs' \"folder\"", "../outside", "metropipe"] {
        let folder = scratch.join("work here");
        std::fs::create_dir_all(&folder).unwrap();
        let mut command = scratch.command(METROPIPE);
        let source = format!("../{source}");
        command.args(["export", "greet", &source, "--out", out, "--format", "json"]);
        let output = command.current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let start = json["start"]["greet"].as_str().unwrap();
        let mut shell = Command::new("bash");
        shell
            .args(["-c", &format!("exec {start}")])
            .current_dir(&folder);
        shell.env("METROPIPE_DIR", scratch.channels());
        drop(start_provider(shell));
        // Whatever the path is, the header stays a comment of as many lines.
        let header = std::fs::read_to_string(folder.join(out).join("greet/stub.rs")).unwrap();
        let comments = header
            .lines()
            .take_while(|line| line.starts_with("//"))
            .count();
        assert_eq!(comments, 6, "{header}");
    }
}
