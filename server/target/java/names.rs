//! Java's names and its one escaper: for string literals, and for comments.

use std::fmt::Write as _;

use super::format::WIDTH;
use crate::target::text::{numbered, utf16_literal};
use crate::target::unreserved;

/// Reserved words of the Java Language Specification, 3.9, its literals, and `_`.
pub const KEYWORDS: &[&str] = &[
    "_",
    "abstract",
    "assert",
    "boolean",
    "break",
    "byte",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "continue",
    "default",
    "do",
    "double",
    "else",
    "enum",
    "extends",
    "false",
    "final",
    "finally",
    "float",
    "for",
    "goto",
    "if",
    "implements",
    "import",
    "instanceof",
    "int",
    "interface",
    "long",
    "native",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "short",
    "static",
    "strictfp",
    "super",
    "switch",
    "synchronized",
    "this",
    "throw",
    "throws",
    "transient",
    "true",
    "try",
    "void",
    "volatile",
    "while",
];

/// Contextual keywords that cannot name a type (3.9 again).
const NO_TYPE_NAMES: &[&str] = &["permits", "record", "sealed", "var", "yield"];

/// Methods of `Object`: a static method cannot hide them, a record's component cannot bear their names.
const OBJECT_METHODS: &[&str] = &[
    "clone",
    "equals",
    "finalize",
    "getClass",
    "hashCode",
    "notify",
    "notifyAll",
    "toString",
    "wait",
];

/// Types that the generated text names, and must go on to mean.
pub const TYPES: &[&str] = &[
    "ArrayDeque",
    "ArrayList",
    "Arrays",
    "AtomicReference",
    "BigInteger",
    "Boolean",
    "Byte",
    "ByteBuffer",
    "ByteOrder",
    "Callable",
    "Channel",
    "ChannelException",
    "ChannelFile",
    "CharBuffer",
    "CharacterCodingException",
    "Codec",
    "Collections",
    "ConcurrentLinkedQueue",
    "Double",
    "Duration",
    "ExecutionException",
    "FileChannel",
    "FileLock",
    "Files",
    "Float",
    "FutureTask",
    "Get",
    "IOException",
    "Integer",
    "InterruptedException",
    "InterruptedIOException",
    "Lane",
    "LayoutMismatchException",
    "LinkOption",
    "List",
    "LockSupport",
    "Long",
    "Map",
    "Math",
    "MethodHandles",
    "MetropipeException",
    "NoProviderException",
    "NoSuchFileException",
    "Object",
    "Objects",
    "OverlappingFileLockException",
    "Override",
    "Path",
    "ProcessHandle",
    "Put",
    "Queue",
    "Record",
    "RemoteException",
    "Runtime",
    "RuntimeException",
    "Sequence",
    "Short",
    "StandardCharsets",
    "StandardOpenOption",
    "String",
    "System",
    "Thread",
    "TimeoutException",
    "UnfitException",
    "Values",
    "VarHandle",
];

/// A name as ASCII: Java reads such an escape in a name as the character itself.
pub fn spelled(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii() {
            text.push(c);
        } else if c.is_alphanumeric() {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            let _ = write!(text, "u{:04X}", c as u32);
        }
    }
    text
}

/// A name of a file, a package, or a class that has a file: javac finds others in some locales only.
pub fn ascii(name: &str) -> String {
    numbered(name, |c| c.is_ascii())
}

/// A name that a record's component or a static method can bear, none of `taken`.
pub fn component(name: &str, taken: &[String]) -> String {
    unreserved(&unreserved(name, KEYWORDS, &[]), OBJECT_METHODS, taken)
}

/// A name that a type can bear.
pub fn type_name(wanted: &str) -> String {
    let mut name = wanted.to_string();
    for reserved in [KEYWORDS, NO_TYPE_NAMES, TYPES] {
        name = unreserved(&name, reserved, &[]);
    }
    name
}

/// A string literal. Octal below 0x80: an escaped line break would break the line of the literal.
pub fn literal(content: &str) -> String {
    utf16_literal(content, |unit| match unit {
        0..0x80 => format!("\\{unit:03o}"),
        _ => format!("\\u{unit:04x}"),
    })
}

/// A Javadoc comment out of a doc comment of any language.
pub fn doc(doc: Option<&str>, defaults: &[String], indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in doc.unwrap_or("").lines().map(comment) {
        let paragraph = lines.last().is_some_and(|before| before.trim().is_empty());
        let mark = if paragraph && !line.trim().is_empty() {
            "<p>"
        } else {
            ""
        };
        lines.push(format!("{mark}{line}"));
    }
    if !defaults.is_empty() {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let sentence = format!("{}.", defaults.join(", "));
        lines.push(comment(&sentence));
    }
    if lines.is_empty() {
        return String::new();
    }
    if let [only] = lines.as_slice()
        && !only.trim().is_empty()
        && indent.len() + only.len() + 7 <= WIDTH
    {
        return format!("{indent}/** {} */\n", only.trim());
    }
    let mut text = format!("{indent}/**\n");
    for line in lines {
        let line = format!(" * {line}");
        let _ = writeln!(text, "{indent}{}", line.trim_end());
    }
    let _ = writeln!(text, "{indent} */");
    text
}

/// One line of text inside a comment: nothing in it ends the comment, is a tag, or is not ASCII.
fn comment(line: &str) -> String {
    let mut text = String::new();
    for c in line.trim_end().chars() {
        match c {
            '&' | '<' | '>' | '@' | '\\' | '*' | '{' | '}' => {
                let _ = write!(text, "&#{};", c as u32);
            }
            '\t' => text.push_str("    "),
            ' '..='~' => text.push(c),
            c if c.is_control() => text.push(' '),
            c => {
                let _ = write!(text, "&#{};", c as u32);
            }
        }
    }
    text
}
