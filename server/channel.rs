//! The protocol of a channel.
