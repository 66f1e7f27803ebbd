//! Wire types that a user gives in the source: `# metropipe: text=string[1024], return=f64` and
//! `Annotated[float, "f64"]`.

use std::collections::HashMap;
use std::sync::Arc;

use tree_sitter::Node;

use crate::signature::notation::{parse_signature, parse_type, record_name};
use crate::signature::{Field, Record, RecordKind, Type};
use crate::source::lines::Lines;

/// What begins an override in a comment.
const MARK: &str = "metropipe:";

/// One `name=type` of a comment.
#[derive(Clone, Debug)]
pub(super) struct Override<'t> {
    pub name: &'t str,
    /// Where the name stands.
    pub at: usize,
    pub wire: &'t str,
    pub wire_at: usize,
}

/// The override comments of a source.
pub(super) struct Comments<'t> {
    text: &'t str,
    /// Line -> where the comment's list begins.
    by_line: HashMap<usize, usize>,
}

impl<'t> Comments<'t> {
    pub fn new(root: Node<'_>, text: &'t str, lines: &Lines<'t>) -> Self {
        let mut by_line = HashMap::new();
        for (at, _) in text.match_indices(MARK) {
            let node = root.descendant_for_byte_range(at, at);
            if let Some(node) = node.filter(|node| node.kind() == "comment")
                && text[node.start_byte()..at]
                    .trim_matches(['#', ' ', '\t'])
                    .is_empty()
            {
                by_line.insert(lines.index(at), at + MARK.len());
            }
        }
        Comments { text, by_line }
    }

    /// The overrides on the lines `first..=last`, and in the comments that stand just above them.
    pub fn of(&self, lines: &Lines<'t>, first: usize, last: usize) -> Vec<Override<'t>> {
        if self.by_line.is_empty() {
            return Vec::new();
        }
        let mut from = first;
        while from > 0 && lines.line(from - 1).trim_start().starts_with('#') {
            from -= 1;
        }
        let starts = (from..=last).filter_map(|line| self.by_line.get(&line).copied());
        starts
            .flat_map(|start| {
                let end = lines.start(lines.index(start)) + lines.line(lines.index(start)).len();
                split(&self.text[start..end], start)
            })
            .collect()
    }
}

/// `a=list<f32,4>, b=i64` at the commas that no bracket holds.
fn split(text: &str, start: usize) -> Vec<Override<'_>> {
    let mut parts = Vec::new();
    let mut depth = 0_i32;
    let mut from = 0;
    for (at, c) in text.char_indices().chain([(text.len(), ',')]) {
        match c {
            '<' | '[' | '{' | '(' => depth += 1,
            '>' | ']' | '}' | ')' => depth -= 1,
            ',' if depth <= 0 || at == text.len() => {
                let part = &text[from..at];
                if !part.trim().is_empty() {
                    let (name, wire) = part.split_once('=').unwrap_or((part, ""));
                    let blanks = |text: &str| text.len() - text.trim_start().len();
                    let wire_at = from + part.len() - wire.len() + blanks(wire);
                    parts.push(Override {
                        name: name.trim(),
                        at: start + from + blanks(name),
                        wire: wire.trim(),
                        wire_at: start + wire_at,
                    });
                }
                from = at + 1;
            }
            _ => {}
        }
    }
    parts
}

/// Whether a string of `Annotated` means a wire type, rather than being said to a reader.
pub(super) fn looks_like_wire(text: &str) -> bool {
    let text = text.trim();
    let word: String = text.chars().take_while(|c| c.is_alphanumeric()).collect();
    let rest = text[word.len()..].trim_start();
    let number = word.len() > 1
        && word.starts_with(['i', 'u', 'f'])
        && word[1..].bytes().all(|b| b.is_ascii_digit());
    match word.as_str() {
        "bool" | "unit" => rest.is_empty(),
        "string" | "bytes" | "json" => rest.is_empty() || rest.starts_with('['),
        "opt" | "list" => rest.starts_with('<'),
        "struct" => rest.starts_with('{'),
        "" => rest.starts_with('[') && rest.contains(';'),
        _ => number && rest.is_empty(),
    }
}

/// Puts in numbers where a size is a name: `string[LIMIT]` with what `constant` says of LIMIT.
pub(super) fn with_constants(text: &str, constant: impl Fn(&str) -> Option<i128>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['[', ';', ',']) {
        out.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let word = rest
            .split([']', '>', ',', ';', '[', '<', '{', '}', ':'])
            .next()
            .unwrap_or(rest);
        let closed = rest[word.len()..].starts_with([']', '>']);
        let name = word.trim();
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if let Some(value) = constant(name).filter(|_| closed && is_name) {
            out.push_str(&value.to_string());
            rest = &rest[word.len()..];
        }
    }
    out + rest
}

/// Reads a wire type for `param`, whose type the source gives as `base` where it has a row of its own.
/// A record that has no name yet is named after `called`.
pub(super) fn apply(
    wire: &str,
    called: &str,
    param: &str,
    base: Option<Type>,
) -> Result<Type, String> {
    if wire.is_empty() {
        return Err(format!(
            "the override gives no type; write it as `# metropipe: {param}=f64`"
        ));
    }
    let parsed = parse_type(wire).map_err(|error| {
        let column = wire[..error.column - 1].chars().count() + 1;
        format!(
            "the override `{wire}` is no wire type (see its column {column}); write one such as f64, string[1024] or list<i32,10>"
        )
    })?;
    // Once more with the name, after which records without one are called.
    let named = parse_signature(called, &format!("({called}:{wire})->unit"))
        .ok()
        .and_then(|mut function| function.parameters.pop())
        .map_or(parsed, |parameter| parameter.ty);
    merge(base, named)
}

/// The override's sizes and widths with the source's names.
fn merge(base: Option<Type>, wire: Type) -> Result<Type, String> {
    Ok(match (base, wire) {
        (Some(Type::Record(base)), Type::Record(wire)) => {
            Type::Record(Arc::new(merge_records(&base, &wire)?))
        }
        (Some(Type::Optional(base)), Type::Optional(wire)) => {
            Type::Optional(Box::new(merge(Some(*base), *wire)?))
        }
        (Some(Type::List(base, _) | Type::Array(base, _)), Type::List(wire, limit)) => {
            Type::List(Box::new(merge(Some(*base), *wire)?), limit)
        }
        (Some(Type::List(base, _) | Type::Array(base, _)), Type::Array(wire, count)) => {
            Type::Array(Box::new(merge(Some(*base), *wire)?), count)
        }
        (_, wire) => unnamed(wire),
    })
}

fn merge_records(base: &Record, wire: &Record) -> Result<Record, String> {
    if base.fields.len() != wire.fields.len() {
        return Err(format!(
            "the override has {} fields and {} has {}; give one wire type for each",
            wire.fields.len(),
            base.name,
            base.fields.len()
        ));
    }
    let fields = base.fields.iter().zip(&wire.fields).enumerate();
    let fields = fields.map(|(index, (base_field, wire_field))| {
        if wire_field.name != base_field.name && wire_field.name != format!("item{index}") {
            return Err(format!(
                "the override calls field {} of {} {}; use its name, or none",
                base_field.name, base.name, wire_field.name
            ));
        }
        Ok(Field {
            name: base_field.name.clone(),
            source_type: base_field.source_type.clone(),
            ty: merge(Some(base_field.ty.clone()), wire_field.ty.clone())?,
        })
    });
    Ok(Record {
        fields: fields.collect::<Result<_, _>>()?,
        ..base.clone()
    })
}

/// A record that no class of the source stands for: a dict where its fields have names, else a tuple.
fn unnamed(ty: Type) -> Type {
    match ty {
        Type::Record(record) => {
            let mut record = Arc::unwrap_or_clone(record);
            let fields = record.fields.iter().enumerate();
            let by_position = fields
                .into_iter()
                .all(|(index, field)| field.name == format!("item{index}"));
            record.kind = if by_position {
                RecordKind::Tuple
            } else {
                RecordKind::Mapping
            };
            record.name = record_name(&record.name);
            for field in &mut record.fields {
                field.ty = unnamed(field.ty.clone());
            }
            Type::Record(Arc::new(record))
        }
        Type::Optional(inner) => Type::Optional(Box::new(unnamed(*inner))),
        Type::List(inner, limit) => Type::List(Box::new(unnamed(*inner)), limit),
        Type::Array(inner, count) => Type::Array(Box::new(unnamed(*inner)), count),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_split_at_its_own_commas_and_keeps_places() {
        let parts = split(" a = list<f32,4>, b=struct{x: i8, y: i8} ,return=f64", 100);
        let spelled: Vec<_> = parts.iter().map(|part| (part.name, part.wire)).collect();
        assert_eq!(
            spelled,
            [
                ("a", "list<f32,4>"),
                ("b", "struct{x: i8, y: i8}"),
                ("return", "f64")
            ]
        );
        assert_eq!((parts[0].at, parts[0].wire_at), (101, 105));
    }

    #[test]
    fn only_what_looks_like_a_wire_type_is_one() {
        for wire in [
            "f64",
            "f65",
            "string[",
            "[u8;16]",
            "list<i8>",
            " opt<i8>",
            "struct{i8}",
        ] {
            assert!(looks_like_wire(wire), "{wire}");
        }
        for doc in [
            "list of names",
            "the string",
            "metres",
            "[see below]",
            "i",
            "bool flag",
            "",
        ] {
            assert!(!looks_like_wire(doc), "{doc}");
        }
    }

    #[test]
    fn sizes_may_be_constants() {
        let constant = |name: &str| (name == "N").then_some(16);
        assert_eq!(
            with_constants("list<string[N],N>", constant),
            "list<string[16],16>"
        );
        assert_eq!(with_constants("[u8; N]", constant), "[u8;16]");
        assert_eq!(
            with_constants("struct{i8,N: f32}", constant),
            "struct{i8,N: f32}"
        );
    }
}
