//! Python stubs and providers.
//!
//! `channel.py` is the protocol and stands in every file as it is. What is generated here: one callable a
//! function, typed by a `Protocol`; a record's class and its wire type; and straight-line code that packs
//! the common layouts at once, where the general way would take as long as the call itself.

mod codec;
mod format;
mod names;
mod provider;
mod types;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use askama::Template;

use self::format::{Expr, assign, define, docstring, literal};
use self::names::{KEYWORDS, class_name, global_name, inner_name, mentions};
use self::types::{accepted, annotation, class};
use super::text::rendered;
use super::{Export, Mode, Piece, PieceKind, Stub, Target, fresh, unreserved, without_serving};
use crate::layout::Layout;
use crate::signature::{Literal, Passing, RecordKind};
pub use provider::PythonProvider;

const CHANNEL: &str = include_str!("../../templates/python/channel.py");

/// The target `python`.
pub struct Python;

impl Target for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let identifier = export.identifier();
        let path = format!("{}.py", mode.stem(&identifier)).into();
        let layout = &export.layout;
        let mut pieces: Vec<Piece> = layout
            .records()
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
    rendered(&text)
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
