//! `completions`: what makes a shell complete commands and options.

use std::io::Write;

use clap_complete::Shell;

use super::{Error, Status};

/// Print what makes a shell complete metropipe's commands and options
#[derive(clap::Args)]
#[command(
    after_help = "Bash: metropipe completions bash > ~/.local/share/bash-completion/completions/metropipe\n\
    Zsh:  metropipe completions zsh > ~/.zfunc/_metropipe\n\
    Fish: metropipe completions fish > ~/.config/fish/completions/metropipe.fish"
)]
pub struct Args {
    /// The shell
    #[arg(value_parser = ["bash", "zsh", "fish"])]
    shell: String,
}

/// For the name by which the program was called: both complete alike.
pub fn run(args: Args, out: &mut dyn Write) -> Result<Status, Error> {
    let shell = match args.shell.as_str() {
        "bash" => Shell::Bash,
        "zsh" => Shell::Zsh,
        _ => Shell::Fish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut super::command(), called(), &mut script);
    out.write_all(&script)?;
    Ok(Status::Done)
}

/// The program's own name: `metropipe` or `metropipe-lsp`.
pub fn called() -> &'static str {
    let path = std::env::args_os().next().unwrap_or_default();
    let name = std::path::Path::new(&path).file_stem();
    match name.and_then(|name| name.to_str()) {
        Some("metropipe-lsp") => "metropipe-lsp",
        _ => "metropipe",
    }
}
