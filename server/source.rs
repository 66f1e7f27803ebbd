//! Source languages: text -> signatures.
