//! Classes with fields: dataclasses, NamedTuples and TypedDicts.

use std::sync::Arc;

use tree_sitter::Node;

use super::docstring;
use super::expression::{Expr, Kind, children, expression};
use super::overrides::Override;
use super::types::{Context, Typed, Types, Unfit, unfit};
use crate::signature::{Field, Literal, Record, RecordKind, Type};

/// One annotated name of a class body.
struct Declared<'t> {
    name: &'t str,
    ty: Expr,
    default: Option<Expr>,
}

impl<'t> Types<'_, 't> {
    /// The record that a class of this file stands for.
    pub(super) fn class(&self, expr: &Expr, index: usize, context: &Context) -> Typed {
        let class = &self.module.classes[index];
        let path = &class.path;
        let at = class.node.start_byte();
        if context.inside.contains(&at) {
            return unfit(
                expr,
                format!(
                    "{path} holds itself, and its bytes would have no end; pass a list with indices, or JSON"
                ),
            );
        }
        let line = self.lines.number(at);
        let kind = match self.kind(index) {
            Ok(kind) => kind,
            Err(reason) => return unfit(expr, format!("{path} (line {line}) {reason}")),
        };
        let mut inside = context.inside.clone();
        inside.push(at);
        let mut fields: Vec<Field> = Vec::new();
        let given = self.class_overrides(class.node);
        for declared in self.declared(class.node) {
            let context = Context {
                owner: Some(index),
                path: format!("{}_{}", class.name, declared.name),
                inside: inside.clone(),
                depth: context.depth,
            };
            let field_line = self.lines.number(declared.ty.at.start);
            let wrap = |reason: String| Unfit {
                at: expr.at.clone(),
                reason: format!("{path}.{} (line {field_line}): {reason}", declared.name),
            };
            let over = given.iter().find(|given| given.name == declared.name);
            let Some(ty) = self.field(&declared, kind, over, &context).map_err(wrap)? else {
                continue;
            };
            let source_type = self.spelled(&declared.ty);
            match fields.iter_mut().find(|field| field.name == declared.name) {
                // Declared again: the last type counts, at the place of the first.
                Some(field) => (field.ty, field.source_type) = (ty, source_type),
                None => fields.push(Field {
                    name: declared.name.into(),
                    source_type,
                    ty,
                }),
            }
        }
        if let Some(unknown) = given
            .iter()
            .find(|given| !fields.iter().any(|field| field.name == given.name))
        {
            return unfit(
                expr,
                format!(
                    "{path} (line {line}) has no field {}, for which a comment gives a type",
                    unknown.name
                ),
            );
        }
        if fields.is_empty() {
            return unfit(
                expr,
                format!(
                    "{path} (line {line}) has no fields; give it one with a type, or leave it out"
                ),
            );
        }
        Ok(Type::Record(Arc::new(Record {
            name: path.clone(),
            doc: docstring(class.node, self.module.text),
            kind,
            fields,
        })))
    }

    /// What makes a class a record; else why it is none.
    fn kind(&self, index: usize) -> Result<RecordKind, String> {
        let class = &self.module.classes[index];
        if class.node.has_error() {
            return Err("holds a syntax error; mend it first".into());
        }
        if class.node.child_by_field_name("type_parameters").is_some() {
            return Err("is generic; write it with the types that calls use".into());
        }
        let full = |node: &Node<'_>| {
            let expr = expression(*node, self.module.text);
            self.full_name(&expr, class.owner)
        };
        let dataclass = class.decorators.iter().find_map(|decorator| {
            let decorator = expression(decorator.named_child(0)?, self.module.text);
            let name = self.full_name(&decorator, class.owner)?;
            (name == "dataclasses.dataclass").then_some(decorator)
        });
        let bases = class.node.child_by_field_name("superclasses");
        let (keywords, bases): (Vec<_>, Vec<_>) = bases
            .map(children)
            .unwrap_or_default()
            .into_iter()
            .partition(|base| base.kind() == "keyword_argument");
        let names: Vec<Option<String>> = bases.iter().map(full).collect();
        if let Some(Some(name)) = names
            .iter()
            .find(|name| name.as_ref().is_some_and(|name| name.starts_with("enum.")))
        {
            let _ = name;
            return Err("is an enum; pass its value as int or str".into());
        }
        if bases.len() == 1 && dataclass.is_none() {
            match names[0].as_deref() {
                Some("typing.NamedTuple") => return Ok(RecordKind::Class),
                Some("typing.TypedDict") => {
                    let total = keywords.iter().any(|keyword| {
                        let text: String =
                            self.module.source(*keyword).split_whitespace().collect();
                        text == "total=False"
                    });
                    return if total {
                        Err("has keys that may be missing (total=False); leave that out and write T | None".into())
                    } else {
                        Ok(RecordKind::Mapping)
                    };
                }
                _ => {}
            }
        }
        let Some(dataclass) = dataclass else {
            return Err(
                "is a class whose fields nobody declares; make it a @dataclass, a NamedTuple or a TypedDict"
                    .into(),
            );
        };
        let real: Vec<&Node<'_>> = bases
            .iter()
            .zip(&names)
            .filter(|(_, name)| name.as_deref() != Some("builtins.object"))
            .map(|(base, _)| base)
            .collect();
        if let Some(base) = real.first() {
            return Err(format!(
                "has a base, {}; write all its fields in one class",
                self.module.source(**base)
            ));
        }
        let own_init = class.names.contains_key("__init__");
        let no_init = match &dataclass.kind {
            Kind::Call(_, _, keywords) => is_false(keywords, "init"),
            _ => false,
        };
        if own_init || no_init {
            return Err("makes its instances in its own way; leave __init__ to @dataclass".into());
        }
        Ok(RecordKind::Class)
    }

    /// The type of one field; nothing for what is no field of an instance.
    fn field(
        &self,
        declared: &Declared<'t>,
        kind: RecordKind,
        over: Option<&Override<'t>>,
        context: &Context,
    ) -> Result<Option<Type>, String> {
        let outer = match &declared.ty.kind {
            Kind::Text(text) => super::expression::quoted(text, &declared.ty.at),
            _ => None,
        };
        let outer = outer.as_ref().unwrap_or(&declared.ty);
        let full = self.full_name(outer, context.owner);
        match full.as_deref() {
            Some("typing.ClassVar") => return Ok(None),
            // What follows is passed by keyword, as all fields are.
            Some("dataclasses.KW_ONLY") => return Ok(None),
            Some("dataclasses.InitVar") => {
                return Err("an InitVar is gone after __init__; make it a field".into());
            }
            _ => {}
        }
        if declared.name.starts_with("__")
            && !declared.name.ends_with("__")
            && kind == RecordKind::Class
        {
            return Err(
                "Python hides names that begin with two underscores; call it otherwise".into(),
            );
        }
        if kind == RecordKind::Class
            && let Some(Expr {
                kind: Kind::Call(function, _, keywords),
                ..
            }) = &declared.default
            && self.full_name(function, context.owner).as_deref() == Some("dataclasses.field")
            && is_false(keywords, "init")
        {
            return Err(
                "field(init=False) cannot be given from outside; make it a property".into(),
            );
        }
        let base = self.value(&declared.ty, context);
        match over {
            Some(over) => self
                .overridden(over.wire, base.ok(), context.owner)
                .map(Some),
            None => base.map(Some).map_err(|unfit| unfit.reason),
        }
    }

    /// The annotated names of a class body, in order.
    fn declared(&self, class: Node<'t>) -> Vec<Declared<'t>> {
        let Some(body) = class.child_by_field_name("body") else {
            return Vec::new();
        };
        let statements = children(body).into_iter().filter_map(|statement| {
            let assignment = statement.named_child(0)?;
            if statement.kind() != "expression_statement" || assignment.kind() != "assignment" {
                return None;
            }
            let left = assignment.child_by_field_name("left")?;
            let ty = assignment.child_by_field_name("type")?;
            (left.kind() == "identifier").then(|| Declared {
                name: self.module.source(left),
                ty: expression(ty, self.module.text),
                default: assignment
                    .child_by_field_name("right")
                    .map(|right| expression(right, self.module.text)),
            })
        });
        statements.collect()
    }

    /// What comments on a class or its fields give.
    fn class_overrides(&self, class: Node<'t>) -> Vec<Override<'t>> {
        let Some(body) = class.child_by_field_name("body") else {
            return Vec::new();
        };
        let whole = match class.parent() {
            Some(parent) if parent.kind() == "decorated_definition" => parent,
            _ => class,
        };
        let line = |offset| self.lines.index(offset);
        let header = (line(whole.start_byte()), line(header_end(class, body)));
        let mut given = self.comments.of(self.lines, header.0, header.1);
        for statement in children(body) {
            if statement.kind() == "expression_statement" {
                let (first, last) = (line(statement.start_byte()), line(statement.end_byte()));
                if first > header.1 {
                    for found in self.comments.of(self.lines, first, last) {
                        if !given.iter().any(|known| known.at == found.at) {
                            given.push(found);
                        }
                    }
                }
            }
        }
        given
    }
}

/// The last byte of what stands before a body.
pub(super) fn header_end(node: Node<'_>, body: Node<'_>) -> usize {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .filter(|child| child.kind() == ":" && child.start_byte() < body.end_byte())
        .map(|child| child.start_byte())
        .last()
        .unwrap_or(node.start_byte())
}

fn is_false(keywords: &[(String, Expr)], name: &str) -> bool {
    keywords.iter().any(|(keyword, value)| {
        keyword == name && matches!(value.kind, Kind::Literal(Literal::Bool(false)))
    })
}
