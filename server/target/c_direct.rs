//! C function pointers in one process.

use super::{Export, Mode, Stub, Target};

/// The target `c-direct`.
pub struct CDirect;

impl Target for CDirect {
    fn name(&self) -> &'static str {
        "c-direct"
    }

    fn stubs(&self, _export: &Export, _mode: Mode) -> Vec<Stub> {
        Vec::new()
    }

    fn crosses_processes(&self) -> bool {
        false
    }
}
