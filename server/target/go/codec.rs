//! Wire types as Go types, and as calls of `channel.go`'s `put` and `get`.

use std::sync::Arc;

use super::names;
use crate::layout::{Record, Wire};
use crate::signature::Number;
use crate::target::text::Place;

/// A place as one of several arguments; as the only one, gofmt keeps blanks around its operator.
fn first(place: &Place) -> String {
    place.to_string().replace(' ', "")
}

/// The records of one export, each with its Go name.
pub struct Codec {
    pub records: Vec<(Arc<Record>, String)>,
}

impl Codec {
    pub fn go_type(&self, wire: &Wire) -> String {
        match wire {
            Wire::Bool => "bool".to_string(),
            Wire::Number(number) => number_type(*number).to_string(),
            Wire::Text { .. } => "string".to_string(),
            Wire::Json { .. } => "JSON".to_string(),
            Wire::Bytes { .. } => "[]byte".to_string(),
            Wire::Optional(value) => format!("*{}", self.go_type(value)),
            Wire::Array { element, count } => format!("[{count}]{}", self.go_type(element)),
            Wire::List { element, .. } => format!("[]{}", self.go_type(element)),
            Wire::Record(record) => self.record_name(record).to_string(),
        }
    }

    fn record_name(&self, record: &Record) -> &str {
        self.records
            .iter()
            .find(|(known, _)| known.as_ref() == record)
            .map_or("", |(_, name)| name)
    }

    /// The lines that write `value`; `b` is the buffer, `named` a Go expression for the parameter's name.
    pub fn put(&self, b: &str, at: &Place, named: &str, value: &str, wire: &Wire) -> Vec<String> {
        let place = first(at);
        match wire {
            Wire::Bool | Wire::Number(_) => {
                vec![format!("{b}.put{}({place}, {value})", scalar(wire))]
            }
            Wire::Text { size } => {
                vec![format!("{b}.putString({place}, {size}, {named}, {value})")]
            }
            Wire::Json { size } => vec![format!("{b}.putJSON({place}, {size}, {named}, {value})")],
            Wire::Bytes { size } => {
                vec![format!("{b}.putBytes({place}, {size}, {named}, {value})")]
            }
            Wire::Record(record) => {
                let name = self.record_name(record);
                vec![format!("{b}.putRecord{name}({place}, {named}, {value})")]
            }
            Wire::Optional(inner) => self.with_element(
                format!(
                    "putOpt({b}, {place}, {}, {}, {value}, ",
                    wire.size(),
                    wire.first_element()
                ),
                self.put_element(named, inner),
            ),
            Wire::Array { element, .. } => self.with_element(
                format!("putArray({b}, {place}, {}, {value}[:], ", element.stride()),
                self.put_element(named, element),
            ),
            Wire::List { element, limit } => self.with_element(
                format!(
                    "putList({b}, {place}, {limit}, {}, {}, {named}, {}, {value}, ",
                    element.stride(),
                    wire.first_element(),
                    names::literal(&wire.to_string())
                ),
                self.put_element(named, element),
            ),
        }
    }

    /// The lines that read into the variable `value`.
    pub fn get(&self, b: &str, at: &Place, named: &str, value: &str, wire: &Wire) -> Vec<String> {
        if let Wire::Array { element, .. } = wire {
            let call = format!(
                "getArray({b}, {}, {}, {value}[:], ",
                first(at),
                element.stride()
            );
            return self.with_element(call, self.get_element(named, element));
        }
        let mut lines = self.got(b, at, named, wire);
        lines[0] = format!("{value} = {}", lines[0]);
        lines
    }

    /// An expression for the value, over several lines where it holds a function literal.
    fn got(&self, b: &str, at: &Place, named: &str, wire: &Wire) -> Vec<String> {
        let place = first(at);
        match wire {
            Wire::Number(_) => vec![format!("{b}.get{}({})", scalar(wire), at)],
            Wire::Bool => vec![format!("{b}.getBool({place}, {named})")],
            Wire::Text { size } => vec![format!("{b}.getString({place}, {size}, {named})")],
            Wire::Json { size } => vec![format!("{b}.getJSON({place}, {size}, {named})")],
            Wire::Bytes { size } => vec![format!("{b}.getBytes({place}, {size}, {named})")],
            Wire::Record(record) => {
                let name = self.record_name(record);
                vec![format!("{b}.getRecord{name}({place}, {named})")]
            }
            Wire::Optional(inner) => self.with_element(
                format!("getOpt({b}, {place}, {}, {named}, ", wire.first_element()),
                self.get_element(named, inner),
            ),
            Wire::List { element, limit } => self.with_element(
                format!(
                    "getList({b}, {place}, {limit}, {}, {}, {named}, ",
                    element.stride(),
                    wire.first_element()
                ),
                self.get_element(named, element),
            ),
            Wire::Array { .. } => unreachable!("an array is read into its variable"),
        }
    }

    fn put_element(&self, named: &str, wire: &Wire) -> Vec<String> {
        if let Wire::Bool | Wire::Number(_) = wire {
            return vec![format!("(*buffer).put{}", scalar(wire))];
        }
        let body = self.put("b", &Place::record(0), named, "value", wire);
        let head = format!("func(b *buffer, at int, value {}) {{", self.go_type(wire));
        literal(head, body)
    }

    fn get_element(&self, named: &str, wire: &Wire) -> Vec<String> {
        let ty = self.go_type(wire);
        match wire {
            Wire::Number(_) => vec![format!("(*buffer).get{}", scalar(wire))],
            Wire::Array { .. } => {
                let mut body = self.get("b", &Place::record(0), named, "value", wire);
                body.push("return value".to_string());
                literal(format!("func(b *buffer, at int) (value {ty}) {{"), body)
            }
            _ => {
                let mut body = self.got("b", &Place::record(0), named, wire);
                body[0] = format!("return {}", body[0]);
                literal(format!("func(b *buffer, at int) {ty} {{"), body)
            }
        }
    }

    /// A call whose last argument is a function.
    fn with_element(&self, call: String, mut element: Vec<String>) -> Vec<String> {
        element[0] = format!("{call}{}", element[0]);
        if let Some(last) = element.last_mut() {
            last.push(')');
        }
        element
    }
}

/// A function literal; gofmt keeps one that stands on several lines, and breaks a long one that does not.
fn literal(head: String, body: Vec<String>) -> Vec<String> {
    let mut lines = vec![head];
    lines.extend(body.into_iter().map(|line| format!("\t{line}")));
    lines.push("}".to_string());
    lines
}

/// The part of `putI32` and `getI32` that tells the type.
fn scalar(wire: &Wire) -> String {
    match wire {
        Wire::Number(number) => number.name().to_uppercase(),
        _ => "Bool".to_string(),
    }
}

fn number_type(number: Number) -> &'static str {
    match number {
        Number::I8 => "int8",
        Number::I16 => "int16",
        Number::I32 => "int32",
        Number::I64 => "int64",
        Number::U8 => "uint8",
        Number::U16 => "uint16",
        Number::U32 => "uint32",
        Number::U64 => "uint64",
        Number::F32 => "float32",
        Number::F64 => "float64",
    }
}
