//! Wire types as calls of `channel.java`'s `put` and `get`.

use super::names::literal;
use super::types::{Types, primitives};
use crate::layout::{Record, Wire};
use crate::signature::Number;
use crate::target::fresh;

/// The expression that makes a type's codec.
pub fn made(wire: &Wire, types: &Types) -> String {
    match wire {
        Wire::Bool => "Values.bool()".into(),
        Wire::Number(number) => format!("Values.{}()", number.name()),
        Wire::Text { size } => format!("Values.string({size})"),
        Wire::Json { size } => format!("Values.json({size})"),
        Wire::Bytes { size } => format!("Values.bytes({size})"),
        Wire::Optional(value) => format!(
            "Values.opt({}, {}, {})",
            made(value, types),
            wire.first_element(),
            value.size()
        ),
        Wire::Array {
            element,
            count: limit,
        }
        | Wire::List { element, limit } => {
            let (ty, first) = (literal(&wire.to_string()), wire.first_element());
            match primitives(element) {
                Some(codec) => format!("Values.{codec}({ty}, {limit}, {first})"),
                None => format!(
                    "Values.list({}, {ty}, {limit}, {first}, {})",
                    made(element, types),
                    element.stride()
                ),
            }
        }
        Wire::Record(record) => format!("{}.{}", types.record_name(record), of_record(record)),
    }
}

/// The statement that writes a value; `at` and `what` are expressions.
pub fn put(wire: &Wire, codec: &str, page: &str, at: &str, value: &str, what: &str) -> String {
    match wire {
        Wire::Bool => format!("Values.putBool({page}, {at}, {value});"),
        Wire::Number(number) => match number {
            Number::I8 => format!("{page}.put({at}, {value});"),
            Number::I16 => format!("{page}.putShort({at}, {value});"),
            Number::I32 => format!("{page}.putInt({at}, {value});"),
            Number::I64 => format!("{page}.putLong({at}, {value});"),
            Number::F32 => format!("{page}.putFloat({at}, {value});"),
            Number::F64 => format!("{page}.putDouble({at}, {value});"),
            unsigned => {
                let kind = unsigned.name().to_uppercase();
                format!("Values.put{kind}({page}, {at}, {value}, {what});")
            }
        },
        Wire::Text { size } => format!("Values.putString({page}, {at}, {size}, {value}, {what});"),
        Wire::Json { size } => format!("Values.putJson({page}, {at}, {size}, {value}, {what});"),
        Wire::Bytes { size } => format!("Values.putBytes({page}, {at}, {size}, {value}, {what});"),
        _ => format!("{codec}.put({page}, {at}, {value}, {what});"),
    }
}

/// The expression that reads a value.
pub fn get(wire: &Wire, codec: &str, page: &str, at: &str, what: &str) -> String {
    match wire {
        Wire::Bool => format!("Values.getBool({page}, {at}, {what})"),
        Wire::Number(number) => match number {
            Number::I8 => format!("{page}.get({at})"),
            Number::I16 => format!("{page}.getShort({at})"),
            Number::I32 => format!("{page}.getInt({at})"),
            Number::I64 => format!("{page}.getLong({at})"),
            Number::F32 => format!("{page}.getFloat({at})"),
            Number::F64 => format!("{page}.getDouble({at})"),
            unsigned => {
                let kind = unsigned.name().to_uppercase();
                format!("Values.get{kind}({page}, {at})")
            }
        },
        Wire::Text { size } => format!("Values.getString({page}, {at}, {size}, {what})"),
        Wire::Json { size } => format!("Values.getJson({page}, {at}, {size}, {what})"),
        Wire::Bytes { size } => format!("Values.getBytes({page}, {at}, {size}, {what})"),
        _ => format!("{codec}.get({page}, {at}, {what})"),
    }
}

/// The statement that writes zeros where no value stands.
pub fn gap(page: &str, at: &str, size: u32) -> String {
    format!("Values.zero({page}, {at}, {size});")
}

/// A record's own codec gives way to a component of that name.
pub fn of_record(record: &Record) -> String {
    fresh(
        "CODEC",
        record.fields.iter().map(|field| field.name.as_str()),
    )
}
