//! The layout as JSON: keys and spellings that other programs read, and that stay.

use serde::Serialize;

use super::{Layout, Slot};
use crate::signature::Function;

/// What `layout --format json` prints, field for field.
#[derive(Clone, Debug, Serialize)]
pub struct LayoutJson {
    pub function: String,
    pub language: &'static str,
    pub source: String,
    pub line: u32,
    pub channel: String,
    pub canonical: String,
    /// `0x721e9568`
    pub fingerprint: String,
    pub params: Vec<SlotJson>,
    pub results: Vec<SlotJson>,
    pub request_size: u32,
    pub payload_size: u32,
    pub capacity: u32,
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct SlotJson {
    pub name: String,
    pub source_type: String,
    #[serde(rename = "type")]
    pub wire: String,
    pub offset: u32,
    pub size: u32,
    pub align: u32,
}

impl LayoutJson {
    /// `source` as the user named it.
    pub fn new(function: &Function, layout: &Layout, channel: &str, source: &str) -> Self {
        LayoutJson {
            function: function.name.clone(),
            language: function.language.name(),
            source: source.into(),
            line: function.place.line,
            channel: channel.into(),
            canonical: layout.canonical.clone(),
            fingerprint: format!("{:#010x}", layout.fingerprint),
            params: layout.params.iter().map(SlotJson::new).collect(),
            results: layout.results.iter().map(SlotJson::new).collect(),
            request_size: layout.request_size,
            payload_size: layout.payload_size,
            capacity: layout.capacity,
            notes: layout.notes.clone(),
        }
    }
}

impl SlotJson {
    fn new(slot: &Slot) -> Self {
        SlotJson {
            name: slot.name.clone(),
            source_type: slot.source_type.clone(),
            wire: slot.wire.to_string(),
            offset: slot.offset,
            size: slot.size,
            align: slot.align,
        }
    }
}
