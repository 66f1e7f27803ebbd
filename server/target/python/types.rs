//! Wire types as Python types, and as the values of `channel.py` that put and get them.

use std::fmt::Write as _;

use super::format::{Expr, assign, docstring, literal};
use super::names::{class_name, field_names, wire_name};
use crate::layout::{Record, Wire};
use crate::signature::RecordKind;

/// A type as callers write it.
pub fn annotation(wire: &Wire) -> String {
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
pub fn accepted(wire: &Wire) -> String {
    match wire {
        Wire::Optional(value) => format!("Optional[{}]", accepted(value)),
        Wire::Array { element, .. } | Wire::List { element, .. } => {
            format!("Sequence[{}]", accepted(element))
        }
        _ => annotation(wire),
    }
}

/// A record's class in a stub, and its wire type.
pub fn class(record: &Record) -> String {
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

/// An expression that makes the wire type.
pub fn wire(ty: &Wire) -> Expr {
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

/// A record's wire type, given how its class is made and read.
pub fn wire_of_record(record: &Record, make: Expr, take: Expr) -> String {
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

fn pair(name: &str, second: Expr) -> Expr {
    Expr::group("(", [Expr::Atom(literal(name)), second], ")")
}

/// The fields' names as the source has them.
pub fn keys(record: &Record) -> Expr {
    let names = record.fields.iter();
    Expr::group(
        "[",
        names.map(|field| Expr::Atom(literal(&field.name))),
        "]",
    )
}
