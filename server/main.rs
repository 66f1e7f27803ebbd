// Arguments -> one command -> exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    metropipe::cli::run(std::env::args_os().collect())
}
