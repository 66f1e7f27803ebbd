//! Annotations -> types.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use super::expression::{Expr, Kind, quoted};
use super::known;
use super::overrides::{self, Comments};
use super::scope::{Meaning, Module};
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
pub(super) fn one_line(text: &str) -> String {
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
