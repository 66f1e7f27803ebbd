//! Default values: which ones C# can express, and how.

use super::names::literal;
use crate::layout::Wire;
use crate::signature::{Literal, Number, Parameter};
use crate::target::Export;

/// The defaults of the parameters; only those after which none without follows.
pub fn defaults(export: &Export) -> Vec<Option<String>> {
    let parameters = &export.function.parameters;
    let mut defaults: Vec<Option<String>> = export
        .layout
        .params
        .iter()
        .map(|slot| {
            let of_name = |parameter: &&Parameter| parameter.name == slot.name;
            let parameter = parameters.iter().find(of_name)?;
            constant(parameter.default.as_ref()?, &slot.wire)
        })
        .collect();
    let mut open = false;
    for default in defaults.iter_mut().rev() {
        open |= default.is_none();
        if open {
            *default = None;
        }
    }
    defaults
}

/// A default value as a constant of the wire's C# type.
fn constant(value: &Literal, wire: &Wire) -> Option<String> {
    match (value, wire) {
        (Literal::None, Wire::Optional(_)) => Some("null".into()),
        (_, Wire::Optional(inner)) => constant(value, inner),
        (Literal::Bool(value), Wire::Bool) => Some(value.to_string()),
        (Literal::Int(value), Wire::Number(number)) => match number.range() {
            Some((low, high)) => (low..=high).contains(value).then(|| value.to_string()),
            None => float(*value as f64, *number),
        },
        (Literal::Float(value), Wire::Number(number)) if number.is_float() => {
            float(*value, *number)
        }
        (Literal::Text(value), Wire::Text { .. }) => Some(literal(value)),
        _ => None,
    }
}

fn float(value: f64, number: Number) -> Option<String> {
    let (ty, suffix) = match number {
        Number::F32 => ("float", "f"),
        _ => ("double", "d"),
    };
    if value.is_nan() {
        return Some(format!("{ty}.NaN"));
    }
    if value.is_infinite() {
        let sign = if value > 0.0 { "Positive" } else { "Negative" };
        return Some(format!("{ty}.{sign}Infinity"));
    }
    (number == Number::F64 || (value as f32).is_finite()).then(|| format!("{value:?}{suffix}"))
}
