//! A C shared library that any FFI can call.

use super::{Export, Mode, Stub, Target};

/// The target `c-linker`.
pub struct CLinker;

impl Target for CLinker {
    fn name(&self) -> &'static str {
        "c-linker"
    }

    fn stubs(&self, _export: &Export, _mode: Mode) -> Vec<Stub> {
        Vec::new()
    }
}
