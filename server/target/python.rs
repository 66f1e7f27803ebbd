//! Python stubs and providers.
//!
//! `channel.py` is the protocol and stands in every file as it is. What is generated here: one callable a
//! function, typed by a `Protocol`; a record's class and its wire type; and straight-line code that packs
//! the common layouts at once, where the general way would take as long as the call itself.

mod codec;
mod format;
mod provider;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use askama::Template;

use super::{Export, Mode, Piece, PieceKind, Stub, Target, fresh, unreserved, without_serving};
use crate::layout::wire::Record;
use crate::layout::{Layout, Wire};
use crate::signature::{Literal, Passing, RecordKind};
use format::{Expr, assign, define, docstring, literal};
pub use provider::PythonProvider;

const CHANNEL: &str = include_str!("../../templates/python/channel.py");

/// <https://docs.python.org/3/reference/lexical_analysis.html#keywords>
const KEYWORDS: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "__debug__",
];

/// Names that a function of the user's must not take from the module that it stands in: what the
/// generated text calls without a prefix of ours.
const TAKEN: &[&str] = &[
    "Any",
    "AttributeError",
    "BaseException",
    "Callable",
    "ChannelError",
    "Exception",
    "FileNotFoundError",
    "IndexError",
    "KeyError",
    "LayoutMismatchError",
    "List",
    "MetropipeError",
    "NoProviderError",
    "OSError",
    "Optional",
    "OverflowError",
    "Protocol",
    "RecursionError",
    "RemoteError",
    "Sequence",
    "Set",
    "TimeoutError",
    "Tuple",
    "TypeError",
    "TypedDict",
    "UnfitError",
    "UnfitTypeError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "ValueError",
    "bool",
    "builtins",
    "bytes",
    "collections",
    "ctypes",
    "dataclasses",
    "dict",
    "divmod",
    "enumerate",
    "errno",
    "fcntl",
    "float",
    "getattr",
    "hasattr",
    "int",
    "isinstance",
    "json",
    "len",
    "list",
    "map",
    "max",
    "memoryview",
    "min",
    "mmap",
    "object",
    "operator",
    "os",
    "platform",
    "property",
    "range",
    "re",
    "set",
    "setattr",
    "stat",
    "str",
    "struct",
    "super",
    "sys",
    "threading",
    "time",
    "tuple",
    "type",
    "weakref",
    "zip",
];

/// The target `python`.
pub struct Python;

impl Target for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let identifier = export.identifier();
        let path = match mode {
            Mode::Namespace => PathBuf::from(&identifier).join("stub.py"),
            Mode::Flat => PathBuf::from(format!("{identifier}.py")),
            Mode::Unify => PathBuf::from("metropipe.py"),
        };
        let layout = &export.layout;
        let mut pieces: Vec<Piece> = records(layout)
            .iter()
            .filter(|record| record.kind != RecordKind::Tuple)
            .map(|record| Piece {
                kind: PieceKind::Record,
                name: class_name(record),
                text: class(record),
            })
            .collect();
        pieces.push(Piece {
            kind: PieceKind::Function,
            name: identifier,
            text: function(export),
        });
        vec![Stub {
            path,
            comment: "#",
            first: String::new(),
            head: HEAD.clone(),
            pieces,
            tail: String::new(),
            blank_lines: 2,
            indent: "",
        }]
    }
}

/// The same for every function: made once.
static HEAD: LazyLock<String> = LazyLock::new(|| {
    let (imports, channel) = channel(
        &without_serving(CHANNEL),
        &["dataclasses"],
        &["Protocol", "TypedDict"],
    );
    format!(
        "\"\"\"Functions of other processes, called through shared memory.\"\"\"\n\n{imports}\n\n{channel}\n"
    )
});

/// The channel's imports, as far as it uses them and with more merged in, and its text.
fn channel(whole: &str, modules: &[&str], types: &[&str]) -> (String, String) {
    let (imports, text) = whole
        .split_once("# ---- 1. Errors")
        .expect("channel.py begins with its imports");
    let mut lines: BTreeSet<String> = modules.iter().map(|m| format!("import {m}")).collect();
    let mut names: BTreeSet<String> = types.iter().map(|name| name.to_string()).collect();
    for line in imports.lines() {
        if let Some(module) = line.strip_prefix("import ") {
            // What serving alone needs is not imported where it was left out.
            if mentions(text, module.split('.').next().unwrap_or(module)) {
                lines.insert(line.to_string());
            }
        } else if let Some(list) = line.strip_prefix("from typing import ") {
            let used = list.split(", ").filter(|name| mentions(text, name));
            names.extend(used.map(String::from));
        }
    }
    let names = Expr::group("(", names.into_iter().map(Expr::Atom), ")");
    // An import without brackets gets them where it is too long.
    let list = names.flat();
    let inner = &list[1..list.len() - 1];
    let typing = if "from typing import ".len() + inner.len() <= 88 {
        inner.to_string()
    } else {
        names.exploded()
    };
    let lines: Vec<String> = lines.into_iter().collect();
    (
        format!(
            "from __future__ import annotations\n\n{}\nfrom typing import {typing}",
            lines.join("\n")
        ),
        format!("# ---- 1. Errors{}", text.trim_end()),
    )
}

fn records(layout: &Layout) -> Vec<Arc<Record>> {
    let mut records = Vec::new();
    for slot in layout.params.iter().chain(&layout.results) {
        slot.wire.records(&mut records);
    }
    records
}

/// A type as callers write it.
fn annotation(wire: &Wire) -> String {
    match wire {
        Wire::Bool => "bool".into(),
        Wire::Number(number) if number.is_float() => "float".into(),
        Wire::Number(_) => "int".into(),
        Wire::Text { .. } => "str".into(),
        Wire::Bytes { .. } => "bytes".into(),
        Wire::Json { .. } => "Any".into(),
        Wire::Optional(value) => format!("Optional[{}]", annotation(value)),
        Wire::Array { element, .. } | Wire::List { element, .. } => {
            format!("List[{}]", annotation(element))
        }
        Wire::Record(record) if record.kind == RecordKind::Tuple => {
            let fields: Vec<String> = record.fields.iter().map(|f| annotation(&f.wire)).collect();
            format!("Tuple[{}]", fields.join(", "))
        }
        Wire::Record(record) => class_name(record),
    }
}

/// As [`annotation`], for what is only read: any sequence will do.
fn accepted(wire: &Wire) -> String {
    match wire {
        Wire::Optional(value) => format!("Optional[{}]", accepted(value)),
        Wire::Array { element, .. } | Wire::List { element, .. } => {
            format!("Sequence[{}]", accepted(element))
        }
        _ => annotation(wire),
    }
}

/// The function's name within names that we invent, which stay short enough for a line.
fn inner_name(export: &Export) -> String {
    let name = export.identifier();
    if name.chars().count() <= 24 {
        return name;
    }
    format!("f{:08x}", crate::layout::fingerprint(&name))
}

fn reserved(name: &str) -> bool {
    KEYWORDS.contains(&name)
        || TAKEN.contains(&name)
        || (name.starts_with('_') && mentions(CHANNEL, name))
}

/// Whether `name` stands in `text` as a word of its own.
fn mentions(text: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(word) && !text[at + name.len()..].starts_with(word))
}

fn global_name(name: &str) -> String {
    let mut name = name.replace('.', "_");
    while reserved(&name) {
        name.push('_');
    }
    name
}

fn class_name(record: &Record) -> String {
    global_name(&record.name)
}

fn field_names(record: &Record) -> Vec<String> {
    let mut names = Vec::new();
    for field in &record.fields {
        names.push(unreserved(&field.name, KEYWORDS, &names));
    }
    names
}

/// The name of a record's wire type in generated text.
fn wire_name(record: &Record) -> String {
    format!("_{}_wire", class_name(record))
}

/// An expression that makes the wire type.
fn wire(ty: &Wire) -> Expr {
    let call = |name: &str, items: Vec<Expr>| Expr::group(&format!("{name}("), items, ")");
    let number = |value: u32| Expr::Atom(value.to_string());
    match ty {
        Wire::Bool => Expr::Atom("_BOOL".into()),
        Wire::Number(number) => Expr::Atom(format!("_{}", number.name().to_uppercase())),
        Wire::Text { size } => call("_string", vec![number(*size)]),
        Wire::Bytes { size } => call("_bytes", vec![number(*size)]),
        Wire::Json { size } => call("_json", vec![number(*size)]),
        Wire::Optional(value) => call("_opt", vec![wire(value)]),
        Wire::Array { element, count } => call("_array", vec![wire(element), number(*count)]),
        Wire::List { element, limit } => call("_list", vec![wire(element), number(*limit)]),
        Wire::Record(record) if record.kind == RecordKind::Tuple => {
            let fields = record
                .fields
                .iter()
                .map(|field| pair(&field.name, wire(&field.wire)));
            call(
                "_record",
                vec![
                    Expr::Atom("\"tuple\"".into()),
                    Expr::Atom("tuple".into()),
                    Expr::Atom("_items".into()),
                    Expr::group("[", fields, "]"),
                ],
            )
        }
        Wire::Record(record) => Expr::Atom(wire_name(record)),
    }
}

fn pair(name: &str, second: Expr) -> Expr {
    Expr::group("(", [Expr::Atom(literal(name)), second], ")")
}

/// A record's wire type, given how its class is made and read.
fn wire_of_record(record: &Record, make: Expr, take: Expr) -> String {
    let fields = record
        .fields
        .iter()
        .map(|field| pair(&field.name, wire(&field.wire)));
    let call = Expr::group(
        "_record(",
        [
            Expr::Atom(literal(&record.name)),
            make,
            take,
            Expr::group("[", fields, "]"),
        ],
        ")",
    );
    assign(&wire_name(record), &call, 0)
}

/// The fields' names as the source has them.
fn keys(record: &Record) -> Expr {
    let names = record.fields.iter();
    Expr::group(
        "[",
        names.map(|field| Expr::Atom(literal(&field.name))),
        "]",
    )
}

/// A record's class in a stub, and its wire type.
fn class(record: &Record) -> String {
    let name = class_name(record);
    let fields = field_names(record);
    let doc = record
        .doc
        .as_deref()
        .map(|doc| docstring(doc, 4))
        .filter(|doc| !doc.is_empty());
    let functional = record.kind == RecordKind::Mapping
        && fields
            .iter()
            .zip(&record.fields)
            .any(|(name, field)| *name != field.name);
    let mut text = String::new();
    if functional {
        let items = record.fields.iter().map(|field| {
            Expr::Atom(format!(
                "{}: {}",
                literal(&field.name),
                annotation(&field.wire)
            ))
        });
        let call = Expr::group(
            "TypedDict(",
            [Expr::Atom(literal(&name)), Expr::group("{", items, "}")],
            ")",
        );
        text.push_str(&assign(&name, &call, 0));
    } else {
        let head = match record.kind {
            RecordKind::Mapping => format!("class {name}(TypedDict):\n"),
            _ => format!("@dataclasses.dataclass\nclass {name}:\n"),
        };
        text.push_str(&head);
        if let Some(doc) = doc {
            text.push_str(&format!("    {doc}\n\n"));
        }
        for (name, field) in fields.iter().zip(&record.fields) {
            text.push_str(&format!("    {name}: {}\n", annotation(&field.wire)));
        }
        text.push('\n');
    }
    let (make, take) = match record.kind {
        RecordKind::Mapping => (
            Expr::group("_mapping(", [keys(record)], ")"),
            Expr::group("_values(", [keys(record)], ")"),
        ),
        _ => {
            let names = Expr::group("[", fields.iter().map(|f| Expr::Atom(literal(f))), "]");
            (
                Expr::Atom(format!("lambda values: {name}(*values)")),
                Expr::group("_attributes(", [names], ")"),
            )
        }
    };
    let _ = write!(text, "\n{}\n", wire_of_record(record, make, take));
    text
}

use std::fmt::Write as _;

#[derive(Template)]
#[template(path = "python/stub.py", escape = "none")]
struct FunctionText {
    name: String,
    protocol: String,
    channel: String,
    bind: String,
    bind_head: String,
    bound: String,
    call: String,
    signature: String,
    body: Vec<String>,
    function: String,
    channel_name: String,
    canonical: String,
    fingerprint: String,
    request_size: u32,
    payload_size: u32,
    start: String,
    definitions: Vec<String>,
    write: String,
    read: String,
}

fn function(export: &Export) -> String {
    let layout = &export.layout;
    let id = inner_name(export);
    let name = global_name(&export.function.name);
    let invented = [
        "_call".to_string(),
        "_seconds".to_string(),
        "_result".to_string(),
        format!("_{id}_channel"),
        format!("_write_{id}"),
        format!("_read_{id}"),
    ];
    let refused: Vec<&str> = KEYWORDS
        .iter()
        .copied()
        .chain(invented.iter().map(String::as_str))
        .collect();
    let mut names = Vec::new();
    for parameter in &export.function.parameters {
        names.push(unreserved(&parameter.name, &refused, &names));
    }
    let parameters = parameters(export, &names);
    let own = fresh("self", names.iter().map(String::as_str));
    let method: Vec<String> = std::iter::once(own)
        .chain(parameters.iter().cloned())
        .collect();
    let mut result = returned(layout);
    let mut definitions = Vec::new();
    // A parameter may hide the type's name within the function.
    let hidden = names.iter().any(|name| mentions(&result, name));
    if result.len() > 40 || hidden {
        definitions.push(format!("_{id}_result = {result}"));
        result = format!("_{id}_result");
    }
    let write = codec::writer(&id, &layout.params, codec::Shape::Several);
    let read = codec::reader(&id, &layout.results, codec::shape(layout));
    definitions.extend(write.definitions);
    definitions.extend(read.definitions);
    let items = names.iter().cloned().map(Expr::Atom);
    let call = Expr::group(
        "_call(",
        [
            Expr::Atom(format!("_{id}_channel")),
            Expr::Atom("_seconds".into()),
            Expr::Atom(format!("_write_{id}")),
            Expr::Atom(format!("_read_{id}")),
            match names.len() {
                1 => Expr::Atom(format!("({},)", names[0])),
                _ => Expr::group("(", items, ")"),
            },
        ],
        ")",
    );
    let mut body: Vec<String> = Vec::new();
    if let Some(doc) = &export.function.doc {
        body.push(docstring(doc, 8));
    }
    body.retain(|doc| !doc.is_empty());
    body.push(assign(&format!("_result: {result}"), &call, 8));
    let text = FunctionText {
        protocol: format!("_{id}_function"),
        channel: format!("_{id}_channel"),
        bind: format!("_bind_{id}"),
        bind_head: define(
            &format!("_bind_{id}"),
            &["_seconds: Optional[float] = None".to_string()],
            &format!("_{id}_function"),
            0,
        ),
        bound: assign(
            &format!("bound: _{id}_function"),
            &Expr::group(
                "_bound(",
                [Expr::Atom(name.clone()), Expr::Atom(format!("_bind_{id}"))],
                ")",
            ),
            4,
        ),
        call: define("__call__", &method, &result, 4),
        signature: define(&name, &parameters, &result, 4),
        body,
        function: literal(&export.function.name),
        channel_name: literal(&export.channel),
        canonical: literal(&layout.canonical),
        fingerprint: format!("0x{:08X}", layout.fingerprint),
        request_size: layout.request_size,
        payload_size: layout.payload_size,
        start: literal(&export.start_command),
        definitions,
        write: write.text,
        read: read.text,
        name,
    };
    text.render().expect("the template holds no fallible parts") + "\n"
}

fn returned(layout: &Layout) -> String {
    match codec::shape(layout) {
        codec::Shape::Nothing => "None".into(),
        codec::Shape::One => annotation(&layout.results[0].wire),
        codec::Shape::Several => {
            let types: Vec<String> = layout.results.iter().map(|s| annotation(&s.wire)).collect();
            format!("Tuple[{}]", types.join(", "))
        }
    }
}

fn parameters(export: &Export, names: &[String]) -> Vec<String> {
    let mut items = Vec::new();
    let parameters = &export.function.parameters;
    let last_positional = parameters
        .iter()
        .rposition(|parameter| parameter.passing == Passing::PositionalOnly);
    let mut keywords = false;
    // A default before a parameter without one is none to Python, unless keywords begin there.
    let required = parameters
        .iter()
        .rposition(|p| p.passing != Passing::KeywordOnly && default(p.default.as_ref()).is_none());
    for (index, (parameter, slot)) in parameters.iter().zip(&export.layout.params).enumerate() {
        if parameter.passing == Passing::KeywordOnly && !keywords {
            keywords = true;
            items.push("*".to_string());
        }
        let mut item = format!("{}: {}", names[index], accepted(&slot.wire));
        let allowed = keywords || required.is_none_or(|required| index > required);
        if let Some(default) = default(parameter.default.as_ref()).filter(|_| allowed) {
            let _ = write!(item, " = {default}");
        }
        items.push(item);
        if last_positional == Some(index) {
            items.push("/".to_string());
        }
    }
    items
}

fn default(value: Option<&Literal>) -> Option<String> {
    Some(match value? {
        Literal::None => "None".into(),
        Literal::Bool(true) => "True".into(),
        Literal::Bool(false) => "False".into(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(value) if value.is_finite() => format!("{value:?}"),
        Literal::Float(_) => return None,
        Literal::Text(text) => literal(text),
    })
}
