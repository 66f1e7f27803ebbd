//! `call`: one typed call from a shell.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use super::{Error, Status, TextOrJson};
use crate::channel;
use crate::consumer;
use crate::layout::{self, Layout, Wire};
use crate::report::{Report, printable};
use crate::signature::notation::parse_signature;
use crate::value::{Unfit, Value, from_json, from_word, print, to_json};

/// Call a function that a provider serves, and print the result
#[derive(clap::Args)]
#[command(
    after_help = "Arguments are plain text for strings and scalars, JSON for lists, arrays and records, and null for \
    an absent option. Bytes are the argument's own, or @FILE (@- is standard input), @hex:00ff, @@ for one @. \
    The result is printed in the same way, bytes as they are; several results are a JSON array."
)]
pub struct Args {
    /// The channel, such as classify
    name: String,
    /// The parameters and results, such as '(text: string[256], k: i32)->f32'; names may be left out
    #[arg(long)]
    signature: String,
    /// Read every argument as JSON, and print the result as JSON
    #[arg(long)]
    json: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
    /// Seconds that the call may take; without it METROPIPE_TIMEOUT_MS, else 5
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,
    /// The command that starts the provider, for the error that says that there is none
    #[arg(long, value_name = "COMMAND", default_value = "")]
    start: String,
    /// The arguments, one for each parameter; best after `--`
    #[arg(value_name = "ARG", allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

pub fn run(args: Args, _styled: &mut dyn Write) -> Result<Status, Error> {
    let layout = layout_of(&args.name, &args.signature)?;
    let values = values(&args, &layout)?;
    let called = consumer::call(&args.name, &layout, &args.start, &values, args.timeout);
    let results = called.map_err(|error| match &error {
        channel::Error::Remote { .. } if args.format == TextOrJson::Text => raised(&error),
        _ => failure(&args.name, &error),
    })?;
    let mut result = Vec::new();
    match (layout.results.as_slice(), results.as_slice()) {
        ([slot], [value]) if !wants_json(&args) && !is_several(&args.signature) => {
            print(&slot.wire, value, &mut result)?;
        }
        ([], _) if !wants_json(&args) => {}
        _ => writeln!(result, "{}", as_json(&args.signature, &layout, &results))?,
    }
    // What was returned is printed byte for byte, and not through the stream that drops colours;
    // only a terminal is not to be commanded by it.
    let mut out = io::stdout().lock();
    match std::str::from_utf8(&result) {
        Ok(text) if out.is_terminal() => {
            for line in text.lines() {
                writeln!(out, "{}", printable(line))?;
            }
        }
        _ => out.write_all(&result)?,
    }
    out.flush()?;
    Ok(Status::Done)
}

/// What the function raised, with the line breaks of its message.
fn raised(error: &channel::Error) -> Error {
    for line in format!("error: {error}").lines() {
        super::say(line);
    }
    Error {
        status: Status::No,
        reports: Vec::new(),
        hung_up: false,
    }
}

fn wants_json(args: &Args) -> bool {
    args.json || args.format == TextOrJson::Json
}

/// A time limit as it is typed.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text} is no number of seconds above 0");
    let seconds: f64 = text.parse().map_err(|_| wrong())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(limit) if !limit.is_zero() => Ok(limit),
        _ => Err(wrong()),
    }
}

/// An error of a call: exit status 1, or 2 where an argument is at fault.
pub fn failure(function: &str, error: &channel::Error) -> Error {
    let kind = match error {
        channel::Error::Remote { .. } => "remote",
        channel::Error::Timeout(_) => "timeout",
        channel::Error::NoProvider(_) => "no-provider",
        channel::Error::LayoutMismatch(_) => "layout-mismatch",
        channel::Error::Unfit(_) => "unfit",
        _ => "channel",
    };
    let mut report = Report::new(error.to_string())
        .with("function", function)
        .with("kind", kind);
    if let channel::Error::Remote { kind, message, .. } = error {
        report = report
            .with("type", kind.as_str())
            .with("text", message.as_str());
    }
    Error {
        status: match error {
            channel::Error::Unfit(_) => Status::Wrong,
            _ => Status::No,
        },
        ..Error::from(report)
    }
}

fn layout_of(name: &str, signature: &str) -> Result<Layout, Error> {
    let function = parse_signature(name, signature)
        .map_err(|error| Error::wrong(format!("{name}: --signature {error}")))?;
    layout::plan(&function, &layout::Options::default())
        .map_err(|error| Error::wrong(format!("{name}: {}: {}", error.param, error.reason)))
}

fn values(args: &Args, layout: &Layout) -> Result<Vec<Value>, Error> {
    let (wanted, given) = (layout.params.len(), args.arguments.len());
    if wanted != given {
        let names: Vec<String> = layout
            .params
            .iter()
            .map(|slot| format!("{}: {}", slot.name, slot.wire))
            .collect();
        return Err(Error::wrong(format!(
            "{}: {given} arguments given, ({}) takes {wanted}",
            args.name,
            names.join(", ")
        )));
    }
    let words = layout.params.iter().zip(&args.arguments);
    let values = words.map(|(slot, word)| {
        let value = match args.json {
            true => json_word(&slot.wire, word),
            false => from_word(&slot.wire, word),
        };
        value.map_err(|unfit| {
            let text = format!("{}: {}: {unfit}", args.name, slot.name);
            failure(&args.name, &channel::Error::Unfit(text))
        })
    });
    values.collect()
}

fn json_word(wire: &Wire, word: &OsString) -> Result<Value, Unfit> {
    let text = word.to_string_lossy();
    let json = serde_json::from_str(&text)
        .map_err(|error| Unfit(format!("is no JSON that {wire} takes: {error}")))?;
    from_json(wire, &json)
}

/// One result as itself, none as null, several as an array.
fn as_json(signature: &str, layout: &Layout, results: &[Value]) -> serde_json::Value {
    let slots = layout.results.iter().zip(results);
    let mut values = slots.map(|(slot, value)| to_json(&slot.wire, value));
    match is_several(signature) {
        true => values.collect(),
        false => values.next().unwrap_or_default(),
    }
}

/// Whether the results stand in parentheses, as also one of them may.
fn is_several(signature: &str) -> bool {
    let results = signature.rsplit("->").next().unwrap_or_default();
    results.trim_start().starts_with('(')
}
