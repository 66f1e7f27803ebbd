//! Constants that are used as lengths, and defaults.

use super::expression::{Expr, Kind, expression};
use super::known;
use super::scope::Meaning;
use super::types::Types;
use crate::signature::{Literal, Number, Type};

/// Constants that name one another are followed so far.
const DEPTH: usize = 60;

impl Types<'_, '_> {
    /// The whole number that an expression of constants stands for.
    pub fn constant(&self, expr: &Expr, owner: Option<usize>, depth: usize) -> Option<i128> {
        if depth > DEPTH {
            return None;
        }
        match &expr.kind {
            Kind::Literal(Literal::Int(value)) => Some(*value),
            Kind::Name(name) => match self.module.meaning(name, owner, &known::is_known) {
                Meaning::Value(node) => {
                    self.constant(&expression(node, self.module.text), owner, depth + 1)
                }
                _ => None,
            },
            Kind::Arithmetic(operator, left, right) => {
                let left = self.constant(left, owner, depth + 1)?;
                let right = self.constant(right, owner, depth + 1)?;
                match *operator {
                    "+" => left.checked_add(right),
                    "-" => left.checked_sub(right),
                    "*" => left.checked_mul(right),
                    // A length that is no whole number is none.
                    "/" | "//" => (right != 0 && left % right == 0).then(|| left / right),
                    "<<" => u32::try_from(right)
                        .ok()
                        .filter(|by| *by < 64)
                        .and_then(|by| left.checked_mul(1 << by)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The value of a default, where every language can spell it and the type can hold it.
    pub fn default(&self, expr: &Expr, ty: &Type) -> Option<Literal> {
        let literal = match &expr.kind {
            Kind::Literal(literal) => literal.clone(),
            Kind::Text(text) if !text.formatted => Literal::Text(text.decoded.clone()?),
            Kind::Name(name) => match self.module.meaning(name, self.owner, &known::is_known) {
                Meaning::Value(node) => match expression(node, self.module.text).kind {
                    Kind::Literal(literal) => literal,
                    Kind::Text(text) if !text.formatted => Literal::Text(text.decoded?),
                    _ => return None,
                },
                _ => return None,
            },
            _ => return None,
        };
        fitting(literal, ty)
    }
}

/// A literal as one of the type: `1` of a float is `1.0`.
fn fitting(literal: Literal, ty: &Type) -> Option<Literal> {
    match (ty, literal) {
        (Type::Optional(_), Literal::None) => Some(Literal::None),
        (Type::Optional(inner), literal) => fitting(literal, inner),
        (Type::Bool, Literal::Bool(value)) => Some(Literal::Bool(value)),
        (Type::Bool, Literal::Int(value @ (0 | 1))) => Some(Literal::Bool(value == 1)),
        (Type::Float | Type::Number(Number::F32 | Number::F64), literal) => match literal {
            Literal::Float(value) => Some(Literal::Float(value)),
            Literal::Int(value) => Some(Literal::Float(value as f64)),
            _ => None,
        },
        (Type::Int | Type::Number(_), Literal::Int(value)) => Some(Literal::Int(value)),
        (Type::Int | Type::Number(_), Literal::Bool(value)) => {
            Some(Literal::Int(i128::from(value)))
        }
        (Type::Text(_), Literal::Text(value)) => Some(Literal::Text(value)),
        _ => None,
    }
}
