//! The commands: what was typed -> the library -> what is printed. No logic of its own.
//!
//! A command is one file below this one with two items, and a line in [`Command`] and in [`dispatch`]:
//!
//! ```text
//! /// One sentence: the help text.
//! #[derive(clap::Args)]
//! pub struct Args { ... }
//!
//! pub fn run(args: Args, out: &mut dyn Write) -> Result<Status, Error>
//! ```
//!
//! `out` is standard output: results go there and nothing else. Styles of `anstyle` may be written to it, they
//! vanish where it is no terminal. Everything else goes to standard error: [`say`] for a note, [`Error`] for
//! why there is no result. `Ok(Status::No)` is for an answer that is no and has been printed already;
//! [`Error::no`] for one that is to be printed as an error. What a command prints with `--format json` is
//! JSON; errors are printed here, for all commands, as JSON objects where `--format json` was typed.

pub mod call;
pub mod completions;
pub mod demo;
mod error;
pub mod export;
pub mod functions;
mod input;
pub mod layout;
pub mod man;
pub mod ping;

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::report::printable;
pub use error::{Error, Status};

/// Call a function of another language, in another process, through shared memory.
#[derive(Parser)]
#[command(version, arg_required_else_help = false, max_term_width = 100)]
struct Typed {
    /// Be the language server, on standard input and output.
    #[arg(long)]
    stdio: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Export(export::Args),
    Layout(layout::Args),
    Functions(functions::Args),
    Call(call::Args),
    Ping(ping::Args),
    Demo(demo::Args),
    Completions(completions::Args),
    Man(man::Args),
}

fn dispatch(command: Command, out: &mut dyn Write) -> Result<Status, Error> {
    match command {
        Command::Export(args) => export::run(args, out),
        Command::Layout(args) => layout::run(args, out),
        Command::Functions(args) => functions::run(args, out),
        Command::Call(args) => call::run(args, out),
        Command::Ping(args) => ping::run(args, out),
        Command::Demo(args) => demo::run(args, out),
        Command::Completions(args) => completions::run(args, out),
        Command::Man(args) => man::run(args, out),
    }
}

/// Runs what the arguments say, the program's own name first.
pub fn run(args: Vec<OsString>) -> ExitCode {
    let json = wants_json(&args);
    let typed = match Typed::try_parse_from(&args) {
        Ok(typed) => typed,
        Err(error) if json && error.use_stderr() => {
            let text = error.render().to_string();
            let text = text.trim_start_matches("error: ");
            return end(
                Err(Error::wrong(
                    text.split("\n\n").next().unwrap_or(text).replace('\n', " "),
                )),
                json,
            );
        }
        // Help and version are printed to standard output, with status 0; the rest is an error, with 2.
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(error.exit_code() as u8);
        }
    };
    let command = match typed.command {
        Some(command) if !typed.stdio => command,
        None if !typed.stdio && std::io::stdin().is_terminal() => {
            let _ = Typed::command().print_help();
            return ExitCode::SUCCESS;
        }
        _ => {
            return end(
                Err(Error::wrong(
                    "this version has no language server yet; name a command, `metropipe --help` lists them",
                )),
                json,
            );
        }
    };
    let mut out = std::io::BufWriter::new(anstream::stdout().lock());
    let result = dispatch(command, &mut out).and_then(|status| {
        out.flush()?;
        Ok(status)
    });
    end(result, json)
}

/// Looked for in the words themselves: an error must be JSON, too, where these cannot be parsed.
fn wants_json(args: &[OsString]) -> bool {
    let words = || args.iter().take_while(|word| *word != "--");
    words().any(|word| word == "--format=json")
        || words()
            .zip(words().skip(1))
            .any(|(word, next)| word == "--format" && next == "json")
}

fn end(result: Result<Status, Error>, json: bool) -> ExitCode {
    let status = match result {
        Ok(status) => status,
        Err(error) => {
            if !error.hung_up {
                error.print(json);
            }
            error.status
        }
    };
    ExitCode::from(status as u8)
}

/// A line on standard error that is no error: a note, progress.
pub fn say(line: &str) {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(anstream::stderr(), "{}", printable(line));
}

/// How a command prints what it found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum TextOrJson {
    #[default]
    Text,
    Json,
}

/// The text as one word of a shell.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./=:,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.into();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The command line as a whole, for completions and the manual page.
fn command() -> clap::Command {
    Typed::command()
}
