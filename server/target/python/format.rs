//! Text as black leaves it, and the one escaper: nothing of a source reaches Python but through it.

use std::fmt::Write;

const WIDTH: usize = 88;
const INDENT: usize = 4;

/// An expression, as far as line breaks are concerned.
pub enum Expr {
    Atom(String),
    Group {
        open: String,
        items: Vec<Expr>,
        close: &'static str,
    },
}

impl Expr {
    pub fn group(open: &str, items: impl IntoIterator<Item = Expr>, close: &'static str) -> Self {
        Expr::Group {
            open: open.into(),
            items: items.into_iter().collect(),
            close,
        }
    }

    pub fn flat(&self) -> String {
        match self {
            Expr::Atom(text) => text.clone(),
            Expr::Group { open, items, close } => format!("{open}{}{close}", joined(items)),
        }
    }

    /// One item a line, each with a comma behind it.
    pub fn exploded(&self) -> String {
        self.broken(0, true)
    }

    /// On a line that begins with `indent` blanks, has `before` characters before the expression
    /// (those blanks included) and `after` behind it.
    fn render(&self, indent: usize, before: usize, after: usize) -> String {
        let flat = self.flat();
        if before + flat.chars().count() + after <= WIDTH {
            return flat;
        }
        self.broken(indent, false)
    }

    fn broken(&self, indent: usize, explode: bool) -> String {
        let Expr::Group { open, items, close } = self else {
            return self.flat();
        };
        if items.is_empty() {
            return self.flat();
        }
        let inner = indent + INDENT;
        let blanks = " ".repeat(inner);
        let body = joined(items);
        let mut text = open.clone();
        // Displays are broken one item a line at once, calls only where their items need it.
        let explode = explode || (items.len() > 1 && matches!(open.as_str(), "(" | "[" | "{"));
        if !explode && inner + body.chars().count() <= WIDTH {
            let _ = write!(text, "\n{blanks}{body}");
        } else if !explode && items.len() == 1 {
            let _ = write!(text, "\n{blanks}{}", items[0].render(inner, inner, 0));
        } else {
            for item in items {
                let _ = write!(text, "\n{blanks}{},", item.render(inner, inner, 1));
            }
        }
        let _ = write!(text, "\n{}{close}", " ".repeat(indent));
        text
    }
}

fn joined(items: &[Expr]) -> String {
    let items: Vec<String> = items.iter().map(Expr::flat).collect();
    items.join(", ")
}

/// An expression that stands by itself at that depth; the first line stands without its blanks.
pub fn statement(value: &Expr, indent: usize) -> String {
    value.render(indent, indent, 0)
}

/// `name = expression` at that depth; the first line stands without its blanks.
pub fn assign(name: &str, value: &Expr, indent: usize) -> String {
    let before = indent + name.chars().count() + 3;
    format!("{name} = {}", value.render(indent, before, 0))
}

/// `def name(parameters) -> result:`; the first line stands without its blanks.
pub fn define(name: &str, parameters: &[String], result: &str, indent: usize) -> String {
    let items: Vec<Expr> = parameters.iter().map(|item| subscripted(item)).collect();
    let open = format!("def {name}(");
    let close = format!(") -> {result}:");
    let flat = format!("{open}{}{close}", joined(&items));
    // ` ...` follows where the body is left out.
    let tail = if name == "__call__" { 4 } else { 0 };
    if indent + flat.chars().count() + tail <= WIDTH || items.is_empty() {
        return flat;
    }
    let group = Expr::group(&open, items, "");
    let Expr::Group { items, .. } = &group else {
        return flat;
    };
    // A lone parameter gets its comma, too.
    let text = group.broken(indent, items.len() == 1);
    text + &close
}

/// An annotation, `name: Sequence[float]`, which may be broken within its brackets.
fn subscripted(text: &str) -> Expr {
    let (Some(open), true) = (text.find('['), text.ends_with(']')) else {
        return Expr::Atom(text.into());
    };
    let inner = &text[open + 1..text.len() - 1];
    let mut depth = 0;
    let parts = inner.split(|c| {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    });
    let items: Vec<Expr> = parts.map(|part| subscripted(part.trim())).collect();
    Expr::group(&text[..=open], items, "]")
}

/// A character that would change how the text around it reads, or that no editor shows.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn escaped(c: char, into: &mut String) {
    let code = c as u32;
    let _ = match c {
        '\\' => write!(into, "\\\\"),
        '\n' => write!(into, "\\n"),
        '\r' => write!(into, "\\r"),
        '\t' => write!(into, "\\t"),
        // As a number: black would change the quotes around a quote.
        '"' => write!(into, "\\x22"),
        _ if !hidden(c) => write!(into, "{c}"),
        _ if code < 0x100 => write!(into, "\\x{code:02x}"),
        _ if code < 0x10000 => write!(into, "\\u{code:04x}"),
        _ => write!(into, "\\U{code:08x}"),
    };
}

/// A string literal.
pub fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        escaped(c, &mut out);
    }
    out.push('"');
    out
}

/// A docstring at that depth, as black leaves it; empty where the text is.
pub fn docstring(text: &str, indent: usize) -> String {
    let expanded = text.replace('\t', "    ").replace("\r\n", "\n");
    let trimmed = expanded.trim();
    if trimmed.is_empty() {
        return String::new();
    }
    let mut lines = trimmed.split('\n').map(str::trim_end);
    let first = lines.next().unwrap_or_default();
    let rest: Vec<&str> = lines.collect();
    let common = rest
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let mut out = String::from("\"\"\"");
    // A quote at either end would run into those around it.
    push_line(first, &mut out);
    for line in &rest {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent));
            push_line(&line[common..], &mut out);
        }
    }
    if rest.is_empty() {
        out.push_str("\"\"\"");
    } else {
        let _ = write!(out, "\n{}\"\"\"", " ".repeat(indent));
    }
    out
}

/// A line of a docstring: quotes stay where they cannot end it.
fn push_line(line: &str, out: &mut String) {
    let chars: Vec<char> = line.chars().collect();
    for (index, &c) in chars.iter().enumerate() {
        let inner = index > 0 && index + 1 < chars.len();
        if c == '"' && inner && chars[index - 1] != '"' && chars[index + 1] != '"' {
            out.push('"');
        } else if c == '"' {
            out.push_str("\\x22");
        } else {
            escaped(c, out);
        }
    }
}
