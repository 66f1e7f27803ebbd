//! The types of a stub, for TypeScript and for editors.

use askama::Template;

use super::codec::Codec;
use super::expression::comment;
use super::names::{self, key, parameters, public_name};
use crate::layout::{Record, Wire};
use crate::signature::{Number, RecordKind};
use crate::target::text::rendered;
use crate::target::{Export, Piece, PieceKind, unreserved};

/// Names that TypeScript reserves for its own types, and those that the file itself uses.
pub const RESERVED: [&str; 17] = [
    "any",
    "unknown",
    "never",
    "object",
    "string",
    "number",
    "bigint",
    "boolean",
    "symbol",
    "undefined",
    "void",
    "null",
    "type",
    "Uint8Array",
    "Array",
    "Error",
    "Limited",
];

const WIDTH: usize = 80;

#[derive(Template)]
#[template(path = "js/stub.d.ts", block = "head", escape = "none")]
struct Head {
    errors: [(&'static str, &'static str); 6],
}

#[derive(Template)]
#[template(path = "js/stub.d.ts", block = "record", escape = "none")]
struct Interface {
    doc: String,
    name: String,
    fields: Vec<String>,
}

#[derive(Template)]
#[template(path = "js/stub.d.ts", block = "function", escape = "none")]
struct Declaration {
    doc: String,
    name: String,
    ty: String,
}

pub fn head() -> String {
    let errors = [
        (
            "RemoteError",
            "The function raised; `type` and `text` say what.",
        ),
        (
            "TimeoutError",
            "No answer, or no free lane, within the time.",
        ),
        (
            "NoProviderError",
            "No provider serves the function; the message says how to start one.",
        ),
        (
            "LayoutMismatchError",
            "The provider's layout is another; the message shows both.",
        ),
        (
            "UnfitError",
            "An argument that does not fit its wire type; the message says by how much.",
        ),
        (
            "ChannelError",
            "Everything else that can be wrong with a channel.",
        ),
    ];
    rendered(&Head { errors })
}

/// The record's name: a path becomes one word, and gives way to names that the language has.
pub fn record_name(record: &Record) -> String {
    let mut reserved = RESERVED.to_vec();
    reserved.extend(names::RESERVED);
    reserved.extend(super::ERRORS);
    unreserved(&record.name.replace('.', "_"), &reserved, &[])
}

pub fn pieces(export: &Export) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = export
        .layout
        .records()
        .iter()
        .filter(|record| record.kind != RecordKind::Tuple)
        .map(|record| interface(record))
        .collect();
    pieces.push(Piece {
        kind: PieceKind::Function,
        name: export.identifier(),
        text: rendered(&Declaration {
            doc: comment(export.function.doc.as_deref(), ""),
            name: public_name(export),
            ty: function_type(export),
        }),
    });
    pieces
}

fn interface(record: &Record) -> Piece {
    let name = record_name(record);
    let fields = record
        .fields
        .iter()
        .map(|field| format!("{}: {};", key(&field.name), result_type(&field.wire)));
    Piece {
        kind: PieceKind::Record,
        text: rendered(&Interface {
            doc: comment(record.doc.as_deref(), ""),
            name: name.clone(),
            fields: fields.collect(),
        }),
        name,
    }
}

/// The type of the function, on as many lines as it takes.
fn function_type(export: &Export) -> String {
    let layout = &export.layout;
    let has_default: Vec<bool> = export
        .function
        .parameters
        .iter()
        .zip(&layout.params)
        .map(|(parameter, slot)| {
            let default = parameter.default.as_ref();
            default
                .and_then(|value| Codec::of(&slot.wire).default(value))
                .is_some()
        })
        .collect();
    let items: Vec<String> = parameters(export)
        .iter()
        .zip(&layout.params)
        .enumerate()
        .map(|(index, (name, slot))| {
            let ty = parameter_type(&slot.wire);
            // Only what stands last may be left out; before that, `undefined` may be given.
            if has_default[index..].iter().all(|default| *default) {
                format!("{name}?: {ty}")
            } else if has_default[index] && !matches!(slot.wire, Wire::Optional(_)) {
                format!("{name}: {ty} | undefined")
            } else {
                format!("{name}: {ty}")
            }
        })
        .collect();
    let results: Vec<String> = layout
        .results
        .iter()
        .map(|slot| result_type(&slot.wire))
        .collect();
    let result = match results.as_slice() {
        [] => "void".to_string(),
        [only] if !export.returns_tuple() => only.clone(),
        _ => format!("[{}]", results.join(", ")),
    };
    let flat = format!("({}) => {result}", items.join(", "));
    let name = public_name(export);
    let before = format!("export declare const {name}: Limited<")
        .chars()
        .count();
    let length = flat.chars().count();
    if before + length + 2 <= WIDTH {
        return flat;
    }
    if 2 + length <= WIDTH || items.is_empty() {
        return format!("\n  {flat}\n");
    }
    let lines: Vec<String> = items.iter().map(|item| format!("    {item},\n")).collect();
    format!("\n  (\n{}  ) => {result}\n", lines.concat())
}

/// What may be given.
fn parameter_type(wire: &Wire) -> String {
    match wire {
        Wire::Number(Number::I64 | Number::U64) => "bigint | number".into(),
        Wire::Optional(inner) => format!("{} | null | undefined", parameter_type(inner)),
        Wire::Array { element, .. } | Wire::List { element, .. } => {
            format!("readonly {}[]", grouped(parameter_type(element)))
        }
        Wire::Record(record) if record.kind == RecordKind::Tuple => {
            let types: Vec<String> = record
                .fields
                .iter()
                .map(|field| parameter_type(&field.wire))
                .collect();
            format!("readonly [{}]", types.join(", "))
        }
        _ => result_type(wire),
    }
}

/// What is given back.
fn result_type(wire: &Wire) -> String {
    match wire {
        Wire::Bool => "boolean".into(),
        Wire::Number(Number::I64 | Number::U64) => "bigint".into(),
        Wire::Number(_) => "number".into(),
        Wire::Text { .. } => "string".into(),
        Wire::Bytes { .. } => "Uint8Array".into(),
        Wire::Json { .. } => "unknown".into(),
        Wire::Optional(inner) => format!("{} | null", result_type(inner)),
        Wire::Array { element, .. } | Wire::List { element, .. } => {
            format!("{}[]", grouped(result_type(element)))
        }
        Wire::Record(record) if record.kind == RecordKind::Tuple => {
            let types: Vec<String> = record
                .fields
                .iter()
                .map(|field| result_type(&field.wire))
                .collect();
            format!("[{}]", types.join(", "))
        }
        Wire::Record(record) => record_name(record),
    }
}

fn grouped(ty: String) -> String {
    match ty.contains(['|', ' ']) {
        true => format!("({ty})"),
        false => ty,
    }
}
