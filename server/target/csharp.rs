//! C# stubs.

use super::{Export, Mode, Stub, Target};

/// The target `csharp`.
pub struct CSharp;

impl Target for CSharp {
    fn name(&self) -> &'static str {
        "csharp"
    }

    fn stubs(&self, _export: &Export, _mode: Mode) -> Vec<Stub> {
        Vec::new()
    }
}
