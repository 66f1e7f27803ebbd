//! Wire types as C# types, and what the user's own are called in a file.

use std::sync::Arc;

use super::names;
use crate::layout::{Record, RecordField, Wire};
use crate::signature::{Number, RecordKind};
use crate::target::Export;
use crate::target::text::capitalised;

/// Items of a tuple that Mono's compiler can make.
const LARGEST_TUPLE: usize = 7;

/// The records of one export, each with its C# name.
pub struct Types {
    pub records: Vec<(Arc<Record>, String)>,
}

impl Types {
    pub fn new(export: &Export) -> Self {
        let mut found = export.layout.records();
        found.extend(many_results(export));
        let mut taken: Vec<String> = Vec::new();
        let mut records = Vec::new();
        for record in found {
            let wanted = record.name.replace('.', "_");
            let wanted = match record.kind {
                RecordKind::Tuple => capitalised(&wanted),
                _ => wanted,
            };
            let name = names::type_name(&wanted, &taken);
            taken.push(name.clone());
            taken.push(format!("{name}Codec"));
            records.push((record, name));
        }
        Types { records }
    }

    pub fn record_name(&self, record: &Arc<Record>) -> String {
        let found = self.records.iter().find(|(other, _)| other == record);
        found.map(|(_, own)| own.clone()).unwrap_or_default()
    }

    /// Types that expressions name, and that a parameter or a method would hide.
    pub fn in_expressions(&self) -> Vec<String> {
        let codecs = self.records.iter().map(|(_, name)| format!("{name}Codec"));
        codecs.chain(["Values".to_string()]).collect()
    }

    /// The type of a parameter, a result, a property.
    pub fn of(&self, wire: &Wire) -> String {
        match wire {
            Wire::Bool => "bool".into(),
            Wire::Number(number) => primitive(*number).into(),
            Wire::Optional(value) if is_value(value) => format!("{}?", self.of(value)),
            Wire::Optional(value) => self.of(value),
            Wire::Text { .. } | Wire::Json { .. } => "string".into(),
            Wire::Bytes { .. } => "byte[]".into(),
            Wire::Array { element, .. } | Wire::List { element, .. } => {
                format!("{}[]", self.of(element))
            }
            Wire::Record(record) => self.record_name(record),
        }
    }
}

/// More results than Mono's tuples hold become a record.
pub fn many_results(export: &Export) -> Option<Arc<Record>> {
    let results = &export.layout.results;
    let (first, last) = (results.first()?, results.last()?);
    (results.len() > LARGEST_TUPLE).then(|| {
        Arc::new(Record {
            name: capitalised(&format!("{}Result", export.identifier())),
            doc: None,
            kind: RecordKind::Class,
            fields: results
                .iter()
                .map(|slot| RecordField {
                    name: slot.name.clone(),
                    source_type: slot.source_type.clone(),
                    wire: slot.wire.clone(),
                    offset: slot.offset - first.offset,
                })
                .collect(),
            size: last.offset + last.size - first.offset,
            align: first.align,
        })
    })
}

pub fn primitive(number: Number) -> &'static str {
    match number {
        Number::I8 => "sbyte",
        Number::I16 => "short",
        Number::I32 => "int",
        Number::I64 => "long",
        Number::U8 => "byte",
        Number::U16 => "ushort",
        Number::U32 => "uint",
        Number::U64 => "ulong",
        Number::F32 => "float",
        Number::F64 => "double",
    }
}

pub fn is_value(wire: &Wire) -> bool {
    matches!(wire, Wire::Bool | Wire::Number(_))
}
