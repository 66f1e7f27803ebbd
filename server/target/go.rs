//! Go stubs.

use super::{Export, Mode, Stub, Target};

/// The target `go`.
pub struct Go;

impl Target for Go {
    fn name(&self) -> &'static str {
        "go"
    }

    fn stubs(&self, _export: &Export, _mode: Mode) -> Vec<Stub> {
        Vec::new()
    }
}
