//! A C library of one function: it runs the function of its own process where there is one, and calls through the
//! channel where there is none. Any language with a foreign function interface can load it.

use askama::Template;

use super::c::function::Function;
use super::c::{PUBLIC, channel, codec_text, stub_text, type_text};
use super::text::rendered;
use super::{Export, Mode, Stub, Target};

/// The target `c-linker`.
pub struct CLinker;

#[derive(Template)]
#[template(path = "c/lib.h", block = "header")]
struct HeaderText<'a> {
    function: &'a Function,
    public: &'a str,
    types: Vec<String>,
}

#[derive(Template)]
#[template(path = "c/lib.c", block = "source")]
struct SourceText<'a> {
    function: &'a Function,
    file: &'a str,
    channel: String,
    codecs: Vec<String>,
    over_channel: String,
    here: String,
    outcome: String,
    passed: String,
}

#[derive(Template)]
#[template(path = "c/lib.mk", block = "makefile")]
struct MakefileText<'a> {
    file: &'a str,
}

impl Target for CLinker {
    fn name(&self) -> &'static str {
        "c-linker"
    }

    /// The same in every mode: a library has a folder of its own, for two Makefiles cannot share one.
    fn stubs(&self, export: &Export, _mode: Mode) -> Vec<Stub> {
        let file = export.identifier();
        let function = Function::new(export);
        let definitions = &function.types.definitions;
        let header = HeaderText {
            function: &function,
            public: PUBLIC,
            types: definitions.iter().map(type_text).collect(),
        };
        let here = function.fresh("here");
        let outcome = function.fresh("outcome");
        let mut passed = function.plain_arguments();
        if function.returned.is_some() {
            let separator = if passed.is_empty() { "" } else { ", " };
            passed.push_str(&format!("{separator}&{outcome}"));
        }
        let source = SourceText {
            function: &function,
            file: &file,
            channel: channel(),
            codecs: definitions.iter().map(codec_text).collect(),
            over_channel: stub_text(
                &function,
                "static int",
                "metropipe_over_channel",
                &[],
                false,
            ),
            here,
            outcome,
            passed,
        };
        let folder = format!("{file}/lib");
        vec![
            Stub::whole(format!("{folder}/{file}.h"), "//", rendered(&header)),
            Stub::whole(format!("{folder}/{file}.c"), "//", rendered(&source)),
            Stub::whole(
                format!("{folder}/Makefile"),
                "#",
                rendered(&MakefileText { file: &file }),
            ),
        ]
    }
}
