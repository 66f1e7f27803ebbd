//! Java stubs: one class a file, the protocol nested in it, records as Java records.
//!
//! Java has no unsigned integers: `u8` and `u16` are `int`, `u32` is `long`, `u64` is `BigInteger`, all
//! checked. Lists and arrays of primitive types are Java arrays, of everything else `List<T>`; `opt` is
//! the boxed type, null where absent. Generated text is ASCII, so that no compiler's locale matters.

mod codec;
mod format;
mod names;
mod types;

use std::sync::Arc;

use askama::Template;

use self::codec::{gap, get, put};
use self::format::{assignment, list, value, wrapped};
use self::names::{KEYWORDS, TYPES, ascii, component, doc, literal, spelled, type_name};
use self::types::{Types, holds_array};
use super::text::{capitalised, plus, rendered};
use super::{Export, Mode, Piece, PieceKind, Stub, Target, fresh, unreserved};
use crate::layout::{HEADER_SIZE, Record, Slot, Wire};
use crate::signature::Literal;

/// The target `java`.
pub struct Java;

const CHANNEL: &str = include_str!("../../templates/java/channel.java");

#[derive(Template)]
#[template(path = "java/stub.java", block = "head")]
struct Head<'a> {
    package: &'a str,
    imports: String,
    class: &'a str,
}

#[derive(Template)]
#[template(path = "java/stub.java", block = "record")]
struct RecordPiece {
    doc: String,
    name: String,
    components: String,
    codec: String,
    codecs: Vec<String>,
    puts: Vec<String>,
    construction: String,
    /// Empty where Java's own equality says the same.
    equality: String,
    hash: String,
}

#[derive(Template)]
#[template(path = "java/stub.java", block = "function")]
struct FunctionPiece {
    fields: Vec<String>,
    result_record: String,
    doc: String,
    signature: String,
    forward: String,
    timed_signature: String,
    lane: String,
    page: String,
    timeout: String,
    channel: String,
    puts: Vec<String>,
    /// `page`, or its declaration where no argument needed it.
    again: String,
    results: String,
}

impl Target for Java {
    fn name(&self) -> &'static str {
        "java"
    }

    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let identifier = export.identifier();
        let (package, class, path) = match mode {
            Mode::Namespace => {
                let folder = unreserved(&ascii(&identifier), KEYWORDS, &[]);
                let path = format!("{folder}/stub.java");
                (
                    format!("metropipe.{}", spelled(&folder)),
                    "stub".to_string(),
                    path,
                )
            }
            Mode::Flat => {
                let class = unreserved(&type_name(&ascii(&identifier)), &[], &[]);
                let path = format!("{class}.java");
                ("metropipe".to_string(), class, path)
            }
            Mode::Unify => (
                String::new(),
                "metropipe".to_string(),
                "metropipe.java".to_string(),
            ),
        };
        let types = Types::new(export, &class);
        let mut pieces: Vec<Piece> = types
            .records
            .iter()
            .map(|(record, name)| record_piece(record, name, &types))
            .collect();
        pieces.push(function_piece(export, &types));
        let head = Head {
            package: &package,
            imports: imports(),
            class: &spelled(&class),
        };
        vec![Stub {
            path: path.into(),
            comment: "//",
            first: String::new(),
            head: rendered(&head),
            pieces,
            tail: channel(),
            blank_lines: 1,
            indent: "  ",
        }]
    }
}

/// The imports of the channel are those of the whole file.
fn imports() -> String {
    let lines = CHANNEL.lines().filter(|line| line.starts_with("import "));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// The channel's members, without the class around them that makes its file compile alone.
fn channel() -> String {
    let (_, members) = CHANNEL
        .split_once("final class channel {\n")
        .unwrap_or(("", CHANNEL));
    members.to_string()
}

fn record_piece(record: &Arc<Record>, own_name: &str, types: &Types) -> Piece {
    let mut taken = types.names();
    let mut components = Vec::new();
    let mut codecs = Vec::new();
    let mut puts = Vec::new();
    let mut gets = Vec::new();
    let mut pairs = Vec::new();
    let mut hashed = Vec::new();
    let mut end = 0;
    for (index, field) in record.fields.iter().enumerate() {
        let component = component(&field.name, &taken);
        taken.push(component.clone());
        let component = spelled(&component);
        components.push(format!("{} {component}", types.of(&field.wire)));
        let codec = format!("codec{index}");
        if !field.wire.is_leaf() {
            codecs.push(codec_field("", &codec, &field.wire, types, "          "));
        }
        if field.offset > end {
            puts.push(gap("page", &plus("at", end), field.offset - end));
        }
        end = field.offset + field.wire.size();
        let at = plus("at", field.offset);
        let value = format!("value.{component}()");
        puts.push(put(&field.wire, &codec, "page", &at, &value, "what"));
        gets.push(get(&field.wire, &codec, "page", &at, "what"));
        pairs.push(format!("Values.same(this.{component}, that.{component}())"));
        hashed.push(format!("this.{component}"));
    }
    if record.size > end {
        puts.push(gap("page", &plus("at", end), record.size - end));
    }
    let own = spelled(own_name);
    let holds_arrays = record.fields.iter().any(|field| holds_array(&field.wire));
    let piece = RecordPiece {
        doc: doc(record.doc.as_deref(), &[], "  "),
        components: list(
            &format!("{own}("),
            &components,
            ") {",
            "  public record ",
            "  ",
        ),
        codec: codec::of_record(record),
        codecs,
        puts,
        construction: value(
            &format!("new {own}("),
            &gets,
            "            return ",
            "            ",
        ),
        name: own,
        equality: if holds_arrays {
            pairs.join("\n          && ")
        } else {
            String::new()
        },
        hash: value("Values.hash(", &hashed, "      return ", "      "),
    };
    Piece {
        kind: PieceKind::Record,
        name: own_name.to_string(),
        text: rendered(&piece),
    }
}

fn function_piece(export: &Export, types: &Types) -> Piece {
    let identifier = export.identifier();
    let layout = &export.layout;
    let own = spelled(&component(&identifier, &[]));
    let mut taken = types.names();
    for slot in &layout.params {
        taken.push(unreserved(&slot.name, KEYWORDS, &taken));
    }
    let params: Vec<String> = taken[types.names().len()..].to_vec();
    let invented = |base: &str| spelled(&fresh(base, taken.iter().map(String::as_str)));
    let (lane, page, timeout) = (invented("lane"), invented("page"), invented("timeout"));
    let channel = invented(&format!("{identifier}Channel"));
    let named = |slot: &Slot| literal(&format!("{}: {}", export.function.name, slot.name));
    let place = |offset: u32| (HEADER_SIZE + offset).to_string();
    let field = |codec: &str, slot: &Slot| codec_field("static ", codec, &slot.wire, types, "  ");

    let mut fields = vec![channel_field(export, &channel)];
    let mut puts = Vec::new();
    let mut declared = Vec::new();
    let mut end = 0;
    for (index, (slot, param)) in layout.params.iter().zip(&params).enumerate() {
        let codec = invented(&format!("{identifier}Param{index}"));
        if !slot.wire.is_leaf() {
            fields.push(field(&codec, slot));
        }
        let param = spelled(param);
        declared.push(format!("{} {param}", types.of(&slot.wire)));
        if slot.offset > end {
            puts.push(gap(&page, &place(end), slot.offset - end));
        }
        end = slot.offset + slot.size;
        let (at, what) = (place(slot.offset), named(slot));
        puts.push(wrapped(put(&slot.wire, &codec, &page, &at, &param, &what)));
    }
    let mut gets = Vec::new();
    for (index, slot) in layout.results.iter().enumerate() {
        let codec = invented(&format!("{identifier}Result{index}"));
        if !slot.wire.is_leaf() {
            fields.push(field(&codec, slot));
        }
        let (at, what) = (place(slot.offset), named(slot));
        gets.push(get(&slot.wire, &codec, &page, &at, &what));
    }
    let (result, result_record, results) = match layout.results.as_slice() {
        [] => ("void".to_string(), String::new(), String::new()),
        [only] => (types.of(&only.wire), String::new(), gets.join("")),
        several => {
            let record = result_record_name(&identifier, types);
            let construction = format!("new {record}(");
            (
                record.clone(),
                result_record(&record, &own, several, types),
                value(&construction, &gets, "      return ", "      "),
            )
        }
    };

    let mut forwarded = vec!["null".to_string()];
    forwarded.extend(params.iter().map(|param| spelled(param)));
    let mut timed = vec![format!("Duration {timeout}")];
    timed.extend(declared.iter().cloned());
    let open = format!("{result} {own}(");
    let returned = if layout.results.is_empty() {
        ""
    } else {
        "return "
    };
    let before = format!("    {returned}");
    let forward = list(&format!("{own}("), &forwarded, ");", &before, "    ");
    let piece = FunctionPiece {
        fields,
        result_record,
        doc: doc(
            export.function.doc.as_deref(),
            &defaults(export, &params),
            "  ",
        ),
        signature: list(&open, &declared, ") {", "  public static ", "  "),
        forward: format!("{returned}{forward}"),
        timed_signature: list(&open, &timed, ") {", "  public static ", "  "),
        again: if puts.is_empty() {
            format!("ByteBuffer {page}")
        } else {
            page.clone()
        },
        lane,
        page,
        timeout,
        channel,
        puts,
        results,
    };
    Piece {
        kind: PieceKind::Function,
        name: identifier,
        text: rendered(&piece),
    }
}

fn channel_field(export: &Export, channel: &str) -> String {
    let arguments = export.channel_arguments(literal);
    assignment(
        &format!("private static final Channel {channel} ="),
        &list("new Channel(", &arguments, ");", "      ", "      "),
        "  ",
    )
}

fn codec_field(scope: &str, codec: &str, wire: &Wire, types: &Types, indent: &str) -> String {
    let ty = types.boxed(wire);
    assignment(
        &format!("private {scope}final Codec<{ty}> {codec} ="),
        &format!("{};", codec::made(wire, types)),
        indent,
    )
}

/// What several results are called together.
fn result_record_name(identifier: &str, types: &Types) -> String {
    let wanted = capitalised(&format!("{identifier}Result"));
    spelled(&unreserved(&wanted, TYPES, &types.names()))
}

fn result_record(record: &str, function: &str, results: &[Slot], types: &Types) -> String {
    let mut taken: Vec<String> = Vec::new();
    let mut items = Vec::new();
    for slot in results {
        let component = component(&slot.name, &taken);
        items.push(format!("{} {}", types.of(&slot.wire), spelled(&component)));
        taken.push(component);
    }
    let open = format!("{record}(");
    let components = list(&open, &items, ") {}", "  public record ", "  ");
    format!("  /** The results of {{@code {function}}}. */\n  public record {components}\n")
}

fn defaults(export: &Export, params: &[String]) -> Vec<String> {
    let parameters = export.function.parameters.iter().zip(params);
    parameters
        .filter_map(|(parameter, param)| {
            let default = default(parameter.default.as_ref()?);
            Some(format!("{param} is {default} by default"))
        })
        .collect()
}

/// A default, for a comment.
fn default(value: &Literal) -> String {
    match value {
        Literal::None => "null".into(),
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(value) => format!("{value:?}"),
        Literal::Text(value) => format!("{value:?}"),
    }
}
