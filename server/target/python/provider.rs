//! Python providers: the real function behind a channel.

use std::path::PathBuf;
use std::sync::LazyLock;

use askama::Template;

use super::format::{Expr, docstring, literal};
use super::names::inner_name;
use super::types::{keys, wire_of_record};
use super::{CHANNEL, channel, codec};
use crate::layout::wire::Record;
use crate::signature::{Language, Passing, RecordKind};
use crate::target::text::rendered;
use crate::target::{Export, Mode, Provider, Stub};

/// Providers for Python sources.
pub struct PythonProvider;

impl Provider for PythonProvider {
    fn language(&self) -> Language {
        Language::Python
    }

    fn path(&self, identifier: &str, mode: Mode) -> PathBuf {
        match mode {
            Mode::Namespace => PathBuf::from(identifier).join("provider.py"),
            Mode::Flat | Mode::Unify => PathBuf::from(format!("{identifier}_provider.py")),
        }
    }

    fn start_command(&self, path: &str) -> String {
        format!("python3 {path}")
    }

    fn files(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let path = self.path(&export.identifier(), mode);
        vec![Stub::whole(path, "#", text(export))]
    }
}

#[derive(Template)]
#[template(path = "python/provider.py", escape = "none")]
struct ProviderText {
    function_doc: String,
    source_doc: String,
    start_doc: String,
    imports: String,
    channel: String,
    source: String,
    records: Vec<String>,
    definitions: Vec<String>,
    read: String,
    write: String,
    parser: String,
    function_path: String,
    wrappers: Vec<String>,
    channel_name: String,
    canonical: String,
    fingerprint: String,
    request_size: u32,
    payload_size: u32,
    capacity: u32,
    result_at: u32,
    reader: String,
    writer: String,
}

/// The same for every function: made once.
static CHANNEL_PARTS: LazyLock<(String, String)> = LazyLock::new(|| {
    channel(
        CHANNEL,
        &["argparse", "asyncio", "importlib", "importlib.util"],
        &[],
    )
});

fn text(export: &Export) -> String {
    let layout = &export.layout;
    let id = inner_name(export);
    let (imports, channel) = &*CHANNEL_PARTS;
    let read = codec::argument_reader(&id, &layout.params);
    let write = codec::result_writer(&id, &layout.results, codec::shape(layout));
    let mut definitions = read.definitions;
    definitions.extend(write.definitions);
    let text = ProviderText {
        function_doc: within_doc(&export.function.name),
        source_doc: within_doc(&export.source),
        start_doc: within_doc(&export.start_command),
        imports: imports.clone(),
        channel: channel.clone(),
        source: literal(&export.source_from_provider),
        records: layout
            .records()
            .iter()
            .filter(|record| record.kind != RecordKind::Tuple)
            .map(|record| record_wire(record))
            .collect(),
        definitions,
        read: read.text,
        write: write.text,
        parser: parser(export),
        function_path: export.function.name.clone(),
        wrappers: wrappers(export),
        channel_name: literal(&export.channel),
        canonical: literal(&layout.canonical),
        fingerprint: format!("0x{:08X}", layout.fingerprint),
        request_size: layout.request_size,
        payload_size: layout.payload_size,
        capacity: layout.capacity,
        result_at: layout
            .request_size
            .next_multiple_of(8)
            .min(layout.payload_size),
        reader: format!("_read_{id}"),
        writer: format!("_write_{id}"),
    };
    rendered(&text)
}

fn parser(export: &Export) -> String {
    let description = format!(
        "Serves {} of {} until SIGINT or SIGTERM.",
        export.function.name, export.source
    );
    // argparse reads % as a hole.
    let description = format!("description={}", literal(&description.replace('%', "%%")));
    let call = Expr::group("argparse.ArgumentParser(", [Expr::Atom(description)], ")");
    super::assign("parser", &call, 4)
}

/// Text for the middle of the module's docstring.
fn within_doc(text: &str) -> String {
    let whole = docstring(&text.replace(['\n', '\r'], " "), 0);
    whole.trim_matches('"').to_string()
}

/// Async functions run on a loop, keyword-only parameters go by their names.
fn wrappers(export: &Export) -> Vec<String> {
    let mut lines = Vec::new();
    if export.function.is_async {
        lines.push("function = _awaited(function)".into());
    }
    let parameters = &export.function.parameters;
    let by_name: Vec<&str> = parameters
        .iter()
        .filter(|parameter| parameter.passing == Passing::KeywordOnly)
        .map(|parameter| parameter.name.as_str())
        .collect();
    if !by_name.is_empty() {
        let positional = parameters.len() - by_name.len();
        let names = Expr::group(
            "[",
            by_name.iter().map(|name| Expr::Atom(literal(name))),
            "]",
        );
        let call = Expr::group(
            "_by_keyword(",
            [
                Expr::Atom("function".into()),
                Expr::Atom(positional.to_string()),
                names,
            ],
            ")",
        );
        lines.push(super::assign("function", &call, 8));
    }
    lines
}

/// The source's own class, built by its fields' names and read by them.
fn record_wire(record: &Record) -> String {
    let (make, take) = match record.kind {
        RecordKind::Mapping => (
            Expr::group("_mapping(", [keys(record)], ")"),
            Expr::group("_values(", [keys(record)], ")"),
        ),
        _ => {
            let find = Expr::Atom(format!("lambda: _source.{}", record.name));
            (
                Expr::group("_built(", [find, keys(record)], ")"),
                Expr::group("_attributes(", [keys(record)], ")"),
            )
        }
    };
    wire_of_record(record, make, take)
}
