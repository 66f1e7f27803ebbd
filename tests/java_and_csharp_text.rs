//! Whatever a signature holds, javac and mcs compile its stubs without a warning: random types, names that
//! are taken, and docstrings that try to get out.

mod support;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use metropipe::layout;
use metropipe::signature::{
    Field, Function, Language, Literal, Number, Parameter, Passing, Place, Record, RecordKind,
    Result as Returns, Type,
};
use metropipe::target::{self, Export, Mode};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use support::Scratch;

const FUNCTIONS: usize = 40;

const NAMES: &[&str] = &[
    "x",
    "text",
    "b",
    "at",
    "value",
    "where",
    "lane",
    "page",
    "payload",
    "timeout",
    "result",
    "self",
    "this",
    "buffer",
    "string",
    "String",
    "func",
    "class",
    "null",
    "Point",
    "P",
    "_",
    "_1",
    "Values",
    "values",
    "é",
    "Ünder",
    "ಠ_ಠ",
    "名",
    "𝒳",
    "hash",
    "hashCode",
    "getClass",
    "notify",
    "wait",
    "toString",
    "equals",
    "Equals",
    "GetHashCode",
    "ToString",
    "record",
    "var",
    "yield",
    "async",
    "await",
    "dynamic",
    "nameof",
    "List",
    "list",
    "Codec",
    "codec",
    "CODEC",
    "Channel",
    "channel",
    "Thread",
    "thread",
    "System",
    "system",
    "Stub",
    "stub",
    "Object",
    "object",
    "Math",
    "MetropipeException",
    "Item1",
    "item1",
    "Rest",
    "a_rather_long_name_for_a_value",
    "new",
    "error",
    "x_",
    "X",
    "int",
    "Integer",
    "What",
    "what",
    "that",
    "other",
];

const DOCS: &[&str] = &[
    "One line.",
    "No full stop",
    "- a list\n- of two",
    "1. first\n2) second",
    "Title\n\nHeading Here\n\nText under it.",
    "# heading\n\n    code\n\ttabbed\n\n\n\nfar away",
    "*/ /* // \" ' ` \\ \\u0041 #{1 + 1} %s $x {{ a }} {% if %}",
    "``quoted'' text\n[a]: b\n[Link]",
    "\\u002a/ class Out {} /\\u002a {@code } {@link List} @param x y @deprecated",
    "</summary> <c> &amp; & ]]> <!-- --> #pragma warning\n#endif",
    "\u{FEFF}bom \u{202E}turned\u{2028}line \u{0}nul \u{1b}[31m \r\nwindows\rmac   \n  ",
    "Ends with {\n    indented\n}",
    "\n\n  \n",
];

#[test]
fn generated_text_compiles_without_a_warning() {
    let mut runner = TestRunner::deterministic();
    let strategy = function();
    let scratch = Scratch::new();
    for index in 0..FUNCTIONS {
        let mut function = strategy
            .new_tree(&mut runner)
            .expect("a function")
            .current();
        function.name = format!("f{index}_{}", function.name);
        let mode = if index % 2 == 0 {
            Mode::Namespace
        } else {
            Mode::Flat
        };
        let Ok(layout) = layout::plan(&function, &layout::Options::default()) else {
            continue;
        };
        let export = Export {
            channel: "classify".to_string(),
            layout,
            source: "services.py".to_string(),
            source_from_provider: "../../services.py".to_string(),
            start_command: "python3 \"it's\" \\ #{x} provider.py".to_string(),
            function,
        };
        for target in ["java", "csharp"] {
            for stub in target::find(target).expect("a target").stubs(&export, mode) {
                write(&scratch, &stub);
            }
        }
    }
    let compile =
        "javac -Xlint:all -Werror -encoding US-ASCII -d classes $(find metropipe -name '*.java')";
    quiet(scratch.path(), "sh", &["-c", compile]);
    let compile = "mcs -unsafe -warnaserror -warn:4 -target:library -out:all.dll $(find metropipe -name '*.cs')";
    quiet(scratch.path(), "sh", &["-c", compile]);
}

fn write(scratch: &Scratch, stub: &target::Stub) {
    let mut text = format!("{}{} Generated.\n\n{}", stub.first, stub.comment, stub.head);
    let pieces = stub.pieces.iter().map(|piece| &piece.text);
    for part in pieces.chain([&stub.tail]).filter(|part| !part.is_empty()) {
        text.push('\n');
        text.push_str(part);
    }
    scratch.write(Path::new("metropipe").join(&stub.path), text);
}

/// The program succeeds and says nothing.
#[track_caller]
fn quiet(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| {
            panic!("{program}: {error}; on Debian: apt-get install default-jdk-headless mono-mcs")
        });
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(
        output.status.success() && said.is_empty(),
        "{program} {arguments:?}:\n{said}"
    );
}

fn function() -> impl Strategy<Value = Function> {
    let parameters = prop::collection::vec((name(), ty(), default(), passing()), 0..6);
    let result = prop_oneof![
        Just(Type::Unit),
        ty(),
        prop::collection::vec(("[a-z]{1,3}", ty()), 2..4).prop_map(|fields| {
            record_of("Result".to_string(), None, RecordKind::Tuple, fields)
        }),
    ];
    (name(), doc(), parameters, result).prop_map(|(name, doc, parameters, ty)| {
        let mut seen = Vec::new();
        let parameters = parameters
            .into_iter()
            .filter(|(name, ..)| {
                !seen.contains(name) && {
                    seen.push(name.clone());
                    true
                }
            })
            .map(|(name, ty, default, passing)| Parameter {
                default: default.filter(|_| matches!(ty, Type::Text(_))),
                name,
                source_type: String::new(),
                ty,
                passing,
                place: Place::default(),
            })
            .collect::<Vec<_>>();
        // As in Python, keyword-only parameters come last.
        let (keywords, mut others): (Vec<_>, Vec<_>) = parameters
            .into_iter()
            .partition(|parameter| parameter.passing == Passing::KeywordOnly);
        others.extend(keywords);
        Function {
            name,
            language: Language::Python,
            place: Place::default(),
            doc,
            parameters: others,
            result: Returns {
                source_type: String::new(),
                ty,
            },
            is_async: false,
        }
    })
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(NAMES).prop_map(String::from)
}

fn doc() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop::sample::select(DOCS).prop_map(String::from))
}

fn passing() -> impl Strategy<Value = Passing> {
    prop_oneof![
        Just(Passing::Either),
        Just(Passing::PositionalOnly),
        Just(Passing::KeywordOnly)
    ]
}

fn default() -> impl Strategy<Value = Option<Literal>> {
    prop::option::of(prop::sample::select(DOCS).prop_map(|text| Literal::Text(text.to_string())))
}

fn ty() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        Just(Type::Bool),
        prop::sample::select(&Number::ALL[..]).prop_map(Type::Number),
        Just(Type::Text(Some(16))),
        Just(Type::Bytes(Some(16))),
        Just(Type::Json(Some(16))),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ty| Type::Optional(Box::new(ty))),
            (inner.clone(), 1..4u32).prop_map(|(ty, count)| Type::Array(Box::new(ty), count)),
            (inner.clone(), 1..4u32).prop_map(|(ty, limit)| Type::List(Box::new(ty), Some(limit))),
            (
                name(),
                doc(),
                prop_oneof![
                    Just(RecordKind::Class),
                    Just(RecordKind::Mapping),
                    Just(RecordKind::Tuple)
                ],
                prop::collection::vec((name(), inner), 1..4)
            )
                .prop_map(|(name, doc, kind, fields)| record_of(name, doc, kind, fields)),
        ]
    })
}

fn record_of(
    name: String,
    doc: Option<String>,
    kind: RecordKind,
    fields: Vec<(impl Into<String>, Type)>,
) -> Type {
    let mut seen = Vec::new();
    let fields = fields
        .into_iter()
        .map(|(name, ty)| Field {
            name: name.into(),
            source_type: String::new(),
            ty,
        })
        .filter(|field| {
            !seen.contains(&field.name) && {
                seen.push(field.name.clone());
                true
            }
        })
        .collect();
    Type::Record(Arc::new(Record {
        name,
        doc,
        kind,
        fields,
    }))
}
