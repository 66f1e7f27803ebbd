//! Expressions as types, sizes, defaults and decorators use them: a small tree without syntax nodes.

use std::ops::Range;

use tree_sitter::{Node, Parser};

use super::literals::{Prefix, decode, float, integer};
use crate::signature::Literal;

/// What nests deeper is [`Kind::Other`], so that no source exhausts the stack.
const DEPTH: usize = 100;

/// An expression and where it stands in the source.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub kind: Kind,
    pub at: Range<usize>,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// `int`, `t.Optional`
    Name(String),
    /// A literal that is no text.
    Literal(Literal),
    Text(Text),
    Ellipsis,
    Subscript(Box<Expr>, Vec<Expr>),
    /// `A | B | C`
    Union(Vec<Expr>),
    /// `+ - * / // <<`
    Arithmetic(&'static str, Box<Expr>, Box<Expr>),
    Call(Box<Expr>, Vec<Expr>, Vec<(String, Expr)>),
    List(Vec<Expr>),
    Dict(Vec<(Expr, Expr)>),
    Other,
}

/// A string literal.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// `None` where no text can hold it.
    pub decoded: Option<String>,
    /// Where the content begins, where it stands in the source letter for letter.
    pub exact: Option<usize>,
    /// An f-string; its replacement fields stand in `decoded` as their expressions.
    pub formatted: bool,
}

impl Expr {
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Name(name) => Some(name),
            _ => None,
        }
    }

    pub fn is_none(&self) -> bool {
        matches!(self.kind, Kind::Literal(Literal::None))
    }
}

/// How positions in the text at hand are positions in the source.
#[derive(Clone)]
enum Position {
    Moved(isize),
    /// The text has no counterpart of its own there.
    Within(Range<usize>),
}

struct Converter<'a> {
    text: &'a str,
    position: Position,
}

/// The expression of a node of the source itself.
pub(super) fn expression(node: Node<'_>, text: &str) -> Expr {
    Converter {
        text,
        position: Position::Moved(0),
    }
    .convert(node, 0)
}

/// The expression that stands in a string literal, as annotations do; `None` where it is none.
pub(super) fn quoted(text: &Text, at: &Range<usize>) -> Option<Expr> {
    let content = text.decoded.as_deref().filter(|_| !text.formatted)?;
    let position = match text.exact {
        // Less the parenthesis that is put before it.
        Some(start) => Position::Moved(start as isize - 1),
        None => Position::Within(at.clone()),
    };
    // In parentheses, as Python reads it: line breaks and leading blanks mean nothing.
    let code = format!("({content}\n)");
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_python::LANGUAGE.into())
        .ok()?;
    let tree = parser.parse(&code, None)?;
    let root = tree.root_node();
    let statement = root
        .named_child(0)
        .filter(|_| root.named_child_count() == 1)?;
    if root.has_error() || statement.kind() != "expression_statement" {
        return None;
    }
    let converter = Converter {
        text: &code,
        position,
    };
    Some(converter.convert(statement.named_child(0)?, 0))
}

impl Converter<'_> {
    fn at(&self, range: Range<usize>) -> Range<usize> {
        match &self.position {
            Position::Moved(by) => {
                range.start.saturating_add_signed(*by)..range.end.saturating_add_signed(*by)
            }
            Position::Within(whole) => whole.clone(),
        }
    }

    fn source(&self, node: Node<'_>) -> &str {
        &self.text[node.byte_range()]
    }

    fn convert(&self, node: Node<'_>, depth: usize) -> Expr {
        let kind = if depth > DEPTH {
            Kind::Other
        } else {
            self.kind(node, depth + 1)
        };
        // What only wraps another expression is that expression, place and all.
        match (node.kind(), kind) {
            ("type" | "parenthesized_expression", Kind::Other) => self.inner(node, depth),
            (_, kind) => Expr {
                kind,
                at: self.at(node.byte_range()),
            },
        }
    }

    fn inner(&self, node: Node<'_>, depth: usize) -> Expr {
        match children(node).as_slice() {
            [only] if depth < DEPTH => self.convert(*only, depth + 1),
            _ => Expr {
                kind: Kind::Other,
                at: self.at(node.byte_range()),
            },
        }
    }

    fn all(&self, nodes: &[Node<'_>], depth: usize) -> Vec<Expr> {
        nodes
            .iter()
            .map(|node| self.convert(*node, depth))
            .collect()
    }

    fn kind(&self, node: Node<'_>, depth: usize) -> Kind {
        let field = |name| {
            node.child_by_field_name(name)
                .map(|child| self.convert(child, depth))
        };
        match node.kind() {
            "identifier" | "dotted_name" => Kind::Name(self.source(node).into()),
            "attribute" | "member_type" => {
                let text = self.source(node);
                if text
                    .chars()
                    .all(|c| c.is_alphanumeric() || c == '_' || c == '.')
                {
                    Kind::Name(text.into())
                } else {
                    Kind::Other
                }
            }
            "none" => Kind::Literal(Literal::None),
            "true" => Kind::Literal(Literal::Bool(true)),
            "false" => Kind::Literal(Literal::Bool(false)),
            "ellipsis" => Kind::Ellipsis,
            "integer" => integer(self.source(node))
                .map_or(Kind::Other, |value| Kind::Literal(Literal::Int(value))),
            "float" => float(self.source(node))
                .map_or(Kind::Other, |value| Kind::Literal(Literal::Float(value))),
            "string" => self.string(node),
            "concatenated_string" => self.strings(node, depth),
            "unary_operator" => self.signed(node, field("argument")),
            "binary_operator" => self.binary(node, field("left"), field("right")),
            "union_type" => Kind::Union(self.all(&children(node), depth)),
            "subscript" => {
                let Some(value) = field("value") else {
                    return Kind::Other;
                };
                let mut cursor = node.walk();
                let arguments: Vec<Node<'_>> = node
                    .children_by_field_name("subscript", &mut cursor)
                    .filter(Node::is_named)
                    .collect();
                let arguments = match arguments.as_slice() {
                    // `X[(A, B)]` and `X[A, B]` are one.
                    [only] if only.kind() == "tuple" => self.all(&children(*only), depth),
                    several => self.all(several, depth),
                };
                Kind::Subscript(Box::new(value), arguments)
            }
            "generic_type" => match children(node).as_slice() {
                [value, arguments] if arguments.kind() == "type_parameter" => Kind::Subscript(
                    Box::new(self.convert(*value, depth)),
                    self.all(&children(*arguments), depth),
                ),
                _ => Kind::Other,
            },
            "call" => {
                let (Some(function), Some(arguments)) =
                    (field("function"), node.child_by_field_name("arguments"))
                else {
                    return Kind::Other;
                };
                let mut given = Vec::new();
                let mut keywords = Vec::new();
                for argument in children(arguments) {
                    if argument.kind() != "keyword_argument" {
                        given.push(self.convert(argument, depth));
                    } else if let (Some(name), Some(value)) = (
                        argument.child_by_field_name("name"),
                        argument.child_by_field_name("value"),
                    ) {
                        keywords.push((self.source(name).into(), self.convert(value, depth)));
                    }
                }
                Kind::Call(Box::new(function), given, keywords)
            }
            "list" | "tuple" => Kind::List(self.all(&children(node), depth)),
            "dictionary" => {
                let pairs = children(node).into_iter().map(|pair| {
                    let key = pair.child_by_field_name("key")?;
                    let value = pair.child_by_field_name("value")?;
                    Some((self.convert(key, depth), self.convert(value, depth)))
                });
                pairs
                    .collect::<Option<Vec<_>>>()
                    .map_or(Kind::Other, Kind::Dict)
            }
            _ => Kind::Other,
        }
    }

    fn signed(&self, node: Node<'_>, argument: Option<Expr>) -> Kind {
        let negative = match node.child(0).map(|operator| operator.kind()) {
            Some("-") => true,
            Some("+") => false,
            _ => return Kind::Other,
        };
        match argument.map(|argument| argument.kind) {
            Some(Kind::Literal(Literal::Int(value))) => {
                Kind::Literal(Literal::Int(if negative { -value } else { value }))
            }
            Some(Kind::Literal(Literal::Float(value))) => {
                Kind::Literal(Literal::Float(if negative { -value } else { value }))
            }
            _ => Kind::Other,
        }
    }

    fn binary(&self, node: Node<'_>, left: Option<Expr>, right: Option<Expr>) -> Kind {
        let operator = node.child_by_field_name("operator");
        let (Some(operator), Some(left), Some(right)) = (operator, left, right) else {
            return Kind::Other;
        };
        if operator.kind() == "|" {
            let mut parts = match left.kind {
                Kind::Union(parts) => parts,
                _ => vec![left],
            };
            parts.push(right);
            return Kind::Union(parts);
        }
        let known = ["+", "-", "*", "/", "//", "<<"];
        match known.into_iter().find(|known| *known == operator.kind()) {
            Some(operator) => Kind::Arithmetic(operator, Box::new(left), Box::new(right)),
            None => Kind::Other,
        }
    }

    fn string(&self, node: Node<'_>) -> Kind {
        let mut cursor = node.walk();
        let parts: Vec<Node<'_>> = node.children(&mut cursor).collect();
        let (Some(start), Some(end)) = (parts.first(), parts.last()) else {
            return Kind::Other;
        };
        let prefix = Prefix::of(self.source(*start));
        if prefix.bytes || start.kind() != "string_start" || end.kind() != "string_end" {
            return Kind::Other;
        }
        if prefix.formatted {
            // Only names in plain braces: what sizes need. Anything else is no literal.
            let mut decoded = Some(String::new());
            for part in &parts[1..parts.len() - 1] {
                let piece = match part.kind() {
                    "interpolation" => part
                        .child_by_field_name("expression")
                        .filter(|inner| {
                            inner.kind() == "identifier" && part.named_child_count() == 1
                        })
                        .map(|inner| self.source(inner).to_string()),
                    _ => decode(self.source(*part), prefix.raw),
                };
                decoded = decoded.zip(piece).map(|(all, piece)| all + &piece);
            }
            return Kind::Text(Text {
                decoded,
                exact: None,
                formatted: true,
            });
        }
        let start = node.start_byte() + prefix.length;
        let content = &self.text[start..end.start_byte().max(start)];
        let decoded = decode(content, prefix.raw);
        let same = decoded.as_deref() == Some(content);
        let exact = match &self.position {
            Position::Moved(by) if same => Some(start.saturating_add_signed(*by)),
            _ => None,
        };
        Kind::Text(Text {
            decoded,
            exact,
            formatted: false,
        })
    }

    fn strings(&self, node: Node<'_>, depth: usize) -> Kind {
        let mut whole = Text {
            decoded: Some(String::new()),
            exact: None,
            formatted: false,
        };
        for part in self.all(&children(node), depth) {
            let Kind::Text(text) = part.kind else {
                return Kind::Other;
            };
            whole.formatted |= text.formatted;
            whole.decoded = whole
                .decoded
                .zip(text.decoded)
                .map(|(all, piece)| all + &piece);
        }
        Kind::Text(whole)
    }
}

/// Named children without comments.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor)
        .filter(|child| child.kind() != "comment")
        .collect()
}
