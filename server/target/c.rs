//! C stubs.

use super::{Export, Mode, Stub, Target};

/// The target `c`.
pub struct C;

impl Target for C {
    fn name(&self) -> &'static str {
        "c"
    }

    fn stubs(&self, _export: &Export, _mode: Mode) -> Vec<Stub> {
        Vec::new()
    }
}
