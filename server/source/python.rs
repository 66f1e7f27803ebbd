//! Python sources (`.py`, `.pyi`): syntax tree -> signatures.
//!
//! [`scope`] finds out what names mean and which functions there are, [`types`] and [`records`] read
//! annotations, [`overrides`] and [`given`] the wire types that a user gives, [`signature`] puts a function
//! together, and [`broken`] saves what can be saved of a file with syntax errors.

mod aliases;
mod broken;
mod expression;
mod given;
mod known;
mod literals;
mod named;
mod overrides;
mod records;
mod returning;
mod scope;
mod signature;
mod types;
mod values;

use std::collections::HashMap;

use tree_sitter::{Node, Parser, Tree};

use self::expression::{Kind, children, expression};
use self::overrides::Comments;
use self::scope::{Definition, Module, When};
use self::signature::{Role, Signatures};
use super::lines::Lines;
use super::{Found, Options, Reader, Refusal, Source};
use crate::signature::Language;

pub(super) struct Python;

impl Reader for Python {
    fn language(&self) -> Language {
        Language::Python
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["py", "pyi"]
    }

    fn read(&self, source: &Source, options: &Options) -> Vec<Found> {
        let is_stub = source.path.extension().is_some_and(|found| found == "pyi");
        read(source.text(), is_stub, options)
    }
}

fn parse(text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_python::LANGUAGE.into())
        .ok()?;
    parser.parse(text, None)
}

fn read(text: &str, is_stub: bool, options: &Options) -> Vec<Found> {
    let Some(tree) = parse(text) else {
        return Vec::new();
    };
    let lines = Lines::new(text);
    if !tree.root_node().has_error() {
        return functions(&tree, text, &lines, is_stub, options);
    }
    let (mended, lost) = broken::mend(text);
    let mut found = match parse(&mended) {
        Some(tree) => functions(&tree, &mended, &Lines::new(&mended), is_stub, options),
        None => Vec::new(),
    };
    for one in lost {
        let place = lines.place(one.error_at.max(one.name_at));
        found.push(Found::Refusal(Refusal {
            declared: lines.place(one.name_at),
            place,
            param: None,
            reason: syntax_error(place.line),
            function: one.name,
        }));
    }
    found.sort_by_key(|one| match one {
        Found::Function(function) => function.place,
        Found::Refusal(refusal) => refusal.declared,
    });
    found
}

fn syntax_error(line: u32) -> String {
    format!("has a syntax error at line {line}; mend it first")
}

fn functions(
    tree: &Tree,
    text: &str,
    lines: &Lines<'_>,
    is_stub: bool,
    options: &Options,
) -> Vec<Found> {
    let module = Module::new(tree.root_node(), text);
    let comments = Comments::new(tree.root_node(), text, lines);
    let signatures = Signatures {
        module: &module,
        lines,
        comments: &comments,
        options,
        is_stub,
    };
    let roles: Vec<Role> = module
        .definitions
        .iter()
        .map(|definition| signatures.role(definition))
        .collect();
    let last = last_definitions(&module, &roles);
    let mut found = Vec::new();
    for (definition, role) in module.definitions.iter().zip(&roles) {
        let later = superseded(&module, definition, &last);
        match role {
            // The setter belongs to the property before it.
            Role::Accessor => continue,
            Role::Overload if later.is_some() => continue,
            _ => {}
        }
        found.push(match later {
            Some(later) => {
                let line = lines.number(later);
                signatures.refuse(
                    definition,
                    definition.node,
                    None,
                    format!("is defined again at line {line}, and the last definition counts; export that one, or rename this"),
                )
            }
            None => signatures.found(definition, *role),
        });
    }
    found
}

type Last<'t> = HashMap<(Option<usize>, &'t str), usize>;

/// Where each name is defined last, as far as who imports the module sees it.
fn last_definitions<'t>(module: &Module<'t>, roles: &[Role]) -> Last<'t> {
    let mut last = Last::new();
    let classes = module.classes.iter();
    let classes = classes
        .filter(|class| class.when == When::Imported)
        .map(|class| (class.owner, class.name, class.node));
    // Stubs for a type checker count only where nothing follows them: then the last is refused.
    let definitions = module.definitions.iter().zip(roles);
    let definitions = definitions
        .filter(|(definition, role)| definition.when == When::Imported && **role != Role::Accessor)
        .map(|(definition, _)| (definition.owner, definition.name, definition.node));
    for (owner, name, node) in classes.chain(definitions) {
        let at = last.entry((owner, name)).or_default();
        *at = node.start_byte().max(*at);
    }
    last
}

/// Where something else takes the name of a definition, or of a class around it.
fn superseded(module: &Module<'_>, definition: &Definition<'_>, last: &Last<'_>) -> Option<usize> {
    let mut owner = definition.owner;
    let (mut name, mut at) = (definition.name, definition.node.start_byte());
    loop {
        match last.get(&(owner, name)) {
            Some(later) if *later > at => return Some(*later),
            _ => {}
        }
        let class = &module.classes[owner?];
        (owner, name, at) = (class.owner, class.name, class.node.start_byte());
    }
}

/// What a string at the head of a body says, as a reader sees it.
fn docstring(node: Node<'_>, text: &str) -> Option<String> {
    let body = node.child_by_field_name("body")?;
    let first = children(body).into_iter().next()?;
    let string = first.named_child(0)?;
    let is_string = matches!(string.kind(), "string" | "concatenated_string");
    if first.kind() != "expression_statement" || !is_string {
        return None;
    }
    match expression(string, text).kind {
        Kind::Text(text) if !text.formatted => literals::clean_doc(&text.decoded?),
        _ => None,
    }
}

/// Where the first syntax error within a node begins.
fn first_error(node: Node<'_>) -> Option<usize> {
    if !node.has_error() {
        return None;
    }
    let mut node = node;
    loop {
        if node.is_error() || node.is_missing() {
            return Some(node.start_byte());
        }
        let mut cursor = node.walk();
        let next = node
            .children(&mut cursor)
            .find(|child| child.has_error() || child.is_missing());
        match next {
            Some(child) => node = child,
            None => return Some(node.start_byte()),
        }
    }
}
