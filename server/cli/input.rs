//! A source as commands see it: read once, each function with its layout or with the reason why not.

use std::path::{Path, PathBuf};

use crate::config::{Config, FunctionEntry};
use crate::export::paths;
use crate::layout::{self, Layout, LayoutError};
use crate::report::{Report, said};
use crate::signature::{Function, Place};
use crate::source::{self, Found, Override, Refusal, Source, SourceError, Untyped};

use super::Error;

/// How values lie in memory where the source leaves it open.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Layout")]
pub struct LayoutArgs {
    /// Store numbers without a width in 8 bytes, not 4 (Python: int as i64, float as f64)
    #[arg(long)]
    pub wide: bool,
    /// Bytes of a string, 5 of them for its length and end [default: 256]
    #[arg(long, value_name = "N")]
    pub string_size: Option<u32>,
    /// Bytes of a bytes value, 4 of them for its length [default: 4096]
    #[arg(long, value_name = "N")]
    pub bytes_size: Option<u32>,
    /// Pass parameters without a type as bytes
    #[arg(long, conflicts_with = "json")]
    pub raw: bool,
    /// Pass parameters without a type as JSON
    #[arg(long)]
    pub json: bool,
}

impl LayoutArgs {
    fn options(&self) -> layout::Options {
        layout::Options {
            wide: self.wide,
            string_size: self.string_size,
            bytes_size: self.bytes_size,
        }
    }

    fn untyped(&self) -> Untyped {
        match (self.raw, self.json) {
            (true, _) => Untyped::Raw,
            (_, true) => Untyped::Json,
            _ => Untyped::Refuse,
        }
    }
}

/// A source and what was found in it.
pub struct Input {
    /// As the user named it.
    pub path: PathBuf,
    /// Absolute, with links resolved.
    pub physical: PathBuf,
    pub config: Config,
    options: layout::Options,
    found: Vec<Found>,
}

/// A function that can be exported.
pub struct Exportable<'a> {
    pub function: &'a Function,
    pub layout: Layout,
    pub entry: Option<&'a FunctionEntry>,
    pub channel: String,
}

/// A function that cannot.
pub struct Obstacle {
    pub function: String,
    /// Where the function stands.
    pub line: u32,
    /// Where the reason stands.
    pub place: Place,
    pub param: Option<String>,
    pub reason: String,
}

impl Obstacle {
    pub fn report(&self, file: String) -> Report {
        let message = match &self.param {
            Some(param) => format!("{}: {param}: {}", self.function, self.reason),
            None => format!("{}: {}", self.function, self.reason),
        };
        Report::of(file, message)
            .at(self.place)
            .with("function", self.function.clone())
            .with("param", self.param.clone())
    }
}

impl Input {
    /// Reads a source, and the configuration that holds for it.
    pub fn open(path: &Path, args: &LayoutArgs) -> Result<Input, Error> {
        let source = Source::open(path).map_err(|error| unreadable(path, &error))?;
        let cannot = |error: std::io::Error| {
            Report::of(
                path.display().to_string(),
                format!("cannot be read: {}", said(&error)),
            )
        };
        let physical = path.canonicalize().map_err(cannot)?;
        let config = Config::find(physical.parent().unwrap_or(Path::new("/")))?;
        let overrides = config.entries_of(&physical).flat_map(|entry| {
            entry.overrides.iter().map(|(param, wire)| Override {
                function: entry.name.clone(),
                param: param.clone(),
                wire: wire.clone(),
            })
        });
        let found = source.read(&source::Options {
            untyped: args.untyped(),
            overrides: overrides.collect(),
        });
        Ok(Input {
            path: path.into(),
            physical,
            options: args.options(),
            config,
            found,
        })
    }

    /// As the user named it, for messages.
    pub fn name(&self) -> String {
        paths::tidy(&self.path).display().to_string()
    }

    /// Every function in source order.
    pub fn all(&self) -> impl Iterator<Item = Result<Exportable<'_>, Obstacle>> {
        self.found.iter().map(|found| match found {
            Found::Function(function) => self.exportable(function),
            Found::Refusal(refusal) => Err(obstacle(refusal)),
        })
    }

    /// The function of that name.
    ///
    /// # Errors
    /// Why it cannot be exported; where there is none, the nearest names and how to list all.
    pub fn one(&self, name: &str) -> Result<Exportable<'_>, Report> {
        match source::find(&self.found, name) {
            Ok(function) => self
                .exportable(function)
                .map_err(|obstacle| obstacle.report(self.name())),
            Err(source::Missing::Refused(refusal)) => Err(obstacle(refusal).report(self.name())),
            Err(source::Missing::Unknown { nearest, .. }) => Err(self.unknown(name, &nearest)),
        }
    }

    fn unknown(&self, name: &str, nearest: &[String]) -> Report {
        let meant = match nearest {
            [] => String::new(),
            [one] => format!("did you mean {one}? "),
            [first @ .., last] => format!("did you mean {} or {last}? ", first.join(", ")),
        };
        let file = self.name();
        let message = format!(
            "no function is named {name}; {meant}`metropipe functions {}` lists all",
            super::quoted(&file)
        );
        Report::of(file, message)
            .with("function", name)
            .with("nearest", nearest)
    }

    fn exportable<'a>(&'a self, function: &'a Function) -> Result<Exportable<'a>, Obstacle> {
        let entry = self.config.entry(&function.name, &self.physical);
        let options = self.config.options(entry, &self.options);
        let layout = layout::plan(function, &options)
            .map_err(|LayoutError { param, reason }| misfit(function, param, reason))?;
        let channel = match entry.and_then(|entry| entry.channel.as_ref()) {
            Some(channel) => channel.clone(),
            None => function.name.clone(),
        };
        Ok(Exportable {
            function,
            layout,
            entry,
            channel,
        })
    }
}

fn obstacle(refusal: &Refusal) -> Obstacle {
    Obstacle {
        function: refusal.function.clone(),
        line: refusal.declared.line,
        place: refusal.place,
        param: refusal.param.clone(),
        reason: refusal.reason.clone(),
    }
}

fn misfit(function: &Function, param: String, reason: String) -> Obstacle {
    let at = function
        .parameters
        .iter()
        .find(|parameter| parameter.name == param);
    Obstacle {
        function: function.name.clone(),
        line: function.place.line,
        place: at.map_or(function.place, |parameter| parameter.place),
        param: Some(param),
        reason,
    }
}

fn unreadable(path: &Path, error: &SourceError) -> Report {
    let shown = path.display().to_string();
    let whole = error.to_string();
    // The error begins with the path, which is a report's own part.
    let message = whole.strip_prefix(&format!("{shown}:")).unwrap_or(&whole);
    let report = Report::of(shown, message.trim_start());
    match error {
        SourceError::Unreadable { error, .. } => Report {
            message: format!("cannot be read: {}", said(error)),
            ..report
        },
        SourceError::NotUtf8 { place, .. } => Report {
            message: message
                .strip_prefix(&format!("{place}:"))
                .unwrap_or(message)
                .trim_start()
                .into(),
            ..report.at(*place)
        },
        _ => report,
    }
}
