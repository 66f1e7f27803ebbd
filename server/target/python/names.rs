//! Python's names: what the language and the module keep, and what is invented.

use super::CHANNEL;
use crate::layout::Record;
use crate::target::{Export, unreserved};

/// <https://docs.python.org/3/reference/lexical_analysis.html#keywords>
pub const KEYWORDS: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "__debug__",
];

/// Names that a function of the user's must not take from the module that it stands in: what the
/// generated text calls without a prefix of ours.
pub const TAKEN: &[&str] = &[
    "Any",
    "AttributeError",
    "BaseException",
    "Callable",
    "ChannelError",
    "Exception",
    "FileNotFoundError",
    "IndexError",
    "KeyError",
    "LayoutMismatchError",
    "List",
    "MetropipeError",
    "NoProviderError",
    "OSError",
    "Optional",
    "OverflowError",
    "Protocol",
    "RecursionError",
    "RemoteError",
    "Sequence",
    "Set",
    "TimeoutError",
    "Tuple",
    "TypeError",
    "TypedDict",
    "UnfitError",
    "UnfitTypeError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "ValueError",
    "bool",
    "builtins",
    "bytes",
    "collections",
    "ctypes",
    "dataclasses",
    "dict",
    "divmod",
    "enumerate",
    "errno",
    "fcntl",
    "float",
    "getattr",
    "hasattr",
    "int",
    "isinstance",
    "json",
    "len",
    "list",
    "map",
    "max",
    "memoryview",
    "min",
    "mmap",
    "object",
    "operator",
    "os",
    "platform",
    "property",
    "range",
    "re",
    "set",
    "setattr",
    "stat",
    "str",
    "struct",
    "super",
    "sys",
    "threading",
    "time",
    "tuple",
    "type",
    "weakref",
    "zip",
];

/// The function's name within names that we invent, which stay short enough for a line.
pub fn inner_name(export: &Export) -> String {
    let name = export.identifier();
    if name.chars().count() <= 24 {
        return name;
    }
    format!("f{:08x}", crate::layout::fingerprint(&name))
}

fn reserved(name: &str) -> bool {
    KEYWORDS.contains(&name)
        || TAKEN.contains(&name)
        || (name.starts_with('_') && mentions(CHANNEL, name))
}

/// Whether `name` stands in `text` as a word of its own.
pub fn mentions(text: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(word) && !text[at + name.len()..].starts_with(word))
}

pub fn global_name(name: &str) -> String {
    let mut name = name.replace('.', "_");
    while reserved(&name) {
        name.push('_');
    }
    name
}

pub fn class_name(record: &Record) -> String {
    global_name(&record.name)
}

pub fn field_names(record: &Record) -> Vec<String> {
    let mut names = Vec::new();
    for field in &record.fields {
        names.push(unreserved(&field.name, KEYWORDS, &names));
    }
    names
}

/// The name of a record's wire type in generated text.
pub fn wire_name(record: &Record) -> String {
    format!("_{}_wire", class_name(record))
}
