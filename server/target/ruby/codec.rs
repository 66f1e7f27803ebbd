//! Wire types as calls of `channel.rb`'s `put` and `get`.

use std::sync::Arc;

use super::names;
use crate::layout::{Record, Wire};
use crate::signature::RecordKind;
use crate::target::text::Place;

/// The records of one export that have a class, each with its name and the name from within `Metropipe`.
pub struct Codec {
    pub records: Vec<(Arc<Record>, String, String)>,
}

impl Codec {
    fn class_of(&self, record: &Record) -> &str {
        self.records
            .iter()
            .find(|(known, _, _)| known.as_ref() == record)
            .map_or("", |(_, _, path)| path)
    }

    /// The names of a record's members, none of which breaks every Struct.
    pub fn members(record: &Record) -> Vec<String> {
        let mut taken = Vec::new();
        for field in &record.fields {
            let name = names::identifier(&field.name);
            let name = super::unreserved(&name, names::MEMBERS, &taken);
            taken.push(name);
        }
        taken
    }

    /// The lines that write `value`; `named` is a Ruby expression for the parameter's name.
    pub fn put(
        &self,
        lane: &str,
        place: &Place,
        named: &str,
        value: &str,
        wire: &Wire,
    ) -> Vec<String> {
        let at = place.to_string();
        let spelled = || names::literal(&wire.to_string());
        match wire {
            Wire::Bool => vec![format!("{lane}.put_bool({at}, {named}, {value})")],
            Wire::Number(number) => {
                let name = number.name();
                vec![format!("{lane}.put_{name}({at}, {named}, {value})")]
            }
            Wire::Text { size } => {
                vec![format!("{lane}.put_string({at}, {size}, {named}, {value})")]
            }
            Wire::Json { size } => vec![format!("{lane}.put_json({at}, {size}, {named}, {value})")],
            Wire::Bytes { size } => {
                vec![format!("{lane}.put_bytes({at}, {size}, {named}, {value})")]
            }
            Wire::Optional(inner) => block(
                format!(
                    "{lane}.put_opt({at}, {}, {}, {value}) do |at, value|",
                    wire.size(),
                    wire.first_element()
                ),
                self.put(lane, &Place::record(0), named, "value", inner),
            ),
            Wire::Array { element, count } => block(
                format!(
                    "{lane}.put_array({at}, {count}, {}, {named}, {}, {value}) do |at, value|",
                    element.stride(),
                    spelled()
                ),
                self.put(lane, &Place::record(0), named, "value", element),
            ),
            Wire::List { element, limit } => block(
                format!(
                    "{lane}.put_list({at}, {limit}, {}, {}, {named}, {}, {value}) do |at, value|",
                    element.stride(),
                    wire.first_element(),
                    spelled()
                ),
                self.put(lane, &Place::record(0), named, "value", element),
            ),
            Wire::Record(record) if record.kind == RecordKind::Tuple => {
                let mut lines = vec![format!(
                    "{lane}.tuple({named}, {value}, {})",
                    record.fields.len()
                )];
                for (index, field) in record.fields.iter().enumerate() {
                    let place = place.plus(field.offset);
                    let value = format!("{value}[{index}]");
                    lines.extend(self.put(lane, &place, named, &value, &field.wire));
                }
                lines
            }
            Wire::Record(record) => {
                let class = self.class_of(record);
                vec![format!("{class}.put({lane}, {at}, {named}, {value})")]
            }
        }
    }

    /// An expression for the value, over several lines where it holds a block.
    pub fn get(&self, lane: &str, place: &Place, named: &str, wire: &Wire) -> Vec<String> {
        let at = place.to_string();
        match wire {
            Wire::Bool => vec![format!("{lane}.get_bool({at}, {named})")],
            Wire::Number(number) => vec![format!("{lane}.get_{}({at})", number.name())],
            Wire::Text { size } => vec![format!("{lane}.get_string({at}, {size}, {named})")],
            Wire::Json { size } => vec![format!("{lane}.get_json({at}, {size}, {named})")],
            Wire::Bytes { size } => vec![format!("{lane}.get_bytes({at}, {size}, {named})")],
            Wire::Optional(inner) => block(
                format!(
                    "{lane}.get_opt({at}, {}, {named}) do |at|",
                    wire.first_element()
                ),
                self.get(lane, &Place::record(0), named, inner),
            ),
            Wire::Array { element, count } => block(
                format!(
                    "{lane}.get_array({at}, {count}, {}) do |at|",
                    element.stride()
                ),
                self.get(lane, &Place::record(0), named, element),
            ),
            Wire::List { element, limit } => block(
                format!(
                    "{lane}.get_list({at}, {limit}, {}, {}, {named}) do |at|",
                    element.stride(),
                    wire.first_element()
                ),
                self.get(lane, &Place::record(0), named, element),
            ),
            Wire::Record(record) if record.kind == RecordKind::Tuple => array(
                record
                    .fields
                    .iter()
                    .map(|field| self.get(lane, &place.plus(field.offset), named, &field.wire))
                    .collect(),
            ),
            Wire::Record(record) => {
                vec![format!(
                    "{}.get({lane}, {at}, {named})",
                    self.class_of(record)
                )]
            }
        }
    }
}

fn block(head: String, body: Vec<String>) -> Vec<String> {
    let mut lines = vec![head];
    lines.extend(body.into_iter().map(|line| format!("  {line}")));
    lines.push("end".to_string());
    lines
}

/// An Array of expressions, one below the other.
pub fn array(elements: Vec<Vec<String>>) -> Vec<String> {
    let mut lines = vec!["[".to_string()];
    lines.extend(commas(elements).into_iter().map(|line| format!("  {line}")));
    lines.push("]".to_string());
    lines
}

/// Expressions with a comma after each but the last.
pub fn commas(expressions: Vec<Vec<String>>) -> Vec<String> {
    let last = expressions.len().saturating_sub(1);
    let mut lines = Vec::new();
    for (index, mut expression) in expressions.into_iter().enumerate() {
        if index < last
            && let Some(line) = expression.last_mut()
        {
            line.push(',');
        }
        lines.extend(expression);
    }
    lines
}
