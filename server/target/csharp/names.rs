//! C#'s names and its escapers: of string literals, and of comments, which are XML.

use std::fmt::Write as _;

use crate::target::text::{capitalised, numbered, utf16_literal};
use crate::target::unreserved;

/// Keywords of the C# Language Specification, 6.4.4.
const KEYWORDS: &[&str] = &[
    "abstract",
    "as",
    "base",
    "bool",
    "break",
    "byte",
    "case",
    "catch",
    "char",
    "checked",
    "class",
    "const",
    "continue",
    "decimal",
    "default",
    "delegate",
    "do",
    "double",
    "else",
    "enum",
    "event",
    "explicit",
    "extern",
    "false",
    "finally",
    "fixed",
    "float",
    "for",
    "foreach",
    "goto",
    "if",
    "implicit",
    "in",
    "int",
    "interface",
    "internal",
    "is",
    "lock",
    "long",
    "namespace",
    "new",
    "null",
    "object",
    "operator",
    "out",
    "override",
    "params",
    "private",
    "protected",
    "public",
    "readonly",
    "ref",
    "return",
    "sbyte",
    "sealed",
    "short",
    "sizeof",
    "stackalloc",
    "static",
    "string",
    "struct",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "uint",
    "ulong",
    "unchecked",
    "unsafe",
    "ushort",
    "using",
    "virtual",
    "void",
    "volatile",
    "while",
];

/// Contextual keywords that some compiler refuses as a type's or a parameter's name, or takes for another thing.
const CONTEXTUAL: &[&str] = &[
    "async",
    "await",
    "dynamic",
    "field",
    "file",
    "global",
    "nameof",
    "nint",
    "notnull",
    "nuint",
    "partial",
    "record",
    "required",
    "scoped",
    "unmanaged",
    "value",
    "var",
    "where",
    "yield",
    "_",
];

/// Members that every class inherits.
const OBJECT_MEMBERS: &[&str] = &[
    "Equals",
    "Finalize",
    "GetHashCode",
    "GetType",
    "MemberwiseClone",
    "ReferenceEquals",
    "ToString",
];

/// Names that a tuple keeps for itself.
const TUPLE_MEMBERS: &[&str] = &[
    "CompareTo",
    "Deconstruct",
    "Equals",
    "GetHashCode",
    "Rest",
    "ToString",
];

/// Types that the generated text names, and must go on to mean.
const TYPES: &[&str] = &[
    "Architecture",
    "Array",
    "Buffer",
    "CallTimeoutException",
    "Channel",
    "ChannelException",
    "ChannelFile",
    "Codec",
    "Convert",
    "CultureInfo",
    "DecoderFallbackException",
    "Directory",
    "DllImport",
    "DllImportAttribute",
    "EncoderFallbackException",
    "Encoding",
    "Environment",
    "Exception",
    "FieldOffset",
    "FieldOffsetAttribute",
    "FileStatus",
    "GCHandle",
    "GCHandleType",
    "IEquatable",
    "IntPtr",
    "Interlocked",
    "Lane",
    "LayoutKind",
    "LayoutMismatchException",
    "Marshal",
    "Math",
    "MetropipeException",
    "Native",
    "NoProviderException",
    "NumberStyles",
    "OSPlatform",
    "Path",
    "RemoteException",
    "RuntimeInformation",
    "Stack",
    "Stopwatch",
    "StringComparison",
    "StructLayout",
    "StructLayoutAttribute",
    "Stub",
    "Thread",
    "TimeSpan",
    "UIntPtr",
    "UTF8Encoding",
    "UnfitException",
    "Values",
    "Volatile",
];

/// A name in the letters that Mono's compiler knows: those of the first plane.
pub fn spelled(name: &str) -> String {
    numbered(name, |c| {
        c.is_ascii() || c.is_alphanumeric() && c < '\u{10000}'
    })
}

/// A parameter's name, none of `taken`.
pub fn parameter(name: &str, taken: &[String]) -> String {
    unreserved(
        &unreserved(&spelled(name), KEYWORDS, &[]),
        CONTEXTUAL,
        taken,
    )
}

/// A property's name, none of `taken`.
pub fn property(name: &str, taken: &[String]) -> String {
    let name = unreserved(&spelled(&capitalised(name)), OBJECT_MEMBERS, &[]);
    unreserved(&name, KEYWORDS, taken)
}

/// A method's name, none of `taken`, nor that of its class.
pub fn method(name: &str, taken: &[String]) -> String {
    let mut name = spelled(&capitalised(name));
    for reserved in [KEYWORDS, CONTEXTUAL, OBJECT_MEMBERS, &["Stub"]] {
        name = unreserved(&name, reserved, taken);
    }
    name
}

/// The name of one item of a tuple, none of `taken`.
pub fn tuple_item(name: &str, taken: &[String]) -> String {
    let mut name = parameter(name, taken);
    // `Item1` is the first item's own name, whatever else it is called.
    if name.starts_with("Item") {
        name = format!("_{name}");
    }
    unreserved(&name, TUPLE_MEMBERS, taken)
}

/// A type's name, none of `taken`.
pub fn type_name(name: &str, taken: &[String]) -> String {
    let mut name = spelled(name);
    for reserved in [KEYWORDS, CONTEXTUAL, TYPES, OBJECT_MEMBERS] {
        name = unreserved(&name, reserved, &[]);
    }
    unreserved(&name, &[], taken)
}

/// A string literal.
pub fn literal(content: &str) -> String {
    utf16_literal(content, |unit| format!("\\u{unit:04x}"))
}

/// A documentation comment out of a doc comment of any language.
pub fn doc(doc: Option<&str>, notes: &[String], indent: &str) -> String {
    let mut comment = String::new();
    let mut line = |content: &str| {
        let _ = writeln!(comment, "{indent}{}", format!("/// {content}").trim_end());
    };
    if let Some(doc) = doc {
        line("<summary>");
        for each in doc.lines() {
            line(&escaped(each));
        }
        line("</summary>");
    }
    for note in notes {
        line(note);
    }
    comment
}

/// One line of text inside a documentation comment, which is XML.
fn escaped(line: &str) -> String {
    let mut text = String::new();
    for c in line.trim_end().chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            // Among them the line ends of C# beyond ASCII: one would end the comment.
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}') =>
            {
                text.push(' ');
            }
            c => text.push(c),
        }
    }
    text
}
