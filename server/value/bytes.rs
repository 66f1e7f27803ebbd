//! Values in a payload: every byte of it, padding included.

use super::{Unfit, Value};
use crate::layout::Wire;
use crate::signature::Number;

/// Writes a value at the start of `room`, which is zeroed and as long as the type.
///
/// # Errors
/// What does not fit, with the limit.
pub fn encode(wire: &Wire, value: &Value, room: &mut [u8]) -> Result<(), Unfit> {
    let first = wire.first_element() as usize;
    match (wire, value) {
        (Wire::Bool, Value::Bool(value)) => room[0] = u8::from(*value),
        (Wire::Number(number), Value::Int(value)) if !number.is_float() => {
            encode_integer(*number, *value, room)?;
        }
        (Wire::Number(Number::F32), Value::Float(value)) => {
            let narrow = *value as f32;
            if narrow.is_infinite() && value.is_finite() {
                return Err(too_large(value));
            }
            room[..4].copy_from_slice(&narrow.to_le_bytes());
        }
        (Wire::Number(_), Value::Float(value)) => {
            room[..8].copy_from_slice(&value.to_le_bytes());
        }
        (Wire::Text { .. } | Wire::Json { .. }, Value::Text(text)) => {
            encode_run(wire, text.as_bytes(), room)?;
            if text.contains('\0') {
                return Err(Unfit(
                    "holds a NUL character, where C and shell readers would end; use bytes instead"
                        .into(),
                ));
            }
        }
        (Wire::Bytes { .. }, Value::Bytes(bytes)) => encode_run(wire, bytes, room)?,
        (Wire::Optional(_), Value::Absent) => {}
        (Wire::Optional(inner), _) => {
            room[0] = 1;
            encode(inner, value, &mut room[first..])?;
        }
        (Wire::Array { element, count }, Value::List(values)) => {
            if values.len() != *count as usize {
                return Err(Unfit(format!(
                    "{} elements given, {wire} takes exactly {count}",
                    values.len()
                )));
            }
            encode_elements(element, values, room)?;
        }
        (Wire::List { element, limit }, Value::List(values)) => {
            if values.len() > *limit as usize {
                return Err(Unfit(format!(
                    "{} elements do not fit {wire}, which holds at most {limit}",
                    values.len()
                )));
            }
            room[..4].copy_from_slice(&(values.len() as u32).to_le_bytes());
            encode_elements(element, values, &mut room[first..])?;
        }
        (Wire::Record(record), Value::Record(values)) if values.len() == record.fields.len() => {
            for (field, value) in record.fields.iter().zip(values) {
                encode(&field.wire, value, &mut room[field.offset as usize..])?;
            }
        }
        _ => return Err(Unfit::kind("another kind of value", wire)),
    }
    Ok(())
}

/// The sentence for a finite number beyond the range of `f32`.
pub(super) fn too_large(given: impl std::fmt::Display) -> Unfit {
    Unfit(format!(
        "{given} does not fit f32, which holds at most 3.4028235e+38 in magnitude"
    ))
}

fn encode_integer(number: Number, value: i128, room: &mut [u8]) -> Result<(), Unfit> {
    let (least, most) = number.range().unwrap_or((i128::MIN, i128::MAX));
    if !(least..=most).contains(&value) {
        return Err(out_of_range(number, value));
    }
    let size = number.size() as usize;
    room[..size].copy_from_slice(&value.to_le_bytes()[..size]);
    Ok(())
}

/// The sentence for an integer that its type cannot hold.
pub(super) fn out_of_range(number: Number, given: impl std::fmt::Display) -> Unfit {
    let (least, most) = number.range().unwrap_or((i128::MIN, i128::MAX));
    Unfit(format!(
        "{given} does not fit {}, which holds {least} to {most}",
        number.name()
    ))
}

fn encode_run(wire: &Wire, bytes: &[u8], room: &mut [u8]) -> Result<(), Unfit> {
    let most = wire.limit().unwrap_or_default();
    if bytes.len() > most as usize {
        return Err(Unfit(format!(
            "{} bytes do not fit {wire}, which holds at most {most}",
            bytes.len()
        )));
    }
    room[..4].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
    room[4..4 + bytes.len()].copy_from_slice(bytes);
    Ok(())
}

fn encode_elements(element: &Wire, values: &[Value], room: &mut [u8]) -> Result<(), Unfit> {
    let stride = element.stride() as usize;
    for (index, value) in values.iter().enumerate() {
        encode(element, value, &mut room[index * stride..])?;
    }
    Ok(())
}

/// Reads a value from the start of `bytes`, which another process wrote and which are as long as the type.
///
/// # Errors
/// Lengths, counts, presence bytes and text that cannot be.
pub fn decode(wire: &Wire, bytes: &[u8]) -> Result<Value, Unfit> {
    let first = wire.first_element() as usize;
    Ok(match wire {
        Wire::Bool => Value::Bool(flag(wire, bytes[0])?),
        Wire::Number(number) => decode_number(*number, bytes),
        Wire::Text { .. } | Wire::Json { .. } => {
            let text = String::from_utf8(decode_run(wire, bytes)?.to_vec())
                .map_err(|_| Unfit("is not valid Unicode text (invalid UTF-8)".into()))?;
            if text.contains('\0') {
                return Err(Unfit(format!("{wire} holds a NUL character")));
            }
            Value::Text(text)
        }
        Wire::Bytes { .. } => Value::Bytes(decode_run(wire, bytes)?.to_vec()),
        Wire::Optional(inner) => match flag(wire, bytes[0])? {
            true => decode(inner, &bytes[first..])?,
            false => Value::Absent,
        },
        Wire::Array { element, count } => decode_elements(element, *count, bytes)?,
        Wire::List { element, .. } => {
            decode_elements(element, length(wire, bytes)?, &bytes[first..])?
        }
        Wire::Record(record) => {
            let fields = record.fields.iter();
            let values = fields.map(|field| decode(&field.wire, &bytes[field.offset as usize..]));
            Value::Record(values.collect::<Result<_, _>>()?)
        }
    })
}

fn flag(wire: &Wire, byte: u8) -> Result<bool, Unfit> {
    match byte {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Unfit(format!("{wire} begins with the byte {byte}"))),
    }
}

/// A length or a count, which is at most what its type holds.
fn length(wire: &Wire, bytes: &[u8]) -> Result<u32, Unfit> {
    let length = u32::from_le_bytes(bytes[..4].try_into().expect("four bytes"));
    match wire.limit() {
        Some(limit) if length > limit => Err(Unfit(format!(
            "a length of {length} stands in {wire}, which holds at most {limit}"
        ))),
        _ => Ok(length),
    }
}

fn decode_run<'a>(wire: &Wire, bytes: &'a [u8]) -> Result<&'a [u8], Unfit> {
    let length = length(wire, bytes)? as usize;
    Ok(&bytes[4..4 + length])
}

fn decode_elements(element: &Wire, count: u32, bytes: &[u8]) -> Result<Value, Unfit> {
    let stride = element.stride() as usize;
    let values = (0..count as usize).map(|index| decode(element, &bytes[index * stride..]));
    Ok(Value::List(values.collect::<Result<_, _>>()?))
}

fn decode_number(number: Number, bytes: &[u8]) -> Value {
    let mut word = [0; 8];
    let size = number.size() as usize;
    word[..size].copy_from_slice(&bytes[..size]);
    let whole = u64::from_le_bytes(word);
    match number {
        Number::F32 => Value::Float(f64::from(f32::from_bits(whole as u32))),
        Number::F64 => Value::Float(f64::from_bits(whole)),
        Number::I8 => Value::Int(i128::from(whole as i8)),
        Number::I16 => Value::Int(i128::from(whole as i16)),
        Number::I32 => Value::Int(i128::from(whole as i32)),
        Number::I64 => Value::Int(i128::from(whole as i64)),
        _ => Value::Int(i128::from(whole)),
    }
}
