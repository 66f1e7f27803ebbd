//! Everything that comes from a source on its way into Rust text: identifiers, literals, comments.

use crate::target::text::{is_hidden, trimmed};
use crate::target::unreserved;

/// Keywords of every edition, strict and reserved (<https://doc.rust-lang.org/reference/keywords.html>),
/// and `_`, which is no name.
const KEYWORDS: &[&str] = &[
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Values of the prelude that a parameter cannot be called: a pattern would mean them.
const PRELUDE: &[&str] = &["None", "Some", "Ok", "Err"];

/// Types that generated code names; a record of that name gets a `_`.
const TYPES: &[&str] = &[
    "Error", "Into", "None", "Option", "Result", "Some", "String", "Vec", "bool", "channel", "f32",
    "f64", "i16", "i32", "i64", "i8", "std", "str", "u16", "u32", "u64", "u8", "usize",
];

/// A user's name as a value of Rust, none of `taken`.
pub(super) fn value_name(name: &str, taken: &[String]) -> String {
    unreserved(&spelled(name), &[KEYWORDS, PRELUDE].concat(), taken)
}

/// A record's name as a type of Rust.
pub(super) fn record_name(name: &str) -> String {
    unreserved(&spelled(name), &[KEYWORDS, TYPES].concat(), &[])
}

/// Names of parameters or fields, each once.
pub(super) fn identifiers<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = Vec::new();
    for name in names {
        let name = value_name(name, &taken);
        taken.push(name);
    }
    taken
}

/// What Rust takes as an identifier without a warning: ASCII, and Latin letters beyond it; any other
/// character stands as its number.
fn spelled(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            '_' => text.push(c),
            c if c.is_ascii_alphanumeric() => text.push(c),
            '\u{c0}'..='\u{17e}' if c.is_alphabetic() => text.push(c),
            '.' | '-' | '$' | '?' | '!' => text.push('_'),
            c => text.push_str(&format!("u{:04x}", c as u32)),
        }
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) || text.is_empty() {
        text.insert(0, '_');
    }
    text
}

/// Whether the compiler takes it for the name of a value without a warning.
pub(super) fn is_snake_case(name: &str) -> bool {
    let core = name.trim_matches('_');
    !core.contains("__") && !core.chars().any(char::is_uppercase)
}

/// Whether compiler and clippy take it for the name of a type without a warning.
pub(super) fn is_camel_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && name.chars().any(|c| c.is_ascii_lowercase())
}

/// A string literal.
pub(super) fn literal(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if is_hidden(c) => quoted.push_str(&c.escape_unicode().to_string()),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A documentation comment, line by line. What Markdown would read as code, which `cargo test` would
/// then run, or as a list or a heading, stands in a fence as the plain text that it is.
pub(super) fn comment(doc: &str) -> Vec<String> {
    let doc = doc.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<String> = doc.lines().map(visible).collect();
    let lines = trimmed(&lines);
    let Some((first, rest)) = lines.split_first() else {
        return Vec::new();
    };
    let prose = |line: &String| {
        line.is_empty() || line.starts_with(|c: char| c.is_alphabetic() || c == '"' || c == '(')
    };
    let fence = |text: &[String]| {
        let longest = text
            .iter()
            .map(|line| line.chars().filter(|c| *c == '`').count())
            .max();
        "`".repeat(longest.unwrap_or(0).max(2) + 1)
    };
    let fenced = |text: &[String]| {
        let fence = fence(text);
        let mut lines = vec![format!("{fence}text")];
        lines.extend_from_slice(text);
        lines.push(fence);
        lines
    };
    let text = if lines.iter().all(prose) {
        lines.to_vec()
    } else if prose(first) && rest.first().is_some_and(String::is_empty) {
        let mut text = vec![first.clone(), String::new()];
        text.extend(fenced(trimmed(rest)));
        text
    } else {
        fenced(lines)
    };
    text.iter()
        .map(|line| format!("/// {line}").trim_end().to_string())
        .collect()
}

fn visible(line: &str) -> String {
    let mut text = String::new();
    for c in line.trim_end().chars() {
        match c {
            '\t' => text.push_str("    "),
            c if is_hidden(c) => text.push_str(&c.escape_unicode().to_string()),
            c => text.push(c),
        }
    }
    text
}
