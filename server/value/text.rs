//! Values as words of a shell: plain text for strings and scalars, JSON for what is composed.

use std::ffi::OsStr;
use std::io::{self, Read as _, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::bytes::{out_of_range, too_large};
use super::{Unfit, Value, from_json, to_json};
use crate::layout::Wire;

/// Reads one word.
///
/// Text is taken as it stands; `null` is an absent option; lists, arrays and records are JSON. Bytes are
/// the word's own, or after an `@` the content of a file (`@-`: standard input), after `@hex:` digits,
/// after `@@` the rest of the word behind one `@`.
///
/// # Errors
/// What does not fit, or another kind of value than the type takes.
pub fn from_word(wire: &Wire, word: &OsStr) -> Result<Value, Unfit> {
    match wire {
        Wire::Bytes { .. } => return bytes_of(wire, word).map(Value::Bytes),
        Wire::Optional(_) if word == "null" => return Ok(Value::Absent),
        Wire::Optional(inner) => return from_word(inner, word),
        _ => {}
    }
    let Some(text) = word.to_str() else {
        return Err(Unfit("is not valid Unicode text (invalid UTF-8)".into()));
    };
    match wire {
        Wire::Bool => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(Unfit::kind(format!("{text:?}"), wire)),
        },
        Wire::Number(_) => number(wire, text),
        Wire::Text { .. } => Ok(Value::Text(text.into())),
        Wire::Json { .. } | Wire::Array { .. } | Wire::List { .. } | Wire::Record(_) => {
            let json = serde_json::from_str(text)
                .map_err(|error| Unfit(format!("is no JSON that {wire} takes: {error}")))?;
            match wire {
                // Digits, order and blanks stay as they were typed.
                Wire::Json { .. } => Ok(Value::Text(text.into())),
                _ => from_json(wire, &json),
            }
        }
        Wire::Bytes { .. } | Wire::Optional(_) => Err(Unfit::kind("text", wire)),
    }
}

/// A number as it was typed, also one that is beyond its type.
pub(super) fn number(wire: &Wire, text: &str) -> Result<Value, Unfit> {
    let Wire::Number(number) = wire else {
        return Err(Unfit::kind(text, wire));
    };
    let wrong = || Unfit::kind(format!("{text:?}"), wire);
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if number.is_float() {
        let value = match number.size() {
            4 => text.parse::<f32>().map(f64::from),
            _ => text.parse::<f64>(),
        };
        let value = value.map_err(|_| wrong())?;
        let typed = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
        return match typed && value.is_infinite() {
            true if number.size() == 4 => Err(too_large(text)),
            true => Err(Unfit(format!(
                "{text} does not fit f64, which holds at most 1.7976931348623157e+308 in magnitude"
            ))),
            false => Ok(Value::Float(value)),
        };
    }
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(wrong());
    }
    match text.parse::<i128>() {
        Ok(value) => Ok(Value::Int(value)),
        Err(_) => Err(out_of_range(*number, text)),
    }
}

fn bytes_of(wire: &Wire, word: &OsStr) -> Result<Vec<u8>, Unfit> {
    let Some(rest) = word.as_bytes().strip_prefix(b"@") else {
        return Ok(word.as_bytes().into());
    };
    if rest.starts_with(b"@") {
        return Ok(rest.into());
    }
    if let Some(digits) = rest.strip_prefix(b"hex:") {
        return from_hex(digits).ok_or_else(|| Unfit::kind(format!("{word:?}"), wire));
    }
    let path = Path::new(OsStr::from_bytes(rest));
    // One byte more than fits is enough to know that it does not.
    let most = u64::from(wire.limit().unwrap_or_default()) + 1;
    let mut bytes = Vec::new();
    let read = if rest == b"-" {
        io::stdin().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| {
            let size = file.metadata()?.len();
            file.take(most).read_to_end(&mut bytes)?;
            Ok(size.max(bytes.len() as u64) as usize)
        })
    };
    let size = read.map_err(|error| Unfit(format!("{}: {error}", path.display())))?;
    match size > bytes.len() {
        true => Err(Unfit(format!(
            "{size} bytes do not fit {wire}, which holds at most {}",
            most - 1
        ))),
        false => Ok(bytes),
    }
}

/// Bytes from pairs of hexadecimal digits.
pub(super) fn from_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8))
        .collect()
}

/// Prints a value as [`from_word`] reads it, with a line break; bytes as they are, without one.
pub fn print(wire: &Wire, value: &Value, out: &mut dyn Write) -> io::Result<()> {
    match (wire, value) {
        (_, Value::Bytes(bytes)) => out.write_all(bytes),
        (_, Value::Text(text)) => writeln!(out, "{text}"),
        (_, Value::Absent) => writeln!(out, "null"),
        (Wire::Optional(inner), _) => print(inner, value, out),
        (_, Value::Float(number)) => writeln!(out, "{}", float(wire, *number)),
        _ => writeln!(out, "{}", to_json(wire, value)),
    }
}

/// The fewest digits that read back as the same number of this type; whole numbers without a point.
pub(super) fn float(wire: &Wire, value: f64) -> String {
    let text = match wire {
        Wire::Number(number) if number.size() == 4 => format!("{:?}", value as f32),
        _ => format!("{value:?}"),
    };
    match text.strip_suffix(".0") {
        Some(whole) => whole.into(),
        None => text.to_lowercase(),
    }
}
