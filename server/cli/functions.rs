//! `functions`: what a source offers.

use std::io::Write;
use std::path::PathBuf;

use anstyle::Style;
use serde_json::json;

use super::input::{Exportable, Input, LayoutArgs};
use super::{Error, Status, TextOrJson};
use crate::layout::json::LayoutJson;
use crate::report::printable;

/// List the functions of a source that can be exported, and say why the others cannot
#[derive(clap::Args)]
pub struct Args {
    /// The source file
    source: PathBuf,
    /// How to print the list
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
    #[command(flatten)]
    layout: LayoutArgs,
}

pub fn run(args: Args, out: &mut dyn Write) -> Result<Status, Error> {
    let input = Input::open(&args.source, &args.layout)?;
    match args.format {
        TextOrJson::Json => as_json(&input, out)?,
        TextOrJson::Text => as_text(&input, out)?,
    }
    Ok(Status::Done)
}

fn as_json(input: &Input, out: &mut dyn Write) -> Result<(), Error> {
    let name = input.name();
    let list: Vec<serde_json::Value> = input
        .all()
        .map(|one| match one {
            Ok(one) => json!(LayoutJson::new(
                one.function,
                &one.layout,
                &one.channel,
                &name
            )),
            Err(obstacle) => json!({
                "function": obstacle.function,
                "line": obstacle.line,
                "error": obstacle.reason,
                "param": obstacle.param,
            }),
        })
        .collect();
    writeln!(
        out,
        "{}",
        serde_json::to_string_pretty(&list).expect("plain data")
    )?;
    Ok(())
}

fn as_text(input: &Input, out: &mut dyn Write) -> Result<(), Error> {
    let bold = Style::new().bold();
    let (good, bad): (Vec<_>, Vec<_>) = input.all().partition(Result::is_ok);
    let good: Vec<Exportable> = good.into_iter().flatten().collect();
    let name = |one: &Exportable| printable(&one.function.name);
    let width = good.iter().map(|one| name(one).chars().count()).max();
    for one in &good {
        let (name, width) = (name(one), width.unwrap_or_default());
        let line = one.function.place.line;
        let padding = " ".repeat(width - name.chars().count());
        writeln!(
            out,
            "{bold}{name}{bold:#}{padding}  {line:>5}  {}",
            signature(one)
        )?;
    }
    if good.is_empty() && bad.is_empty() {
        super::say(&format!(
            "{}: defines no function at its top level",
            input.name()
        ));
    }
    if !bad.is_empty() {
        let gap = if good.is_empty() { "" } else { "\n" };
        writeln!(out, "{gap}{bold}Cannot be exported:{bold:#}")?;
    }
    for obstacle in bad.into_iter().filter_map(Result::err) {
        writeln!(out, "{}", obstacle.report(input.name()).line())?;
    }
    Ok(())
}

/// `(text: string[256], k: i32) -> f32`
fn signature(one: &Exportable) -> String {
    let params = one.layout.params.iter();
    let params: Vec<String> = params
        .map(|slot| format!("{}: {}", slot.name, slot.wire))
        .collect();
    let canonical = &one.layout.canonical;
    let returned = canonical.rsplit_once(")->").map_or("", |(_, after)| after);
    printable(&format!("({}) -> {returned}", params.join(", ")))
}
