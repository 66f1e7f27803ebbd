//! Wire types as Rust types, and the shapes that rustfmt gives to what is too long for a line.

use std::sync::Arc;

use super::names::record_name;
use crate::layout::{Record, Slot, Wire};
use crate::signature::RecordKind;

/// rustfmt's width of a line, and of a call's arguments on one line.
pub(super) const WIDTH: usize = 100;
const CALL_WIDTH: usize = 60;
/// The most fields of a record without names that stands as a tuple: for so many there are codecs.
const MOST_IN_TUPLE: usize = 24;

/// A Rust type that can be broken over lines.
pub(super) enum Type {
    Plain(String),
    /// `before`, the inner type, `after`: `&[`, `Person`, `]`.
    Around(String, Box<Type>, String),
    /// `Vec<`, `(`, the types, and the bracket that closes.
    Many(String, Vec<Type>, &'static str),
}

impl Type {
    fn named(name: &str, of: Vec<Type>) -> Type {
        Type::Many(format!("{name}<"), of, ">")
    }

    fn tuple(of: Vec<Type>) -> Type {
        Type::Many("(".to_string(), of, ")")
    }

    fn around(before: &str, inner: Type, after: &str) -> Type {
        Type::Around(before.to_string(), Box::new(inner), after.to_string())
    }

    /// On one line.
    pub(super) fn flat(&self) -> String {
        match self {
            Type::Plain(name) => name.clone(),
            Type::Around(before, inner, after) => format!("{before}{}{after}", inner.flat()),
            Type::Many(open, types, close) => {
                let flat: Vec<String> = types.iter().map(Type::flat).collect();
                let comma = if open == "(" && flat.len() == 1 {
                    ","
                } else {
                    ""
                };
                format!("{open}{}{comma}{close}", flat.join(", "))
            }
        }
    }

    /// Over lines where it does not end before the width: `used` columns stand before it, and `after`
    /// follow it.
    fn broken(&self, indent: usize, used: usize, after: usize) -> String {
        let flat = self.flat();
        if used + flat.chars().count() + after <= WIDTH && self.has_no_wide_tuple() {
            return flat;
        }
        match self {
            Type::Plain(_) => flat,
            // What rustfmt does to an array.
            Type::Around(open, inner, close) if close.starts_with("; ") => {
                let (inner, count) = (inner.flat(), &close[2..]);
                format!("{open}{inner};\n{}{count}", blanks(indent + 5))
            }
            Type::Around(open, inner, close) => {
                let inner = inner.broken(indent, used + open.len(), after + close.len());
                format!("{open}{inner}{close}")
            }
            Type::Many(open, types, close) => {
                let mut text = open.clone();
                let deeper = indent + 4;
                for inner in types {
                    let inner = inner.broken(deeper, deeper, 1);
                    text.push_str(&format!("\n{}{inner},", blanks(deeper)));
                }
                format!("{text}\n{}{close}", blanks(indent))
            }
        }
    }

    /// Whether clippy finds the type too complex; it counts each part by its depth.
    pub(super) fn is_complex(&self) -> bool {
        self.complexity(1) > 200
    }

    fn complexity(&self, depth: usize) -> usize {
        match self {
            Type::Plain(_) => 10 * depth + 10,
            Type::Around(_, inner, _) => 10 * depth + inner.complexity(depth + 1),
            Type::Many(_, types, _) => {
                let inner = types.iter().map(|inner| inner.complexity(depth + 1));
                10 * depth + inner.sum::<usize>()
            }
        }
    }

    /// rustfmt breaks a tuple as it breaks a call's arguments, also where the line has room.
    fn has_no_wide_tuple(&self) -> bool {
        match self {
            Type::Plain(_) => true,
            Type::Around(_, inner, _) => inner.has_no_wide_tuple(),
            Type::Many(open, types, _) => {
                let narrow = open != "(" || self.flat().chars().count() <= CALL_WIDTH + 2;
                narrow && types.iter().all(Type::has_no_wide_tuple)
            }
        }
    }

    /// `name: Type,` as a parameter on a line of its own.
    pub(super) fn parameter(&self, name: &str, indent: usize) -> String {
        let used = indent + name.chars().count() + 2;
        format!("{name}: {},", self.broken(indent, used, 1))
    }

    /// `name: Type,` as a field: the type has a line of its own where it fits only there.
    pub(super) fn field(&self, name: &str, indent: usize) -> String {
        if self.has_no_wide_tuple() {
            let placed = placed(&format!("{name}:"), &self.flat(), ",", indent);
            if placed.contains('\n') {
                return placed;
            }
        }
        self.parameter(name, indent)
    }

    /// `type Name = Type;`
    pub(super) fn alias(&self, name: &str, indent: usize) -> String {
        let used = indent + name.len() + "type  = ".len();
        format!("type {name} = {};", self.broken(indent, used, 1))
    }
}

fn blanks(count: usize) -> String {
    " ".repeat(count)
}

/// `call(arguments)after` at this depth: on one line, or an argument a line.
pub(super) fn call(function: &str, arguments: &[String], after: &str, indent: usize) -> String {
    let flat = arguments.join(", ");
    let line = format!("{function}({flat}){after}");
    if flat.chars().count() <= CALL_WIDTH && indent + line.chars().count() <= WIDTH {
        return line;
    }
    // What is short all over shares a line.
    if arguments.len() > 1
        && arguments
            .iter()
            .all(|argument| argument.chars().count() <= 10)
    {
        return format!(
            "{function}(\n{}{flat},\n{}){after}",
            blanks(indent + 4),
            blanks(indent)
        );
    }
    let mut text = format!("{function}(");
    for argument in arguments {
        text.push_str(&format!("\n{}{argument},", blanks(indent + 4)));
    }
    format!("{text}\n{}){after}", blanks(indent))
}

/// `name value after`, the value on a line of its own where it fits only there.
pub(super) fn placed(name: &str, value: &str, after: &str, indent: usize) -> String {
    let value_width = value.chars().count();
    let before = indent + name.chars().count() + 1;
    if before + value_width + 1 > WIDTH && indent + 5 + value_width <= WIDTH {
        return format!("{name}\n{}{value}{after}", blanks(indent + 4));
    }
    format!("{name} {value}{after}")
}

/// `name = call(arguments)after` or `name: call(arguments)after`: where it does not fit after the name, on a
/// line of its own, and only then an argument a line.
pub(super) fn assign(
    name: &str,
    function: &str,
    arguments: &[String],
    after: &str,
    indent: usize,
) -> String {
    let here = call(&format!("{name} {function}"), arguments, after, indent);
    let below = call(function, arguments, after, indent + 4);
    if here.contains('\n') && !below.contains('\n') {
        return format!("{name}\n{}{below}", blanks(indent + 4));
    }
    here
}

/// `pub fn name(parameters) -> Result<T, Error> {`; parameters end with a comma each.
pub(super) fn signature(name: &str, parameters: &[String], returned: &Type) -> String {
    let flat: Vec<&str> = parameters
        .iter()
        .map(|one| one.trim_end_matches(','))
        .collect();
    let line = format!(
        "pub fn {name}({}) -> {} {{",
        flat.join(", "),
        returned.flat()
    );
    if line.chars().count() <= WIDTH && !line.contains('\n') && returned.has_no_wide_tuple() {
        return line;
    }
    if parameters.is_empty() {
        return format!("pub fn {name}(\n) -> {} {{", returned.broken(0, 5, 2));
    }
    let mut text = format!("pub fn {name}(");
    for parameter in &flat {
        text.push_str(&format!("\n    {parameter},"));
    }
    format!("{text}\n) -> {} {{", returned.broken(0, 5, 2))
}

/// Several results are a tuple in the signature, whatever their number.
pub(super) fn is_several(results: &[Slot]) -> bool {
    results.first().is_some_and(|slot| slot.name != "result") || results.len() > 1
}

/// Whether the record stands as a tuple of Rust.
pub(super) fn is_tuple(record: &Arc<Record>) -> bool {
    record.kind == RecordKind::Tuple && record.fields.len() <= MOST_IN_TUPLE
}

/// Whether a parameter of this type is a reference already.
pub(super) fn is_borrowed(wire: &Wire) -> bool {
    match wire {
        Wire::Bool | Wire::Number(_) | Wire::Optional(_) => false,
        Wire::Record(record) if is_tuple(record) => !is_plain(wire),
        _ => true,
    }
}

/// Whether a value is numbers alone, and so small that it is passed by value.
fn is_plain(wire: &Wire) -> bool {
    match wire {
        Wire::Bool | Wire::Number(_) => true,
        Wire::Record(record) if is_tuple(record) => {
            record.size <= 16 && record.fields.iter().all(|field| is_plain(&field.wire))
        }
        _ => false,
    }
}

/// The type of a parameter.
pub(super) fn parameter(wire: &Wire) -> Type {
    match wire {
        Wire::Text { .. } | Wire::Json { .. } => Type::Plain("&str".to_string()),
        Wire::Bytes { .. } => Type::Plain("&[u8]".to_string()),
        Wire::Optional(value) => Type::named("Option", vec![parameter(value)]),
        Wire::List { element, .. } => Type::around("&[", owned(element), "]"),
        _ if is_borrowed(wire) => Type::around("&", owned(wire), ""),
        _ => owned(wire),
    }
}

/// The type of a value that is owned: a result, a field, an element.
pub(super) fn owned(wire: &Wire) -> Type {
    match wire {
        Wire::Bool => Type::Plain("bool".to_string()),
        Wire::Number(number) => Type::Plain(number.name().to_string()),
        Wire::Text { .. } | Wire::Json { .. } => Type::Plain("String".to_string()),
        Wire::Bytes { .. } => Type::Plain("Vec<u8>".to_string()),
        Wire::Optional(value) => Type::named("Option", vec![owned(value)]),
        Wire::Array { element, count } => Type::around("[", owned(element), &format!("; {count}]")),
        Wire::List { element, .. } => Type::named("Vec", vec![owned(element)]),
        Wire::Record(record) if is_tuple(record) => Type::tuple(
            record
                .fields
                .iter()
                .map(|field| owned(&field.wire))
                .collect(),
        ),
        Wire::Record(record) => Type::Plain(record_name(&record.name)),
    }
}

/// The type that puts and gets it.
pub(super) fn codec(wire: &Wire) -> Type {
    let sized = |name: &str, size: u32| Type::Plain(format!("channel::{name}<{size}>"));
    match wire {
        Wire::Text { size } => sized("Text", *size),
        Wire::Json { size } => sized("Json", *size),
        Wire::Bytes { size } => sized("Bytes", *size),
        Wire::Optional(value) => Type::named("channel::Opt", vec![codec(value)]),
        Wire::Array { element, count } => Type::around("[", codec(element), &format!("; {count}]")),
        Wire::List { element, limit } => {
            let limit = Type::Plain(limit.to_string());
            Type::named("channel::List", vec![codec(element), limit])
        }
        Wire::Record(record) if is_tuple(record) => Type::tuple(
            record
                .fields
                .iter()
                .map(|field| codec(&field.wire))
                .collect(),
        ),
        _ => owned(wire),
    }
}

/// `Result<T, Error>`
pub(super) fn returned(results: &[Slot]) -> Type {
    let value = match results {
        [] => Type::Plain("()".to_string()),
        [only] if !is_several(results) => owned(&only.wire),
        _ => Type::tuple(results.iter().map(|slot| owned(&slot.wire)).collect()),
    };
    Type::named("Result", vec![value, Type::Plain("Error".to_string())])
}
