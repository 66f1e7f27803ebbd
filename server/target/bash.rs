//! Bash stubs.

use super::{Export, Mode, Stub, Target};

/// The target `bash`.
pub struct Bash;

impl Target for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn stubs(&self, _export: &Export, _mode: Mode) -> Vec<Stub> {
        Vec::new()
    }
}
