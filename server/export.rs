//! From signatures to files.
