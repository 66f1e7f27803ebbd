//! What the names of a module mean: imports, classes, aliases; and the functions it defines.

use std::collections::HashMap;

use tree_sitter::Node;

use super::expression::{Expr, Kind, children, expression};
use super::known;

/// Blocks that nest deeper are not looked into.
const DEPTH: usize = 60;
/// Aliases of aliases are followed so often.
const ALIASES: usize = 32;

/// What a name was given by.
#[derive(Clone, Debug)]
pub(super) enum Binding<'t> {
    /// The full name of what was imported: `typing.Optional`.
    Import(String),
    /// An index into [`Module::classes`].
    Class(usize),
    /// `X = ...`, `X: T = ...`, `type X = ...`
    Value(Node<'t>),
    Function,
    /// `T` of `class C[T]` or `type X[T]`
    Generic,
}

/// What a name means.
pub(super) enum Meaning<'t> {
    /// A full name outside the file: `builtins.int`, `typing.Optional`, `other.Thing`.
    Outside(String),
    Class(usize),
    Value(Node<'t>),
    Function,
    Generic,
    Unknown,
}

pub(super) struct Class<'t> {
    /// `Outer.Inner`
    pub path: String,
    pub name: &'t str,
    pub node: Node<'t>,
    pub decorators: Vec<Node<'t>>,
    pub owner: Option<usize>,
    pub when: When,
    pub names: HashMap<&'t str, Binding<'t>>,
}

/// A `def` of the module or of a class.
pub(super) struct Definition<'t> {
    pub name: &'t str,
    pub node: Node<'t>,
    pub decorators: Vec<Node<'t>>,
    /// With its decorators.
    pub whole: Node<'t>,
    pub owner: Option<usize>,
    pub when: When,
}

/// When a definition is there for who imports the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Imported,
    /// Within `if __name__ == "__main__"`.
    Script,
    /// Within `if TYPE_CHECKING`.
    TypeChecking,
}

/// A module's names and definitions, in source order.
pub(super) struct Module<'t> {
    pub text: &'t str,
    pub names: HashMap<&'t str, Binding<'t>>,
    /// Modules of which everything is imported.
    stars: Vec<String>,
    pub classes: Vec<Class<'t>>,
    pub definitions: Vec<Definition<'t>>,
}

/// The surroundings of a statement.
#[derive(Clone, Copy)]
struct Around {
    owner: Option<usize>,
    when: When,
    /// An `else` or `except`: what is bound there is the substitute.
    substitute: bool,
    depth: usize,
}

impl<'t> Module<'t> {
    pub fn new(root: Node<'t>, text: &'t str) -> Self {
        let mut module = Module {
            text,
            names: HashMap::new(),
            stars: Vec::new(),
            classes: Vec::new(),
            definitions: Vec::new(),
        };
        let around = Around {
            owner: None,
            when: When::Imported,
            substitute: false,
            depth: 0,
        };
        module.block(root, around);
        module
    }

    pub fn source(&self, node: Node<'_>) -> &'t str {
        &self.text[node.byte_range()]
    }

    fn block(&mut self, block: Node<'t>, around: Around) {
        if around.depth > DEPTH {
            return;
        }
        let around = Around {
            depth: around.depth + 1,
            ..around
        };
        let mut cursor = block.walk();
        for child in block.named_children(&mut cursor) {
            self.statement(child, around);
        }
    }

    fn statement(&mut self, node: Node<'t>, around: Around) {
        match node.kind() {
            "function_definition" => self.define(node, node, Vec::new(), around),
            "class_definition" => self.class(node, Vec::new(), around),
            "decorated_definition" => {
                let decorators = children(node)
                    .into_iter()
                    .filter(|child| child.kind() == "decorator")
                    .collect();
                match node.child_by_field_name("definition") {
                    Some(inner) if inner.kind() == "class_definition" => {
                        self.class(inner, decorators, around);
                    }
                    Some(inner) => self.define(inner, node, decorators, around),
                    None => {}
                }
            }
            "import_statement" => self.import(node, around),
            "import_from_statement" => self.import_from(node, around),
            "expression_statement" => {
                if let Some(assignment) = node.named_child(0)
                    && assignment.kind() == "assignment"
                    && let Some(left) = assignment.child_by_field_name("left")
                    && left.kind() == "identifier"
                    && let Some(right) = assignment.child_by_field_name("right")
                {
                    self.bind(self.source(left), Binding::Value(right), around);
                }
            }
            "type_alias_statement" => self.type_alias(node, around),
            "if_statement" => self.condition(node, around),
            "else_clause" | "elif_clause" | "except_clause" | "except_group_clause" => {
                let substitute = true;
                self.block(
                    node,
                    Around {
                        substitute,
                        ..around
                    },
                );
            }
            "block" | "try_statement" | "finally_clause" | "with_statement" | "for_statement"
            | "while_statement" | "match_statement" | "case_clause" | "ERROR" => {
                self.block(node, around);
            }
            _ => {}
        }
    }

    fn condition(&mut self, node: Node<'t>, around: Around) {
        let condition = node.child_by_field_name("condition");
        let condition = condition.map_or("", |condition| self.source(condition));
        let when = if condition.contains("__name__") && condition.contains("__main__") {
            When::Script
        } else if condition.rsplit('.').next() == Some("TYPE_CHECKING") {
            When::TypeChecking
        } else {
            around.when
        };
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            let inner = match child.kind() {
                "block" => Around { when, ..around },
                _ => around,
            };
            if matches!(child.kind(), "block" | "elif_clause" | "else_clause") {
                self.statement(child, inner);
            }
        }
    }

    fn names_of(&mut self, owner: Option<usize>) -> &mut HashMap<&'t str, Binding<'t>> {
        match owner {
            Some(class) => &mut self.classes[class].names,
            None => &mut self.names,
        }
    }

    fn bind(&mut self, name: &'t str, binding: Binding<'t>, around: Around) {
        let names = self.names_of(around.owner);
        // `except ImportError: np = None` takes nothing from what was imported before it.
        let stays = match (names.get(name), &binding) {
            (None, _) | (_, Binding::Class(_) | Binding::Function) => false,
            (Some(Binding::Class(_)), _) => true,
            (Some(Binding::Import(_)), Binding::Value(value)) if value.kind() == "none" => true,
            _ => around.substitute,
        };
        if !stays {
            names.insert(name, binding);
        }
    }

    fn define(
        &mut self,
        node: Node<'t>,
        whole: Node<'t>,
        decorators: Vec<Node<'t>>,
        around: Around,
    ) {
        let Some(name) = node.child_by_field_name("name") else {
            return;
        };
        let name = self.source(name);
        self.bind(name, Binding::Function, around);
        self.definitions.push(Definition {
            name,
            node,
            decorators,
            whole,
            owner: around.owner,
            when: around.when,
        });
    }

    fn class(&mut self, node: Node<'t>, decorators: Vec<Node<'t>>, around: Around) {
        let Some(name) = node.child_by_field_name("name") else {
            return;
        };
        let name = self.source(name);
        let path = match around.owner {
            Some(owner) => format!("{}.{name}", self.classes[owner].path),
            None => name.into(),
        };
        let index = self.classes.len();
        self.classes.push(Class {
            path,
            name,
            node,
            decorators,
            owner: around.owner,
            when: around.when,
            names: HashMap::new(),
        });
        self.bind(name, Binding::Class(index), around);
        let inside = Around {
            owner: Some(index),
            substitute: false,
            ..around
        };
        if let Some(parameters) = node.child_by_field_name("type_parameters") {
            self.generics(parameters, inside);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.block(body, inside);
        }
    }

    fn generics(&mut self, parameters: Node<'t>, around: Around) {
        for parameter in children(parameters) {
            let text = self.source(parameter);
            let name = text.split([':', '=']).next().unwrap_or(text);
            self.bind(name.trim_matches(['*', ' ']), Binding::Generic, around);
        }
    }

    fn type_alias(&mut self, node: Node<'t>, around: Around) {
        let (Some(left), Some(right)) = (
            node.child_by_field_name("left"),
            node.child_by_field_name("right"),
        ) else {
            return;
        };
        let text = self.source(left);
        match text.split_once('[') {
            Some((name, _)) => self.bind(name.trim(), Binding::Generic, around),
            None => self.bind(text, Binding::Value(right), around),
        }
    }

    fn import(&mut self, node: Node<'t>, around: Around) {
        for child in children(node) {
            if child.kind() == "aliased_import" {
                if let (Some(name), Some(alias)) = (
                    child.child_by_field_name("name"),
                    child.child_by_field_name("alias"),
                ) {
                    let full = self.source(name).to_string();
                    self.bind(self.source(alias), Binding::Import(full), around);
                }
            } else if let Some(first) = self.source(child).split('.').next() {
                // `import a.b` binds `a`.
                self.bind(first, Binding::Import(first.into()), around);
            }
        }
    }

    fn import_from(&mut self, node: Node<'t>, around: Around) {
        let Some(module_node) = node.child_by_field_name("module_name") else {
            return;
        };
        let module = self.source(module_node);
        for child in children(node) {
            if child.id() == module_node.id() {
                continue;
            }
            match child.kind() {
                "wildcard_import" => self.stars.push(module.into()),
                "aliased_import" => {
                    if let (Some(name), Some(alias)) = (
                        child.child_by_field_name("name"),
                        child.child_by_field_name("alias"),
                    ) {
                        let full = format!("{module}.{}", self.source(name));
                        self.bind(self.source(alias), Binding::Import(full), around);
                    }
                }
                _ => {
                    let name = self.source(child);
                    self.bind(name, Binding::Import(format!("{module}.{name}")), around);
                }
            }
        }
    }

    /// What a dotted name means where it stands within the class `owner`. `known` says of a full name
    /// whether it is one that an `import *` may have brought.
    pub fn meaning(
        &self,
        name: &str,
        owner: Option<usize>,
        known: &dyn Fn(&str) -> bool,
    ) -> Meaning<'t> {
        let mut name = name.to_string();
        for _ in 0..ALIASES {
            let (head, rest) = match name.split_once('.') {
                Some((head, rest)) => (head, Some(rest)),
                None => (name.as_str(), None),
            };
            let in_class = owner.and_then(|class| self.classes[class].names.get(head));
            let meaning = match in_class.or_else(|| self.names.get(head)) {
                Some(Binding::Import(full)) => {
                    return Meaning::Outside(match rest {
                        Some(rest) => format!("{full}.{rest}"),
                        None => full.clone(),
                    });
                }
                Some(Binding::Class(class)) => self.member(*class, rest),
                Some(Binding::Value(node)) if rest.is_none() => Meaning::Value(*node),
                Some(Binding::Value(node)) => {
                    // `t = typing`, then `t.Optional`.
                    let Kind::Name(target) = expression(*node, self.text).kind else {
                        return Meaning::Unknown;
                    };
                    name = format!("{target}.{}", rest.unwrap_or_default());
                    continue;
                }
                Some(Binding::Function) => Meaning::Function,
                Some(Binding::Generic) => Meaning::Generic,
                None => return self.unbound(&name, known),
            };
            return meaning;
        }
        Meaning::Unknown
    }

    fn member(&self, class: usize, rest: Option<&str>) -> Meaning<'t> {
        let mut class = class;
        let Some(rest) = rest else {
            return Meaning::Class(class);
        };
        let mut parts = rest.split('.').peekable();
        while let Some(part) = parts.next() {
            match self.classes[class].names.get(part) {
                Some(Binding::Class(inner)) => class = *inner,
                Some(Binding::Value(node)) if parts.peek().is_none() => {
                    return Meaning::Value(*node);
                }
                _ => return Meaning::Unknown,
            }
        }
        Meaning::Class(class)
    }

    fn unbound(&self, name: &str, known: &dyn Fn(&str) -> bool) -> Meaning<'t> {
        let candidates = self.stars.iter().map(|star| format!("{star}.{name}"));
        let mut candidates = candidates.chain([format!("builtins.{name}")]);
        match candidates.find(|full| known(full)) {
            Some(full) => Meaning::Outside(full),
            None => Meaning::Unknown,
        }
    }

    /// The full name of what an expression names, without subscripts and calls: `dataclasses.dataclass`.
    pub fn outside_name(&self, expr: &Expr, owner: Option<usize>) -> Option<String> {
        match &expr.kind {
            Kind::Name(name) => {
                let mut name = name.clone();
                for _ in 0..ALIASES {
                    match self.meaning(&name, owner, &known::is_known) {
                        Meaning::Outside(full) => return Some(full),
                        Meaning::Value(node) => match expression(node, self.text).kind {
                            Kind::Name(target) if target != name => name = target,
                            _ => return None,
                        },
                        _ => return None,
                    }
                }
                None
            }
            Kind::Call(function, ..) => self.outside_name(function, owner),
            Kind::Subscript(value, _) => self.outside_name(value, owner),
            _ => None,
        }
    }
}
