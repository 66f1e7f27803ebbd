//! Ruby's names and its one escaper: for string literals, and for comments.

use crate::target::text::{is_invisible, visible};

/// Ruby's keywords (docs.ruby-lang.org, `doc/keywords.rdoc`), and what else no variable may be called.
pub const KEYWORDS: &[&str] = &[
    "__ENCODING__",
    "__LINE__",
    "__FILE__",
    "BEGIN",
    "END",
    "alias",
    "and",
    "begin",
    "break",
    "case",
    "class",
    "def",
    "defined?",
    "do",
    "else",
    "elsif",
    "end",
    "ensure",
    "false",
    "for",
    "if",
    "in",
    "module",
    "next",
    "nil",
    "not",
    "or",
    "redo",
    "rescue",
    "retry",
    "return",
    "self",
    "super",
    "then",
    "true",
    "undef",
    "unless",
    "until",
    "when",
    "while",
    "yield",
    "_",
    "_1",
    "_2",
    "_3",
    "_4",
    "_5",
    "_6",
    "_7",
    "_8",
    "_9",
];

/// Methods of the module that a function must not replace.
pub const METHODS: &[&str] = &[
    "with_timeout",
    "private_constant",
    "object_id",
    "__id__",
    "__send__",
    "initialize",
    "instance_eval",
    "instance_exec",
    "equal?",
];

/// Members that a Struct cannot do without, or that Ruby warns of.
pub const MEMBERS: &[&str] = &[
    "object_id",
    "__id__",
    "__send__",
    "initialize",
    "members",
    "instance_eval",
    "instance_exec",
    "_",
];

/// Constants of the channel: no record and no module takes such a name.
pub const CONSTANTS_OF_CHANNEL: &[&str] = &[
    "MetropipeError",
    "RemoteError",
    "TimeoutError",
    "NoProviderError",
    "LayoutMismatchError",
    "UnfitError",
    "ChannelError",
    "Path",
    "Mapping",
    "Locks",
    "Forks",
    "Futex",
    "Channel",
    "Clock",
    "Withdrawn",
    "Identity",
    "Lane",
    "STATUS",
    "LOCK",
    "SIZE",
    "CAPACITY",
    "CODE",
    "FINGERPRINT",
    "FLAGS",
    "PROVIDER_ASLEEP",
    "CONSUMER_ASLEEP",
    "CANNOT_WAKE",
    "VERSION",
    "PAYLOAD",
    "IDLE",
    "REQUEST",
    "RUNNING",
    "RESPONSE",
    "ERROR",
    "PROTOCOL",
    "PING",
    "Struct",
    "File",
    "IO",
    "Process",
    "Thread",
    "Warning",
    "Fiddle",
    "JSON",
    "Etc",
    "Encoding",
    "EncodingError",
    "ObjectSpace",
    "Errno",
    "ENV",
    "Float",
    "Integer",
    "Numeric",
    "String",
    "Array",
    "Hash",
    "StandardError",
    "SystemCallError",
    "ArgumentError",
    "ThreadError",
    "RUBY_PLATFORM",
];

/// A name as Ruby can spell it. Beyond ASCII every character may stand in one.
pub fn identifier(name: &str) -> String {
    let mut text: String = name
        .chars()
        .map(|c| {
            if c.is_ascii() && !c.is_ascii_alphanumeric() {
                '_'
            } else {
                c
            }
        })
        .filter(|c| !c.is_control() && !c.is_whitespace() && *c != '\u{FEFF}')
        .collect();
    if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
        text.insert(0, '_');
    }
    text
}

/// A local variable begins with no capital.
pub fn variable(name: &str) -> String {
    let name = identifier(name);
    let first = name.chars().next().unwrap_or('_');
    if !first.is_uppercase() && first.to_lowercase().eq([first]) {
        return name;
    }
    first.to_lowercase().chain(name.chars().skip(1)).collect()
}

/// A constant begins with a capital.
pub fn constant(name: &str) -> String {
    let name = identifier(name);
    let first = name.chars().next().unwrap_or('_');
    if first.is_ascii_lowercase() || first.is_ascii_uppercase() {
        return format!("{}{}", first.to_ascii_uppercase(), &name[1..]);
    }
    format!("X{name}")
}

/// A symbol for any name: `:age`, `:"a b"`.
pub fn symbol(name: &str) -> String {
    if is_plain(name) {
        format!(":{name}")
    } else {
        format!(":{}", quoted(name))
    }
}

/// A keyword with its colon: `age:`, `"a b":`.
pub fn key(name: &str) -> String {
    if is_plain(name) {
        format!("{name}:")
    } else {
        format!("{}:", quoted(name))
    }
}

fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// A string literal: in single quotes where nothing in it has to be escaped.
pub fn literal(text: &str) -> String {
    let plain = text
        .chars()
        .all(|c| !c.is_control() && c != '\'' && c != '\\' && !is_invisible(c));
    if plain {
        format!("'{text}'")
    } else {
        quoted(text)
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' | '#' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() || is_invisible(c) => {
                quoted.push_str(&format!("\\u{{{:x}}}", c as u32));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The lines of a comment. What Ruby would take for an instruction (`shareable_constant_value: ...`) is set
/// behind a mark.
pub fn doc(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.trim_matches('\n')
        .lines()
        .map(|line| {
            let clean = visible(line).replace("-*-", "- * -");
            let mark = if is_instruction(&clean) { "> " } else { "" };
            format!("# {mark}{clean}").trim_end().to_string()
        })
        .collect()
}

fn is_instruction(line: &str) -> bool {
    let line = line.trim_start().to_ascii_lowercase().replace('-', "_");
    [
        "coding",
        "encoding",
        "frozen_string_literal",
        "warn_indent",
        "warn_past_scope",
        "shareable_constant_value",
    ]
    .iter()
    .any(|name| line.starts_with(name))
}
