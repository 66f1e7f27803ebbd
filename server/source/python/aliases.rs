//! `X = ...`: other names of types, and the types that a call makes.

use std::sync::Arc;

use super::expression::{Expr, Kind};
use super::types::{Context, Typed, Types, unfit};
use crate::signature::{Field, Record, RecordKind, Type};

impl Types<'_, '_> {
    /// What the right side of `X = ...` means as a type.
    pub(super) fn alias(&self, expr: &Expr, name: &str, value: &Expr, context: &Context) -> Typed {
        let Kind::Call(function, arguments, _) = &value.kind else {
            return self.any(value, context);
        };
        match self.full_name(function, context.owner).as_deref() {
            Some("typing.NewType") if arguments.len() == 2 => self.any(&arguments[1], context),
            Some("typing.NamedTuple") if arguments.len() == 2 => {
                self.functional(expr, name, RecordKind::Class, &arguments[1], context)
            }
            Some("typing.TypedDict") if arguments.len() == 2 => {
                if let Kind::Call(_, _, keywords) = &value.kind
                    && !keywords.is_empty()
                {
                    return unfit(
                        expr,
                        format!("{name} may lack keys; leave total=False out and write T | None"),
                    );
                }
                self.functional(expr, name, RecordKind::Mapping, &arguments[1], context)
            }
            Some("typing.TypeVar" | "typing.ParamSpec" | "typing.TypeVarTuple") => unfit(
                expr,
                format!("{name} is generic; write the type that calls use, such as float"),
            ),
            Some("collections.namedtuple") => unfit(
                expr,
                format!(
                    "{name} is a namedtuple without types; write `class {name}(NamedTuple)` with a type for each field"
                ),
            ),
            Some(full) if full.starts_with("enum.") => unfit(
                expr,
                format!("{name} is an enum; pass its value as int or str"),
            ),
            _ => unfit(
                expr,
                format!("{name} is no type that can be read from the source"),
            ),
        }
    }

    /// `NamedTuple("P", [("x", int)])`, `TypedDict("P", {"x": int})`.
    fn functional(
        &self,
        expr: &Expr,
        name: &str,
        kind: RecordKind,
        fields: &Expr,
        context: &Context,
    ) -> Typed {
        let pairs: Option<Vec<(&Expr, &Expr)>> = match &fields.kind {
            Kind::Dict(pairs) => Some(pairs.iter().map(|(key, value)| (key, value)).collect()),
            Kind::List(items) => items
                .iter()
                .map(|item| match &item.kind {
                    Kind::List(pair) if pair.len() == 2 => Some((&pair[0], &pair[1])),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        let mut read = Vec::new();
        for (key, value) in pairs.unwrap_or_default() {
            let field = match &key.kind {
                Kind::Text(text) => text.decoded.clone().filter(|name| is_identifier(name)),
                _ => None,
            };
            let Some(field) = field else {
                return unfit(
                    expr,
                    format!("{name} has a field whose name is no identifier; write it as a class"),
                );
            };
            let context = Context {
                path: format!("{}_{field}", name.rsplit('.').next().unwrap_or(name)),
                ..context.clone()
            };
            read.push(Field {
                ty: self.value(value, &context)?,
                source_type: self.spelled(value),
                name: field,
            });
        }
        if read.is_empty() {
            return unfit(
                expr,
                format!("{name} has no fields; write it as a class with one at least"),
            );
        }
        Ok(Type::Record(Arc::new(Record {
            name: name.into(),
            doc: None,
            kind,
            fields: read,
        })))
    }
}

fn is_identifier(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_numeric())
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}
