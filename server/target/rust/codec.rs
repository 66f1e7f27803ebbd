//! Wire types as calls of `channel.rs`'s `put` and `get`.

use super::names::literal;
use super::types::{self, assign, call};
use crate::layout::{Slot, Wire};

/// What [`writes`] takes of each parameter: name, type, place, and the expression of a reference to it.
pub(super) fn layout_slots<'a>(
    slots: &'a [Slot],
    names: &'a [String],
) -> Vec<(&'a str, &'a Wire, u32, String)> {
    let by_reference = |slot: &Slot, name: &String| match types::is_borrowed(&slot.wire) {
        true => name.clone(),
        false => format!("&{name}"),
    };
    slots
        .iter()
        .zip(names)
        .map(|(slot, name)| {
            (
                slot.name.as_str(),
                &slot.wire,
                slot.offset,
                by_reference(slot, name),
            )
        })
        .collect()
}

/// The closure that puts the arguments, line by line; gaps between them are zeros.
pub(super) fn writes(
    slots: Vec<(&str, &Wire, u32, String)>,
    payload: &str,
    aliases: &mut Vec<String>,
) -> Vec<String> {
    if slots.is_empty() {
        return vec!["|_: channel::Payload<'_>| Ok(0);".to_string()];
    }
    let mut lines = vec![format!("|{payload}: channel::Payload<'_>| {{")];
    let mut end = 0;
    for (name, wire, offset, value) in slots {
        if offset > end {
            lines.push(format!("    {payload}.zero({end}, {});", offset - end));
        }
        end = offset + wire.size();
        let codec = codec(wire, aliases, 4);
        let put = format!("channel::put::<{codec}, _>");
        let args = [
            payload.to_string(),
            offset.to_string(),
            literal(name),
            value,
        ];
        lines.push(format!("    {}", call(&put, &args, "?;", 8)));
    }
    lines.push(format!("    Ok({end})"));
    lines.push("};".to_string());
    lines
}

/// The closure that gets the result, or the results.
pub(super) fn reads(
    results: &[Slot],
    payload: &str,
    result: &str,
    aliases: &mut Vec<String>,
) -> Vec<String> {
    if results.is_empty() {
        return vec!["|_: channel::Payload<'_>, _: usize| Ok(());".to_string()];
    }
    let get = |slot: &Slot, shown: &str, aliases: &mut Vec<String>| {
        let codec = codec(&slot.wire, aliases, 4);
        let args = [payload.to_string(), slot.offset.to_string(), literal(shown)];
        (format!("channel::get::<{codec}>"), args)
    };
    let mut lines = vec![format!("|{payload}: channel::Payload<'_>, _: usize| {{")];
    match results {
        [only] => {
            let (function, args) = get(only, "result", aliases);
            let value = format!("let {result} =");
            lines.push(format!("    {}", assign(&value, &function, &args, "?;", 8)));
            let answer = if types::is_several(results) {
                format!("({result},)")
            } else {
                result.to_string()
            };
            lines.push(format!("    Ok({answer})"));
        }
        _ => {
            lines.push("    Ok((".to_string());
            for (index, slot) in results.iter().enumerate() {
                let (function, args) = get(slot, &format!("result[{index}]"), aliases);
                lines.push(format!("        {}", call(&function, &args, "?,", 12)));
            }
            lines.push("    ))".to_string());
        }
    }
    lines.push("};".to_string());
    lines
}

/// The codec's type as an expression can name it: long ones get an alias.
pub(super) fn codec(wire: &Wire, aliases: &mut Vec<String>, indent: usize) -> String {
    let codec = types::codec(wire);
    let flat = codec.flat();
    if flat.len() <= 40 {
        return flat;
    }
    let alias = format!("Wire{}", aliases.len());
    aliases.push(codec.alias(&alias, indent));
    alias
}
