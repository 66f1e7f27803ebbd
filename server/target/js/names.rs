//! JavaScript's names: reserved ones, those of one export, and those of properties.

use super::codec::Codec;
use super::expression::literal;
use super::{ERRORS, types};
use crate::target::{Export, unreserved};

/// ECMA-262, 12.7.2 Keywords and Reserved Words, with those of strict code and modules; and the
/// globals that a default value is spelled with.
pub const RESERVED: [&str; 54] = [
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "import",
    "in",
    "instanceof",
    "new",
    "null",
    "return",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "let",
    "static",
    "implements",
    "interface",
    "package",
    "private",
    "protected",
    "public",
    "arguments",
    "eval",
    "undefined",
    "NaN",
    "Infinity",
    "async",
    "constructor",
    "__proto__",
];

/// Functions of the channel that the body of a stub calls.
const CALLED: [&str; 3] = ["begin", "call", "finish"];

/// The name under which the function is exported.
pub fn public_name(export: &Export) -> String {
    let mut taken = RESERVED.to_vec();
    taken.extend(ERRORS);
    taken.extend(types::RESERVED);
    unreserved(&export.identifier(), &taken, &[])
}

/// The function's parameters as JavaScript names them.
pub fn parameters(export: &Export) -> Vec<String> {
    let mut reserved: Vec<String> = RESERVED
        .iter()
        .chain(&CALLED)
        .map(|s| s.to_string())
        .collect();
    reserved.push(endpoint_name(export));
    let slots = export.layout.params.iter().chain(&export.layout.results);
    for slot in slots {
        Codec::of(&slot.wire).names(&mut reserved);
    }
    let reserved: Vec<&str> = reserved.iter().map(String::as_str).collect();
    let mut names: Vec<String> = Vec::new();
    for parameter in &export.function.parameters {
        names.push(unreserved(&parameter.name, &reserved, &names));
    }
    names
}

pub fn endpoint_name(export: &Export) -> String {
    format!("{}Endpoint", export.identifier())
}

/// `.name`, or `["na-me"]` where the name is no identifier.
pub fn access(name: &str) -> String {
    match is_identifier(name) {
        true => format!(".{name}"),
        false => format!("[{}]", literal(name)),
    }
}

/// A key of an object literal. `__proto__` is no key there but sets the prototype, unless computed.
pub fn key(name: &str) -> String {
    match is_identifier(name) {
        _ if name == "__proto__" => format!("[{}]", literal(name)),
        true => name.into(),
        false => literal(name),
    }
}

fn is_identifier(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_numeric())
        && !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_')
}
