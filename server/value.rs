//! Values of the wire types.
