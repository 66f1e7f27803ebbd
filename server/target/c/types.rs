//! How C spells wire types, for all three targets of C: declarations, definitions, and what writes and reads them.
//!
//! In memory (members, elements, results) a value has room for the most that the wire holds: a string is
//! `char[N - 4]`, bytes and lists are a struct with their count, an option is a struct with `present`.

use std::sync::Arc;

use super::names;
use crate::layout::{Record, Wire, fingerprint};
use crate::signature::{Number, RecordKind};
use crate::target::Export;
use crate::target::text::plus;

/// The C names of an export's types.
pub struct Types {
    records: Vec<(Arc<Record>, String)>,
    /// Every type that needs a definition, inner ones first.
    pub definitions: Vec<Definition>,
}

/// A struct of the generated file.
pub struct Definition {
    pub name: String,
    pub doc: Vec<String>,
    pub members: Vec<String>,
    /// Over name and members: two headers that define the same struct agree in it.
    pub fingerprint: String,
    /// The statements that write one, `value` at `at`; whether they name the parameter.
    pub puts: Vec<String>,
    pub names_parameter: bool,
    pub gets: Vec<String>,
}

impl Types {
    pub fn new(export: &Export, function_name: &str) -> Self {
        let mut named: Vec<(Arc<Record>, String)> = Vec::new();
        for record in export.layout.records() {
            // A tuple has no name of its own: the function's keeps it apart from another's.
            let name = match record.kind {
                RecordKind::Tuple => format!("{}_{}", export.identifier(), record.name),
                _ => record.name.clone(),
            };
            let taken: Vec<&str> = named.iter().map(|(_, name)| name.as_str()).collect();
            let taken = taken.into_iter().chain([function_name]);
            let name = names::global(&name.replace('.', "_"), taken.collect::<Vec<_>>());
            named.push((record, name));
        }
        let mut types = Types {
            records: named,
            definitions: Vec::new(),
        };
        for slot in &export.layout.params {
            types.define_for_parameter(&slot.wire);
        }
        for slot in &export.layout.results {
            types.define(&slot.wire);
        }
        types
    }

    pub fn record_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.records.iter().map(|(_, name)| name.as_str())
    }

    fn record_name(&self, record: &Record) -> &str {
        self.records
            .iter()
            .find(|(other, _)| **other == *record)
            .map_or("", |(_, name)| name)
    }

    /// The struct that holds such a value in memory; `None` where C needs none.
    fn struct_name(&self, wire: &Wire) -> Option<String> {
        match wire {
            Wire::Bytes { .. } | Wire::List { .. } | Wire::Optional(_) => {
                Some(format!("metropipe_{}", self.shape(wire)))
            }
            Wire::Record(record) => Some(self.record_name(record).to_string()),
            _ => None,
        }
    }

    /// A type in letters and digits, for the names of structs.
    fn shape(&self, wire: &Wire) -> String {
        match wire {
            Wire::Bool => "bool".into(),
            Wire::Number(number) => number.name().into(),
            Wire::Text { size } => format!("string{size}"),
            Wire::Json { size } => format!("json{size}"),
            Wire::Bytes { size } => format!("bytes{size}"),
            Wire::Optional(value) => format!("opt_{}", self.shape(value)),
            Wire::Array { element, count } => format!("array{count}_{}", self.shape(element)),
            Wire::List { element, limit } => format!("list{limit}_{}", self.shape(element)),
            Wire::Record(record) => self.record_name(record).to_string(),
        }
    }

    /// `int32_t name`, `char name[252]`, `Point name[4]`: a variable or member that holds a value.
    pub fn held(&self, wire: &Wire, name: &str) -> String {
        match wire {
            Wire::Bool => format!("bool {name}"),
            Wire::Number(number) => format!("{} {name}", number_type(*number)),
            Wire::Text { size } | Wire::Json { size } => format!("char {name}[{}]", size - 4),
            Wire::Array { element, count } => self.held(element, &format!("{name}[{count}]")),
            _ => format!("{} {name}", self.struct_name(wire).unwrap_or_default()),
        }
    }

    fn define_for_parameter(&mut self, wire: &Wire) {
        match wire {
            Wire::Bytes { .. } => {}
            Wire::Optional(value) if matches!(**value, Wire::Optional(_)) => self.define(value),
            Wire::Optional(value) => self.define_for_parameter(value),
            Wire::List { element, .. } | Wire::Array { element, .. } => self.define(element),
            _ => self.define(wire),
        }
    }

    fn define(&mut self, wire: &Wire) {
        match wire {
            Wire::Optional(inner)
            | Wire::Array { element: inner, .. }
            | Wire::List { element: inner, .. } => self.define(inner),
            Wire::Record(record) => {
                for field in &record.fields {
                    self.define(&field.wire);
                }
            }
            _ => {}
        }
        let Some(name) = self.struct_name(wire) else {
            return;
        };
        if self.definitions.iter().any(|known| known.name == name) {
            return;
        }
        let definition = self.definition(wire, name);
        self.definitions.push(definition);
    }

    fn definition(&self, wire: &Wire, name: String) -> Definition {
        let first = wire.first_element();
        let (doc, members, puts, gets) = match wire {
            Wire::Bytes { size } => (
                format!("Bytes, at most {}.", size - 4),
                vec!["uint32_t size".to_string(), format!("uint8_t data[{}]", size - 4)],
                vec![format!(
                    "metropipe_put_bytes(call, parameter, at, {size}, value->data, value->size);"
                )],
                vec![format!(
                    "value->size = metropipe_get_bytes(call, at, {size}, value->data);"
                )],
            ),
            Wire::Optional(inner) => {
                let at = plus("at", first);
                (
                    "A value that may be absent.".to_string(),
                    vec!["bool present".to_string(), self.held(inner, "value")],
                    block(
                        &format!("if (metropipe_put_present(call, at, {}, value->present))", wire.size()),
                        self.put(inner, "value->value", &at, "parameter", 0),
                    ),
                    [
                        vec!["value->present = metropipe_get_present(call, at);".to_string()],
                        block("if (value->present)", self.get(inner, "value->value", &at, 0)),
                    ]
                    .concat(),
                )
            }
            Wire::List { element, limit } => (
                format!("A list, of at most {limit}."),
                vec!["uint32_t count".to_string(), self.held(element, &format!("items[{limit}]"))],
                [
                    vec![format!(
                        "size_t count = metropipe_put_count(call, parameter, {}, at, {limit}, value->count);",
                        names::literal(&wire.to_string())
                    )],
                    self.put_elements(element, "value->items", "count", &plus("at", first), "parameter", 0),
                ]
                .concat(),
                [
                    vec![format!("value->count = metropipe_get_count(call, at, {limit});")],
                    self.get_elements(element, "value->items", "value->count", &plus("at", first), 0),
                ]
                .concat(),
            ),
            Wire::Record(record) => {
                let mut members: Vec<String> = Vec::new();
                let mut taken: Vec<String> = Vec::new();
                let (mut puts, mut gets) = (Vec::new(), Vec::new());
                for field in &record.fields {
                    let member = names::local(&field.name, taken.iter().map(String::as_str));
                    let (held, at) = (format!("value->{member}"), plus("at", field.offset));
                    members.push(self.held(&field.wire, &member));
                    puts.extend(self.put(&field.wire, &held, &at, "parameter", 0));
                    gets.extend(self.get(&field.wire, &held, &at, 0));
                    taken.push(member);
                }
                (record.doc.clone().unwrap_or_default(), members, puts, gets)
            }
            _ => unreachable!("only these are structs"),
        };
        let names_parameter = puts.iter().any(|line| line.contains("parameter"));
        let whole = format!("{name}:{}", members.join(";"));
        Definition {
            fingerprint: format!("0x{:08x}", fingerprint(&whole)),
            doc: if doc.is_empty() {
                Vec::new()
            } else {
                names::comment(&doc)
            },
            name,
            members,
            puts,
            names_parameter,
            gets,
        }
    }

    /// Writes the value that `held` names to `at`.
    pub(super) fn put(
        &self,
        wire: &Wire,
        held: &str,
        at: &str,
        parameter: &str,
        depth: usize,
    ) -> Vec<String> {
        match wire {
            Wire::Bool => vec![format!("metropipe_put_bool(call, {at}, {held});")],
            Wire::Number(number) => {
                vec![format!(
                    "metropipe_put_{}(call, {at}, {held});",
                    number.name()
                )]
            }
            Wire::Text { size } => vec![format!(
                "metropipe_put_held_string(call, {parameter}, \"string\", {at}, {size}, {held});"
            )],
            Wire::Json { size } => vec![format!(
                "metropipe_put_held_string(call, {parameter}, \"json\", {at}, {size}, {held});"
            )],
            Wire::Array { element, count } => {
                self.put_elements(element, held, &count.to_string(), at, parameter, depth)
            }
            _ => {
                let name = self.struct_name(wire).unwrap_or_default();
                let passed = if self.names_parameter(&name) {
                    format!("{parameter}, ")
                } else {
                    String::new()
                };
                vec![format!(
                    "metropipe_put_{name}(call, {passed}{at}, &{held});"
                )]
            }
        }
    }

    fn names_parameter(&self, name: &str) -> bool {
        self.definitions
            .iter()
            .any(|known| known.name == name && known.names_parameter)
    }

    pub(super) fn put_elements(
        &self,
        element: &Wire,
        items: &str,
        count: &str,
        at: &str,
        parameter: &str,
        depth: usize,
    ) -> Vec<String> {
        if let Wire::Number(_) = element {
            return vec![format!(
                "metropipe_put_numbers(call, {at}, {items}, {count} * sizeof {items}[0]);"
            )];
        }
        let index = format!("i{depth}");
        let place = format!("{at} + {index} * {}", element.stride());
        let held = format!("{items}[{index}]");
        block(
            &format!("for (size_t {index} = 0; {index} < {count}; {index}++)"),
            self.put(element, &held, &place, parameter, depth + 1),
        )
    }

    /// Reads what stands at `at` into `held`.
    pub(super) fn get(&self, wire: &Wire, held: &str, at: &str, depth: usize) -> Vec<String> {
        match wire {
            Wire::Bool => vec![format!("{held} = metropipe_get_bool(call, {at});")],
            Wire::Number(number) => {
                vec![format!(
                    "{held} = metropipe_get_{}(call, {at});",
                    number.name()
                )]
            }
            Wire::Text { size } | Wire::Json { size } => {
                vec![format!("metropipe_get_string(call, {at}, {size}, {held});")]
            }
            Wire::Array { element, count } => {
                self.get_elements(element, held, &count.to_string(), at, depth)
            }
            _ => vec![format!(
                "metropipe_get_{}(call, {at}, &{held});",
                self.struct_name(wire).unwrap_or_default()
            )],
        }
    }

    fn get_elements(
        &self,
        element: &Wire,
        items: &str,
        count: &str,
        at: &str,
        depth: usize,
    ) -> Vec<String> {
        if let Wire::Number(_) = element {
            return vec![format!(
                "metropipe_get_numbers(call, {at}, {items}, {count} * sizeof {items}[0]);"
            )];
        }
        let index = format!("i{depth}");
        let place = format!("{at} + {index} * {}", element.stride());
        block(
            &format!("for (size_t {index} = 0; {index} < {count}; {index}++)"),
            self.get(element, &format!("{items}[{index}]"), &place, depth + 1),
        )
    }
}

pub fn number_type(number: Number) -> &'static str {
    match number {
        Number::I8 => "int8_t",
        Number::I16 => "int16_t",
        Number::I32 => "int32_t",
        Number::I64 => "int64_t",
        Number::U8 => "uint8_t",
        Number::U16 => "uint16_t",
        Number::U32 => "uint32_t",
        Number::U64 => "uint64_t",
        Number::F32 => "float",
        Number::F64 => "double",
    }
}

/// A statement over others: without braces over one line, as the rest of the file has it.
pub fn block(head: &str, body: Vec<String>) -> Vec<String> {
    let braces = body.len() > 1;
    let mut lines = vec![if braces {
        format!("{head} {{")
    } else {
        head.to_string()
    }];
    lines.extend(body.into_iter().map(|line| format!("    {line}")));
    if braces {
        lines.push("}".into());
    }
    lines
}
