//! Rust stubs: one file a module, `stub::classify("text", 3, 0.5, true)?`, nothing beyond the `libc` crate.
//!
//! Wire types become Rust types in two ways: as the user sees them (`&str`, `Option<i32>`, `Vec<f32>`),
//! and as the codec that puts and gets them (`channel::Text<256>`, `channel::Opt<i32>`).

mod codec;
mod names;
mod types;

use std::sync::{Arc, LazyLock};

use askama::Template;

use self::codec::{codec, layout_slots, reads, writes};
use self::names::{comment, identifiers, literal, record_name, value_name};
use self::types::{assign, call, placed, signature};
use super::text::{plus, rendered};
use super::{Export, Mode, Piece, PieceKind, Stub, Target, fresh, without_serving};
use crate::layout::{Record, RecordField, Wire};

/// The target `rust`.
pub struct Rust;

/// The protocol, plain Rust; a stub holds the caller's half as a module of its own.
const CHANNEL: &str = include_str!("../../templates/rust/channel.rs");

impl Target for Rust {
    fn name(&self) -> &'static str {
        "rust"
    }

    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let name = export.identifier();
        let path = format!("{}.rs", mode.stem(&name));
        let mut records = export.layout.records();
        records.retain(|record| !types::is_tuple(record));
        let mut pieces: Vec<Piece> = records.iter().map(record_piece).collect();
        pieces.push(function_piece(export));
        vec![Stub {
            path: path.into(),
            comment: "//",
            first: String::new(),
            head: "#![allow(dead_code)]\n\npub use channel::Error;\n".to_string(),
            pieces,
            tail: CHANNEL_MODULE.clone(),
            blank_lines: 1,
            indent: "",
        }]
    }
}

/// The same for every function: made once.
static CHANNEL_MODULE: LazyLock<String> = LazyLock::new(|| {
    let mut text = String::from("mod channel {\n");
    for line in without_serving(CHANNEL).lines() {
        if !line.is_empty() {
            text.push_str("    ");
            text.push_str(line);
        }
        text.push('\n');
    }
    text.push_str("}\n");
    text
});

#[derive(Template)]
#[template(path = "rust/stub.rs")]
struct FunctionText {
    /// Documentation and attributes, a line each.
    head: Vec<String>,
    signature: String,
    forward: String,
    timed_head: Vec<String>,
    timed_signature: String,
    consumer: String,
    function: String,
    channel: String,
    canonical: String,
    fingerprint: String,
    request_size: u32,
    payload_size: u32,
    capacity: u32,
    command: String,
    /// Types and constants that are too long for their lines.
    aliases: Vec<String>,
    writer: String,
    write: Vec<String>,
    reader: String,
    read: Vec<String>,
    timeout: String,
}

fn function_piece(export: &Export) -> Piece {
    let layout = &export.layout;
    let name = value_name(&export.identifier(), &[]);
    let timed_name = format!("{}_with_timeout", export.identifier());
    let timed_name = value_name(&timed_name, &[]);
    let given = layout.params.iter().map(|slot| slot.name.as_str());
    let params = identifiers(given);
    let taken = || {
        let own = [name.as_str(), timed_name.as_str()];
        params.iter().map(String::as_str).chain(own)
    };
    let [timeout, writer, reader, payload, consumer, result] =
        ["timeout", "write", "read", "payload", "CONSUMER", "result"]
            .map(|base| fresh(base, taken()));

    let mut aliases = Vec::new();
    let write = writes(
        layout_slots(&layout.params, &params),
        &payload,
        &mut aliases,
    );
    let read = reads(&layout.results, &payload, &result, &mut aliases);

    let declared: Vec<String> = layout
        .params
        .iter()
        .zip(&params)
        .map(|(slot, param)| types::parameter(&slot.wire).parameter(param, 4))
        .collect();
    let mut timed = vec![format!("{timeout}: impl Into<Option<std::time::Duration>>")];
    timed.extend(declared.iter().cloned());
    let returned = types::returned(&layout.results);

    let mut given = vec!["None::<std::time::Duration>".to_string()];
    given.extend(params.iter().cloned());
    // A parameter of the function's own name would hide it.
    let hidden = params.contains(&timed_name);
    let target = if hidden {
        format!("self::{timed_name}")
    } else {
        timed_name.clone()
    };

    let complex = returned.is_complex()
        || layout
            .params
            .iter()
            .any(|slot| types::parameter(&slot.wire).is_complex());
    let attributes = attributes(
        params.iter().chain([&name, &timed_name]),
        declared.len(),
        complex,
    );
    let mut head = comment(export.function.doc.as_deref().unwrap_or_default());
    if !head.is_empty() {
        head.push("///".to_string());
    }
    head.push("/// # Errors".to_string());
    head.push(
        "/// What the function raised, or what kept the call from it: see [`Error`].".to_string(),
    );
    let mut timed_head = vec![
        format!(
            "/// As `{name}`, with a time limit of its own; `None` stands for `METROPIPE_TIMEOUT_MS`, else 5 s."
        ),
        "///".to_string(),
        "/// # Errors".to_string(),
        format!("/// As `{name}`."),
    ];
    head.extend(attributes(0));
    timed_head.extend(attributes(1));

    // A text that is too long for its line is a constant: there rustfmt's editions agree.
    let mut constants = Vec::new();
    let mut place = |name: &str, text: &str| {
        let text = literal(text);
        let line = format!("{name}: {text},");
        if line.chars().count() + 8 <= types::WIDTH {
            return line;
        }
        let constant = fresh(&name.to_uppercase(), taken());
        constants.push(placed(&format!("const {constant}: &str ="), &text, ";", 4));
        format!("{name}: {constant},")
    };
    let [function, channel, canonical, command] = [
        ("function", export.function.name.as_str()),
        ("channel", &export.channel),
        ("canonical", &layout.canonical),
        ("command", &export.start_command),
    ]
    .map(|(name, text)| place(name, text));
    aliases.extend(constants);
    let text = FunctionText {
        head,
        signature: signature(&name, &declared, &returned),
        forward: call(&target, &given, "", 4),
        timed_head,
        timed_signature: signature(&timed_name, &timed, &returned),
        consumer,
        function,
        channel,
        canonical,
        fingerprint: format!("{:#010x}", layout.fingerprint),
        request_size: layout.request_size,
        payload_size: layout.payload_size,
        capacity: layout.capacity,
        command,
        aliases,
        writer,
        write,
        reader,
        read,
        timeout,
    };
    Piece {
        kind: PieceKind::Function,
        name: export.identifier(),
        text: rendered(&text),
    }
}

/// What the compiler and clippy would say of names and numbers that are the user's.
fn attributes<'a>(
    names: impl Iterator<Item = &'a String> + Clone,
    params: usize,
    complex: bool,
) -> impl Fn(usize) -> Vec<String> {
    let shouting = names.clone().any(|name| !names::is_snake_case(name));
    let dull = names
        .clone()
        .any(|name| ["foo", "baz", "quux"].contains(&name.as_str()));
    let blank = names
        .clone()
        .any(|name| name.chars().all(|c| c == '_' || c.is_ascii_digit()));
    move |more| {
        let mut lints = Vec::new();
        if params + more > 7 {
            lints.push("clippy::too_many_arguments");
        }
        if complex {
            lints.push("clippy::type_complexity");
        }
        if dull {
            lints.push("clippy::disallowed_names");
        }
        if blank {
            lints.push("clippy::just_underscores_and_digits");
        }
        if shouting {
            lints.push("non_snake_case");
        }
        lints
            .into_iter()
            .map(|lint| format!("#[allow({lint})]"))
            .collect()
    }
}

#[derive(Template)]
#[template(path = "rust/record.rs")]
struct RecordText {
    head: Vec<String>,
    name: String,
    fields: Vec<String>,
    wire: String,
    size: u32,
    align: u32,
    aliases: Vec<String>,
    /// Fields whose name and codec are too long for one line.
    lets: Vec<String>,
    puts: Vec<String>,
    gets: Vec<String>,
}

fn record_piece(record: &Arc<Record>) -> Piece {
    let name = record_name(&record.name);
    let fields = identifiers(record.fields.iter().map(|field| field.name.as_str()));
    let mut head = comment(record.doc.as_deref().unwrap_or_default());
    head.push("#[derive(Debug, Clone, PartialEq)]".to_string());
    if !names::is_camel_case(&name) {
        head.push("#[allow(clippy::upper_case_acronyms, non_camel_case_types)]".to_string());
    }
    if fields.iter().any(|field| !names::is_snake_case(field)) {
        head.push("#[allow(non_snake_case)]".to_string());
    }
    let complex = |field: &RecordField| types::owned(&field.wire).is_complex();
    if record.fields.iter().any(complex) {
        head.push("#[allow(clippy::type_complexity)]".to_string());
    }
    let mut aliases = Vec::new();
    let mut lets = Vec::new();
    let mut puts = Vec::new();
    let mut gets = Vec::new();
    let mut declared = Vec::new();
    let mut end = 0;
    let place = |offset: u32| plus("at", offset);
    for (index, (field, name)) in record.fields.iter().zip(&fields).enumerate() {
        declared.push(types::owned(&field.wire).field(&format!("pub {name}"), 4));
        let gap = field.offset - end;
        if gap > 0 {
            puts.push(format!("payload.zero({}, {gap});", place(end)));
        }
        end = field.offset + field.wire.size();
        let codec = codec(&field.wire, &mut aliases, 8);
        let args = [
            "payload".to_string(),
            place(field.offset),
            "name".to_string(),
            format!("&value.{name}"),
        ];
        puts.push(call(&format!("channel::put::<{codec}, _>"), &args, "?;", 8));
        let get = format!("channel::get::<{codec}>");
        let line = call(&format!("{name}: {get}"), &args[..3], "?,", 12);
        if line.contains('\n') {
            let value = format!("field{index}");
            let line = assign(&format!("let {value} ="), &get, &args[..3], "?;", 8);
            lets.push(line);
            gets.push(format!("{name}: {value},"));
        } else {
            gets.push(line);
        }
    }
    let gap = record.size - end;
    if gap > 0 {
        puts.push(format!("payload.zero({}, {gap});", place(end)));
    }
    let wire = Wire::Record(Arc::clone(record));
    let text = RecordText {
        head,
        name: name.clone(),
        fields: declared,
        wire: placed("let wire =", &literal(&wire.to_string()), ";", 8),
        size: record.size,
        align: record.align,
        aliases,
        lets,
        puts,
        gets,
    };
    Piece {
        kind: PieceKind::Record,
        name,
        text: rendered(&text),
    }
}
