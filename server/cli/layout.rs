//! `layout`: where every byte of a call lies.

mod svg;

use std::io::Write;
use std::path::PathBuf;

use anstyle::Style;

use super::input::{Exportable, Input, LayoutArgs};
use super::{Error, Status, say};
use crate::layout::json::LayoutJson;
use crate::layout::{Slot, Wire};
use crate::report::printable;

/// Show the byte layout of a function's call: a table, JSON or a picture
#[derive(clap::Args)]
pub struct Args {
    /// The function; a method as Class.method
    function: String,
    /// The source file
    source: PathBuf,
    /// How to show it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    layout: LayoutArgs,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    #[default]
    Table,
    Json,
    Svg,
}

pub fn run(args: Args, out: &mut dyn Write) -> Result<Status, Error> {
    let input = Input::open(&args.source, &args.layout)?;
    let one = input.one(&args.function)?;
    match args.format {
        Format::Table => table(&one, out)?,
        Format::Svg => out.write_all(svg::draw(&one).as_bytes())?,
        Format::Json => {
            let json = LayoutJson::new(one.function, &one.layout, &one.channel, &input.name());
            let text = serde_json::to_string_pretty(&json).expect("plain data");
            writeln!(out, "{text}")?;
        }
    }
    if !matches!(args.format, Format::Json) {
        for note in &one.layout.notes {
            say(&format!("note: {note}"));
        }
    }
    Ok(Status::Done)
}

fn table(one: &Exportable, out: &mut dyn Write) -> Result<(), Error> {
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    let layout = &one.layout;
    let mut rows =
        vec![["", "source type", "wire type", "offset", "hex", "bytes"].map(String::from)];
    for slot in &layout.params {
        rows.extend(rows_of(slot, &slot.name));
    }
    let results = rows.len();
    for slot in &layout.results {
        rows.extend(rows_of(slot, &format!("-> {}", slot.name)));
    }
    let widths: Vec<usize> = (0..6)
        .map(|column| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or_default()
        })
        .collect();
    let name = printable(&one.function.name);
    writeln!(out, "{bold}{name}{bold:#}  {}", layout.canonical)?;
    writeln!(
        out,
        "{dim}channel {}, fingerprint {:#010x}{dim:#}\n",
        printable(&one.channel),
        layout.fingerprint
    )?;
    for (index, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let padding = " ".repeat(widths[column] - cell.chars().count());
            // Numbers stand under each other by their last digit.
            let (before, after) = if column < 3 {
                ("", &*padding)
            } else {
                (&*padding, "")
            };
            line.push_str(&format!("{before}{cell}{after}  "));
        }
        let line = line.trim_end();
        match index {
            0 => writeln!(out, "{dim}{line}{dim:#}")?,
            _ => writeln!(out, "{line}")?,
        }
        if index + 1 == results && results < rows.len() {
            writeln!(out)?;
        }
    }
    writeln!(
        out,
        "\n{dim}request {}, payload {}, capacity {} bytes{dim:#}",
        layout.request_size, layout.payload_size, layout.capacity
    )?;
    Ok(())
}

/// A slot, and below it the fields of its record, each at its offset in the payload.
fn rows_of(slot: &Slot, name: &str) -> Vec<[String; 6]> {
    let mut rows = Vec::new();
    row(
        &mut rows,
        0,
        name,
        &slot.source_type,
        &slot.wire,
        slot.offset,
    );
    rows
}

fn row(
    rows: &mut Vec<[String; 6]>,
    depth: usize,
    name: &str,
    source_type: &str,
    wire: &Wire,
    offset: u32,
) {
    let spelled = match wire {
        Wire::Record(record) => format!("struct {}", record.name),
        other => other.to_string(),
    };
    rows.push([
        printable(&format!("{}{name}", "  ".repeat(depth))),
        printable(source_type),
        printable(&spelled),
        offset.to_string(),
        format!("{offset:#x}"),
        wire.size().to_string(),
    ]);
    if let Wire::Record(record) = wire {
        for field in &record.fields {
            row(
                rows,
                depth + 1,
                &field.name,
                &field.source_type,
                &field.wire,
                offset + field.offset,
            );
        }
    }
}
