//! Bash stubs: functions to source, which call through `metropipe call`.

use askama::Template;

use super::text::{is_hidden, rendered};
use super::{Export, Mode, Piece, PieceKind, Stub, Target, unreserved};
use crate::layout::{Slot, Wire};
use crate::signature::Literal;

/// The target `bash`.
pub struct Bash;

/// Reserved words, which `type` calls keywords, and the builtins that a stub is written with.
const RESERVED: [&str; 26] = [
    "if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until", "do",
    "done", "in", "function", "time", "coproc", "command", "set", "return", "exit", "eval", "exec",
    "export", "source", "builtin",
];

#[derive(Template)]
#[template(path = "bash/stub.sh", block = "head", escape = "none")]
struct Head {}

#[derive(Template)]
#[template(path = "bash/stub.sh", block = "function", escape = "none")]
struct FunctionText {
    doc: Vec<String>,
    name: String,
    /// So many arguments given, and what the next one is then.
    defaults: Vec<(usize, String)>,
    channel: String,
    signature: String,
    start: String,
}

impl Target for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let identifier = export.identifier();
        let path = format!("{}.sh", mode.stem(&identifier));
        vec![Stub {
            first: "# shellcheck shell=bash disable=SC2016 # single quotes are meant as such\n"
                .into(),
            pieces: vec![Piece {
                kind: PieceKind::Function,
                name: identifier,
                text: function_text(export),
            }],
            ..Stub::whole(path, "#", rendered(&Head {}))
        }]
    }
}

fn function_text(export: &Export) -> String {
    let function = &export.function;
    rendered(&FunctionText {
        doc: comment(function.doc.as_deref().unwrap_or_default())
            .into_iter()
            .chain([format!("# {}", usage(export))])
            .collect(),
        name: name(export),
        defaults: defaults(export),
        channel: quoted(&export.channel),
        signature: quoted(&signature(export)),
        start: escaped(&export.start_command),
    })
}

fn name(export: &Export) -> String {
    unreserved(&export.identifier(), &RESERVED, &[])
}

/// `classify text k [threshold]`, as help texts show it.
fn usage(export: &Export) -> String {
    let first = export.function.parameters.len() - defaults(export).len();
    let words = export.function.parameters.iter().enumerate();
    let words = words.map(|(index, parameter)| match index < first {
        true => format!(" {}", visible(&parameter.name)),
        false => format!(" [{}]", visible(&parameter.name)),
    });
    format!(
        "Usage: {}{}",
        visible(&name(export)),
        words.collect::<String>()
    )
}

/// The parameters at the end that have a default, with the number of those before each.
fn defaults(export: &Export) -> Vec<(usize, String)> {
    let parameters = export.function.parameters.iter().zip(&export.layout.params);
    let values: Vec<Option<String>> = parameters
        .map(|(parameter, slot)| word(&slot.wire, parameter.default.as_ref()?))
        .collect();
    let first = values
        .iter()
        .rposition(Option::is_none)
        .map_or(0, |last| last + 1);
    let tail = values.into_iter().enumerate().skip(first);
    tail.filter_map(|(index, value)| Some((index, value?)))
        .collect()
}

/// A default as a word that `metropipe call` reads, where it can be one of that type.
fn word(wire: &Wire, value: &Literal) -> Option<String> {
    match (wire, value) {
        (Wire::Optional(_), Literal::None) => Some("null".into()),
        // The word that stands for no value cannot stand for itself.
        (Wire::Optional(_), Literal::Text(text)) if text == "null" => None,
        (Wire::Optional(inner), _) => word(inner, value),
        (Wire::Bool, Literal::Bool(value)) => Some(value.to_string()),
        (Wire::Text { .. }, Literal::Text(text)) if !text.contains('\0') => Some(escaped(text)),
        (Wire::Number(_), Literal::Int(value)) => Some(value.to_string()),
        // Where a bool is a number, as in Python.
        (Wire::Number(_), Literal::Bool(value)) => Some(u8::from(*value).to_string()),
        (Wire::Number(number), Literal::Float(value)) if number.is_float() => {
            Some(format!("{value:?}").to_lowercase())
        }
        _ => None,
    }
}

/// The signature with the names that its notation can spell: those of parameters, for errors, and
/// those of fields, for JSON.
fn signature(export: &Export) -> String {
    let layout = &export.layout;
    let params: Vec<String> = layout.params.iter().map(named).collect();
    let results: Vec<String> = layout
        .results
        .iter()
        .map(|slot| spelled(&slot.wire))
        .collect();
    let returned = match results.as_slice() {
        [] => "unit".to_string(),
        [only] if !export.returns_tuple() => only.clone(),
        _ => format!("({})", results.join(", ")),
    };
    format!("({})->{returned}", params.join(", "))
}

fn named(slot: &Slot) -> String {
    prefixed(&slot.name, &slot.wire)
}

fn prefixed(name: &str, wire: &Wire) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || letter == '_';
    match !name.is_empty() && name.chars().all(plain) {
        true => format!("{name}: {}", spelled(wire)),
        false => spelled(wire),
    }
}

fn spelled(wire: &Wire) -> String {
    match wire {
        Wire::Optional(inner) => format!("opt<{}>", spelled(inner)),
        Wire::Array { element, count } => format!("[{};{count}]", spelled(element)),
        Wire::List { element, limit } => format!("list<{},{limit}>", spelled(element)),
        Wire::Record(record) => {
            let fields = record.fields.iter();
            let fields: Vec<String> = fields
                .map(|field| prefixed(&field.name, &field.wire))
                .collect();
            format!("struct{{{}}}", fields.join(", "))
        }
        _ => wire.to_string(),
    }
}

/// A word of ours: names, a signature, a command. In single quotes nothing has a meaning.
fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_./-".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        return text.into();
    }
    if text.contains('\'') || text.chars().any(is_hidden) {
        return escaped(text);
    }
    format!("'{text}'")
}

/// The one escaper of text: `$'...'`, with every byte that a reader of the file would not see spelled out.
fn escaped(text: &str) -> String {
    let mut out = String::from("$'");
    for letter in text.chars() {
        match letter {
            // As numbers: some readers of shell, highlighters among them, take `\'` for no end of the word.
            '\'' => out.push_str("\\047"),
            '\\' => out.push_str("\\134"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // Three octal digits end by themselves; \u would depend on the locale.
            _ if is_hidden(letter) => {
                let mut bytes = [0; 4];
                for byte in letter.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("\\{byte:03o}"));
                }
            }
            _ => out.push(letter),
        }
    }
    out + "'"
}

/// The lines of a docstring, each behind `#`.
fn comment(text: &str) -> Vec<String> {
    let lines = text.trim().lines();
    lines
        .map(|line| format!("# {}", visible(line)).trim_end().to_string())
        .collect()
}

fn visible(text: &str) -> String {
    let shown = |letter: char| match letter {
        '\t' => letter,
        _ if is_hidden(letter) => char::REPLACEMENT_CHARACTER,
        _ => letter,
    };
    // A comment that begins so would be an order to shellcheck.
    text.chars()
        .map(shown)
        .collect::<String>()
        .replace("shellcheck ", "shellcheck\u{a0}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::plan;
    use crate::signature::notation::parse_signature;

    #[test]
    fn a_signature_keeps_the_names_of_parameters_and_fields() {
        let spelled = "(p: struct{x: f32, item0: opt<list<u8,4>>}, q: [i8;2])->(i32, bool)";
        let export = Export::example("f", spelled);
        assert_eq!(signature(&export), spelled);
        let again = parse_signature("f", &signature(&export)).unwrap();
        assert_eq!(
            plan(&again, &Default::default()).unwrap().canonical,
            export.layout.canonical
        );
    }

    #[test]
    fn defaults_at_the_end_may_be_left_out() {
        let mut export =
            Export::example("select", "(a: i32, b: string, c: i32, d: opt<f64>)->unit");
        let values = [
            Some(Literal::Int(1)),
            None,
            Some(Literal::Int(3)),
            Some(Literal::None),
        ];
        for (parameter, default) in export.function.parameters.iter_mut().zip(values) {
            parameter.default = default;
        }
        let text = function_text(&export);
        assert!(
            text.starts_with("# Usage: select_ a b [c] [d]\nselect_() {\n"),
            "{text}"
        );
        assert!(
            text.contains("if (($# == 2)); then set -- \"$@\" 3; fi\n"),
            "{text}"
        );
        assert!(
            text.contains("if (($# == 3)); then set -- \"$@\" null; fi\n"),
            "{text}"
        );
        assert!(!text.contains("# == 0"), "{text}");
    }

    #[test]
    fn words_mean_themselves() {
        assert_eq!(quoted("a b$(id)"), "'a b$(id)'");
        assert_eq!(quoted("it's"), r"$'it\047s'");
        assert_eq!(
            escaped("a\n'\u{1b}7\\\u{200b}"),
            r"$'a\n\047\0337\134\342\200\213'"
        );
        assert_eq!(quoted(""), "''");
    }
}
