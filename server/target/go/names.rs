//! Go's names and its one escaper: for string literals, and for comments.

use crate::target::text::{is_invisible, trimmed, visible};

/// Exported by the channel: no function and no record takes such a name.
pub const EXPORTED_BY_CHANNEL: &[&str] = &[
    "MetropipeError",
    "RemoteError",
    "JSON",
    "ErrMetropipe",
    "ErrRemote",
    "ErrTimeout",
    "ErrNoProvider",
    "ErrLayoutMismatch",
    "ErrUnfit",
    "ErrChannel",
];

/// go.dev/ref/spec#Keywords
pub const KEYWORDS: &[&str] = &[
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
];

/// go.dev/ref/spec#Predeclared_identifiers, and what a generated body names itself.
pub const USED: &[&str] = &[
    "any",
    "append",
    "bool",
    "byte",
    "cap",
    "clear",
    "close",
    "comparable",
    "complex",
    "complex128",
    "complex64",
    "copy",
    "delete",
    "error",
    "false",
    "float32",
    "float64",
    "imag",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "iota",
    "len",
    "make",
    "max",
    "min",
    "new",
    "nil",
    "panic",
    "print",
    "println",
    "real",
    "recover",
    "rune",
    "string",
    "true",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uintptr",
    "_",
    "buffer",
    "JSON",
    "context",
    "putOpt",
    "putArray",
    "putList",
    "getOpt",
    "getArray",
    "getList",
];

/// The package of a folder; `main` could not be imported, and no file of another package may be `x_test`.
pub fn package(name: &str) -> String {
    let name = identifier(name);
    match name.as_str() {
        "main" | "_" => format!("{name}_"),
        name if KEYWORDS.contains(&name) || name.ends_with("_test") => format!("{name}_"),
        _ => name,
    }
}

/// The file of a package of its own. An import path is ASCII, so a folder is too; the file keeps the name.
pub fn file(name: &str) -> String {
    if name.is_ascii() {
        return format!("{name}/stub.go");
    }
    let folder: String = name
        .chars()
        .map(|c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                format!("u{:04X}", c as u32)
            }
        })
        .collect();
    format!("{folder}/{name}.go")
}

/// A name as Go can spell it: unchanged where its letters are letters in Go's eyes as well.
pub fn identifier(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c == '_' || c.is_ascii_alphanumeric() || is_letter(c) {
            text.push(c);
        } else {
            text.push_str(&format!("u{:04X}", c as u32));
        }
    }
    if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
        text.insert(0, '_');
    }
    text
}

/// With a capital, by which Go exports: `classify` is `Classify`, `_hidden` is `X_hidden`.
pub fn exported(name: &str) -> String {
    let name = identifier(name);
    let first = name.chars().next().unwrap_or('_');
    let mut capital = first.to_uppercase();
    match (capital.next(), capital.next()) {
        (Some(upper), None) if upper.is_uppercase() => {
            format!("{upper}{}", &name[first.len_utf8()..])
        }
        _ => format!("X{name}"),
    }
}

/// Scripts whose characters are letters throughout. Source languages allow more in a name (marks, for
/// one), Go letters and digits alone.
fn is_letter(c: char) -> bool {
    matches!(c,
        '\u{C0}'..='\u{24F}' | '\u{388}'..='\u{3FF}' | '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}'
        | '\u{5D0}'..='\u{5EA}' | '\u{620}'..='\u{64A}' | '\u{3041}'..='\u{3096}'
        | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
        && c.is_alphabetic()
}

/// A string literal.
pub fn literal(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() || is_invisible(c) => {
                quoted.push_str(&format!("\\U{:08x}", c as u32));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// One line of a comment.
pub fn comment(text: &str) -> String {
    format!("// {}", clean(text).trim()).trim_end().to_string()
}

/// A doc comment: a sentence, then the source's own words.
pub fn doc(head: &str, doc: Option<&str>) -> Vec<String> {
    let mut lines = vec![comment(head)];
    let text = doc.unwrap_or("").replace("\r\n", "\n").replace('\r', "\n");
    let source: Vec<String> = text.lines().map(clean).collect();
    let source = trimmed(&source);
    if source.is_empty() {
        return lines;
    }
    lines.push("//".to_string());
    if is_prose(source) {
        lines.extend(source.iter().map(|line| comment(line)));
        return lines;
    }
    // gofmt rewrites the lists, headings and quotes of doc comments, but no block that is set in,
    // unless that begins with a list.
    lines.push("// The source says:".to_string());
    lines.push("//".to_string());
    if is_list(&source[0]) {
        lines.push("//\tNotes:".to_string());
    }
    for line in source {
        lines.push(format!("//\t{line}").trim_end().to_string());
    }
    lines
}

/// Without control characters; a build constraint, which gofmt sees in any comment, is set behind a mark.
fn clean(line: &str) -> String {
    let line = visible(line);
    let mark = if line.trim_start().starts_with("+build") {
        "> "
    } else {
        ""
    };
    format!("{mark}{}", line.trim_end())
}

/// Paragraphs that gofmt leaves as they are: nothing set in, no mark of a list, heading, link or quote,
/// no line for itself that could be a heading, no blank lines in a row.
fn is_prose(lines: &[String]) -> bool {
    let plain = lines.iter().all(|line| {
        !is_list(line)
            && !line.starts_with(|c: char| c.is_whitespace() || "#[".contains(c))
            && !line.contains("``")
            && !line.contains("''")
            && !line.contains('\t')
    });
    let paragraphs = lines.split(|line| line.is_empty());
    plain
        && paragraphs.into_iter().all(|paragraph| match paragraph {
            [] => false,
            [only] => only.ends_with(['.', '!', '?', ':', ';', ',']),
            _ => true,
        })
}

/// May be an item of a list to gofmt.
fn is_list(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(|c: char| "•*+-".contains(c) || c.is_ascii_digit())
}
