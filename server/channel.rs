//! The protocol: path, opening, kernel locks, lanes, waiting, calling, serving; the only `unsafe`.
//!
//! It is the very text that generated Rust stubs carry, so that the protocol exists once in Rust.
//! It knows no wire types beyond their codecs, no command line and no source language.

#[path = "../templates/rust/channel.rs"]
pub mod protocol;

pub use protocol::{Consumer, Contract, Error, Failure, Offer, Payload, Provider, Request, Stop};
