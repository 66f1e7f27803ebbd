//! Ruby stubs.

use super::{Export, Mode, Stub, Target};

/// The target `ruby`.
pub struct Ruby;

impl Target for Ruby {
    fn name(&self) -> &'static str {
        "ruby"
    }

    fn stubs(&self, _export: &Export, _mode: Mode) -> Vec<Stub> {
        Vec::new()
    }
}
