//! What the text of several languages has in common: how it is rendered, escaped, and placed.

use std::fmt::{self, Write as _};

use askama::Template;

/// A rendered template, without blank lines at its begin and end, and with one line break there.
pub fn rendered(template: &impl Template) -> String {
    let text = template.render();
    let text = text.expect("a template without fallible filters renders");
    format!("{}\n", text.trim_start_matches('\n').trim_end())
}

/// What a reader of the file would not see, or see in another place: controls, line and paragraph
/// separators, marks that turn the direction of writing.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Marks that make a text look like another, byte order marks among them.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A line of a comment with blanks for controls and invisible marks.
pub fn visible(line: &str) -> String {
    line.chars()
        .map(|c| match c {
            '\t' => c,
            c if c.is_control() || is_invisible(c) => ' ',
            c => c,
        })
        .collect()
}

/// The lines from the first to the last that is not empty.
pub fn trimmed(lines: &[String]) -> &[String] {
    let first = lines.iter().position(|line| !line.is_empty());
    let last = lines.iter().rposition(|line| !line.is_empty());
    match (first, last) {
        (Some(first), Some(last)) => &lines[first..=last],
        _ => &[],
    }
}

/// A string literal in ASCII, for languages whose characters are UTF-16; `escape` spells one unit.
pub fn utf16_literal(content: &str, escape: impl Fn(u16) -> String) -> String {
    let mut text = String::from("\"");
    for c in content.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            ' '..='~' => text.push(c),
            c => text.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| escape(*unit))),
        }
    }
    text.push('"');
    text
}

/// A name in which characters that a language does not take stand as their number: `u1F600`.
pub fn numbered(name: &str, takes: impl Fn(char) -> bool) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if takes(c) {
            text.push(c);
        } else {
            let _ = write!(text, "u{:04X}", c as u32);
        }
    }
    text
}

/// A name with its first letter in upper case.
pub fn capitalised(name: &str) -> String {
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Where a value stands: in a function's payload, or in a record or an element that begins at `at`.
pub struct Place {
    base: &'static str,
    offset: u32,
}

impl Place {
    pub fn payload(offset: u32) -> Self {
        Place { base: "", offset }
    }

    pub fn record(offset: u32) -> Self {
        Place { base: "at", offset }
    }

    pub fn plus(&self, offset: u32) -> Self {
        Place {
            base: self.base,
            offset: self.offset + offset,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self.base {
            "" => self.offset.to_string(),
            base => plus(base, self.offset),
        })
    }
}

/// `base + offset`, or the base alone.
pub fn plus(base: &str, offset: u32) -> String {
    match offset {
        0 => base.to_string(),
        offset => format!("{base} + {offset}"),
    }
}
