//! Generated Rust is what rustfmt, rustc and clippy want, whatever the signature and the names.

use std::path::Path;
use std::process::Command;

use metropipe::layout;
use metropipe::signature::{Function, notation};
use metropipe::target::{self, Export, Mode, Stub};

fn stub(name: &str, signature: &str, doc: &str) -> Stub {
    let mut function: Function = notation::parse_signature(name, signature)
        .unwrap_or_else(|error| panic!("{signature}: {error}"));
    function.doc = Some(doc.to_string());
    let layout = layout::plan(&function, &layout::Options::default())
        .unwrap_or_else(|error| panic!("{signature}: {error}"));
    let export = Export {
        function,
        layout,
        channel: name.to_string(),
        source: "services.py".to_string(),
        source_from_provider: "../../services.py".to_string(),
        start_command: format!("python3 metropipe/{name}/provider.py"),
    };
    let rust = target::find("rust").expect("the target");
    rust.stubs(&export, Mode::Namespace).remove(0)
}

/// The file without the channel, which is the same in all of them.
fn own_text(stub: &Stub) -> String {
    let mut text = stub.head.clone();
    for piece in &stub.pieces {
        text.push('\n');
        text.push_str(&piece.text);
    }
    text
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % sides
    }

    fn name(&mut self) -> String {
        const WORDS: [&str; 12] = [
            "a",
            "type",
            "self",
            "payload",
            "count",
            "fn",
            "None",
            "Vec",
            "timeout",
            "CONSUMER",
            "aVeryLongNameInTheMiddle",
            "and_one_as_long_as_names_should_never_be",
        ];
        let word = WORDS[self.roll(WORDS.len() as u64) as usize];
        match self.roll(3) {
            0 => word.to_string(),
            n => format!("{word}{}", n * self.roll(1000)),
        }
    }

    fn ty(&mut self, depth: u64) -> String {
        const PLAIN: [&str; 14] = [
            "bool",
            "i8",
            "u8",
            "i16",
            "u16",
            "i32",
            "u32",
            "i64",
            "u64",
            "f32",
            "f64",
            "string[64]",
            "bytes[64]",
            "json[64]",
        ];
        match self.roll(if depth == 0 { 7 } else { 12 }) {
            7 => format!("opt<{}>", self.ty(depth - 1)),
            8 => format!("[{};{}]", self.ty(depth - 1), 1 + self.roll(3)),
            9 => format!("list<{},{}>", self.ty(depth - 1), 1 + self.roll(4)),
            10 | 11 => {
                let fields: Vec<String> = (0..1 + self.roll(4))
                    .map(|index| format!("{}_{index}: {}", self.name(), self.ty(depth - 1)))
                    .collect();
                format!("struct{{{}}}", fields.join(", "))
            }
            _ => PLAIN[self.roll(14) as usize].to_string(),
        }
    }

    fn signature(&mut self) -> String {
        let params: Vec<String> = (0..self.roll(9))
            .map(|index| format!("{}_{index}: {}", self.name(), self.ty(3)))
            .collect();
        let results: Vec<String> = (0..self.roll(5)).map(|_| self.ty(3)).collect();
        let results = match results.as_slice() {
            [] => "unit".to_string(),
            [only] => only.clone(),
            several => format!("({})", several.join(", ")),
        };
        format!("({})->{results}", params.join(", "))
    }
}

#[track_caller]
fn check_format(folder: &Path, files: &[String]) {
    for edition in ["2021", "2024"] {
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--check", "--edition", edition]).args(files);
        let output = rustfmt.current_dir(folder).output().expect("rustfmt");
        let said =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }
}

#[test]
fn rustfmt_leaves_every_stub_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(1);
    let mut files = Vec::new();
    for index in 0..300 {
        let name = format!("{}_{index}", dice.name());
        let text = own_text(&stub(&name, &dice.signature(), "Do it."));
        let file = format!("f{index:03}.rs");
        std::fs::write(folder.path().join(&file), text).unwrap();
        files.push(file);
    }
    check_format(folder.path(), &files);
}

#[test]
fn the_channel_is_formatted_where_it_stands_in_a_stub() {
    let folder = tempfile::tempdir().unwrap();
    let text = stub("f", "()->unit", "").tail;
    std::fs::write(folder.path().join("tail.rs"), text).unwrap();
    check_format(folder.path(), &["tail.rs".to_string()]);
}

#[test]
fn compiler_and_clippy_are_silent_about_every_stub() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(7);
    let mut main = String::new();
    let docs = [
        "One line.",
        "Ends */ a comment, \"quotes\", `ticks`, <b>tags</b>, [links] and {braces}.\n\n    indented();\n\n- a list\n  that goes on\n",
        "```\nfence\n\n# heading\n1. one\nlazy\n\ttab\r\nand \u{202e}turned\u{0}",
        "  - begins as a list\nand goes on",
        "",
    ];
    let special = [
        ("foo", "(foo: i32, _: bool, __: u8)->unit"),
        (
            "Shouting_Name",
            "(HTTP: struct{URL: i32, __x__y: u8})->struct{String: i32}",
        ),
        (
            "fn",
            "(fn_with_timeout: i32, fn: i32, r: opt<opt<i32>>)->opt<string>",
        ),
        (
            "ಠ_ಠ",
            "(é: string, ಠ_ಠ: i32, a0: [string;2], b0: list<opt<string[16]>, 3>)->bytes",
        ),
        (
            "naïve",
            "(self: i32, Self: i32, crate: i32, super: i32, Ok: i32, Some: i32)->(i32)",
        ),
        (
            "wide",
            "(a: i8, b: i8, c: i8, d: i8, e: i8, f: i8, g: i8)->(i8, i8, i8, i8, i8, i8, i8, i8, i8)",
        ),
        ("pair", "(a: (i8, i64))->unit"),
    ];
    let drawn: Vec<(String, String)> = (0..12)
        .map(|index| (format!("{}_{index}", dice.name()), dice.signature()))
        .collect();
    let special = special.map(|(name, signature)| (name.to_string(), signature.to_string()));
    for (index, (name, signature)) in special.into_iter().chain(drawn).enumerate() {
        if notation::parse_signature(&name, &signature).is_err() {
            continue;
        }
        let stub = stub(&name, &signature, docs[index % docs.len()]);
        let text = format!("{}\n{}", own_text(&stub), stub.tail);
        std::fs::write(folder.path().join(format!("f{index:03}.rs")), text).unwrap();
        main.push_str(&format!("mod f{index:03};\n"));
    }
    main.push_str("\nfn main() {}\n");
    std::fs::write(folder.path().join("main.rs"), main).unwrap();
    std::fs::write(
        folder.path().join("Cargo.toml"),
        "[package]\nname = \"stubs\"\nedition = \"2021\"\n\n[[bin]]\nname = \"stubs\"\npath = \"main.rs\"\n\n\
         [dependencies]\nlibc = \"0.2\"\n\n[workspace]\n",
    )
    .unwrap();
    check_format(folder.path(), &["main.rs".to_string()]);
    // libc is here already: metropipe is built with it.
    let output = Command::new("cargo")
        .args(["clippy", "--quiet", "--offline", "--", "-D", "warnings"])
        .env("CARGO_TARGET_DIR", folder.path().join("target"))
        .env_remove("RUSTFLAGS")
        .current_dir(folder.path())
        .output()
        .expect("cargo");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
