//! Values as JSON.
//!
//! Bytes are a string of hexadecimal digits; the numbers that JSON lacks are the strings `"nan"`, `"inf"`
//! and `"-inf"`; a record is an object, or an array of its fields in order.

use serde_json::{Map, Number, Value as Json};

use super::text::{float, from_hex, number};
use super::{Unfit, Value};
use crate::layout::{Record, Wire};

/// Reads a JSON value as one of that type.
///
/// # Errors
/// Another kind of value than the type takes.
pub fn from_json(wire: &Wire, json: &Json) -> Result<Value, Unfit> {
    let wrong = || Err(Unfit::kind(kind(json), wire));
    match (wire, json) {
        (Wire::Json { .. }, _) => Ok(Value::Text(json.to_string())),
        (Wire::Optional(_), Json::Null) => Ok(Value::Absent),
        (Wire::Optional(inner), _) => from_json(inner, json),
        (Wire::Bool, Json::Bool(value)) => Ok(Value::Bool(*value)),
        (Wire::Number(_), Json::Number(given)) => number(wire, &given.to_string()),
        (Wire::Number(width), Json::String(text)) if width.is_float() => match text.as_str() {
            "nan" => Ok(Value::Float(f64::NAN)),
            "inf" => Ok(Value::Float(f64::INFINITY)),
            "-inf" => Ok(Value::Float(f64::NEG_INFINITY)),
            _ => wrong(),
        },
        (Wire::Text { .. }, Json::String(text)) => Ok(Value::Text(text.clone())),
        (Wire::Bytes { .. }, Json::String(digits)) => {
            from_hex(digits.as_bytes()).map_or_else(wrong, |bytes| Ok(Value::Bytes(bytes)))
        }
        (Wire::Array { element, .. } | Wire::List { element, .. }, Json::Array(elements)) => {
            let values = elements.iter().map(|json| from_json(element, json));
            Ok(Value::List(values.collect::<Result<_, _>>()?))
        }
        (Wire::Record(record), Json::Array(fields)) => {
            if fields.len() != record.fields.len() {
                return Err(Unfit(format!(
                    "{} elements given, {wire} takes exactly {}",
                    fields.len(),
                    record.fields.len()
                )));
            }
            let pairs = record.fields.iter().zip(fields);
            let values = pairs.map(|(field, json)| from_json(&field.wire, json));
            Ok(Value::Record(values.collect::<Result<_, _>>()?))
        }
        (Wire::Record(record), Json::Object(object)) => from_object(record, object),
        _ => wrong(),
    }
}

fn from_object(record: &Record, object: &Map<String, Json>) -> Result<Value, Unfit> {
    let known = |key: &String| record.fields.iter().any(|field| field.name == *key);
    if let Some(key) = object.keys().find(|key| !known(key)) {
        let names: Vec<&str> = record
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        let names = names.join(", ");
        return Err(Unfit(format!("{key:?} is no field; there are {names}")));
    }
    let values = record
        .fields
        .iter()
        .map(|field| match (object.get(&field.name), &field.wire) {
            (Some(json), wire) => from_json(wire, json),
            (None, Wire::Optional(_)) => Ok(Value::Absent),
            (None, _) => Err(Unfit(format!("the field {:?} is missing", field.name))),
        });
    Ok(Value::Record(values.collect::<Result<_, _>>()?))
}

fn kind(json: &Json) -> String {
    match json {
        Json::Null => "null".into(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => format!("{text:?}"),
        Json::Array(_) => "a JSON array".into(),
        Json::Object(_) => "a JSON object".into(),
    }
}

/// The value as JSON, as [`from_json`] reads it.
pub fn to_json(wire: &Wire, value: &Value) -> Json {
    match (wire, value) {
        (_, Value::Absent) => Json::Null,
        (Wire::Optional(inner), _) => to_json(inner, value),
        (Wire::Json { .. }, Value::Text(text)) => {
            serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.clone()))
        }
        (_, Value::Bool(value)) => Json::Bool(*value),
        (_, Value::Int(value)) => as_number(&value.to_string()),
        (_, Value::Float(value)) => as_number(&float(wire, *value)),
        (_, Value::Text(text)) => Json::String(text.clone()),
        (_, Value::Bytes(bytes)) => {
            Json::String(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
        }
        (Wire::Array { element, .. } | Wire::List { element, .. }, Value::List(values)) => {
            Json::Array(values.iter().map(|value| to_json(element, value)).collect())
        }
        (Wire::Record(record), Value::Record(values)) => {
            let fields = record.fields.iter().zip(values);
            let items = fields.map(|(field, value)| (&field.name, to_json(&field.wire, value)));
            match is_tuple(record) {
                true => Json::Array(items.map(|(_, json)| json).collect()),
                false => Json::Object(items.map(|(name, json)| (name.clone(), json)).collect()),
            }
        }
        (_, Value::List(_) | Value::Record(_)) => Json::Null,
    }
}

/// The digits stay as they are; what JSON has no number for is a string.
fn as_number(digits: &str) -> Json {
    match digits.parse::<Number>() {
        Ok(number) => Json::Number(number),
        Err(_) => Json::String(digits.into()),
    }
}

/// Whether the fields have positions and no names.
fn is_tuple(record: &Record) -> bool {
    let fields = record.fields.iter().enumerate();
    fields
        .into_iter()
        .all(|(index, field)| field.name == format!("item{index}"))
}
