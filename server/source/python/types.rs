//! Annotations -> types.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use tree_sitter::Node;

use super::expression::{Expr, Kind, expression, quoted};
use super::known::{self, Known};
use super::overrides::{self, Comments};
use super::scope::{Binding, Meaning, Module};
use crate::signature::notation::record_name;
use crate::signature::{Field, Literal, Record, RecordKind, Type};
use crate::source::lines::Lines;

/// Types that nest deeper are refused.
const DEPTH: usize = 60;
/// Types within one function's types, after which it is refused: records that hold one another twice
/// grow by powers of two.
const BUDGET: u32 = 20_000;

/// An annotation that has no type on the wire.
#[derive(Clone, Debug)]
pub(super) struct Unfit {
    pub at: Range<usize>,
    pub reason: String,
}

pub(super) type Typed = Result<Type, Unfit>;

/// The types of one function.
pub(super) struct Types<'m, 't> {
    pub module: &'m Module<'t>,
    pub lines: &'m Lines<'t>,
    pub comments: &'m Comments<'t>,
    /// The class that the function stands in.
    pub owner: Option<usize>,
    /// `T` of `def f[T](...)`.
    pub generics: HashSet<String>,
    /// The parameter at hand, `return` for the result.
    pub param: RefCell<String>,
    budget: Cell<u32>,
    /// Tuples that have a name already.
    tuples: RefCell<Vec<(String, Vec<Field>)>>,
}

/// Where an annotation is met.
#[derive(Clone)]
pub(super) struct Context {
    pub owner: Option<usize>,
    /// What a tuple is called after: `pair`, `Point_pair`.
    pub path: String,
    /// Classes and aliases that are being read: what is met in itself is recursive.
    pub inside: Vec<usize>,
    pub depth: usize,
}

impl Context {
    pub fn deeper(&self) -> Context {
        Context {
            depth: self.depth + 1,
            ..self.clone()
        }
    }

    fn item(&self, index: usize) -> Context {
        Context {
            path: format!("{}_item{index}", self.path),
            ..self.deeper()
        }
    }
}

pub(super) fn unfit<T>(expr: &Expr, reason: impl Into<String>) -> Result<T, Unfit> {
    Err(Unfit {
        at: expr.at.clone(),
        reason: reason.into(),
    })
}

impl<'m, 't> Types<'m, 't> {
    pub fn new(
        module: &'m Module<'t>,
        lines: &'m Lines<'t>,
        comments: &'m Comments<'t>,
        owner: Option<usize>,
    ) -> Self {
        Types {
            module,
            lines,
            comments,
            owner,
            generics: HashSet::new(),
            param: RefCell::new(String::new()),
            budget: Cell::new(BUDGET),
            tuples: RefCell::new(Vec::new()),
        }
    }

    /// The type of a parameter's or a result's annotation.
    pub fn annotation(&self, expr: &Expr, param: &str) -> Typed {
        *self.param.borrow_mut() = param.into();
        let path = if param == "return" { "result" } else { param };
        let context = Context {
            owner: self.owner,
            path: path.into(),
            inside: Vec::new(),
            depth: 0,
        };
        self.any(expr, &context)
    }

    /// An annotation as the source spells it, on one line and without the quotes around it.
    pub fn spelled(&self, expr: &Expr) -> String {
        if let Kind::Text(text) = &expr.kind
            && let Some(decoded) = &text.decoded
        {
            return one_line(decoded);
        }
        one_line(&self.module.text[expr.at.clone()])
    }

    /// A type that has a value; `None` alone has none.
    pub fn value(&self, expr: &Expr, context: &Context) -> Typed {
        match self.any(expr, context)? {
            Type::Unit => unfit(
                expr,
                "None alone holds nothing; leave it out, or write T | None",
            ),
            ty => Ok(ty),
        }
    }

    pub(super) fn any(&self, expr: &Expr, context: &Context) -> Typed {
        let left = self.budget.get();
        if left == 0 || context.depth > DEPTH {
            return unfit(expr, "the type is too large; take fewer or flatter records");
        }
        self.budget.set(left - 1);
        let context = context.deeper();
        match &expr.kind {
            Kind::Name(name) => self.named(expr, name, &context),
            Kind::Literal(Literal::None) => Ok(Type::Unit),
            Kind::Text(text) => match quoted(text, &expr.at) {
                Some(inner) => self.any(&inner, &context),
                None => unfit(
                    expr,
                    format!("{} is no type", self.module.text[expr.at.clone()].trim()),
                ),
            },
            Kind::Union(parts) => self.union(expr, parts, &context),
            Kind::Subscript(value, arguments) => self.subscript(expr, value, arguments, &context),
            Kind::Arithmetic("*", element, count) => {
                let element = self.value(element, &context)?;
                match self.constant(count, context.owner, 0).map(u32::try_from) {
                    Some(Ok(count)) => Ok(Type::Array(Box::new(element), count)),
                    _ => unfit(
                        count,
                        format!("{} is no length; write a whole number", self.spelled(count)),
                    ),
                }
            }
            _ => unfit(
                expr,
                format!(
                    "{} is no type; write a name such as int, str or list[int]",
                    self.spelled(expr)
                ),
            ),
        }
    }

    fn named(&self, expr: &Expr, name: &str, context: &Context) -> Typed {
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
    fn outside(&self, expr: &Expr, full: &str, arguments: &[Expr]) -> Typed {
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

    fn union(&self, expr: &Expr, parts: &[Expr], context: &Context) -> Typed {
        let several = || {
            let spelled = self.spelled(expr);
            unfit(
                expr,
                format!(
                    "{spelled} is a union of several types; take one of them, or a record with an optional field for each"
                ),
            )
        };
        let mut found: Option<Type> = None;
        let mut optional = false;
        let valued = parts.iter().filter(|part| !part.is_none()).count();
        for part in parts {
            let ty = match self.any(part, context) {
                Ok(ty) => ty,
                // That it is a union is the first thing wrong with it.
                Err(_) if valued > 1 => return several(),
                Err(error) => return Err(error),
            };
            let ty = match ty {
                Type::Unit => {
                    optional = true;
                    continue;
                }
                Type::Optional(inner) => {
                    optional = true;
                    *inner
                }
                ty => ty,
            };
            match &found {
                Some(known) if *known != ty => return several(),
                _ => found = Some(ty),
            }
        }
        Ok(match found {
            None => Type::Unit,
            Some(ty) if optional => Type::Optional(Box::new(ty)),
            Some(ty) => ty,
        })
    }

    fn subscript(&self, expr: &Expr, value: &Expr, arguments: &[Expr], context: &Context) -> Typed {
        let Some(full) = self.full_name(value, context.owner) else {
            let spelled = self.spelled(expr);
            return match value.name() {
                // Says what is wrong with the name itself, where something is.
                Some(name)
                    if !matches!(
                        self.module.meaning(name, context.owner, &known::is_known),
                        Meaning::Class(_) | Meaning::Generic | Meaning::Value(_)
                    ) =>
                {
                    self.named(value, name, context)
                }
                _ => unfit(
                    expr,
                    format!(
                        "{spelled} is generic; write a class or an alias without type parameters"
                    ),
                ),
            };
        };
        match (full.as_str(), arguments) {
            ("typing.Optional", [inner]) => {
                let none = Expr {
                    kind: Kind::Literal(Literal::None),
                    at: inner.at.clone(),
                };
                self.union(expr, &[inner.clone(), none], context)
            }
            ("typing.Union", parts) if !parts.is_empty() => self.union(expr, parts, context),
            ("typing.Annotated", [inner, notes @ ..]) if !notes.is_empty() => {
                self.annotated(inner, notes, context)
            }
            ("typing.Final" | "typing.Required" | "typing.ReadOnly", [inner]) => {
                self.any(inner, context)
            }
            ("typing.Sequence" | "typing.MutableSequence" | "builtins.list", [element]) => {
                Ok(Type::List(Box::new(self.value(element, context)?), None))
            }
            ("builtins.tuple", [element, dots]) if matches!(dots.kind, Kind::Ellipsis) => {
                Ok(Type::List(Box::new(self.value(element, context)?), None))
            }
            ("builtins.tuple", items) if !items.is_empty() => self.tuple(expr, items, context),
            _ => self.outside(expr, &full, arguments),
        }
    }

    /// The first of the notes that is a wire type counts; the others are said to somebody else.
    fn annotated(&self, inner: &Expr, notes: &[Expr], context: &Context) -> Typed {
        let wire = notes.iter().find_map(|note| match &note.kind {
            Kind::Text(text) => {
                let decoded = text.decoded.as_deref()?;
                overrides::looks_like_wire(decoded).then_some((note, decoded))
            }
            _ => None,
        });
        let base = self.any(inner, context);
        let Some((note, wire)) = wire else {
            return base;
        };
        self.overridden(wire, base.ok(), context.owner)
            .map_err(|reason| Unfit {
                at: note.at.clone(),
                reason,
            })
    }

    /// A type with the wire type that a user gives for it.
    pub fn overridden(
        &self,
        wire: &str,
        base: Option<Type>,
        owner: Option<usize>,
    ) -> Result<Type, String> {
        let wire = overrides::with_constants(wire, |name| {
            let expr = Expr {
                kind: Kind::Name(name.into()),
                at: 0..0,
            };
            self.constant(&expr, owner, 0)
        });
        let param = self.param.borrow();
        let called = if *param == "return" { "result" } else { &param };
        overrides::apply(&wire, called, &param, base)
    }

    fn tuple(&self, expr: &Expr, items: &[Expr], context: &Context) -> Typed {
        if matches!(items, [only] if matches!(&only.kind, Kind::List(none) if none.is_empty())) {
            return unfit(expr, "the empty tuple holds nothing; leave it out");
        }
        let mut fields = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if matches!(item.kind, Kind::Ellipsis) {
                return unfit(
                    expr,
                    format!(
                        "{} is open in length; write list[T], or one type for each item",
                        self.spelled(expr)
                    ),
                );
            }
            fields.push(Field {
                ty: self.value(item, &context.item(index))?,
                source_type: self.spelled(item),
                name: format!("item{index}"),
            });
        }
        Ok(Type::Record(Arc::new(Record {
            name: self.tuple_name(&context.path, &fields),
            doc: None,
            kind: RecordKind::Tuple,
            fields,
        })))
    }

    /// `pair` becomes `Pair`, or `Pair2` where another type is called so.
    fn tuple_name(&self, path: &str, fields: &[Field]) -> String {
        let base = record_name(path);
        let mut tuples = self.tuples.borrow_mut();
        let mut name = base.clone();
        for number in 2.. {
            let other = tuples.iter().find(|(known, _)| *known == name);
            let free = !self.module.classes.iter().any(|class| class.name == name);
            match other {
                Some((_, known)) if known == fields => return name,
                None if free => break,
                _ => name = format!("{base}{number}"),
            }
        }
        tuples.push((name.clone(), fields.to_vec()));
        name
    }
}

/// White space and comments of a long annotation are no part of its spelling.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| match line.find('#') {
        Some(at) if !line[..at].contains(['"', '\'']) => &line[..at],
        _ => line,
    });
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    words
        .join(" ")
        .replace("[ ", "[")
        .replace(", ]", "]")
        .replace(" ]", "]")
}
