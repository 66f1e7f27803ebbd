//! Names in annotations: what the file, an import or nobody means by them.

use tree_sitter::Node;

use super::expression::{Expr, expression};
use super::known::{self, Known};
use super::scope::{Binding, Meaning};
use super::types::{Context, Typed, Types, Unfit, one_line, unfit};

impl Types<'_, '_> {
    /// What a bare name means as a type.
    pub(super) fn named(&self, expr: &Expr, name: &str, context: &Context) -> Typed {
        let generic = |name: &str| {
            unfit(
                expr,
                format!("{name} is generic; write the type that calls use, such as float"),
            )
        };
        if self.generics.contains(name) {
            return generic(name);
        }
        match self.module.meaning(name, context.owner, &known::is_known) {
            Meaning::Outside(full) => self.outside(expr, &full, &[]),
            Meaning::Class(class) => self.class(expr, class, context),
            Meaning::Value(node) => {
                let at = node.start_byte();
                if context.inside.contains(&at) {
                    return unfit(
                        expr,
                        format!(
                            "{name} holds itself, and its bytes would have no end; pass a list with indices, or JSON"
                        ),
                    );
                }
                let mut context = context.clone();
                context.inside.push(at);
                // A type of another class's body is looked up from there.
                let value = expression(node, self.module.text);
                let line = self.lines.number(at);
                let path = self.assigned_path(node).unwrap_or_else(|| name.into());
                self.alias(expr, &path, &value, &context)
                    .map_err(|inner| Unfit {
                        at: expr.at.clone(),
                        reason: if inner.at == expr.at {
                            inner.reason
                        } else {
                            format!("{name} (line {line}): {}", inner.reason)
                        },
                    })
            }
            Meaning::Function => unfit(expr, format!("{name} is a function and no type")),
            Meaning::Generic => generic(name),
            Meaning::Unknown => unfit(expr, self.unknown(name)),
        }
    }

    /// A full name of typing and its kin, spelled in one way.
    pub fn full_name(&self, expr: &Expr, owner: Option<usize>) -> Option<String> {
        self.module
            .outside_name(expr, owner)
            .map(|full| known::canonical(&full))
    }

    /// A name from outside the file, perhaps with arguments.
    pub(super) fn outside(&self, expr: &Expr, full: &str, arguments: &[Expr]) -> Typed {
        let full = known::canonical(full);
        let spelled = self.spelled(expr);
        match known::lookup(&full) {
            Some(Known::Type(ty)) if arguments.is_empty() => Ok(ty),
            Some(Known::Type(_)) => unfit(expr, format!("{spelled} takes no type in brackets")),
            Some(Known::List) => unfit(
                expr,
                format!("{spelled} does not say what it holds; write {spelled}[int], for instance"),
            ),
            Some(Known::Tuple) => unfit(
                expr,
                format!(
                    "{spelled} does not say what it holds; write {spelled}[int, float], for instance"
                ),
            ),
            Some(Known::Form) => unfit(expr, format!("{spelled} needs a type in brackets")),
            None => {
                // With their quotes, which tell a text from a name.
                let raw = |argument: &Expr| one_line(&self.module.text[argument.at.clone()]);
                let arguments: Vec<String> = arguments.iter().map(raw).collect();
                unfit(
                    expr,
                    known::reason(&full, &spelled, &arguments, &self.param.borrow()),
                )
            }
        }
    }

    fn unknown(&self, name: &str) -> String {
        if known::is_known(&format!("typing.{name}")) {
            return format!("{name} is not imported; write `from typing import {name}`");
        }
        let types = self.module.names.iter().filter_map(|(known, binding)| {
            let score = strsim::jaro_winkler(name, known);
            (!matches!(binding, Binding::Function) && score > 0.85).then_some((score, *known))
        });
        // Of two that are equally near, the first by name, so that the answer is always the same.
        let nearest = types.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
        match nearest {
            Some((_, nearest)) => {
                format!("{name} is not defined in this file; did you mean {nearest}?")
            }
            None => format!(
                "{name} is not defined in this file; define or import it, or give a wire type with `# metropipe: {}=...`",
                self.param.borrow()
            ),
        }
    }

    /// What `X = ...` gives its name to, with the classes around it: `Outer.X`.
    fn assigned_path(&self, value: Node<'_>) -> Option<String> {
        let assignment = value.parent()?;
        let left = assignment.child_by_field_name("left")?;
        let mut path = self.module.source(left).to_string();
        let mut node = assignment;
        while let Some(parent) = node.parent() {
            if parent.kind() == "class_definition"
                && let Some(name) = parent.child_by_field_name("name")
            {
                path = format!("{}.{path}", self.module.source(name));
            }
            node = parent;
        }
        Some(path)
    }
}
