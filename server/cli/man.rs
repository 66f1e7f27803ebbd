//! `man`: the manual page.

use std::io::Write;

use clap_mangen::Man;

use super::{Error, Status, completions};

/// Print the manual page, with all commands
#[derive(clap::Args)]
#[command(after_help = "Read it with: metropipe man | man -l -")]
pub struct Args {}

pub fn run(_args: Args, out: &mut dyn Write) -> Result<Status, Error> {
    let mut command = super::command().name(completions::called());
    command.build();
    Man::new(command.clone()).render(out)?;
    for sub in command.get_subcommands() {
        if sub.get_name() == "help" {
            continue;
        }
        let man = Man::new(sub.clone());
        let mut page = Vec::new();
        man.render_description_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_options_section(&mut page)?;
        // One page for all: a command's sections stand below its own heading, and the macros that every
        // part defines for itself are there already.
        let page = String::from_utf8_lossy(&page).replace(".SH ", ".SS ");
        writeln!(out, ".SH {}", sub.get_name().to_uppercase())?;
        let is_macro = |line: &&str| line.starts_with(".ie ") || line.starts_with(".el ");
        for line in page.lines().filter(|line| !is_macro(line)) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(Status::Done)
}
