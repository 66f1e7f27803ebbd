//! The types that a user gives beside a function's annotations, and which of them all counts.

use super::expression::Expr;
use super::overrides::Override;
use super::signature::{Checked, Fault, Signatures};
use super::types::{Types, Unfit};
use crate::signature::{Parameter, Type};
use crate::source::Untyped;

/// The wire types that a user gives for one function.
pub(super) struct Given<'a, 'm, 't> {
    pub comments: &'a [Override<'t>],
    pub signatures: &'a Signatures<'m, 't>,
    pub function: String,
}

impl<'m, 't> Given<'_, 'm, 't> {
    pub fn names(&self, param: &str) -> bool {
        self.comments.iter().any(|comment| comment.name == param) || self.outside(param).is_some()
    }

    /// What stands outside the source, in `metropipe.toml`.
    fn outside(&self, param: &str) -> Option<&str> {
        let overrides = self.signatures.options.overrides.iter();
        overrides
            .filter(|given| given.function == self.function && given.param == param)
            .map(|given| given.wire.as_str())
            .next()
    }

    /// The type of a parameter: what a comment says, else its annotation, else what the user asks for.
    /// Nothing where none of them says anything.
    pub fn decide(
        &self,
        annotation: Option<&Expr>,
        param: &str,
        types: &Types<'m, 't>,
    ) -> Option<Checked<Type>> {
        let fault = |at: usize, reason: String| Fault {
            at,
            param: Some(param.into()),
            reason,
        };
        *types.param.borrow_mut() = param.into();
        let read = annotation.map(|annotation| types.annotation(annotation, param));
        let base = || read.clone().and_then(Result::ok);
        if let Some(comment) = self.comments.iter().find(|comment| comment.name == param) {
            let typed = types.overridden(comment.wire, base(), types.owner);
            return Some(typed.map_err(|reason| fault(comment.wire_at, reason)));
        }
        let annotated = annotation
            .map(|annotation| types.full_name(annotation, types.owner))
            .is_some_and(|full| full.as_deref() == Some("typing.Annotated"));
        if let Some(wire) = self.outside(param).filter(|_| !annotated) {
            let at = annotation.map_or(0, |annotation| annotation.at.start);
            let typed = types.overridden(wire, base(), types.owner);
            return Some(typed.map_err(|reason| fault(at, reason)));
        }
        match (read, self.signatures.options.untyped) {
            (Some(Ok(ty)), _) => Some(Ok(ty)),
            (_, Untyped::Raw) => Some(Ok(Type::Bytes(None))),
            (_, Untyped::Json) => Some(Ok(Type::Json(None))),
            (Some(Err(Unfit { at, reason })), Untyped::Refuse) => {
                Some(Err(fault(at.start, reason)))
            }
            (None, Untyped::Refuse) => None,
        }
    }

    /// Every override names a parameter, and once.
    pub fn check(&self, parameters: &[Parameter]) -> Checked<()> {
        for (index, comment) in self.comments.iter().enumerate() {
            let name = comment.name;
            let is_known =
                name == "return" || parameters.iter().any(|parameter| parameter.name == name);
            let twice = self.comments[..index]
                .iter()
                .any(|other| other.name == name);
            let reason = if !is_known {
                let names: Vec<&str> = parameters
                    .iter()
                    .map(|parameter| parameter.name.as_str())
                    .chain(["return"])
                    .collect();
                format!(
                    "the comment gives a type for {name}, and there is no such parameter; it may name {}",
                    names.join(", ")
                )
            } else if twice {
                format!("comments give two types for {name}; leave one out")
            } else {
                continue;
            };
            return Err(Fault {
                at: comment.at,
                param: is_known.then(|| name.into()),
                reason,
            });
        }
        Ok(())
    }
}
