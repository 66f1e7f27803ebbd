//! Files with syntax errors: what is broken is cut out, so that the rest can be read.
//!
//! One bracket that is left open swallows everything after it, in the parser's recovery as in Python.
//! But statements of a module begin in the first column, and those of a class at its indentation: there
//! the text is cut, each piece is parsed by itself, and what does not parse is blanked. Offsets and lines
//! stay what they are.

use std::ops::Range;

use super::{first_error, parse};

/// A function that cannot be read.
pub(super) struct Lost {
    pub name: String,
    pub name_at: usize,
    pub error_at: usize,
}

/// A statement may hold so many lines that look like the begin of one: those of a long string.
const LONGEST: usize = 64;

/// Classes in classes are looked into so deep.
const DEPTH: usize = 8;
/// So many times the text is parsed at most, all pieces together; what is left then stays as it is.
const EFFORT: usize = 30;

/// The text with blanks for what is broken, and the functions that were there.
pub(super) fn mend(text: &str) -> (String, Vec<Lost>) {
    let mut mender = Mender {
        text,
        mended: text.as_bytes().to_vec(),
        lost: Vec::new(),
        effort: text.len() * EFFORT,
    };
    mender.block(0..text.len(), "", "", 0);
    // Whole characters were overwritten, each byte by a blank: this is UTF-8.
    let mended = String::from_utf8(mender.mended).unwrap_or_else(|_| " ".repeat(text.len()));
    (mended, mender.lost)
}

struct Mender<'t> {
    text: &'t str,
    mended: Vec<u8>,
    lost: Vec<Lost>,
    /// Bytes that may still be parsed.
    effort: usize,
}

impl<'t> Mender<'t> {
    /// Looks through the statements of one block; `path` is the class that it is the body of.
    fn block(&mut self, block: Range<usize>, indent: &str, path: &str, depth: usize) {
        let begins = statements(&self.text[block.clone()], indent);
        let mut begins: Vec<usize> = begins.into_iter().map(|at| at + block.start).collect();
        begins.push(block.end);
        let mut index = 0;
        while index + 1 < begins.len() && self.effort > 0 {
            match self.whole(&begins, index, indent) {
                Some(next) => index = next,
                None => {
                    self.broken(begins[index]..begins[index + 1], indent, path, depth);
                    index += 1;
                }
            }
        }
    }

    /// The statement after the one that begins at an index, where that one parses. A string with lines in
    /// the first column is one statement: looks twice as far each time.
    fn whole(&mut self, begins: &[usize], index: usize, indent: &str) -> Option<usize> {
        let mut reach = 1;
        loop {
            let next = (index + reach).min(begins.len() - 1);
            let piece = &self.text[begins[index]..begins[next]];
            if self.error_in(piece, indent).is_none() {
                return Some(next);
            }
            if reach >= LONGEST || next == begins.len() - 1 || self.effort == 0 {
                return None;
            }
            reach *= 2;
        }
    }

    /// One statement that does not parse.
    fn broken(&mut self, piece: Range<usize>, indent: &str, path: &str, depth: usize) {
        let source = &self.text[piece.clone()];
        if depth < DEPTH
            && let Some(class) = Class::of(source)
            && self
                .error_in(
                    &format!("{}{}pass\n", &source[..class.body], class.indent),
                    indent,
                )
                .is_none()
        {
            let path = format!("{path}{}.", class.name);
            let body = piece.start + class.body..piece.end;
            self.block(body.clone(), class.indent, &path, depth + 1);
            keep_a_body(&self.text[body.clone()], &mut self.mended[body]);
            return;
        }
        let error_at = piece.start + self.error_in(source, indent).unwrap_or(0);
        for (name, at) in names(source, indent) {
            self.lost.push(Lost {
                name: format!("{path}{name}"),
                name_at: piece.start + at,
                error_at,
            });
        }
        for byte in &mut self.mended[piece] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }

    /// Where a piece of text that is indented so has its first syntax error.
    fn error_in(&mut self, piece: &str, indent: &str) -> Option<usize> {
        self.effort = self.effort.saturating_sub(piece.len() + 1);
        // Python knows indented statements only within something.
        let head = if indent.is_empty() { "" } else { "if x:\n" };
        let tree = parse(&format!("{head}{piece}"))?;
        let error = first_error(tree.root_node())?;
        Some(error.saturating_sub(head.len()).min(piece.len()))
    }
}

/// Puts `pass` where the first statement of a body was, if nothing else is left of it.
fn keep_a_body(text: &str, mended: &mut [u8]) {
    if mended.iter().all(u8::is_ascii_whitespace)
        && let Some(at) = text.find(|c: char| !c.is_whitespace())
        && let Some(place) = mended.get_mut(at..at + 4)
        && place == b"    "
    {
        place.copy_from_slice(b"pass");
    }
}

/// Where statements begin: lines of exactly that indentation that neither go on with the one before,
/// nor belong to the decorator above them.
fn statements(text: &str, indent: &str) -> Vec<usize> {
    let mut begins = Vec::new();
    let mut at = 0;
    let mut decorated = false;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some(rest) = line.strip_prefix(indent) else {
            continue;
        };
        let first = rest.chars().next().unwrap_or('\n');
        let begins_here = first.is_alphabetic() || matches!(first, '_' | '@');
        let word: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
        let goes_on = matches!(
            word.as_str(),
            "else" | "elif" | "except" | "finally" | "and" | "or" | "in" | "is" | "not"
        );
        if !begins_here || goes_on {
            continue;
        }
        if !decorated {
            begins.push(start);
        }
        decorated = first == '@';
    }
    begins
}

/// The head of a class statement.
struct Class<'a> {
    name: &'a str,
    indent: &'a str,
    /// Where the first line of its body begins.
    body: usize,
}

impl<'a> Class<'a> {
    fn of(source: &'a str) -> Option<Class<'a>> {
        let mut at = 0;
        let mut name = None;
        let mut open = true;
        for line in source.split_inclusive('\n') {
            let rest = line.trim();
            match name {
                None => {
                    if let Some(after) = rest.strip_prefix("class ") {
                        name = Some(word(after));
                        open = !ends_block(rest);
                    } else if !rest.starts_with('@') {
                        return None;
                    }
                }
                Some(_) if open => open = !ends_block(rest),
                Some(name) if !rest.is_empty() && !rest.starts_with('#') => {
                    let indent = &line[..line.len() - line.trim_start().len()];
                    return (!indent.is_empty() && !name.is_empty()).then_some(Class {
                        name,
                        indent,
                        body: at,
                    });
                }
                Some(_) => {}
            }
            at += line.len();
        }
        None
    }
}

fn ends_block(line: &str) -> bool {
    line.split('#')
        .next()
        .unwrap_or(line)
        .trim_end()
        .ends_with(':')
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    &text[..end.unwrap_or(text.len())]
}

/// The functions that a broken piece defines at its outermost, and the methods one level below.
fn names<'a>(source: &'a str, indent: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut class: Option<(&'a str, usize)> = None;
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let rest = line.trim_start();
        let depth = line.len() - rest.len();
        let start = at + depth;
        at += line.len();
        if let Some(after) = rest
            .strip_prefix("class ")
            .filter(|_| depth == indent.len())
        {
            class = Some((word(after), usize::MAX));
            continue;
        }
        let after = rest.strip_prefix("async ").unwrap_or(rest).trim_start();
        let Some(name) = after.strip_prefix("def ") else {
            continue;
        };
        let trimmed = name.trim_start();
        let name_at = start + rest.len() - trimmed.len();
        let name = word(trimmed);
        if name.is_empty() {
            continue;
        }
        match &mut class {
            _ if depth == indent.len() => found.push((name.into(), name_at)),
            Some((class, inner)) if depth <= *inner => {
                *inner = depth;
                found.push((format!("{class}.{name}"), name_at));
            }
            _ => {}
        }
    }
    found
}
