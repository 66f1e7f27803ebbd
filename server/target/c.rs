//! C stubs: one header for a function, or one for all, that maps the channel itself.

pub(super) mod function;
mod names;
mod passing;
mod types;

use askama::Template;

use super::text::rendered;
use super::{Export, Mode, Piece, PieceKind, Stub, Target};
use function::Function;
use types::Definition;

/// What callers see of errors.
pub(super) const PUBLIC: &str = include_str!("../../templates/c/public.h");
const ERRORS: &str = include_str!("../../templates/c/errors.h");
const CHANNEL: &str = include_str!("../../templates/c/channel.h");

/// The errors as they stand in a generated file, with what they include in place.
pub(super) fn errors() -> String {
    ERRORS.replace("#include \"public.h\"\n", PUBLIC)
}

/// The channel as it stands in a generated file. What serves stays with providers.
pub(super) fn channel() -> String {
    let (before, rest) = CHANNEL
        .split_once("/* ---- 11. Serving ---- */")
        .expect("channel.h has this section");
    let (_, values) = rest
        .split_once("/* ---- 12. Values ---- */")
        .expect("and the last one");
    let calling = format!("{before}/* ---- 12. Values ---- */{values}");
    // The include stands after the guard; what it includes has a guard of its own.
    format!(
        "{}\n{}",
        errors(),
        calling.replace("#include \"errors.h\"\n\n", "")
    )
}

/// The target `c`.
pub struct C;

impl Target for C {
    fn name(&self) -> &'static str {
        "c"
    }

    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let identifier = export.identifier();
        let path = format!("{}.h", mode.stem(&identifier));
        let function = Function::new(export);
        let mut pieces: Vec<Piece> = function
            .types
            .definitions
            .iter()
            .map(|definition| Piece {
                kind: PieceKind::Record,
                name: definition.name.clone(),
                text: format!("{}\n{}", type_text(definition), codec_text(definition)),
            })
            .collect();
        pieces.push(Piece {
            kind: PieceKind::Function,
            name: export.function.name.clone(),
            text: stub_text(
                &function,
                "static inline int",
                &function.name,
                &function.doc,
                true,
            ),
        });
        vec![Stub {
            head: channel(),
            pieces,
            ..Stub::whole(path, "//", String::new())
        }]
    }
}

#[derive(Template)]
#[template(path = "c/stub.h", block = "type")]
struct TypeText<'a> {
    definition: &'a Definition,
}

#[derive(Template)]
#[template(path = "c/stub.h", block = "codec")]
struct CodecText<'a> {
    definition: &'a Definition,
}

#[derive(Template)]
#[template(path = "c/stub.h", block = "function")]
struct StubText<'a> {
    function: &'a Function,
    head: &'a str,
    name: &'a str,
    doc: &'a [String],
    guarded: bool,
    parameters: String,
}

/// A struct, once in a translation unit however many stubs bring it.
pub(super) fn type_text(definition: &Definition) -> String {
    rendered(&TypeText { definition })
}

/// What writes and reads that struct.
pub(super) fn codec_text(definition: &Definition) -> String {
    rendered(&CodecText { definition })
}

/// The function that calls through the channel.
pub(super) fn stub_text(
    function: &Function,
    head: &str,
    name: &str,
    doc: &[String],
    guarded: bool,
) -> String {
    let text = StubText {
        function,
        head,
        name,
        doc,
        guarded,
        parameters: function.parameters_with(&function.outs),
    };
    rendered(&text)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn no_text_leaves_its_comment() {
        let shown = names::comment("a */ b /* c ??/\n\\\n/**/*/ \u{202e}").join("\n");
        assert_eq!(
            shown,
            "/**\n * a * / b / * c ? ?/\n * \\ .\n * / ** / * / U+202E\n */"
        );
    }

    #[test]
    fn literals_hold_what_they_are_given() {
        assert_eq!(names::literal("a\"\\?é\n1"), r#""a\"\\\?\303\251\0121""#);
    }

    #[test]
    fn taken_names_give_way() {
        let none: [&str; 0] = [];
        assert_eq!(names::global("select", none), "select_");
        assert_eq!(names::local("select", none), "select");
        assert_eq!(names::local("errno", none), "errno_");
        assert_eq!(names::local("metropipe_x", none), "metropipe_x_");
        assert_eq!(names::local("text", ["text"]), "text_");
    }
}
