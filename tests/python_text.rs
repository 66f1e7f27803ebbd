//! Python stubs and providers as text: whatever stands in a signature, black leaves it as it is, mypy is
//! content, and nothing of it is taken for code.

mod support;

use std::fmt::Write;
use std::time::Duration;

use metropipe::layout::{self, Options};
use metropipe::signature::{
    Field, Function, Language, Literal, Number, Parameter, Passing, Place, Record, RecordKind,
    Result, Type,
};
use metropipe::target::{self, Export, Mode, PieceKind, Stub};
use support::{Scratch, run_within};

const LONG: &str = "a_name_as_long_as_some_people_really_make_them_if_unstopped";

const DOCS: &[&str] = &[
    "One line.",
    "A summary.\n\n    Indented.\n  Less.\n\nLast.",
    "\"quoted\"",
    "ends with a \"quote\"",
    "\"\"\" ends it\"\"\"",
    "a backslash \\",
    "\\\"\\\"\\\" \\N{BULLET} \\x41 \\u0041 \\",
    "  leading\n\n\n   and trailing   \n\n",
    "tab\there\n\tand there",
    "\u{202e}hidden\u{200b} \u{feff}\u{0}\u{7}\u{1b}[31m \r carriage",
    "grüße 🦀 漢字 \u{2028} line",
    "'''",
    "#!/bin/sh\n# comment\nimport os",
    "a line that is longer than black would make it, and that black leaves as it is, for it never breaks docstrings",
    "first\nthe second line is so long that the closing quotes would not fit behind it any more, so where",
    "\"",
    "\\",
    "{{ function }} {% if %} {0} %s",
    "",
    " \n ",
];

fn parameter(name: &str, ty: Type) -> Parameter {
    Parameter {
        name: name.into(),
        source_type: "T".into(),
        ty,
        default: None,
        passing: Passing::Either,
        place: Place::default(),
    }
}

fn record(name: &str, kind: RecordKind, fields: &[(&str, Type)]) -> Type {
    Type::Record(
        Record {
            name: name.into(),
            doc: Some("A record of \"quotes\" and \\.".into()),
            kind,
            fields: fields
                .iter()
                .map(|(name, ty)| Field {
                    name: name.to_string(),
                    source_type: "T".into(),
                    ty: ty.clone(),
                })
                .collect(),
        }
        .into(),
    )
}

fn types() -> Vec<Type> {
    let boxed = Box::new;
    let point = record(
        "Point",
        RecordKind::Class,
        &[("x", Type::Float), ("y", Type::Float)],
    );
    let mut types: Vec<Type> = Number::ALL.into_iter().map(Type::Number).collect();
    types.extend([
        Type::Bool,
        Type::Int,
        Type::Float,
        Type::Text(None),
        Type::Text(Some(5000)),
        Type::Bytes(None),
        Type::Bytes(Some(64)),
        Type::Json(None),
        Type::Optional(boxed(Type::Text(None))),
        Type::Optional(boxed(Type::Optional(boxed(Type::Bool)))),
        Type::Array(boxed(Type::Number(Number::U8)), 16),
        Type::List(boxed(Type::Float), None),
        Type::List(boxed(Type::List(boxed(Type::Float), None)), None),
        point.clone(),
        record(
            "Options",
            RecordKind::Mapping,
            &[
                ("class", Type::Bool),
                ("a b\"c", Type::Int),
                ("from", point.clone()),
            ],
        ),
        record(
            "Plain",
            RecordKind::Mapping,
            &[("at", point.clone()), (LONG, Type::Int)],
        ),
        record(
            "Outer.Inner",
            RecordKind::Class,
            &[
                ("lambda", Type::Int),
                (LONG, Type::List(boxed(point.clone()), Some(7))),
            ],
        ),
        record(
            "pair",
            RecordKind::Tuple,
            &[
                ("item0", Type::Int),
                ("item1", Type::Optional(boxed(point.clone()))),
                (
                    "item2",
                    Type::List(boxed(Type::List(boxed(Type::Text(None)), Some(3))), Some(2)),
                ),
            ],
        ),
    ]);
    types
}

fn functions() -> Vec<Function> {
    let names = [
        "plain",
        "len",
        "print",
        "type",
        "struct",
        "class",
        "lambda",
        "_call",
        "_Channel",
        "memory",
        "Outer.Inner.method",
        "TimeoutError",
        "Any",
        "ಠ_ಠ",
        LONG,
    ];
    let parameters = [
        "text",
        "len",
        "type",
        "str",
        "struct",
        "memory",
        "arguments",
        "result",
        "self",
        "class",
        "_call",
        "_seconds",
        "_result",
        "int",
        "bool",
        "values",
        "seconds",
        "ಠ_ಠ",
        "_",
        "__",
        LONG,
        "Optional",
        "List",
        "float",
        "bytes",
    ];
    let types = types();
    let mut functions = Vec::new();
    for index in 0..60 {
        let name = match names.get(index) {
            Some(name) => name.to_string(),
            None => format!("f{index}"),
        };
        let count = index % 11;
        let mut list: Vec<Parameter> = (0..count)
            .map(|k| {
                let name = parameters[(index * 7 + k) % parameters.len()];
                parameter(
                    name,
                    types[(index * 5 + k * (1 + index % 3)) % types.len()].clone(),
                )
            })
            .collect();
        for (k, each) in list.iter_mut().enumerate() {
            each.passing = match (index % 4, k) {
                (1, 0) => Passing::PositionalOnly,
                (2, k) if k + 2 > count => Passing::KeywordOnly,
                _ => Passing::Either,
            };
            each.default = match each.ty {
                Type::Text(_) if k + 3 > count => Some(Literal::Text("a\"'\\\n\u{202e}".into())),
                Type::Bool if k + 2 > count => Some(Literal::Bool(true)),
                Type::Optional(_) if k + 2 > count => Some(Literal::None),
                Type::Float if k + 2 > count => Some(Literal::Float(-0.0)),
                Type::Int if k + 2 > count => Some(Literal::Int(-5)),
                _ => None,
            };
        }
        let result = match index % 6 {
            0 => Type::Unit,
            1 => record(
                "return",
                RecordKind::Tuple,
                &[
                    ("item0", types[index % types.len()].clone()),
                    ("item1", Type::Text(None)),
                    ("item2", Type::Bool),
                ],
            ),
            _ => types[(index * 3) % types.len()].clone(),
        };
        functions.push(Function {
            name,
            language: Language::Python,
            place: Place::default(),
            doc: Some(DOCS[index % DOCS.len()].to_string()),
            parameters: list,
            result: Result {
                source_type: "T".into(),
                ty: result,
            },
            is_async: index % 5 == 0,
        });
    }
    functions
}

fn export(function: Function) -> Export {
    Export {
        layout: layout::plan(&function, &Options::default()).unwrap(),
        channel: "channel".into(),
        source: "a \"source\"\\ \u{202e}.py".into(),
        source_from_provider: "../../a \"source\"\\ \u{202e}.py".into(),
        start_command: format!("python3 \"metropipe/{LONG}/provider.py\""),
        function,
    }
}

fn text(file: &Stub, pieces: &[&str]) -> String {
    let mut text = file.head.clone();
    for piece in pieces {
        let _ = write!(text, "{}{piece}", "\n".repeat(file.blank_lines));
    }
    text + &file.tail
}

#[track_caller]
fn succeeds(scratch: &Scratch, program: &str, arguments: &[&str]) -> String {
    let mut command = scratch.command(program);
    command.args(arguments);
    let output = run_within(command, Duration::from_secs(300)).unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}{errors}");
    said
}

/// Every function's stub in one module, as unify mode has them.
#[test]
fn stubs_of_hostile_signatures_are_clean() {
    let target = target::find("python").unwrap();
    let stubs: Vec<Stub> = functions()
        .into_iter()
        .flat_map(|function| target.stubs(&export(function), Mode::Unify))
        .collect();
    let mut records: Vec<&str> = Vec::new();
    let mut pieces: Vec<&str> = Vec::new();
    for stub in &stubs {
        assert_eq!(stub.head, stubs[0].head);
        for piece in &stub.pieces {
            if piece.kind == PieceKind::Function {
                pieces.push(&piece.text);
            } else if !records.contains(&piece.text.as_str()) {
                records.push(&piece.text);
                pieces.push(&piece.text);
            }
        }
    }
    let scratch = Scratch::new();
    scratch.write("stub.py", text(&stubs[0], &pieces));
    succeeds(
        &scratch,
        "black",
        &["--quiet", "--check", "--diff", "stub.py"],
    );
    succeeds(&scratch, "mypy", &["--strict", "stub.py"]);
    let said = succeeds(
        &scratch,
        "python3",
        &[
            "-W",
            "error",
            "-c",
            "import stub; print(stub.f30.__doc__); print(stub.plain.__doc__); \
             print(ascii(stub.f49.__doc__)); print(stub.class_.__name__)",
        ],
    );
    assert_eq!(
        said,
        "grüße 🦀 漢字 \u{2028} line\nOne line.\n\
         'hidden\\u200b \\ufeff\\x00\\x07\\x1b[31m \\r carriage'\nclass_\n"
            .replace("'hidden", "'\\u202ehidden")
    );
}

#[test]
fn providers_of_hostile_signatures_are_clean() {
    let provider = target::provider_of(Language::Python).unwrap();
    let scratch = Scratch::new();
    let mut names = Vec::new();
    for (index, function) in functions().into_iter().enumerate().step_by(4) {
        if ["class", "lambda"].contains(&function.name.as_str()) {
            continue; // no Python source has such a function
        }
        let files = provider.files(&export(function), Mode::Namespace);
        let name = format!("provider{index}.py");
        scratch.write(&name, text(&files[0], &[]));
        names.push(name);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let files = |first: &[&'static str]| -> Vec<String> {
        first
            .iter()
            .copied()
            .chain(names.iter().copied())
            .map(String::from)
            .collect()
    };
    for (program, first) in [
        ("black", &["--quiet", "--check", "--diff"][..]),
        ("mypy", &["--strict"][..]),
        ("python3", &["-W", "error", "-m", "py_compile"][..]),
    ] {
        let arguments = files(first);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        succeeds(&scratch, program, &arguments);
    }
}

/// A function's name must not take one from under the text that stands beside it.
#[test]
fn every_name_that_a_stub_looks_up_is_its_own_or_kept_from_users() {
    let function = functions().remove(0);
    let target = target::find("python").unwrap();
    let stub = &target.stubs(&export(function.clone()), Mode::Namespace)[0];
    let pieces: Vec<&str> = stub
        .pieces
        .iter()
        .map(|piece| piece.text.as_str())
        .collect();
    let scratch = Scratch::new();
    scratch.write("stub.py", text(stub, &pieces));
    let said = succeeds(
        &scratch,
        "python3",
        &[
            "-c",
            r#"
import symtable
names = set()
def walk(table):
    for symbol in table.get_symbols():
        if symbol.is_global() or table.get_type() == "module":
            names.add(symbol.get_name())
    for child in table.get_children():
        walk(child)
walk(symtable.symtable(open("stub.py").read(), "stub.py", "exec"))
print(*sorted(name for name in names if not name.startswith("__")))
"#,
        ],
    );
    for name in said
        .split_whitespace()
        .filter(|name| !["plain", "annotations"].contains(name))
    {
        let mut function = function.clone();
        function.name = name.into();
        let stub = &target.stubs(&export(function), Mode::Namespace)[0];
        let piece = &stub.pieces.last().unwrap().text;
        assert!(
            piece.contains(&format!("\n{name}_ = _bind_")) || name.contains("plain"),
            "{name} is taken from under the stub"
        );
    }
}
