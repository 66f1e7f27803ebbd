//! What the Python reader makes of sources: each `tests/python_source/*.py` beside what is read from
//! it, one line a function. `UPDATE=1 cargo test --test python_source` writes the second anew.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use metropipe::signature::{Literal, Passing, RecordKind, Type};
use metropipe::source::{Found, Missing, Options, Override, Source, SourceError, Untyped, find};

fn read(text: impl Into<Vec<u8>>) -> Vec<Found> {
    read_with(text, &Options::default())
}

fn read_with(text: impl Into<Vec<u8>>, options: &Options) -> Vec<Found> {
    Source::new(Path::new("services.py"), text)
        .expect("UTF-8")
        .read(options)
}

/// One function a line, as it is understood.
fn render(found: &[Found]) -> String {
    let mut out = String::new();
    for one in found {
        let _ = match one {
            Found::Refusal(refusal) => writeln!(
                out,
                "{} refused at {} ({}): {refusal}",
                refusal.declared,
                refusal.place,
                refusal.param.as_deref().unwrap_or("-")
            ),
            Found::Function(function) => {
                let parameters: Vec<String> = function
                    .parameters
                    .iter()
                    .map(|parameter| {
                        let mark = match parameter.passing {
                            Passing::Either => "",
                            Passing::PositionalOnly => "/",
                            Passing::KeywordOnly => "*",
                        };
                        let default = parameter
                            .default
                            .as_ref()
                            .map_or_else(String::new, |default| format!(" = {}", literal(default)));
                        format!(
                            "{mark}{}: {}{default}",
                            parameter.name,
                            spell(&parameter.ty)
                        )
                    })
                    .collect();
                writeln!(
                    out,
                    "{} {}{}({}) -> {}",
                    function.place,
                    if function.is_async { "async " } else { "" },
                    function.name,
                    parameters.join(", "),
                    spell(&function.result.ty)
                )
            }
        };
    }
    out
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::None => "None".into(),
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(value) => format!("{value:?}"),
        Literal::Text(value) => format!("{value:?}"),
    }
}

fn spell(ty: &Type) -> String {
    let size = |name: &str, size: &Option<u32>| match size {
        Some(size) => format!("{name}[{size}]"),
        None => name.into(),
    };
    match ty {
        Type::Bool => "bool".into(),
        Type::Int => "int".into(),
        Type::Float => "float".into(),
        Type::Number(number) => number.name().into(),
        Type::Text(given) => size("string", given),
        Type::Bytes(given) => size("bytes", given),
        Type::Json(given) => size("json", given),
        Type::Optional(inner) => format!("opt<{}>", spell(inner)),
        Type::Array(inner, count) => format!("[{};{count}]", spell(inner)),
        Type::List(inner, Some(limit)) => format!("list<{},{limit}>", spell(inner)),
        Type::List(inner, None) => format!("list<{}>", spell(inner)),
        Type::Unit => "unit".into(),
        Type::Record(record) => {
            let fields: Vec<String> = record
                .fields
                .iter()
                .map(|field| format!("{}: {}", field.name, spell(&field.ty)))
                .collect();
            let kind = match record.kind {
                RecordKind::Class => "class",
                RecordKind::Mapping => "mapping",
                RecordKind::Tuple => "tuple",
            };
            format!("{kind} {}{{{}}}", record.name, fields.join(", "))
        }
    }
}

#[test]
fn the_fixtures_are_read_as_written_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python_source");
    let mut sources: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|found| found == "py" || found == "pyi")
        })
        .collect();
    sources.sort();
    assert!(sources.len() >= 5);
    let mut wrong = String::new();
    for path in sources {
        let found = Source::open(&path).unwrap().read(&Options::default());
        let read = render(&found);
        let expected = path.with_extension("txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&expected, &read).unwrap();
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        for (left, right) in similar_lines(&expected, &read) {
            let _ = writeln!(
                wrong,
                "{}\n  expected {left}\n  found    {right}",
                path.display()
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn similar_lines(expected: &str, read: &str) -> Vec<(String, String)> {
    let count = expected.lines().count().max(read.lines().count());
    let line = |text: &str, index| text.lines().nth(index).unwrap_or("nothing").to_string();
    (0..count)
        .map(|index| (line(expected, index), line(read, index)))
        .filter(|(left, right)| left != right)
        .collect()
}

fn only(found: &[Found]) -> &Found {
    assert_eq!(found.len(), 1, "{}", render(found));
    &found[0]
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(render(&read(text)).trim_end(), expected, "{text}");
}

#[test]
fn bom_line_ends_and_tabs_move_no_place() {
    check("\u{feff}def f(a: int) -> int: ...", "1:5 f(a: int) -> int");
    check(
        "x = 1\r\nclass K:\r\n\t@staticmethod\r\n\tdef f(é: int,\r\n\t\tb: Quux) -> int:\r\n\t\tpass\r\n",
        "4:6 refused at 5:6 (b): K.f: b: Quux is not defined in this file; define or import it, or give a wire type with `# metropipe: b=...`",
    );
    check(
        "\rdef f(a: int) -> int:\r    pass\r",
        "2:5 f(a: int) -> int",
    );
}

#[test]
fn docstrings_are_what_python_shows() {
    let doc = |text: &str| match only(&read(text)) {
        Found::Function(function) => function.doc.clone(),
        Found::Refusal(refusal) => panic!("{refusal}"),
    };
    assert_eq!(
        doc("def f() -> None:\n    '''A \\\"quoted\\\" line.\\n\n      b */\n\n\tc\n    '''\n")
            .as_deref(),
        Some("A \"quoted\" line.\n\nb */\n\n  c")
    );
    assert_eq!(doc("def f() -> None: r'\\d'"), Some("\\d".into()));
    assert_eq!(doc("def f() -> None: 'a' \"b\""), Some("ab".into()));
    assert_eq!(doc("def f() -> None: b'bytes'"), None);
    assert_eq!(doc("def f() -> None: f'{x}'"), None);
    assert_eq!(doc("def f() -> None: '\\ud800'"), None);
    assert_eq!(
        doc("def f() -> None:\n    # comment\n    '''a\r\n    b'''"),
        Some("a\nb".into())
    );
}

#[test]
fn what_the_user_asks_for_takes_the_place_of_a_missing_row() {
    let text = "def f(a, b: dict[str, int], c: int, d: list[object]):\n    return a\n";
    let with = |untyped| {
        let options = Options {
            untyped,
            ..Options::default()
        };
        render(&read_with(text, &options))
    };
    assert_eq!(
        with(Untyped::Json).trim_end(),
        "1:5 f(a: json, b: json, c: int, d: json) -> json"
    );
    assert_eq!(
        with(Untyped::Raw).trim_end(),
        "1:5 f(a: bytes, b: bytes, c: int, d: bytes) -> bytes"
    );
    let asked = |text: &str| {
        render(&read_with(
            text,
            &Options {
                untyped: Untyped::Json,
                ..Options::default()
            },
        ))
    };
    assert_eq!(
        asked("def f(a: int): pass").trim_end(),
        "1:5 f(a: int) -> unit"
    );
    assert!(asked("def f(*a): pass").contains("takes any number"));
}

#[test]
fn overrides_from_outside_are_weaker_than_those_of_the_source() {
    let given = |param: &str, wire: &str| Override {
        function: "K.f".into(),
        param: param.into(),
        wire: wire.into(),
    };
    let options = Options {
        overrides: vec![
            given("a", "i8"),
            given("b", "i8"),
            given("c", "i8"),
            given("return", "list<u8,4>"),
        ],
        ..Options::default()
    };
    let text = "from typing import Annotated\nclass K:\n  # metropipe: a=i64\n  @staticmethod\n  def f(a: int, b: Annotated[int, 'i64'], c: int, d: int) -> list[int]: ...\n";
    assert_eq!(
        render(&read_with(text, &options)).trim_end(),
        "5:7 K.f(a: i64, b: i64, c: i8, d: int) -> list<u8,4>"
    );
}

#[test]
fn an_override_of_a_record_keeps_its_names() {
    check(
        "from typing import NamedTuple\nclass P(NamedTuple):\n  x: float\n  y: float\n# metropipe: a=struct{f64,y:f32}, return=opt<struct{f64,f64}>\ndef f(a: P) -> 'P | None': ...\n",
        "6:5 f(a: class P{x: f64, y: f32}) -> opt<class P{x: f64, y: f64}>",
    );
    check(
        "from typing import NamedTuple\nclass P(NamedTuple):\n  x: float\n# metropipe: a=struct{f64,f64}\ndef f(a: P) -> None: ...\n",
        "5:5 refused at 4:16 (a): f: a: the override has 2 fields and P has 1; give one wire type for each",
    );
}

#[test]
fn an_unknown_function_is_answered_with_the_nearest_names() {
    let found = read(
        "def classify() -> None: ...\ndef classes() -> None: ...\ndef sum_all() -> None: ...\nclass K:\n  @staticmethod\n  def made() -> None: ...\n  def other(self): ...\n",
    );
    let missing = |name: &str| find(&found, name).unwrap_err().to_string();
    assert_eq!(
        missing("clasify"),
        "clasify: no such function; did you mean classify or classes?"
    );
    assert_eq!(
        missing("made"),
        "made: no such function; did you mean K.made?"
    );
    assert_eq!(
        missing("zzz"),
        "zzz: no such function; `metropipe functions` lists those that there are"
    );
    assert!(matches!(find(&found, "K.other"), Err(Missing::Refused(_))));
    assert_eq!(find(&found, "K.made").unwrap().name, "K.made");
}

#[test]
fn sources_that_cannot_be_read_say_why() {
    let error = |path: &Path| Source::open(path).err().expect("an error").to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("latin.py");
    std::fs::write(&file, b"# ok\n# caf\xe9\n").unwrap();
    assert!(error(&file).ends_with("latin.py:2:6: byte 10 is no UTF-8; save the file as UTF-8"));
    assert!(matches!(
        Source::open(&file),
        Err(SourceError::NotUtf8 { offset: 10, .. })
    ));
    let file = folder.path().join("folder.py");
    std::fs::create_dir(&file).unwrap();
    assert!(error(&file).contains("is a folder or a device"));
    assert!(error(&folder.path().join("none.py")).contains("No such file"));
    assert!(error(Path::new("services.cob")).contains("known are .py .pyi"));
    assert!(error(Path::new("services")).contains("no source language"));
}
/// Deep nesting, long lines, odd characters: an answer each time, and no crash.
#[test]
fn hostile_sources_are_answered() {
    let many = 5_000;
    let deep = |open: &str, close: &str| format!("{}int{}", open.repeat(many), close.repeat(many));
    let sources = [
        format!("def f(a: {}) -> int: ...", deep("list[", "]")),
        format!("def f(a: {}) -> int: ...", deep("(", ")")),
        format!("def f(a: int = {}) -> int: ...", deep("(", ")")),
        format!("def f(a: {}int) -> int: ...", "int | ".repeat(many)),
        format!("def f(a: int = {}1) -> int: ...", "-".repeat(many)),
        format!(
            "X = {}1\ndef f(a: int * X) -> int: ...",
            "1 + ".repeat(many)
        ),
        format!("def f(a: '{}') -> int: ...", deep("list[", "]")),
        "class A:\n".to_string()
            + &(1..500)
                .map(|n| " ".repeat(n) + "class A:\n")
                .collect::<String>(),
        "def f():\n".to_string()
            + &(1..500)
                .map(|n| " ".repeat(n) + "if x:\n")
                .collect::<String>(),
        format!(
            "def f({}) -> int: ...",
            (0..many).map(|n| format!("é{n}: int,")).collect::<String>()
        ),
        "X = Y\nY = X\ndef f(a: X) -> int: ...".into(),
        "X = X\ndef f(a: X.Y) -> int: ...".into(),
        "X = 'X'\ndef f(a: X) -> int: ...".into(),
        "def f(a: X) -> int: ...\nX = list['X']\n".into(),
        "def f(a: int\0b) -> int: ...\n\0".into(),
        "def \u{202e}f(a: int) -> int: ...".into(),
        "def f(".into(),
        "class".into(),
        "\\".into(),
        "@".repeat(many),
        "(".repeat(many),
        "'''".into(),
        String::new(),
        (0..40).fold(
            "from dataclasses import dataclass\n@dataclass\nclass A0:\n  x: int\n".to_string(),
            |text, n| text + &format!("@dataclass\nclass A{}:\n  x: A{n}\n  y: A{n}\n", n + 1),
        ) + "def f(a: A40) -> int: ...\n",
    ];
    for text in sources {
        for one in read(text.as_str()) {
            if let Found::Refusal(refusal) = one {
                assert!(refusal.place.line >= 1 && refusal.place.column >= 1);
                assert!(!refusal.reason.is_empty());
            }
        }
    }
}

#[test]
fn stars_and_odd_imports_are_followed() {
    check(
        "from typing import *\nfrom ctypes import *\nfrom numpy import *\nfrom dataclasses import *\n@dataclass\nclass P:\n  x: c_int8\n@staticmethod\ndef f(a: Optional[P], b: List[float64], c: str, d: Foo) -> None: ...\n",
        "9:5 refused at 9:52 (d): f: d: Foo is not defined in this file; define or import it, or give a wire type with `# metropipe: d=...`",
    );
    check(
        "import typing as t, ctypes as c\nimport numpy.typing\nimport collections.abc as x, os.path\nfrom dataclasses import dataclass as record\n@record\nclass P:\n  x: c.c_int8\ndef f(a: t.Optional[P], b: x.Sequence[numpy.int8], c: \"t.Annotated['int', 'u8']\") -> None: ...\n",
        "8:5 f(a: opt<class P{x: i8}>, b: list<i8>, c: u8) -> unit",
    );
    check(
        "try:\n  import numpy as np\nexcept ImportError:\n  np = None\ntry:\n  from typing import Annotated\nexcept ImportError:\n  from typing_extensions import Annotated\ndef f(a: np.int8, b: Annotated[int, 'u8']) -> None: ...\n",
        "9:5 f(a: i8, b: u8) -> unit",
    );
}

#[test]
fn a_record_is_called_by_the_path_to_its_class() {
    check(
        "from typing import NamedTuple\nclass A:\n  P = NamedTuple('P', [('x', tuple[int, int])])\n  Q = P\n  @staticmethod\n  def f(a: P, b: Q, c: 'A.P') -> None: ...\n",
        "6:7 A.f(a: class A.P{x: tuple PX{item0: int, item1: int}}, b: class A.P{x: tuple PX{item0: int, item1: int}}, c: class A.P{x: tuple PX{item0: int, item1: int}}) -> unit",
    );
}

#[test]
fn a_name_that_is_missing_is_looked_for() {
    check(
        "class Point: pass\ndef f(a: Optional[int], b: Pont) -> None: ...\ndef g(b: Pont) -> None: ...",
        "2:5 refused at 2:10 (a): f: a: Optional is not imported; write `from typing import Optional`\n3:5 refused at 3:10 (b): g: b: Pont is not defined in this file; did you mean Point?",
    );
}

/// A file of a megabyte, and one whose names and texts are as odd as they may be.
#[test]
fn large_files_are_read_whole() {
    let body = "    text = text + str(k)\n".repeat(20);
    let one = format!(
        "def f{{}}(text: str, k: int = 3) -> 'float | None':\n    '''Docs.'''\n{body}    return 1.0\n\n\n"
    );
    let count = (1 << 20) / one.len() + 1;
    let text: String = (0..count)
        .map(|index| one.replace("{}", &index.to_string()))
        .collect();
    let found = read(text.as_str());
    assert_eq!(found.len(), count);
    assert_eq!(found[count - 1].place().line as usize, (count - 1) * 25 + 1);
    // A tenth of it with an error at its end: what stands before it is still there.
    let few = count / 10;
    let text: String = (0..few)
        .map(|index| one.replace("{}", &index.to_string()))
        .collect();
    let found = read(format!("{text}def broken(a: int\n"));
    assert_eq!(found.len(), few + 1);
    let refused = found.iter().filter(|one| matches!(one, Found::Refusal(_)));
    assert_eq!(refused.count(), 1);
}

mod mutations {
    use proptest::prelude::*;

    use super::*;

    const PIECES: [&str; 24] = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        "\"\"\"",
        "\\",
        "\n",
        "\r",
        "\t",
        "    ",
        "def ",
        "class ",
        "@",
        ":",
        "->",
        ", ",
        "# metropipe: a=",
        "async ",
        "\u{feff}",
        "é",
        "\0",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(120))]

        /// Whatever is cut out of a source or put into it: an answer with places that are in the text.
        #[test]
        fn every_text_is_answered(
            fixture in 0_usize..5,
            cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..40, 0_usize..PIECES.len()), 1..6),
        ) {
            let fixtures = [
                include_str!("python_source/broken.py"),
                include_str!("python_source/forms.py"),
                include_str!("python_source/records.py"),
                include_str!("python_source/refused.py"),
                include_str!("python_source/types.py"),
            ];
            let mut text: Vec<char> = fixtures[fixture].chars().collect();
            for (at, length, piece) in cuts {
                let at = at.index(text.len().max(1));
                let end = (at + length).min(text.len());
                text.splice(at..end, PIECES[piece].chars());
            }
            let text: String = text.into_iter().collect();
            let lines = text.split(['\n', '\r']).count() + 1;
            for one in read(text.as_str()) {
                prop_assert!(!one.name().is_empty());
                let place = match &one {
                    Found::Function(function) => function.place,
                    Found::Refusal(refusal) => refusal.place,
                };
                prop_assert!(place.line as usize <= lines && place.column >= 1);
            }
        }
    }
}
