//! Whatever a signature holds, its Go and Ruby stubs are text that gofmt leaves alone, `go vet` accepts and
//! Ruby loads without a warning: random types, names that are taken, and docstrings that try to get out.

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
    "ctx",
    "err",
    "result",
    "result0",
    "self",
    "buffer",
    "string",
    "func",
    "end",
    "class",
    "nil",
    "Self",
    "Point",
    "_",
    "_1",
    "len",
    "é",
    "Ünder",
    "ಠ_ಠ",
    "名",
    "initialize",
    "object_id",
    "members",
    "putList",
    "context",
    "a_rather_long_name_for_a_value",
    "freeze",
    "hash",
    "type",
    "new",
    "error",
    "x_",
    "begin",
    "each",
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
    "=begin\n=end\n__END__\nfrozen_string_literal: false\n-*- coding: latin-1 -*-\nshareable_constant_value: literal",
    "go:build ignore\n+build ignore\nline x.go:1\nexport X\ncoding: utf-16",
    "\u{FEFF}bom \u{202E}turned\u{2028}line \u{0}nul \u{1b}[31m \r\nwindows\rmac   \n  ",
    "Ends with {\n    indented\n}",
    "\n\n  \n",
];

#[test]
fn generated_text_is_formatted_and_free_of_warnings() {
    let mut runner = TestRunner::deterministic();
    let strategy = function();
    let scratch = Scratch::new();
    scratch.write("go.mod", "module example\n\ngo 1.18\n");
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
        for target in ["go", "ruby"] {
            for stub in target::find(target).expect("a target").stubs(&export, mode) {
                write(&scratch, &stub);
            }
        }
    }
    quiet(scratch.path(), "gofmt", &["-d", "."]);
    quiet(scratch.path(), "go", &["vet", "./..."]);
    let load = "Dir['metropipe/**/*.rb'].sort.each { |file| require File.expand_path(file) }";
    quiet(scratch.path(), "ruby", &["-w", "-e", load]);
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
        .env("GOFLAGS", "-mod=mod")
        .env("GOPROXY", "off")
        .output()
        .unwrap_or_else(|error| {
            panic!("{program}: {error}; on Debian: apt-get install golang-go ruby")
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
