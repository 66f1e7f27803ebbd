//! The commands `call` and `ping` against a real provider.

mod support;

use std::process::Output;

use support::{Running, Scratch, start_provider};

const SOURCE: &str = r#"
def classify(text: str, k: int, threshold: float, flag: bool) -> float:
    """Classify."""
    if text == "bad":
        raise ValueError("no\nsuch")
    return len(text) * k * threshold * (1 if flag else -1)

def split(text: str) -> list[str]:
    return text.split()

def raw(blob: bytes) -> bytes:
    return blob

def maybe(text: str | None) -> tuple[str | None, bool]:
    return text, text is None
"#;
const CLASSIFY: &str = "(text: string[256], k: i32, threshold: f32, flag: bool)->f32";

/// A scratch folder, and a provider of the function in it.
fn provider(function: &str) -> (Scratch, Running) {
    let scratch = Scratch::new();
    scratch.write("services.py", SOURCE);
    scratch.metropipe_ok(["export", function, "services.py", "--target", "bash"]);
    let mut command = scratch.command("python3");
    command.arg(format!("metropipe/{function}/provider.py"));
    let running = start_provider(command);
    (scratch, running)
}

#[track_caller]
fn says(output: &Output, status: i32, stdout: &[u8], stderr: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{said}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(stdout)
    );
    assert!(said.contains(stderr), "{said}");
}

#[test]
fn a_call_prints_its_result() {
    let (scratch, _provider) = provider("classify");
    let call = |signature: &str, arguments: &[&str]| {
        let mut words = vec!["call", "classify", "--signature", signature, "--"];
        words.extend(arguments);
        scratch.metropipe(words)
    };
    says(
        &call(CLASSIFY, &["text", "3", "0.5", "true"]),
        0,
        b"6\n",
        "",
    );
    says(
        &call(CLASSIFY, &["text", "-3", "0.1", "true"]),
        0,
        b"-1.2\n",
        "",
    );
    let bare = "(string[256],i32,f32,bool)->f32";
    says(&call(bare, &["text", "3", "0.5", "false"]), 0, b"-6\n", "");
    says(
        &call(bare, &["text", "x", "0.5", "false"]),
        2,
        b"",
        "classify: arg1: \"x\" was given, i32 takes a whole number",
    );
    says(
        &call(CLASSIFY, &["text", "2147483648", "0.5", "true"]),
        2,
        b"",
        "classify: k: 2147483648 does not fit i32, which holds -2147483648 to 2147483647",
    );
    says(
        &call(CLASSIFY, &["text", "3"]),
        2,
        b"",
        "classify: 2 arguments given, (text: string[256], k: i32, threshold: f32, flag: bool) takes 4",
    );
    says(
        &call(CLASSIFY, &["bad", "3", "0.5", "true"]),
        1,
        b"",
        "classify: ValueError: no\nsuch",
    );
    says(
        &call("(string[256])->f32", &["text"]),
        1,
        b"",
        "classify: the provider speaks (string[256],i32,f32,bool)->f32, this stub (string[256])->f32",
    );
    says(&call("(string[256]->f32", &["text"]), 2, b"", "column 13");
}

#[test]
fn json_goes_in_and_out() {
    let (scratch, _provider) = provider("split");
    let call = |arguments: &[&str]| {
        let mut words = vec![
            "call",
            "split",
            "--signature",
            "(text: string)->list<string,15>",
        ];
        words.extend(arguments);
        scratch.metropipe(words)
    };
    says(
        &call(&["--", "a  \u{e9}"]),
        0,
        "[\"a\",\"\u{e9}\"]\n".as_bytes(),
        "",
    );
    says(
        &call(&["--json", "--", "\"a\\tb\""]),
        0,
        b"[\"a\",\"b\"]\n",
        "",
    );
    says(
        &call(&["--json", "--", "\"\\u0000\""]),
        2,
        b"",
        "split: text: holds a NUL character",
    );
}

#[test]
fn bytes_are_printed_as_they_are() {
    let (scratch, _provider) = provider("raw");
    let call = |argument: &str| {
        let signature = "(blob: bytes)->bytes";
        scratch.metropipe(["call", "raw", "--signature", signature, "--", argument])
    };
    says(&call("@hex:1b5b33316d00"), 0, b"\x1b[31m\0", "");
    scratch.write("blob", [0, 10, 27, 91]);
    says(&call("@blob"), 0, b"\0\n\x1b[", "");
    says(&call("@nothing"), 2, b"", "raw: blob: nothing: ");
}

#[test]
fn options_are_null_and_several_results_an_array() {
    let (scratch, _provider) = provider("maybe");
    let call = |arguments: &[&str]| {
        let signature = "(text: opt<string>)->(opt<string>, bool)";
        let mut words = vec!["call", "maybe", "--signature", signature];
        words.extend(arguments);
        scratch.metropipe(words)
    };
    says(&call(&["--", "null"]), 0, b"[null,true]\n", "");
    says(&call(&["--", "none"]), 0, b"[\"none\",false]\n", "");
    says(
        &call(&["--json", "--", "\"null\""]),
        0,
        b"[\"null\",false]\n",
        "",
    );
}

#[test]
fn errors_are_json_objects_where_json_was_asked_for() {
    let scratch = Scratch::new();
    let output = scratch.metropipe([
        "call",
        "nobody",
        "--signature",
        "()->unit",
        "--format",
        "json",
        "--start",
        "start me",
    ]);
    says(&output, 1, b"", "");
    let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["kind"], "no-provider");
    assert_eq!(error["function"], "nobody");
    let text = error["error"].as_str().unwrap();
    assert!(
        text.ends_with("start one with: start me (the function was not run)"),
        "{text}"
    );

    let (scratch, _provider) = provider("classify");
    let words = [
        "call",
        "classify",
        "--format",
        "json",
        "--signature",
        CLASSIFY,
        "--",
    ];
    let words = words.into_iter().chain(["bad", "1", "1", "true"]);
    let output = scratch.metropipe(words);
    let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["kind"], "remote");
    assert_eq!(error["type"], "ValueError");
    assert_eq!(error["text"], "no\nsuch");
}

#[test]
fn a_time_limit_is_kept() {
    let scratch = Scratch::new();
    let call = |timeout: &str| {
        scratch.metropipe(["call", "f", "--signature", "()->unit", "--timeout", timeout])
    };
    for wrong in ["0", "soon", "-1", "inf", "nan"] {
        let output = call(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
    says(&call("0.5"), 1, b"", "f: no provider serves ");
}

#[test]
fn a_ping_times_round_trips() {
    let (scratch, _provider) = provider("classify");
    let text = scratch.metropipe_ok(["ping", "classify", "--count", "5"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 7, "{text}");
    assert!(lines[0].starts_with("classify (string[256],i32,f32,bool)->f32, provider "));
    assert!(lines[6].starts_with("min "), "{text}");

    let words = [
        "ping",
        "classify",
        "--count",
        "20",
        "--interval",
        "1",
        "--format",
        "json",
    ];
    let text = scratch.metropipe_ok(words);
    let object: serde_json::Value = serde_json::from_str(&text).unwrap();
    let times: Vec<f64> = ["min_us", "p50_us", "p99_us", "max_us"]
        .map(|key| object[key].as_f64().unwrap())
        .into();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(object["round_trips_us"].as_array().unwrap().len(), 20);

    let output = scratch.metropipe(["ping", "nobody"]);
    says(&output, 1, b"", "nobody: no provider serves ");
    let output = scratch.metropipe(["ping", "../etc"]);
    assert_ne!(output.status.code(), Some(0));
}
