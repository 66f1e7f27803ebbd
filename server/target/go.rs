//! Go stubs: one package of its own for a function, or the package `metropipe` for all.

mod codec;
mod names;

use std::sync::Arc;

use askama::Template;

use super::text::{Place, rendered};
use super::{Export, Mode, Piece, PieceKind, Stub, Target, fresh, unreserved};
use crate::layout::{Record, Slot};
use crate::signature::Literal;
use codec::Codec;

/// The channel in Go, as it stands in every stub; the package's name is the first line.
const CHANNEL: &str = include_str!("../../templates/go/channel.go");
const PACKAGE: &str = "package metropipe\n";

/// The target `go`.
pub struct Go;

impl Target for Go {
    fn name(&self) -> &'static str {
        "go"
    }

    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let identifier = export.identifier();
        let pieces = Writer::new(export, mode).pieces();
        let channel = CHANNEL
            .strip_prefix(PACKAGE)
            .expect("channel.go begins with its package");
        let (path, head) = match mode {
            Mode::Namespace => {
                let package = names::package(&identifier);
                (
                    names::file(&identifier),
                    format!("package {package}\n{channel}"),
                )
            }
            Mode::Unify => ("metropipe.go".to_string(), CHANNEL.to_string()),
            Mode::Flat => (
                format!("{identifier}.go"),
                format!("{PACKAGE}\nimport \"context\"\n"),
            ),
        };
        let mut stubs = vec![Stub {
            head,
            pieces,
            ..Stub::whole(path, "//", String::new())
        }];
        // The files of one folder are one package: there the channel stands once, beside them.
        if mode == Mode::Flat {
            stubs.push(Stub::whole(
                "metropipe_channel.go",
                "//",
                CHANNEL.to_string(),
            ));
        }
        stubs
    }
}

#[derive(Template)]
#[template(path = "go/stub.go", block = "function")]
struct FunctionText {
    channel: String,
    function: String,
    name: String,
    canonical: String,
    command: String,
    fingerprint: String,
    request_size: u32,
    payload_size: u32,
    doc: Vec<String>,
    go_name: String,
    parameters: String,
    results: String,
    arguments: String,
    context_parameters: String,
    named_results: String,
    err: String,
    ctx: String,
    write: String,
    read: String,
    returned: String,
}

#[derive(Template)]
#[template(path = "go/stub.go", block = "record")]
struct RecordText {
    doc: Vec<String>,
    go_name: String,
    fields: Vec<String>,
    puts: Vec<String>,
    gets: Vec<String>,
}

/// Turns one export into finished strings.
struct Writer<'a> {
    export: &'a Export,
    go_name: String,
    codec: Codec,
}

impl<'a> Writer<'a> {
    fn new(export: &'a Export, mode: Mode) -> Self {
        let go_name = unreserved(
            &names::exported(&export.identifier()),
            names::EXPORTED_BY_CHANNEL,
            &[],
        );
        // Flat files are one package, and each holds the records of its own function.
        let prefix = match mode {
            Mode::Flat => go_name.clone(),
            _ => String::new(),
        };
        let mut taken = vec![go_name.clone(), format!("{go_name}Context")];
        let mut named: Vec<(Arc<Record>, String)> = Vec::new();
        for record in export.layout.records() {
            let name = names::exported(&record.name.replace('.', "_"));
            let name = unreserved(
                &format!("{prefix}{name}"),
                names::EXPORTED_BY_CHANNEL,
                &taken,
            );
            taken.push(name.clone());
            named.push((record, name));
        }
        Writer {
            export,
            go_name,
            codec: Codec { records: named },
        }
    }

    fn pieces(&self) -> Vec<Piece> {
        let records = self.codec.records.iter().map(|(record, name)| Piece {
            kind: PieceKind::Record,
            name: name.clone(),
            text: rendered(&self.record(record, name)),
        });
        let function = Piece {
            kind: PieceKind::Function,
            name: self.export.function.name.clone(),
            text: rendered(&self.function()),
        };
        records.chain([function]).collect()
    }

    fn function(&self) -> FunctionText {
        let Export {
            function, layout, ..
        } = self.export;
        let parameters = self.parameter_names();
        let invent = |base: &str| fresh(base, parameters.iter().map(String::as_str));
        let (ctx, err, buffer) = (invent("ctx"), invent("err"), invent("b"));
        let results = self.result_names(&parameters);
        let typed: Vec<String> = parameters
            .iter()
            .zip(&layout.params)
            .map(|(name, slot)| format!("{name} {}", self.codec.go_type(&slot.wire)))
            .collect();
        let result_types: Vec<String> = layout
            .results
            .iter()
            .map(|slot| self.codec.go_type(&slot.wire))
            .collect();
        FunctionText {
            channel: format!("channelOf{}", self.go_name),
            function: names::literal(&function.name),
            name: names::literal(&self.export.channel),
            canonical: names::literal(&layout.canonical),
            command: names::literal(&self.export.start_command),
            fingerprint: format!("0x{:08x}", layout.fingerprint),
            request_size: layout.request_size,
            payload_size: layout.payload_size,
            doc: self.doc(&parameters),
            go_name: self.go_name.clone(),
            parameters: typed.join(", "),
            results: match result_types.as_slice() {
                [] => "error".to_string(),
                types => format!("({}, error)", types.join(", ")),
            },
            arguments: joined("context.Background()", &parameters),
            context_parameters: joined(&format!("{ctx} context.Context"), &typed),
            named_results: {
                let mut named: Vec<String> = results
                    .iter()
                    .zip(&result_types)
                    .map(|(name, ty)| format!("{name} {ty}"))
                    .collect();
                named.push(format!("{err} error"));
                format!("({})", named.join(", "))
            },
            write: self.write(&buffer, &parameters),
            read: self.read(&buffer, &results),
            returned: results
                .iter()
                .chain([&err])
                .cloned()
                .collect::<Vec<_>>()
                .join(", "),
            err,
            ctx,
        }
    }

    /// The parameters' names, out of the way of everything that the body names.
    fn parameter_names(&self) -> Vec<String> {
        let mut used = [names::KEYWORDS, names::USED].concat();
        let channel = format!("channelOf{}", self.go_name);
        let context = format!("{}Context", self.go_name);
        used.extend([channel.as_str(), context.as_str()]);
        used.extend(self.codec.records.iter().map(|(_, name)| name.as_str()));
        let mut taken = Vec::new();
        for slot in &self.export.layout.params {
            let name = unreserved(&names::identifier(&slot.name), &used, &taken);
            taken.push(name);
        }
        taken
    }

    fn result_names(&self, parameters: &[String]) -> Vec<String> {
        let invent = |base: String| fresh(&base, parameters.iter().map(String::as_str));
        match self.export.layout.results.len() {
            1 => vec![invent("result".to_string())],
            count => (0..count).map(|i| invent(format!("result{i}"))).collect(),
        }
    }

    fn write(&self, buffer: &str, parameters: &[String]) -> String {
        let lines: Vec<String> = self
            .slots(&self.export.layout.params, parameters)
            .flat_map(|(slot, name)| {
                let offset = Place::payload(slot.offset);
                let quoted = names::literal(&slot.name);
                self.codec.put(buffer, &offset, &quoted, name, &slot.wire)
            })
            .collect();
        closure(buffer, &lines)
    }

    fn read(&self, buffer: &str, results: &[String]) -> String {
        let lines: Vec<String> = self
            .slots(&self.export.layout.results, results)
            .flat_map(|(slot, name)| {
                let offset = Place::payload(slot.offset);
                let quoted = names::literal(&slot.name);
                self.codec.get(buffer, &offset, &quoted, name, &slot.wire)
            })
            .collect();
        closure(buffer, &lines)
    }

    fn slots<'b>(
        &self,
        slots: &'b [Slot],
        names: &'b [String],
    ) -> impl Iterator<Item = (&'b Slot, &'b str)> {
        slots.iter().zip(names.iter().map(String::as_str))
    }

    fn doc(&self, parameters: &[String]) -> Vec<String> {
        let function = &self.export.function;
        let mut defaults = Vec::new();
        for (parameter, name) in function.parameters.iter().zip(parameters) {
            if let Some(default) = &parameter.default {
                defaults.push(format!("{name} = {}", literal(default)));
            }
        }
        let head = format!(
            "{} calls {} of {}.",
            self.go_name, function.name, self.export.source
        );
        let mut lines = names::doc(&head, function.doc.as_deref());
        if !defaults.is_empty() {
            lines.push("//".to_string());
            let text = format!("In the source {}.", defaults.join(", "));
            lines.push(names::comment(&text));
        }
        lines
    }

    fn record(&self, record: &Record, name: &str) -> RecordText {
        let mut fields: Vec<(String, String)> = Vec::new();
        for field in &record.fields {
            let taken: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
            let name = unreserved(&names::exported(&field.name), &[], &taken);
            fields.push((name, self.codec.go_type(&field.wire)));
        }
        let width = fields.iter().map(|(name, _)| name.chars().count()).max();
        let (mut puts, mut gets) = (Vec::new(), Vec::new());
        for (field, (name, _)) in record.fields.iter().zip(&fields) {
            let at = Place::record(field.offset);
            let value = format!("value.{name}");
            puts.extend(self.codec.put("b", &at, "where", &value, &field.wire));
            gets.extend(self.codec.get("b", &at, "where", &value, &field.wire));
        }
        RecordText {
            doc: names::doc(
                &format!("{name} is {} of the source.", record.name),
                record.doc.as_deref(),
            ),
            go_name: name.to_string(),
            fields: fields
                .iter()
                .map(|(name, ty)| format!("{name:0$} {ty}", width.unwrap_or(0)))
                .collect(),
            puts,
            gets,
        }
    }
}

/// A function literal of one statement a line, at the depth of a function's body.
fn closure(buffer: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return "func(*buffer) {}".to_string();
    }
    let mut text = format!("func({buffer} *buffer) {{\n");
    for line in lines {
        text.push_str(&format!("\t\t{line}\n"));
    }
    text + "\t}"
}

fn joined(first: &str, others: &[String]) -> String {
    let mut all = vec![first];
    all.extend(others.iter().map(String::as_str));
    all.join(", ")
}

/// A default in Go's own spelling.
fn literal(value: &Literal) -> String {
    match value {
        Literal::None => "nil".to_string(),
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(value) => value.to_string(),
        Literal::Text(value) => names::literal(value),
    }
}
