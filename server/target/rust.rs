//! Rust stubs.

use super::{Export, Mode, Stub, Target};

/// The target `rust`.
pub struct Rust;

impl Target for Rust {
    fn name(&self) -> &'static str {
        "rust"
    }

    fn stubs(&self, _export: &Export, _mode: Mode) -> Vec<Stub> {
        Vec::new()
    }
}
