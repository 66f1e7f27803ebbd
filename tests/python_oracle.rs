//! The Python reader against Python: names, parameters, places and docstrings of the standard library's
//! own sources, as Python's `ast` module sees them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use metropipe::signature::{Function, Passing};
use metropipe::source::{Found, Options, Source, Untyped};
use serde_json::Value;

/// Bytes of sources: as much as a debug build reads in a few seconds.
const BYTES: usize = 4_000_000;

#[test]
fn the_standard_library_is_read_as_python_reads_it() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python_oracle/names.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(BYTES.to_string())
        .output()
        .expect("python3 starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut counts = Counts::default();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let seen: Value = serde_json::from_str(line).unwrap();
        compare(&seen, &mut counts);
    }
    assert!(
        counts.files > 100 && counts.functions > 5_000 && counts.parameters > 2_000,
        "too little was compared: {counts:?}"
    );
    assert!(
        counts.differences.is_empty(),
        "{} of {} functions differ:\n{}",
        counts.differences.len(),
        counts.functions,
        counts.differences.join("\n")
    );
    println!("{counts:?}");
}

#[derive(Debug, Default)]
struct Counts {
    files: usize,
    functions: usize,
    parameters: usize,
    differences: Vec<String>,
}

fn compare(seen: &Value, counts: &mut Counts) {
    counts.files += 1;
    let path = Path::new(seen["file"].as_str().unwrap());
    // Types are asked for as JSON, so that parameters without them are compared, too.
    let options = Options {
        untyped: Untyped::Json,
        ..Options::default()
    };
    let source = Source::open(path).unwrap();
    let found = source.read(&options);
    let mut ours: BTreeMap<(String, u64), &Found> = BTreeMap::new();
    for one in &found {
        let line = match one {
            Found::Function(function) => function.place.line,
            Found::Refusal(refusal) => refusal.declared.line,
        };
        ours.insert((one.name().to_string(), line.into()), one);
    }
    let mut differ = |what: String| {
        counts
            .differences
            .push(format!("{}: {what}", path.display()));
    };
    for function in seen["functions"].as_array().unwrap() {
        counts.functions += 1;
        let name = function["name"].as_str().unwrap();
        let line = function["line"].as_u64().unwrap();
        match ours.remove(&(name.to_string(), line)) {
            Some(Found::Function(read)) => {
                counts.parameters += read.parameters.len();
                if let Some(what) = difference(function, read) {
                    differ(format!("{name} (line {line}): {what}"));
                }
            }
            Some(Found::Refusal(refusal)) => {
                if refusal.reason.contains("syntax error") {
                    differ(format!("{refusal}"));
                }
            }
            None if function["accessor"] == true => {}
            None => differ(format!("{name} (line {line}) is not seen")),
        }
    }
    for (name, line) in ours.into_keys() {
        differ(format!("{name} (line {line}) is seen and is none"));
    }
}

fn difference(seen: &Value, read: &Function) -> Option<String> {
    let expected: Vec<String> = seen["params"]
        .as_array()?
        .iter()
        .map(|parameter| {
            format!(
                "{}{} at {}:{}",
                parameter[1].as_str().unwrap_or_default(),
                parameter[0].as_str().unwrap_or_default(),
                parameter[2],
                parameter[3]
            )
        })
        .collect();
    let found: Vec<String> = read
        .parameters
        .iter()
        .map(|parameter| {
            let mark = match parameter.passing {
                Passing::Either => "",
                Passing::PositionalOnly => "/",
                Passing::KeywordOnly => "*",
            };
            format!("{mark}{} at {}", parameter.name, parameter.place)
        })
        .collect();
    // A class method's first parameter is the class.
    let is_method = read.name.contains('.');
    let same = expected == found
        || (is_method
            && expected.first().is_some_and(|first| first.contains("cls"))
            && expected[1..] == found)
        || (is_method && expected.get(1..) == Some(&found));
    if !same {
        return Some(format!("Python sees {expected:?}, we {found:?}"));
    }
    if seen["async"] != read.is_async {
        return Some(format!("is async: Python says {}", seen["async"]));
    }
    let doc = seen["doc"].as_str().filter(|doc| !doc.trim().is_empty());
    // Python keeps blanks at line ends and a last line of blanks; a reader sees neither.
    let trimmed = |doc: &str| {
        let lines: Vec<&str> = doc.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_string()
    };
    let (doc, ours) = (doc.map(trimmed), read.doc.as_deref().map(trimmed));
    (doc != ours).then(|| format!("Python's docstring is {doc:?}, ours {ours:?}"))
}
