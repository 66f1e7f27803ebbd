//! Functions that put a call's values into a lane and get them out again.
//!
//! Numbers, short strings and short bytes are packed by one `struct.Struct`; where a value is not plainly
//! what the layout wants, and for every other type, the general way takes over, which also names the fault.

use super::format::{Expr, assign, literal, statement};
use super::names::KEYWORDS;
use super::types::wire;
use crate::layout::{HEADER_SIZE, Layout, Slot, Wire};
use crate::target::unreserved;

/// Strings and bytes up to this size are packed with what stands around them; longer ones would be
/// padded in vain.
const SHORT: u32 = 1024;
/// Beyond so many values the general way is no slower by much, and reads better.
const MANY: usize = 8;

/// What the generated functions take and give.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Nothing,
    One,
    /// Also the arguments of a call, however few.
    Several,
}

/// The shape of a function's result.
pub fn shape(layout: &Layout) -> Shape {
    match layout.results.len() {
        0 => Shape::Nothing,
        1 if !layout.canonical.ends_with(')') => Shape::One,
        _ => Shape::Several,
    }
}

/// A generated function and the module's names that it needs.
pub struct Codec {
    pub definitions: Vec<String>,
    pub text: String,
}

/// Words that the generated functions use themselves.
const OWN: &[&str] = &[
    "memory",
    "arguments",
    "result",
    "values",
    "len",
    "type",
    "str",
    "int",
    "float",
    "bool",
    "bytes",
    "struct",
    "memoryview",
    "tuple",
    "UnicodeEncodeError",
    "UnicodeDecodeError",
    "OverflowError",
    "Any",
];

fn locals(slots: &[Slot]) -> Vec<String> {
    let refused: Vec<&str> = KEYWORDS.iter().chain(OWN).copied().collect();
    let mut names: Vec<String> = Vec::new();
    for slot in slots {
        let plain = slot.name.trim_start_matches('_');
        let plain = if plain.is_empty() { "value" } else { plain };
        names.push(unreserved(plain, &refused, &names));
    }
    names
}

fn letter(ty: &Wire) -> Option<char> {
    use crate::signature::Number::*;
    let Wire::Number(number) = ty else {
        return None;
    };
    Some(match number {
        I8 => 'b',
        I16 => 'h',
        I32 => 'i',
        I64 => 'q',
        U8 => 'B',
        U16 => 'H',
        U32 => 'I',
        U64 => 'Q',
        F32 => 'f',
        F64 => 'd',
    })
}

/// The slots as one format of the struct module, where all of them are flat.
fn format_of(slots: &[Slot], reading: bool) -> Option<String> {
    if slots.is_empty() || slots.len() > MANY {
        return None;
    }
    let mut format = String::from("<");
    let mut at = slots[0].offset;
    for slot in slots {
        if slot.offset > at {
            format.push_str(&format!("{}x", slot.offset - at));
        }
        match &slot.wire {
            Wire::Bool => format.push(if reading { 'B' } else { '?' }),
            Wire::Number(_) => format.push(letter(&slot.wire)?),
            Wire::Text { size } | Wire::Bytes { size } if *size <= SHORT => {
                let kind = if reading { 'x' } else { 's' };
                format.push_str(&format!("I{}{kind}", size - 4));
            }
            _ => return None,
        }
        at = slot.offset + slot.size;
    }
    Some(format)
}

fn slots_definition(name: &str, slots: &[Slot]) -> String {
    let items = slots.iter().map(|slot| {
        Expr::group(
            "(",
            [
                Expr::Atom(literal(&slot.name)),
                Expr::Atom(slot.offset.to_string()),
                wire(&slot.wire),
            ],
            ")",
        )
    });
    assign(&format!("{name}: _Slots"), &Expr::group("[", items, "]"), 0)
}

fn struct_definition(name: &str, format: &str) -> String {
    format!("{name} = struct.Struct(\"{format}\")")
}

/// The names of a function's slots and of its packed form.
fn names(id: &str, arguments: bool) -> (String, String) {
    if arguments {
        (format!("_{id}_parameters"), format!("_{id}_request"))
    } else {
        (format!("_{id}_results"), format!("_{id}_response"))
    }
}

/// `_write_ID(memory, value)`: the arguments of a stub, the result of a provider.
pub fn writer(id: &str, slots: &[Slot], shape: Shape) -> Codec {
    write_function(id, slots, shape, true)
}

/// As [`writer`], for a provider's result.
pub fn result_writer(id: &str, slots: &[Slot], shape: Shape) -> Codec {
    write_function(id, slots, shape, false)
}

fn write_function(id: &str, slots: &[Slot], shape: Shape, arguments: bool) -> Codec {
    let (slots_name, packed) = names(id, arguments);
    let given = if arguments { "arguments" } else { "result" };
    let mut text = format!("def _write_{id}(memory: memoryview, {given}: Any) -> None:\n");
    if slots.is_empty() {
        text.push_str("    pass");
        return Codec {
            definitions: Vec::new(),
            text,
        };
    }
    let mut definitions = vec![slots_definition(&slots_name, slots)];
    let fast = format_of(slots, false).and_then(|format| {
        let lines = fast_write(slots, shape, given, &packed)?;
        definitions.push(struct_definition(&packed, &format));
        Some(lines)
    });
    if let Some(lines) = fast {
        text.push_str(&lines);
    }
    let values = match (arguments, shape) {
        (false, Shape::One) => "(result,)".to_string(),
        (false, _) => format!("_items(result, {})", slots.len()),
        _ => given.to_string(),
    };
    text.push_str(&format!("    _write_each(memory, {slots_name}, {values})"));
    Codec { definitions, text }
}

/// The straight way, or nothing where its lines would have to be broken.
fn fast_write(slots: &[Slot], shape: Shape, given: &str, packed: &str) -> Option<String> {
    let names = match shape {
        Shape::One => vec!["result".to_string()],
        _ => locals(slots),
    };
    let mut lines = Vec::new();
    let mut checks = Vec::new();
    let mut encoded = Vec::new();
    let mut fits = Vec::new();
    let mut values = Vec::new();
    for (slot, name) in slots.iter().zip(&names) {
        let kind = match &slot.wire {
            Wire::Bool => "bool",
            Wire::Number(number) if number.is_float() => "float",
            Wire::Number(_) => "int",
            Wire::Text { .. } => "str",
            _ => "bytes",
        };
        checks.push(format!("type({name}) is {kind}"));
        match &slot.wire {
            Wire::Text { size } => {
                let data = format!("{name}_data");
                encoded.push(format!("{data} = {name}.encode()"));
                fits.push(format!("len({data}) < {}", size - 4));
                fits.push(format!("0 not in {data}"));
                values.push(format!("len({data})"));
                values.push(data);
            }
            Wire::Bytes { size } => {
                fits.push(format!("len({name}) <= {}", size - 4));
                values.push(format!("len({name})"));
                values.push(name.clone());
            }
            _ => values.push(name.clone()),
        }
    }
    if shape == Shape::Several && given == "result" {
        checks.insert(
            0,
            format!("type(result) is tuple and len(result) == {}", slots.len()),
        );
    }
    let unpack = match (shape, names.len()) {
        (Shape::One, _) => None,
        (_, 1) => Some(format!("({},) = {given}", names[0])),
        _ => Some(format!("{} = {given}", names.join(", "))),
    };
    let mut depth = 1;
    let mut push = |depth: usize, line: String| {
        lines.push(format!("{}{line}", "    ".repeat(depth)));
    };
    if given == "result" && shape == Shape::Several {
        push(
            1,
            checks.remove(0).replace("type(result)", "if type(result)") + ":",
        );
        depth = 2;
    }
    if let Some(unpack) = unpack {
        push(depth, unpack);
    }
    condition(&checks, depth, &mut push);
    push(depth + 1, "try:".into());
    for line in encoded {
        push(depth + 2, line);
    }
    let mut deep = depth + 2;
    if !fits.is_empty() {
        condition(&fits, deep, &mut push);
        deep += 1;
    }
    let start = HEADER_SIZE + slots[0].offset;
    let call = Expr::group(
        &format!("{packed}.pack_into("),
        ["memory".to_string(), start.to_string()]
            .into_iter()
            .chain(values)
            .map(Expr::Atom),
        ")",
    );
    push(deep, statement(&call, deep * 4));
    push(deep, "return".into());
    push(
        depth + 1,
        "except (UnicodeEncodeError, struct.error, OverflowError):".into(),
    );
    push(
        depth + 2,
        "pass  # the other way names what does not fit".into(),
    );
    let text = lines.join("\n") + "\n";
    text.lines()
        .all(|line| line.chars().count() <= 88)
        .then_some(text)
}

fn condition(checks: &[String], depth: usize, push: &mut impl FnMut(usize, String)) {
    let flat = format!("if {}:", checks.join(" and "));
    if depth * 4 + flat.chars().count() <= 88 {
        push(depth, flat);
        return;
    }
    push(depth, "if (".into());
    for (index, check) in checks.iter().enumerate() {
        let and = if index == 0 { "" } else { "and " };
        push(depth + 1, format!("{and}{check}"));
    }
    push(depth, "):".into());
}

/// `_read_ID(memory)` of a stub: the result.
pub fn reader(id: &str, slots: &[Slot], shape: Shape) -> Codec {
    read_function(id, slots, shape, false)
}

/// `_read_ID(memory)` of a provider: the arguments.
pub fn argument_reader(id: &str, slots: &[Slot]) -> Codec {
    read_function(id, slots, Shape::Several, true)
}

fn read_function(id: &str, slots: &[Slot], shape: Shape, arguments: bool) -> Codec {
    let (slots_name, packed) = names(id, arguments);
    let mut text = format!("def _read_{id}(memory: memoryview) -> Any:\n");
    if slots.is_empty() {
        text.push_str(if arguments {
            "    return ()"
        } else {
            "    return None"
        });
        return Codec {
            definitions: Vec::new(),
            text,
        };
    }
    let mut definitions = vec![slots_definition(&slots_name, slots)];
    let fast = format_of(slots, true).and_then(|format| {
        let (lines, whole) = fast_read(slots, shape, &packed)?;
        definitions.push(struct_definition(&packed, &format));
        Some((lines, whole))
    });
    let mut whole = false;
    if let Some((lines, all)) = fast {
        text.push_str(&lines);
        whole = all;
    }
    if whole {
        // Nothing that could be wrong in another process's bytes: no other way is needed.
        definitions.remove(0);
        text.truncate(text.trim_end().len());
        return Codec { definitions, text };
    }
    text.push_str(&match shape {
        Shape::One => format!("    return _read_each(memory, {slots_name})[0]"),
        _ => format!("    return tuple(_read_each(memory, {slots_name}))"),
    });
    Codec { definitions, text }
}

/// The straight way, and whether it covers every case.
fn fast_read(slots: &[Slot], shape: Shape, packed: &str) -> Option<(String, bool)> {
    let names = match shape {
        Shape::One => vec!["result".to_string()],
        _ => locals(slots),
    };
    let start = HEADER_SIZE + slots[0].offset;
    let mut raw = Vec::new();
    let mut fits = Vec::new();
    let mut decoded = Vec::new();
    let mut texts = Vec::new();
    let mut values = Vec::new();
    for (slot, name) in slots.iter().zip(&names) {
        let at = HEADER_SIZE + slot.offset + 4;
        match &slot.wire {
            Wire::Bool => {
                fits.push(format!("{name} < 2"));
                raw.push(name.clone());
                values.push(format!("{name} == 1"));
            }
            Wire::Text { size } => {
                let size_name = format!("{name}_size");
                fits.push(format!("{size_name} < {}", size - 4));
                decoded.push(format!(
                    "{name} = memory[{at} : {at} + {size_name}].tobytes().decode()"
                ));
                texts.push(format!("\"\\0\" not in {name}"));
                raw.push(size_name);
                values.push(name.clone());
            }
            Wire::Bytes { size } => {
                let size_name = format!("{name}_size");
                fits.push(format!("{size_name} <= {}", size - 4));
                decoded.push(format!(
                    "{name} = memory[{at} : {at} + {size_name}].tobytes()"
                ));
                raw.push(size_name);
                values.push(name.clone());
            }
            _ => {
                raw.push(name.clone());
                values.push(name.clone());
            }
        }
    }
    let unpacked = format!("{packed}.unpack_from(memory, {start})");
    if fits.is_empty() {
        let line = match shape {
            Shape::One => format!("    return {unpacked}[0]"),
            _ => format!("    return {unpacked}"),
        };
        return (line.chars().count() <= 88).then_some((line, true));
    }
    let mut lines = Vec::new();
    let mut push = |depth: usize, line: String| {
        lines.push(format!("{}{line}", "    ".repeat(depth)));
    };
    let comma = if raw.len() == 1 { "," } else { "" };
    let target = match raw.len() {
        1 => format!("({}{comma})", raw[0]),
        _ => raw.join(", "),
    };
    push(1, format!("{target} = {unpacked}"));
    condition(&fits, 1, &mut push);
    let mut depth = 2;
    if !texts.is_empty() {
        push(2, "try:".into());
        depth = 3;
    }
    for line in decoded {
        push(depth, line);
    }
    let value = match (shape, values.len()) {
        (Shape::One, _) => values[0].clone(),
        (_, 1) => format!("({},)", values[0]),
        _ => values.join(", "),
    };
    if texts.is_empty() {
        push(depth, format!("return {value}"));
    } else {
        condition(&texts, depth, &mut push);
        push(depth + 1, format!("return {value}"));
        push(2, "except UnicodeDecodeError:".into());
        push(3, "pass  # the other way names what is wrong".into());
    }
    let text = lines.join("\n") + "\n";
    text.lines()
        .all(|line| line.chars().count() <= 88)
        .then_some((text, false))
}
