//! Names that C, C++ and their libraries have taken, and the one escaper of C.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Keywords of C23 and C++23, and the types and functions that generated bodies use (cppreference.com, "C keywords" and
/// "C++ keywords").
const KEYWORDS: &str = "alignas alignof and and_eq asm atomic_cancel atomic_commit atomic_noexcept auto bitand bitor \
    bool break case catch char char8_t char16_t char32_t class compl concept const consteval constexpr constinit \
    const_cast continue contract_assert co_await co_return co_yield decltype default delete do double dynamic_cast else \
    enum explicit export extern false float for friend goto if inline int long mutable namespace new noexcept not \
    not_eq nullptr operator or or_eq private protected public reflexpr register reinterpret_cast requires restrict \
    return short signed sizeof static static_assert static_cast struct switch synchronized template this thread_local \
    throw true try typedef typeid typename typeof typeof_unqual union unsigned using virtual void volatile wchar_t \
    while xor xor_eq int8_t uint8_t int16_t uint16_t int32_t uint32_t int64_t uint64_t size_t memset main";

/// Macros without arguments that the headers of C11, POSIX and Linux define: no name may be one of them. Printed by
/// `cc -dM -E` over these headers.
const MACROS: &str = include_str!("macros.txt");

/// Functions, types and variables that these headers declare at file scope: no function or type may be called so.
const DECLARED: &str = include_str!("functions.txt");

static ANYWHERE: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    KEYWORDS
        .split_whitespace()
        .chain(MACROS.split_whitespace())
        .collect()
});
static AT_FILE_SCOPE: LazyLock<HashSet<&str>> =
    LazyLock::new(|| DECLARED.split_whitespace().collect());

/// A name for a parameter or a member: the source's own, unless C forces another.
pub fn local<'a>(name: &str, taken: impl IntoIterator<Item = &'a str> + Clone) -> String {
    available(name, |name| {
        ANYWHERE.contains(name) || taken.clone().into_iter().any(|other| other == name)
    })
}

/// A name for a function or a type.
pub fn global<'a>(name: &str, taken: impl IntoIterator<Item = &'a str> + Clone) -> String {
    available(name, |name| {
        ANYWHERE.contains(name)
            || AT_FILE_SCOPE.contains(name)
            || taken.clone().into_iter().any(|other| other == name)
    })
}

/// As an identifier, with as many `_` behind it as it takes. What begins with `metropipe_`, `_` and a capital, or `__` is not
/// a user's to take.
fn available(name: &str, refused: impl Fn(&str) -> bool) -> String {
    let mut name: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '_' || !c.is_ascii() {
                c
            } else {
                '_'
            }
        })
        .collect();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, 'n');
    }
    if name.starts_with("__")
        || name
            .strip_prefix('_')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    {
        name.insert(0, 'n');
    }
    if name.to_ascii_lowercase().starts_with("metropipe_") {
        name.push('_');
    }
    while refused(&name) {
        name.push('_');
    }
    name
}

/// A string literal: octal escapes, which end after three digits, and no trigraph.
pub fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | b'?' => {
                out.push('\\');
                out.push(byte as char);
            }
            b' '..=b'~' => out.push(byte as char),
            _ => out.push_str(&format!("\\{byte:03o}")),
        }
    }
    out.push('"');
    out
}

/// The lines of a comment `/** ... */`: nothing in the text ends it, begins another, or is invisible.
pub fn comment(text: &str) -> Vec<String> {
    let mut lines = vec!["/**".to_string()];
    for line in text.lines() {
        let mut shown = String::new();
        for c in line.chars() {
            match c {
                '/' if shown.ends_with('*') => shown.push_str(" /"),
                '*' if shown.ends_with('/') => shown.push_str(" *"),
                // No trigraph: one of them is a backslash, which could join two lines.
                '?' if shown.ends_with('?') => shown.push_str(" ?"),
                '\t' => shown.push_str("    "),
                c if c.is_control() || is_invisible(c) => {
                    shown.push_str(&format!("U+{:04X}", c as u32));
                }
                c => shown.push(c),
            }
        }
        // A backslash at a line's end would join it with the next.
        if shown.ends_with('\\') {
            shown.push_str(" .");
        }
        lines.push(format!(" * {shown}").trim_end().to_string());
    }
    lines.push(" */".into());
    lines
}

/// Characters that change how the text around them looks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{61C}')
}
