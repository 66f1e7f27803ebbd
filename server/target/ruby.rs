//! Ruby stubs: everything in the module `Metropipe`, the channel once a program.

mod codec;
mod names;

use std::sync::Arc;

use askama::Template;

use super::text::{Place, rendered};
use super::{Export, Mode, Piece, PieceKind, Stub, Target, fresh, unreserved};
use crate::layout::Record;
use crate::signature::{Literal, Passing, RecordKind};
use codec::Codec;

/// The channel in Ruby, as it stands in every stub.
const CHANNEL: &str = include_str!("../../templates/ruby/channel.rb");

/// The target `ruby`.
pub struct Ruby;

impl Target for Ruby {
    fn name(&self) -> &'static str {
        "ruby"
    }

    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let identifier = export.identifier();
        let path = format!("{}.rb", mode.stem(&identifier));
        vec![Stub {
            first: "# frozen_string_literal: true\n".to_string(),
            head: CHANNEL.to_string(),
            pieces: Writer::new(export, mode).pieces(),
            ..Stub::whole(path, "#", String::new())
        }]
    }
}

#[derive(Template)]
#[template(path = "ruby/stub.rb", block = "function")]
struct FunctionText {
    channel: String,
    function: String,
    name: String,
    canonical: String,
    fingerprint: String,
    request_size: u32,
    payload_size: u32,
    command: String,
    doc: Vec<String>,
    ruby_name: String,
    parameters: String,
    lane: String,
    body: Vec<String>,
}

#[derive(Template)]
#[template(path = "ruby/stub.rb", block = "record")]
struct RecordText {
    lines: Vec<String>,
}

/// Turns one export into finished strings.
struct Writer<'a> {
    export: &'a Export,
    /// The module that holds the function's records; one program may load two stubs that both have a `Point`.
    /// In unify mode, where they are shared, they stand in `Metropipe` itself.
    module: Option<String>,
    codec: Codec,
}

impl<'a> Writer<'a> {
    fn new(export: &'a Export, mode: Mode) -> Self {
        let module = (mode != Mode::Unify).then(|| {
            unreserved(
                &names::constant(&export.identifier()),
                names::CONSTANTS_OF_CHANNEL,
                &[],
            )
        });
        let mut taken = Vec::new();
        let mut named: Vec<(Arc<Record>, String, String)> = Vec::new();
        for record in export.layout.records() {
            // A tuple is an Array.
            if record.kind == RecordKind::Tuple {
                continue;
            }
            let name = names::constant(&record.name.replace('.', "_"));
            let name = unreserved(&name, names::CONSTANTS_OF_CHANNEL, &taken);
            taken.push(name.clone());
            let path = match &module {
                Some(module) => format!("{module}::{name}"),
                None => name.clone(),
            };
            named.push((record, name, path));
        }
        Writer {
            export,
            module,
            codec: Codec { records: named },
        }
    }

    fn pieces(&self) -> Vec<Piece> {
        let records = self.codec.records.iter().map(|(record, name, _)| Piece {
            kind: PieceKind::Record,
            name: name.clone(),
            text: unpadded(rendered(&self.record(record, name))),
        });
        let function = Piece {
            kind: PieceKind::Function,
            name: self.export.function.name.clone(),
            text: unpadded(rendered(&self.function())),
        };
        records.chain([function]).collect()
    }

    fn function(&self) -> FunctionText {
        let Export {
            function, layout, ..
        } = self.export;
        let identifier = names::identifier(&self.export.identifier());
        let parameters = self.parameter_names();
        let lane = fresh("lane", parameters.iter().map(String::as_str));
        let mut body = Vec::new();
        for (slot, name) in layout.params.iter().zip(&parameters) {
            let place = Place::payload(slot.offset);
            let named = names::literal(&slot.name);
            body.extend(self.codec.put(&lane, &place, &named, name, &slot.wire));
        }
        body.push(format!("{lane}.exchange"));
        body.extend(self.read(&lane));
        FunctionText {
            channel: format!("CHANNEL_OF_{identifier}"),
            function: names::literal(&function.name),
            name: names::literal(&self.export.channel),
            canonical: names::literal(&layout.canonical),
            fingerprint: format!("0x{:08x}", layout.fingerprint),
            request_size: layout.request_size,
            payload_size: layout.payload_size,
            command: names::literal(&self.export.start_command),
            doc: names::doc(function.doc.as_deref().unwrap_or(&format!(
                "Calls {} of {}.",
                function.name, self.export.source
            ))),
            ruby_name: unreserved(&identifier, names::METHODS, &[]),
            parameters: self.signature(&parameters),
            lane,
            body,
        }
    }

    /// The parameters' names, each one that a local variable may have.
    fn parameter_names(&self) -> Vec<String> {
        let mut taken = Vec::new();
        for slot in &self.export.layout.params {
            let name = unreserved(&names::variable(&slot.name), names::KEYWORDS, &taken);
            taken.push(name);
        }
        taken
    }

    /// `(text, k = 3, loud: false)`. A positional default before a parameter without one would change what
    /// a call with fewer arguments means, so it is left out.
    fn signature(&self, names: &[String]) -> String {
        let function = &self.export.function;
        let mut parts = Vec::new();
        for (index, (parameter, name)) in function.parameters.iter().zip(names).enumerate() {
            let default = parameter.default.as_ref().map(literal);
            let rest_has_defaults = function.parameters[index..]
                .iter()
                .all(|later| later.passing == Passing::KeywordOnly || later.default.is_some());
            parts.push(match (parameter.passing, default) {
                (Passing::KeywordOnly, Some(default)) => format!("{name}: {default}"),
                (Passing::KeywordOnly, None) => format!("{name}:"),
                (_, Some(default)) if rest_has_defaults => format!("{name} = {default}"),
                _ => name.clone(),
            });
        }
        match parts.as_slice() {
            [] => String::new(),
            parts => format!("({})", parts.join(", ")),
        }
    }

    /// The last lines of the block: its value is the call's.
    fn read(&self, lane: &str) -> Vec<String> {
        let results = &self.export.layout.results;
        let got = |index: usize| {
            let slot = &results[index];
            let named = names::literal(&slot.name);
            self.codec
                .get(lane, &Place::payload(slot.offset), &named, &slot.wire)
        };
        match results.len() {
            0 => vec!["nil".to_string()],
            1 => got(0),
            count => codec::array((0..count).map(got).collect()),
        }
    }

    fn record(&self, record: &Record, name: &str) -> RecordText {
        let members: Vec<String> = Codec::members(record);
        let symbols: Vec<String> = members.iter().map(|name| names::symbol(name)).collect();
        let mut lines = names::doc(record.doc.as_deref().unwrap_or(""));
        lines.push(format!(
            "{name} = Struct.new({}, keyword_init: true) do",
            symbols.join(", ")
        ));
        lines.push("  def self.put(lane, at, where, value)".to_string());
        lines.push("    value = lane.record(where, value, self)".to_string());
        let mut gets = Vec::new();
        for (field, member) in record.fields.iter().zip(&members) {
            let place = Place::record(field.offset);
            let value = format!("value[{}]", names::symbol(member));
            let put = self.codec.put("lane", &place, "where", &value, &field.wire);
            lines.extend(put.into_iter().map(|line| format!("    {line}")));
            let mut get = self.codec.get("lane", &place, "where", &field.wire);
            get[0] = format!("{} {}", names::key(member), get[0]);
            gets.push(get);
        }
        lines.push("  end".to_string());
        lines.push(String::new());
        lines.push("  def self.get(lane, at, where)".to_string());
        lines.push("    new(".to_string());
        lines.extend(
            codec::commas(gets)
                .into_iter()
                .map(|line| format!("      {line}")),
        );
        lines.extend(["    )", "  end", "end"].map(String::from));
        if let Some(module) = &self.module {
            let inner = lines.into_iter().map(|line| format!("  {line}"));
            lines = [format!("module {module}")]
                .into_iter()
                .chain(inner)
                .chain(["end".to_string()])
                .collect();
        }
        let lines = lines.iter().map(|line| line.trim_end().to_string());
        RecordText {
            lines: lines.collect(),
        }
    }
}

/// A default in Ruby's own spelling.
fn literal(value: &Literal) -> String {
    match value {
        Literal::None => "nil".to_string(),
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(value) if value.is_nan() => "Float::NAN".to_string(),
        Literal::Float(value) if value.is_infinite() && *value < 0.0 => {
            "-Float::INFINITY".to_string()
        }
        Literal::Float(value) if value.is_infinite() => "Float::INFINITY".to_string(),
        Literal::Float(value) => format!("{value:?}"),
        Literal::Text(value) => names::literal(value),
    }
}

/// Without blanks on empty lines.
fn unpadded(text: String) -> String {
    let lines = text.lines().map(str::trim_end);
    lines.fold(String::new(), |text, line| text + line + "\n")
}
