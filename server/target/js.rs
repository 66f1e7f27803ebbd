//! JavaScript stubs.

use super::{Export, Mode, Stub, Target};

/// The target `js`.
pub struct Js;

impl Target for Js {
    fn name(&self) -> &'static str {
        "js"
    }

    fn stubs(&self, _export: &Export, _mode: Mode) -> Vec<Stub> {
        Vec::new()
    }
}
