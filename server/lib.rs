//! Call a function of another language, in another process, through shared memory.
//!
//! Data flows one way: text -> source -> signature -> layout -> target -> files. In reading order:
//!
//! - [`signature`]: functions and types in the source's own words. Knows no sizes, no syntax trees.
//! - [`layout`]: wire types, offsets, canonical form, fingerprint. Pure arithmetic: no source, no target.
//! - [`source`]: source languages, one file each, syntax tree -> signatures. Never sees a target.
//! - [`target`]: one file a target, wire type -> that language's finished strings. Never sees a syntax tree.
//! - [`export`]: (signatures, targets, mode) -> files in memory, then all or nothing onto the disk.
//! - [`report`]: what is wrong, where, and what to do. Knows no commands.
//! - [`config`]: `metropipe.toml`. Knows the file, not who asks.
//! - [`channel`]: the protocol: path, mapping, lanes, waiting, kernel locks; the only `unsafe`.
//! - [`value`]: values of the wire types from text and JSON, for calls without a stub.
//! - [`consumer`]: calls and round trips over a channel by name and signature, without generated code.
//! - [`cli`]: what was typed, one file a command: input -> library -> report.

pub mod channel;
pub mod cli;
pub mod config;
pub mod consumer;
pub mod export;
pub mod layout;
pub mod report;
pub mod signature;
pub mod source;
pub mod target;
pub mod value;
