//! From a signature to bytes: pure arithmetic, the same on every machine and for every target.
//!
//! [`plan`] gives each parameter and result its wire type, offset and size; [`Layout`] carries the
//! canonical form and the fingerprint by which two programs recognise that they hold the same bytes.
//! Offsets count from the start of the payload, all integers and floats are little-endian.

mod canonical;
pub mod json;
mod plan;
pub mod wire;

use std::sync::Arc;

use thiserror::Error;

pub use canonical::fingerprint;
pub use plan::plan;
pub use wire::{Record, RecordField, Wire};

/// Bytes before the payload of a lane.
pub const HEADER_SIZE: u32 = 32;
/// The smallest capacity of a lane's payload.
pub const MINIMUM_CAPACITY: u32 = 4096;
/// Results begin at a multiple of this, after the last parameter.
const RESULT_ALIGN: u32 = 8;
/// The largest payload: every offset of every lane still fits a signed 32-bit integer.
pub const MAXIMUM_PAYLOAD: u32 = 1 << 30;

/// What fills the widths and sizes that a source leaves open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Integers and floats without a width take 8 bytes instead of 4.
    pub wide: bool,
    /// Bytes of a `string` without a size; 256 where not set.
    pub string_size: Option<u32>,
    /// Bytes of a `bytes` without a size; 4096 where not set.
    pub bytes_size: Option<u32>,
}

/// The bytes of one function's call.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    pub params: Vec<Slot>,
    /// Empty where the function returns nothing; several where it returns a tuple.
    pub results: Vec<Slot>,
    /// End of the last parameter.
    pub request_size: u32,
    /// End of the last result.
    pub payload_size: u32,
    /// Payload bytes of a lane.
    pub capacity: u32,
    /// Types and sizes without names, such as `(string[256],i32)->f32`.
    pub canonical: String,
    /// FNV-1a of the canonical form; never 0.
    pub fingerprint: u32,
    /// What a user should know, one sentence each: narrowing above all.
    pub notes: Vec<String>,
}

impl Layout {
    /// Every record of the parameters and results, inner ones first, each once.
    pub fn records(&self) -> Vec<Arc<Record>> {
        let mut records = Vec::new();
        for slot in self.params.iter().chain(&self.results) {
            slot.wire.records(&mut records);
        }
        records
    }
}

/// One value's place in the payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    pub name: String,
    /// The type in the source's own words.
    pub source_type: String,
    pub wire: Wire,
    pub offset: u32,
    pub size: u32,
    pub align: u32,
}

/// Why a signature has no layout.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct LayoutError {
    /// The parameter at fault, or `return`.
    pub param: String,
    pub reason: String,
}
