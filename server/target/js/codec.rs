//! How a wire type is written and read by the functions of the channel.

use super::expression::{Expression, literal};
use super::types::record_name;
use crate::layout::Wire;
use crate::signature::{Literal, Number};

/// A wire type's `put` and `get`.
pub struct Codec<'a> {
    wire: &'a Wire,
}

const PUT_PARAMETERS: &str = "(lane, at, where, value)";
const GET_PARAMETERS: &str = "(lane, at, where)";

/// The function that writes a record of that name.
pub fn put_record(name: &str) -> String {
    format!("put{name}Record")
}

/// The function that reads a record of that name.
pub fn get_record(name: &str) -> String {
    format!("get{name}Record")
}

impl<'a> Codec<'a> {
    pub fn of(wire: &'a Wire) -> Self {
        Codec { wire }
    }

    /// The channel's functions that the call names, for parameters to give way to.
    pub fn names(&self, into: &mut Vec<String>) {
        into.extend([self.function("put"), self.function("get")]);
        match self.wire {
            Wire::Optional(inner)
            | Wire::Array { element: inner, .. }
            | Wire::List { element: inner, .. } => Codec::of(inner).names(into),
            _ => {}
        }
    }

    pub fn put(&self, lane: &str, at: &str, place: &str, value: &str) -> Expression {
        let mut items: Vec<Expression> = [lane, at, place, value].map(Expression::atom).into();
        items.extend(self.element(Codec::put_function));
        items.extend(self.sizes(true));
        Expression::Call(self.function("put"), items)
    }

    pub fn get(&self, lane: &str, at: &str, place: &str) -> Expression {
        let mut items: Vec<Expression> = [lane, at, place].map(Expression::atom).into();
        items.extend(self.element(Codec::get_function));
        items.extend(self.sizes(false));
        Expression::Call(self.function("get"), items)
    }

    /// A default of the source, where a value of this type can be it.
    pub fn default(&self, value: &Literal) -> Option<String> {
        match (self.wire, value) {
            (Wire::Optional(_), Literal::None) => Some("null".into()),
            (Wire::Optional(inner), _) => Codec::of(inner).default(value),
            (Wire::Bool, Literal::Bool(value)) => Some(value.to_string()),
            (Wire::Text { .. } | Wire::Json { .. }, Literal::Text(text)) => Some(literal(text)),
            (Wire::Json { .. }, Literal::Bool(value)) => Some(value.to_string()),
            (Wire::Json { .. }, Literal::None) => Some("null".into()),
            (Wire::Json { .. }, Literal::Int(value)) => Some(value.to_string()),
            (Wire::Json { .. }, Literal::Float(value)) => Some(float(*value)),
            (Wire::Number(Number::I64 | Number::U64), Literal::Int(value)) => {
                Some(format!("{value}n"))
            }
            (Wire::Number(_), Literal::Int(value)) => Some(value.to_string()),
            (Wire::Number(number), Literal::Float(value)) if number.is_float() => {
                Some(float(*value))
            }
            // Where a bool is a number, as in Python.
            (Wire::Number(_), Literal::Bool(value)) => Some(u8::from(*value).to_string()),
            _ => None,
        }
    }

    fn function(&self, verb: &str) -> String {
        let noun = match self.wire {
            Wire::Bool => "Bool".into(),
            Wire::Number(number) => number.name().to_uppercase(),
            Wire::Text { .. } => "String".into(),
            Wire::Bytes { .. } => "Bytes".into(),
            Wire::Json { .. } => "Json".into(),
            Wire::Optional(_) => "Opt".into(),
            Wire::Array { .. } => "Array".into(),
            Wire::List { .. } => "List".into(),
            Wire::Record(record) => format!("{}Record", record_name(record)),
        };
        format!("{verb}{noun}")
    }

    fn element(&self, function: impl Fn(&Codec<'a>) -> Expression) -> Option<Expression> {
        match self.wire {
            Wire::Optional(inner)
            | Wire::Array { element: inner, .. }
            | Wire::List { element: inner, .. } => Some(function(&Codec::of(inner))),
            _ => None,
        }
    }

    /// What the channel's function takes beyond the value and its element's function.
    fn sizes(&self, put: bool) -> Vec<Expression> {
        let mut sizes = match self.wire {
            Wire::Bool | Wire::Number(_) | Wire::Record(_) => Vec::new(),
            Wire::Text { size } | Wire::Bytes { size } | Wire::Json { size } => vec![*size],
            Wire::Optional(inner) if put => vec![self.wire.first_element(), inner.size()],
            Wire::Optional(_) => vec![self.wire.first_element()],
            Wire::Array { element, count } => vec![*count, element.stride()],
            Wire::List { element, limit } => {
                vec![*limit, self.wire.first_element(), element.stride()]
            }
        }
        .into_iter()
        .map(|size| Expression::atom(size.to_string()))
        .collect::<Vec<_>>();
        if put && matches!(self.wire, Wire::Array { .. } | Wire::List { .. }) {
            sizes.push(Expression::atom(literal(&self.wire.to_string())));
        }
        sizes
    }

    /// A function that writes an element: the channel's own, with its sizes where it takes any.
    fn put_function(&self) -> Expression {
        match self.is_plain() {
            true => Expression::Atom(self.function("put")),
            false => {
                let body = self.put("lane", "at", "where", "value");
                Expression::Arrow(PUT_PARAMETERS, Box::new(body))
            }
        }
    }

    fn get_function(&self) -> Expression {
        match self.is_plain() {
            true => Expression::Atom(self.function("get")),
            false => {
                let body = self.get("lane", "at", "where");
                Expression::Arrow(GET_PARAMETERS, Box::new(body))
            }
        }
    }

    fn is_plain(&self) -> bool {
        matches!(self.wire, Wire::Bool | Wire::Number(_) | Wire::Record(_))
    }
}

/// As Prettier leaves a number.
fn float(value: f64) -> String {
    match value {
        _ if value.is_nan() => "NaN".into(),
        _ if value.is_infinite() && value > 0.0 => "Infinity".into(),
        _ if value.is_infinite() => "-Infinity".into(),
        _ if value.fract() == 0.0 && value.abs() < 1e16 => format!("{value:.0}"),
        _ => format!("{value:?}"),
    }
}
