//! Targets: the languages that stubs are written in, one file each under `target/`.
//!
//! A target turns an [`Export`] into text: finished strings for its askama template, which holds only
//! loops and holes. It knows wire types and names, never a syntax tree, a command line or the disk.
//! Everything that comes from a source goes through the target's one escaper.
//!
//! A new target is a new file here, its templates, and one line in [`all`].

pub mod bash;
pub mod c;
pub mod c_direct;
pub mod c_linker;
pub mod csharp;
pub mod go;
pub mod java;
pub mod js;
pub mod python;
pub mod ruby;
pub mod rust;
mod text;

use std::path::PathBuf;

use crate::layout::Layout;
use crate::signature::{Function, Language, RecordKind, Type};

/// Everything that a target may know of one function that is exported.
#[derive(Clone, Debug)]
pub struct Export {
    pub function: Function,
    pub layout: Layout,
    /// The channel's name; `classify`, `Class.method`.
    pub channel: String,
    /// The source's path as header comments show it: relative, with `/`.
    pub source: String,
    /// From the folder that the provider's file stands in to the source: `../../services.py`.
    pub source_from_provider: String,
    /// The command that starts the provider, for error messages and comments:
    /// `python3 metropipe/classify/provider.py`.
    pub start_command: String,
}

impl Export {
    /// The function's name as one identifier: `Class_method` for `Class.method`.
    pub fn identifier(&self) -> String {
        self.function.name.replace('.', "_")
    }

    /// Whether the function returns a tuple, which also one of one element is.
    pub fn returns_tuple(&self) -> bool {
        matches!(&self.function.result.ty, Type::Record(record) if record.kind == RecordKind::Tuple)
    }

    /// What a stub's channel is made of, in the order in which most languages take it; `literal` quotes.
    pub fn channel_arguments(&self, literal: impl Fn(&str) -> String) -> [String; 7] {
        let layout = &self.layout;
        [
            literal(&self.function.name),
            literal(&self.channel),
            literal(&layout.canonical),
            format!("{:#010x}", layout.fingerprint),
            layout.request_size.to_string(),
            layout.payload_size.to_string(),
            literal(&self.start_command),
        ]
    }

    #[cfg(test)]
    fn example(name: &str, signature: &str) -> Self {
        let function = crate::signature::notation::parse_signature(name, signature).unwrap();
        Export {
            channel: name.into(),
            layout: crate::layout::plan(&function, &Default::default()).unwrap(),
            function,
            source: "services.py".into(),
            source_from_provider: "../../services.py".into(),
            start_command: "python3 metropipe/f/provider.py".into(),
        }
    }
}

/// How generated files are laid out on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// `metropipe/classify/stub.rs`
    #[default]
    Namespace,
    /// `metropipe/classify.rs`
    Flat,
    /// `metropipe.rs` for all functions.
    Unify,
}

impl Mode {
    /// A stub's file without its extension: `classify/stub`.
    pub fn stem(self, identifier: &str) -> String {
        match self {
            Mode::Namespace => format!("{identifier}/stub"),
            Mode::Flat => identifier.to_string(),
            Mode::Unify => "metropipe".to_string(),
        }
    }
}

/// One generated file, in parts: `head`, then every piece, then `tail`.
///
/// In unify mode a file holds the pieces of several exports; exporting a function again replaces the
/// pieces of the same name and leaves the others. Nothing but the pieces may depend on the function there,
/// so `head` and `tail` are the same for every function of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Stub {
    /// Below the output folder: `classify/stub.rs`, `classify.rs`; in unify mode `metropipe.rs`, beside that folder.
    pub path: PathBuf,
    /// Begins a line comment: `//`, `#`.
    pub comment: &'static str,
    /// Lines that must precede even the header comment (`<?xml`, a shellcheck directive); mostly empty.
    pub first: String,
    /// After the header comment, which `export` writes: imports, channel.
    pub head: String,
    pub pieces: Vec<Piece>,
    pub tail: String,
    /// Blank lines between head, pieces and tail: 2 for Python, else 1.
    pub blank_lines: usize,
    /// White space before a marker comment, as deep as the pieces stand.
    pub indent: &'static str,
}

/// A function or a record of a generated file.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    pub kind: PieceKind,
    /// `classify`, `Point`
    pub name: String,
    /// Without blank lines at its begin and end; ends with a line break.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// A record that functions use; two functions that use an equal one share it in unify mode.
    Record,
    Function,
}

/// A file that stands for itself and is written whole: `stub.d.ts`'s siblings, `lib/Makefile`, a provider.
/// A [`Stub`] with `head` alone.
impl Stub {
    /// A file of one function, in which nothing is merged.
    pub fn whole(path: impl Into<PathBuf>, comment: &'static str, text: String) -> Self {
        Stub {
            path: path.into(),
            comment,
            first: String::new(),
            head: text,
            pieces: Vec::new(),
            tail: String::new(),
            blank_lines: 1,
            indent: "",
        }
    }
}

/// A language that stubs are written in.
pub trait Target: Sync {
    /// As in `--target`: `c-direct`, `rust`.
    fn name(&self) -> &'static str;

    /// The files of one export. Several where the target has several (`stub.js`, `stub.mjs`, `stub.d.ts`).
    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub>;

    /// False where the call never leaves the process; such a target is written only when named.
    fn crosses_processes(&self) -> bool {
        true
    }
}

/// A language that providers are written in.
pub trait Provider: Sync {
    fn language(&self) -> Language;

    /// The provider's file below the output folder: `classify/provider.py`, flat and unify `classify_provider.py`.
    fn path(&self, export_identifier: &str, mode: Mode) -> PathBuf;

    /// The command that starts it, given the path as the user would type it.
    fn start_command(&self, path: &str) -> String;

    /// The provider and the files it needs; the first is the provider itself.
    fn files(&self, export: &Export, mode: Mode) -> Vec<Stub>;
}

/// Every target, in the order of the documentation.
pub fn all() -> &'static [&'static dyn Target] {
    &[
        &c_direct::CDirect,
        &c_linker::CLinker,
        &c::C,
        &go::Go,
        &python::Python,
        &java::Java,
        &rust::Rust,
        &csharp::CSharp,
        &js::Js,
        &ruby::Ruby,
        &bash::Bash,
    ]
}

/// Every provider.
pub fn providers() -> &'static [&'static dyn Provider] {
    &[&python::PythonProvider]
}

/// The target of that name.
pub fn find(name: &str) -> Option<&'static dyn Target> {
    all().iter().copied().find(|target| target.name() == name)
}

/// The provider for sources of a language.
pub fn provider_of(language: Language) -> Option<&'static dyn Provider> {
    providers()
        .iter()
        .copied()
        .find(|provider| provider.language() == language)
}

/// `base`, with as many `_` behind it as it takes to be none of `taken`.
///
/// For names that generated code invents: they give way to the user's.
pub fn fresh<'a>(base: &str, taken: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let mut name = base.to_string();
    while taken.clone().into_iter().any(|other| other == name) {
        name.push('_');
    }
    name
}

/// A user's name, with a trailing `_` where the language reserves it; distinct from those in `taken`.
pub fn unreserved(name: &str, reserved: &[&str], taken: &[String]) -> String {
    let mut name = name.to_string();
    while reserved.contains(&name.as_str()) || taken.contains(&name) {
        name.push('_');
    }
    name
}

/// `open` + items + `close` on one line where that fits `width`, else one item a line, `indent` deeper,
/// each followed by `,`: the shape that rustfmt, gofmt and black give to lists that are too long.
pub fn wrap(
    open: &str,
    items: &[String],
    close: &str,
    width: usize,
    outer: &str,
    indent: &str,
) -> String {
    let flat = format!("{open}{}{close}", items.join(", "));
    let last_line = flat.rsplit('\n').next().unwrap_or(&flat);
    if items.is_empty()
        || (outer.len() + last_line.chars().count() <= width && !flat.contains('\n'))
    {
        return flat;
    }
    let mut text = open.to_string();
    for item in items {
        text.push_str(&format!("\n{outer}{indent}{item},"));
    }
    text.push_str(&format!("\n{outer}{close}"));
    text
}

/// A channel's text without its provider's half, for stubs: from the banner `11. Serving` to `12. Values`.
///
/// Every channel keeps its sections apart, so that what remains is whole.
pub fn without_serving(channel: &str) -> String {
    let line_of = |title: &str| {
        let at = channel.find(title)?;
        Some(channel[..at].rfind('\n').map_or(0, |end| end + 1))
    };
    match (line_of("11. Serving"), line_of("12. Values")) {
        (Some(start), Some(end)) if start < end => [&channel[..start], &channel[end..]].concat(),
        _ => channel.to_string(),
    }
}
