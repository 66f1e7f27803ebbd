//! The commands that only look: what they print, with which status, and what they say to bad input.

mod support;

use std::process::{Command, Output, Stdio};

use serde_json::Value;
use support::{METROPIPE, Scratch};

const OTHER_NAME: &str = env!("CARGO_BIN_EXE_metropipe-lsp");

const SERVICES: &str = r#"from dataclasses import dataclass


@dataclass
class Point:
    x: float
    y: int


def classify(text: str, k: int, threshold: float, flag: bool) -> float:
    """Score a text."""
    return 1.0


class Shop:
    @staticmethod
    def price(item: str, at: Point) -> None:
        pass


def loads(config: dict[str, int]) -> bytes:
    return b""
"#;

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("services.py", SERVICES);
    scratch
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// The command fails with `status`; what it said on standard error.
#[track_caller]
fn fails(scratch: &Scratch, status: i32, args: &[&str]) -> String {
    let output = scratch.metropipe(args);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(status), "{args:?}: {said}");
    assert!(!said.contains('\u{1b}'), "no colour in a pipe: {said:?}");
    said
}

#[track_caller]
fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in: {text}");
    }
}

#[test]
fn both_names_of_the_program_behave_alike() {
    let scratch = scratch();
    let commands: [&[&str]; 6] = [
        &["functions", "services.py"],
        &["layout", "classify", "services.py", "--format", "json"],
        &["layout", "classify", "services.py", "--format", "svg"],
        &["layout", "clasify", "services.py"],
        &["export", "classify", "services.py", "--dry-run"],
        &[],
    ];
    for args in commands {
        let one = scratch.metropipe(args);
        let other = scratch.command(OTHER_NAME).args(args).output().unwrap();
        assert_eq!(one, other, "{args:?}");
    }
}

#[test]
fn functions_lists_what_can_be_exported_and_why_the_rest_cannot() {
    let scratch = scratch();
    let text = scratch.metropipe_ok(["functions", "services.py"]);
    assert_has(
        &text,
        &[
            "classify       10  (text: string[256], k: i32, threshold: f32, flag: bool) -> f32\n",
            "Shop.price     17  (item: string[256], at: struct{f32,i32}) -> unit\n",
            "Cannot be exported:\nservices.py:21:19: loads: config: ",
        ],
    );
    let json: Value = serde_json::from_str(&scratch.metropipe_ok([
        "functions",
        "services.py",
        "--format",
        "json",
    ]))
    .unwrap();
    let names: Vec<&str> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["function"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["classify", "Shop.price", "loads"]);
    let loads = json[2].as_object().unwrap();
    assert_eq!(
        loads.keys().collect::<Vec<_>>(),
        ["function", "line", "error", "param"]
    );
    assert_eq!(
        (loads["line"].clone(), loads["param"].clone()),
        (21.into(), "config".into())
    );
    assert!(json[0].get("canonical").is_some());
}

#[test]
fn the_layout_as_json_is_the_one_that_the_format_names() {
    let text = scratch().metropipe_ok(["layout", "classify", "services.py", "--format", "json"]);
    let json: Value = serde_json::from_str(&text).unwrap();
    let expected = serde_json::json!({
        "function": "classify", "language": "python", "source": "services.py", "line": 10,
        "channel": "classify", "canonical": "(string[256],i32,f32,bool)->f32", "fingerprint": "0x721e9568",
        "params": [
            {"name": "text", "source_type": "str", "type": "string[256]", "offset": 0, "size": 256, "align": 4},
            {"name": "k", "source_type": "int", "type": "i32", "offset": 256, "size": 4, "align": 4},
            {"name": "threshold", "source_type": "float", "type": "f32", "offset": 260, "size": 4, "align": 4},
            {"name": "flag", "source_type": "bool", "type": "bool", "offset": 264, "size": 1, "align": 1}],
        "results": [{"name": "result", "source_type": "float", "type": "f32", "offset": 272, "size": 4, "align": 4}],
        "request_size": 265, "payload_size": 276, "capacity": 4096,
        "notes": ["threshold: Python float is stored as f32; use --wide for f64"]
    });
    assert_eq!(json, expected);
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&json), keys(&expected), "the order, too");
}

#[test]
fn the_layout_as_a_table_shows_offsets_and_the_fields_of_records() {
    let scratch = scratch();
    let output = scratch.metropipe(["layout", "Shop.price", "services.py"]);
    let table = String::from_utf8(output.stdout.clone()).unwrap();
    assert_has(
        &table,
        &[
            "Shop.price  (string[256],struct{f32,i32})->unit\n",
            "item  str          string[256]        0    0x0    256\n",
            "at    Point        struct Point     256  0x100      8\n",
            "  x   float        f32              256  0x100      4\n",
            "  y   int          i32              260  0x104      4\n",
        ],
    );
    assert!(table.lines().all(|line| line == line.trim_end()), "{table}");
    assert_has(
        &said(&output),
        &["note: at: Python float is stored as f32; use --wide for f64"],
    );
    let wide = scratch.metropipe_ok([
        "layout",
        "classify",
        "services.py",
        "--wide",
        "--string-size",
        "1024",
    ]);
    assert_has(&wide, &["(string[1024],i64,f64,bool)->f64"]);
}

#[test]
fn the_layout_as_a_picture_is_one_document_without_a_script() {
    let scratch = scratch();
    scratch.write(
        "odd.py",
        "def odd(a: \"list['str']\", zwölf_boxkämpfer_jagen_viktor_quer_über: bytes) -> None: ...\n",
    );
    for args in [
        ["classify", "services.py"],
        ["Shop.price", "services.py"],
        ["odd", "odd.py"],
    ] {
        let svg = scratch.metropipe_ok(["layout", args[0], args[1], "--format", "svg"]);
        assert_has(
            &svg,
            &[
                "<svg xmlns=",
                "prefers-color-scheme: dark",
                "</svg>\n",
                "<title>",
            ],
        );
        for never in ["<script", "href", "onload", "<<", "&'"] {
            assert!(!svg.contains(never), "{never} in {svg}");
        }
        let (opened, closed) = (svg.matches("<text").count(), svg.matches("</text>").count());
        assert_eq!(opened, closed);
        let mut python = scratch.command("python3");
        python.args([
            "-c",
            "import sys, xml.dom.minidom as m; m.parse(sys.argv[1])",
        ]);
        let file = scratch.write("layout.svg", &svg);
        assert!(python.arg(file).status().unwrap().success(), "{svg}");
    }
}

#[test]
fn an_unknown_function_is_answered_with_the_nearest_and_with_the_way_to_all() {
    let scratch = scratch();
    for command in ["layout", "export"] {
        let said = fails(&scratch, 2, &[command, "clasify", "services.py"]);
        assert_eq!(
            said,
            "services.py: no function is named clasify; did you mean classify? `metropipe functions services.py` lists all\n"
        );
    }
    let said = fails(&scratch, 2, &["layout", "price", "services.py"]);
    assert_has(&said, &["did you mean Shop.price?"]);
    let said = fails(
        &scratch,
        2,
        &["layout", "zzz", "services.py", "--format", "json"],
    );
    let json: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(json["function"], "zzz");
    assert_eq!(json["file"], "services.py");
}

#[test]
fn what_cannot_be_exported_is_said_at_its_place() {
    let scratch = scratch();
    let said = fails(&scratch, 2, &["layout", "loads", "services.py"]);
    assert_has(
        &said,
        &["services.py:21:19: loads: config: dict[str, int] "],
    );
    let said = fails(
        &scratch,
        2,
        &["export", "loads", "services.py", "--format=json"],
    );
    let json: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(json["line"], 21);
    assert_eq!(json["column"], 19);
    assert_eq!(json["param"], "config");
    let asked = scratch.metropipe_ok(["layout", "loads", "services.py", "--json"]);
    assert_has(&asked, &["(json[4096])->bytes[4096]"]);
}

#[test]
fn a_source_that_cannot_be_read_is_said_so() {
    let scratch = scratch();
    scratch.write("latin.py", b"def f(a: int) -> int: ...\nx = '\xe9'\n");
    scratch.write("data.zig", "fn f() void {}");
    std::fs::create_dir(scratch.join("folder.py")).unwrap();
    let made = Command::new("mkfifo").arg(scratch.join("fifo.py")).status();
    assert!(made.unwrap().success());
    for (source, why) in [
        (
            "absent.py",
            "absent.py: cannot be read: no such file or directory\n",
        ),
        ("latin.py", "latin.py:2:6: "),
        (
            "data.zig",
            "data.zig: no source language has this extension",
        ),
        ("folder.py", "folder.py: "),
        ("fifo.py", "fifo.py: "),
        (
            "services.py/x.py",
            "services.py/x.py: cannot be read: not a directory\n",
        ),
    ] {
        let said = fails(&scratch, 2, &["functions", source]);
        assert!(said.starts_with(why), "{source}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn a_mistake_elsewhere_in_the_source_does_not_matter() {
    let scratch = scratch();
    scratch.write(
        "broken.py",
        "def good(a: int) -> int:\n    return a\n\nx = = 3 (((\n\ndef also(b: str) -> str:\n    return b\n",
    );
    assert_has(
        &scratch.metropipe_ok(["functions", "broken.py"]),
        &["good", "(a: i32) -> i32"],
    );
    scratch.metropipe_ok(["layout", "good", "broken.py"]);
}

#[test]
fn nothing_that_is_typed_or_read_commands_the_terminal() {
    let scratch = scratch();
    let hostile = "\u{1b}]0;x\u{7}\nerror: f\u{202e}";
    let said = fails(&scratch, 2, &["layout", hostile, "services.py"]);
    assert_has(&said, &["\\u{1b}]0;x\\u{7}\\u{a}error: f\\u{202e}"]);
    assert_eq!(said.lines().count(), 1, "{said:?}");
    for name in [
        "../../etc/passwd",
        "",
        "a;rm -rf",
        "--",
        "%s%n",
        "classify\0",
    ] {
        if !name.contains('\0') {
            fails(&scratch, 2, &["layout", name, "services.py"]);
        }
    }
}

#[test]
fn wrong_usage_is_status_2_in_words_or_in_json() {
    let scratch = scratch();
    let said = fails(&scratch, 2, &["layuot", "classify", "services.py"]);
    assert_has(&said, &["'layuot'", "layout"]);
    fails(&scratch, 2, &["layout"]);
    fails(
        &scratch,
        2,
        &["layout", "classify", "services.py", "--raw", "--json"],
    );
    let said = fails(&scratch, 2, &["layout", "--format", "json"]);
    let json: Value = serde_json::from_str(&said).unwrap();
    assert_has(json["error"].as_str().unwrap(), &["required"]);
}

#[test]
fn without_a_command_it_says_what_there_is() {
    let scratch = scratch();
    assert_has(
        &fails(&scratch, 2, &[]),
        &["language server", "metropipe --help"],
    );
    assert_has(&fails(&scratch, 2, &["--stdio"]), &["language server"]);
    let help = scratch.metropipe_ok(["--help"]);
    assert_has(
        &help,
        &["export", "layout", "functions", "demo", "completions"],
    );
    assert_has(
        &scratch.metropipe_ok(["--version"]),
        &[env!("CARGO_PKG_VERSION")],
    );
}

#[test]
fn on_a_terminal_it_shows_the_help_and_colours() {
    let scratch = scratch();
    let mut python = scratch.command("python3");
    python.args([
        "-c",
        "import os, pty, sys\n\
         for args in ([], ['functions', 'services.py']):\n\
         \x20   os.environ['TERM'] = 'xterm'\n\
         \x20   status = pty.spawn([sys.argv[1], *args])\n\
         \x20   assert status == 0, status\n",
        METROPIPE,
    ]);
    python.env_remove("NO_COLOR").stdin(Stdio::null());
    let output = python.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", said(&output));
    assert_has(&text, &["Usage:", "\u{1b}[1mclassify\u{1b}[0m"]);
}

#[test]
fn whoever_stops_reading_gets_no_complaint() {
    let scratch = scratch();
    let many: String = (0..5000)
        .map(|number| format!("def f{number}(a: int) -> int: ...\n"))
        .collect();
    scratch.write("many.py", many);
    let mut shell = scratch.command("bash");
    shell.args([
        "-c",
        "set -o pipefail; \"$METROPIPE\" functions many.py | head -1",
    ]);
    let output = shell.output().unwrap();
    assert_eq!(
        (said(&output).as_str(), output.status.code()),
        ("", Some(0))
    );
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = scratch.command(METROPIPE);
    let output = command
        .args(["functions", "many.py"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_has(
        &said(&output),
        &["cannot be written: no space left on device"],
    );
}

#[test]
fn shells_complete_and_the_manual_is_a_manual() {
    let scratch = scratch();
    for (shell, check) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef"),
        ("fish", "complete -c"),
    ] {
        let script = scratch.metropipe_ok(["completions", shell]);
        assert_has(&script, &[check, "export", "functions"]);
        let other = scratch
            .command(OTHER_NAME)
            .args(["completions", shell])
            .output()
            .unwrap();
        assert_has(&String::from_utf8_lossy(&other.stdout), &["metropipe-lsp"]);
    }
    let file = scratch.write("complete.sh", scratch.metropipe_ok(["completions", "bash"]));
    assert!(
        scratch
            .command("bash")
            .arg("-n")
            .arg(file)
            .status()
            .unwrap()
            .success()
    );
    fails(&scratch, 2, &["completions", "tcsh"]);
    let page = scratch.metropipe_ok(["man"]);
    assert_has(
        &page,
        &[
            ".TH",
            ".SH EXPORT",
            ".SS OPTIONS",
            "Write nothing; list what would be written",
        ],
    );
}
