//! Wire types as Java types, and what the user's own are called in a file.

use std::sync::Arc;

use super::names::{spelled, type_name};
use crate::layout::{Record, Wire};
use crate::signature::{Number, RecordKind};
use crate::target::Export;
use crate::target::text::capitalised;
use crate::target::unreserved;

/// The records of one export, each with its name before it is spelled in ASCII.
pub struct Types {
    pub records: Vec<(Arc<Record>, String)>,
}

impl Types {
    pub fn new(export: &Export, class: &str) -> Self {
        let mut taken = vec![class.to_string()];
        let mut records = Vec::new();
        for record in export.layout.records() {
            let wanted = record.name.replace('.', "_");
            let wanted = match record.kind {
                RecordKind::Tuple => capitalised(&wanted),
                _ => wanted,
            };
            let name = unreserved(&type_name(&wanted), &[], &taken);
            taken.push(name.clone());
            records.push((record, name));
        }
        Types { records }
    }

    pub fn record_name(&self, record: &Arc<Record>) -> String {
        let found = self.records.iter().find(|(other, _)| other == record);
        found.map(|(_, own)| spelled(own)).unwrap_or_default()
    }

    /// Names that an expression could mean instead of a type.
    pub fn names(&self) -> Vec<String> {
        let records = self.records.iter().map(|(_, name)| name.clone());
        records.chain(["Values".to_string()]).collect()
    }

    /// The type of a parameter, a result, a component.
    pub fn of(&self, wire: &Wire) -> String {
        match wire {
            Wire::Bool => "boolean".into(),
            Wire::Number(number) => primitive(*number).into(),
            Wire::Optional(value) => self.boxed(value),
            Wire::Text { .. } | Wire::Json { .. } => "String".into(),
            Wire::Bytes { .. } => "byte[]".into(),
            Wire::Array { element, .. } | Wire::List { element, .. } => match primitives(element) {
                Some(_) => format!("{}[]", self.of(element)),
                None => format!("List<{}>", self.boxed(element)),
            },
            Wire::Record(record) => self.record_name(record),
        }
    }

    /// The type as an argument of a generic one.
    pub fn boxed(&self, wire: &Wire) -> String {
        match self.of(wire).as_str() {
            "boolean" => "Boolean".into(),
            "byte" => "Byte".into(),
            "short" => "Short".into(),
            "int" => "Integer".into(),
            "long" => "Long".into(),
            "float" => "Float".into(),
            "double" => "Double".into(),
            other => other.into(),
        }
    }
}

/// The codec's function for a Java array of such elements, where there is one.
pub fn primitives(element: &Wire) -> Option<String> {
    match element {
        Wire::Bool => Some("bools".into()),
        Wire::Number(Number::U64) => None,
        Wire::Number(number) => Some(format!("{}s", number.name())),
        _ => None,
    }
}

fn primitive(number: Number) -> &'static str {
    match number {
        Number::I8 => "byte",
        Number::I16 => "short",
        Number::I32 | Number::U8 | Number::U16 => "int",
        Number::I64 | Number::U32 => "long",
        Number::U64 => "BigInteger",
        Number::F32 => "float",
        Number::F64 => "double",
    }
}

/// Whether Java's own equality would look at identity alone.
pub fn holds_array(wire: &Wire) -> bool {
    match wire {
        Wire::Bytes { .. } => true,
        Wire::Array { element, .. } | Wire::List { element, .. } => {
            primitives(element).is_some() || holds_array(element)
        }
        Wire::Optional(value) => holds_array(value),
        _ => false,
    }
}
