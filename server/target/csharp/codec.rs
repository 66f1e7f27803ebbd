//! Wire types as calls of `channel.cs`'s `Put` and `Get`.

use super::names::literal;
use super::types::{Types, is_value, primitive};
use crate::layout::Wire;
use crate::signature::Number;

/// The expression that makes a type's codec.
pub fn made(wire: &Wire, types: &Types) -> String {
    match wire {
        Wire::Bool => "Values.Bool".into(),
        Wire::Number(number) => format!("Values.{}", number.name().to_uppercase()),
        Wire::Text { size } => format!("Values.StringOf({size})"),
        Wire::Json { size } => format!("Values.JsonOf({size})"),
        Wire::Bytes { size } => format!("Values.BytesOf({size})"),
        Wire::Optional(value) => format!(
            "Values.{}({}, {}, {})",
            match value.as_ref() {
                value if is_value(value) => "OptOf",
                Wire::Optional(_) if types.of(value).ends_with('?') => "OptAgainOf",
                _ => "OptReferenceOf",
            },
            made(value, types),
            wire.first_element(),
            value.size()
        ),
        Wire::Array { element, count } => format!(
            "Values.ArrayOf({}, {}, {count}, {})",
            made(element, types),
            literal(&wire.to_string()),
            element.stride()
        ),
        Wire::List { element, limit } => format!(
            "Values.ListOf({}, {}, {limit}, {}, {})",
            made(element, types),
            literal(&wire.to_string()),
            wire.first_element(),
            element.stride()
        ),
        Wire::Record(record) => format!("{}Codec.Instance", types.record_name(record)),
    }
}

/// The statement that writes a value; `at` and `what` are expressions.
pub fn put(wire: &Wire, codec: &str, at: &str, value: &str, what: &str) -> String {
    match wire {
        Wire::Bool => format!("Values.PutBool({at}, {value});"),
        Wire::Number(number) => format!("{} = {value};", pointer(*number, at)),
        Wire::Text { size } => format!("Values.PutString({at}, {size}, {value}, {what});"),
        Wire::Json { size } => format!("Values.PutJson({at}, {size}, {value}, {what});"),
        Wire::Bytes { size } => format!("Values.PutBytes({at}, {size}, {value}, {what});"),
        _ => format!("{codec}.Put({at}, {value}, {what});"),
    }
}

/// The expression that reads a value.
pub fn get(wire: &Wire, codec: &str, at: &str, what: &str) -> String {
    match wire {
        Wire::Bool => format!("Values.GetBool({at}, {what})"),
        Wire::Number(number) => pointer(*number, at),
        Wire::Text { size } => format!("Values.GetString({at}, {size}, {what})"),
        Wire::Json { size } => format!("Values.GetJson({at}, {size}, {what})"),
        Wire::Bytes { size } => format!("Values.GetBytes({at}, {size}, {what})"),
        _ => format!("{codec}.Get({at}, {what})"),
    }
}

/// The statement that writes zeros where no value stands.
pub fn gap(at: &str, size: u32) -> String {
    format!("Values.Zero({at}, {size});")
}

fn pointer(number: Number, at: &str) -> String {
    let ty = primitive(number);
    match at.contains(' ') {
        true => format!("*({ty}*)({at})"),
        false => format!("*({ty}*){at}"),
    }
}
