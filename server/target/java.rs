//! Java stubs.

use super::{Export, Mode, Stub, Target};

/// The target `java`.
pub struct Java;

impl Target for Java {
    fn name(&self) -> &'static str {
        "java"
    }

    fn stubs(&self, _export: &Export, _mode: Mode) -> Vec<Stub> {
        Vec::new()
    }
}
