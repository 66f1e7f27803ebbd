//! JavaScript expressions, laid out over lines as Prettier lays them out.

use crate::target::text::is_hidden;

const WIDTH: usize = 80;

/// As much of the language as a stub is written in.
pub enum Expression {
    /// A name, a literal, a short sum: never broken.
    Atom(String),
    /// `name(a, b)`, `new Name(a, b)`
    Call(String, Vec<Expression>),
    /// `[a, b]`
    Array(Vec<Expression>),
    /// `(a, b) => body`
    Arrow(&'static str, Box<Expression>),
}

impl Expression {
    pub fn atom(text: impl Into<String>) -> Self {
        Expression::Atom(text.into())
    }

    /// The expression where its first line begins at `column` of a line that is indented by `indent`,
    /// and `tail` characters follow it.
    pub fn print(&self, indent: usize, column: usize, tail: usize) -> String {
        let flat = self.flat();
        if column + flat.chars().count() + tail <= WIDTH {
            return flat;
        }
        match self {
            Expression::Atom(text) => text.clone(),
            Expression::Call(name, items) => broken(&format!("{name}("), items, ")", indent),
            Expression::Array(items) => broken("[", items, "]", indent),
            Expression::Arrow(parameters, body) => {
                let inner = indent + 2;
                let body = body.print(inner, inner, tail);
                format!("{parameters} =>\n{:inner$}{body}", "")
            }
        }
    }

    fn flat(&self) -> String {
        let list = |items: &[Expression]| {
            let items: Vec<String> = items.iter().map(Expression::flat).collect();
            items.join(", ")
        };
        match self {
            Expression::Atom(text) => text.clone(),
            Expression::Call(name, items) => format!("{name}({})", list(items)),
            Expression::Array(items) => format!("[{}]", list(items)),
            Expression::Arrow(parameters, body) => format!("{parameters} => {}", body.flat()),
        }
    }
}

fn broken(open: &str, items: &[Expression], close: &str, indent: usize) -> String {
    let inner = indent + 2;
    let mut text = open.to_string();
    for item in items {
        let item = item.print(inner, inner, 1);
        text.push_str(&format!("\n{:inner$}{item},", ""));
    }
    text.push_str(&format!("\n{:indent$}{close}", ""));
    text
}

/// The one escaper of strings; in double quotes, or in single ones where that takes fewer backslashes.
pub fn literal(text: &str) -> String {
    let quote = if text.matches('"').count() > text.matches('\'').count() {
        '\''
    } else {
        '"'
    };
    let mut out = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if letter == quote => out.extend(['\\', letter]),
            _ if is_hidden(letter) => out.push_str(&format!("\\u{{{:x}}}", letter as u32)),
            _ => out.push(letter),
        }
    }
    out.push(quote);
    out
}

/// A documentation comment, with its line break; nothing for no text.
pub fn comment(doc: Option<&str>, indent: &str) -> String {
    let text: String = doc
        .unwrap_or("")
        .trim()
        .replace("*/", "*\\/")
        .chars()
        .map(|letter| match letter {
            '\n' | '\t' => letter,
            _ if is_hidden(letter) => char::REPLACEMENT_CHARACTER,
            _ => letter,
        })
        .collect();
    if text.is_empty() {
        return String::new();
    }
    if !text.contains('\n') {
        return format!("{indent}/** {text} */\n");
    }
    let mut out = format!("{indent}/**\n");
    for line in text.lines() {
        out.push_str(format!("{indent} * {line}").trim_end());
        out.push('\n');
    }
    out.push_str(&format!("{indent} */\n"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_is_too_long_takes_a_line_for_each_argument() {
        let short = Expression::Call("f".into(), vec![Expression::atom("1")]);
        assert_eq!(short.print(4, 4, 1), "f(1)");
        let long = Expression::Call(
            "f".into(),
            vec![
                Expression::atom("x".repeat(80)),
                Expression::Arrow("(a)", Box::new(Expression::atom("y".repeat(74)))),
            ],
        );
        let text = long.print(2, 2, 1);
        assert_eq!(
            text,
            format!(
                "f(\n    {},\n    (a) =>\n      {},\n  )",
                "x".repeat(80),
                "y".repeat(74)
            )
        );
    }

    #[test]
    fn literals_and_comments_end_where_they_should() {
        assert_eq!(literal("a\"b'c\\\n"), r#""a\"b'c\\\n""#);
        assert_eq!(literal("say \"hi\""), r#"'say "hi"'"#);
        assert_eq!(literal("\u{2028}\0"), r#""\u{2028}\u{0}""#);
        assert_eq!(
            comment(Some("a */ b\n\nc"), ""),
            "/**\n * a *\\/ b\n *\n * c\n */\n"
        );
        assert_eq!(comment(Some(" one "), "  "), "  /** one */\n");
    }
}
