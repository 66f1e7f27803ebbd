//! Wire types: what a value is in the payload, with every size explicit.

use std::fmt;
use std::sync::Arc;

use crate::signature::{Number, RecordKind};

/// A type on the wire. All sizes are in bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Wire {
    /// One byte, 0 or 1.
    Bool,
    Number(Number),
    /// `u32` length, UTF-8, at least one NUL: `size` bytes in all, so at most `size - 5` of text.
    Text {
        size: u32,
    },
    /// `u32` length, then data: `size` bytes in all, so at most `size - 4` of data.
    Bytes {
        size: u32,
    },
    /// As `Text`, holding JSON.
    Json {
        size: u32,
    },
    /// A presence byte, padding to the value's alignment, the value.
    Optional(Box<Wire>),
    /// Exactly `count` elements.
    Array {
        element: Box<Wire>,
        count: u32,
    },
    /// `u32` count, padding to the element's alignment, room for `limit` elements.
    List {
        element: Box<Wire>,
        limit: u32,
    },
    Record(Arc<Record>),
}

/// A record with its fields' offsets, laid out as a C compiler does.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub name: String,
    pub doc: Option<String>,
    pub kind: RecordKind,
    pub fields: Vec<RecordField>,
    pub size: u32,
    pub align: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RecordField {
    pub name: String,
    pub source_type: String,
    pub wire: Wire,
    /// From the start of the record.
    pub offset: u32,
}

impl Wire {
    /// Bytes that a value takes, tail padding included.
    pub fn size(&self) -> u32 {
        match self {
            Wire::Bool => 1,
            Wire::Number(number) => number.size(),
            Wire::Text { size } | Wire::Bytes { size } | Wire::Json { size } => *size,
            Wire::Optional(value) => value.align() + value.size(),
            Wire::Array { element, count } => element.stride() * count,
            Wire::List { element, limit } => round_up(
                self.first_element() + element.stride() * limit,
                self.align(),
            ),
            Wire::Record(record) => record.size,
        }
    }

    pub fn align(&self) -> u32 {
        match self {
            Wire::Bool => 1,
            Wire::Number(number) => number.size(),
            Wire::Text { .. } | Wire::Bytes { .. } | Wire::Json { .. } => 4,
            Wire::Optional(value) => value.align(),
            Wire::Array { element, .. } => element.align(),
            Wire::List { element, .. } => element.align().max(4),
            Wire::Record(record) => record.align,
        }
    }

    /// Bytes from one element of this type to the next.
    pub fn stride(&self) -> u32 {
        round_up(self.size(), self.align())
    }

    /// Where the content begins: an option's value, a list's first element, text and data.
    pub fn first_element(&self) -> u32 {
        match self {
            Wire::Optional(value) => value.align(),
            Wire::List { element, .. } => round_up(4, element.align()),
            Wire::Text { .. } | Wire::Bytes { .. } | Wire::Json { .. } => 4,
            _ => 0,
        }
    }

    /// The most that fits: bytes of text or data, elements of a list or an array.
    pub fn limit(&self) -> Option<u32> {
        match self {
            Wire::Text { size } | Wire::Json { size } => Some(size - 5),
            Wire::Bytes { size } => Some(size - 4),
            Wire::Array { count, .. } => Some(*count),
            Wire::List { limit, .. } => Some(*limit),
            _ => None,
        }
    }

    /// Whether no other type stands in it.
    pub fn is_leaf(&self) -> bool {
        !matches!(
            self,
            Wire::Optional(_) | Wire::Array { .. } | Wire::List { .. } | Wire::Record(_)
        )
    }

    /// Every record in this type, inner ones before those that hold them, each once.
    pub fn records(&self, into: &mut Vec<Arc<Record>>) {
        match self {
            Wire::Optional(inner)
            | Wire::Array { element: inner, .. }
            | Wire::List { element: inner, .. } => inner.records(into),
            Wire::Record(record) => {
                for field in &record.fields {
                    field.wire.records(into);
                }
                if !into.contains(record) {
                    into.push(record.clone());
                }
            }
            _ => {}
        }
    }
}

/// The canonical spelling: no names, no blanks, every size explicit.
impl fmt::Display for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wire::Bool => f.write_str("bool"),
            Wire::Number(number) => f.write_str(number.name()),
            Wire::Text { size } => write!(f, "string[{size}]"),
            Wire::Bytes { size } => write!(f, "bytes[{size}]"),
            Wire::Json { size } => write!(f, "json[{size}]"),
            Wire::Optional(value) => write!(f, "opt<{value}>"),
            Wire::Array { element, count } => write!(f, "[{element};{count}]"),
            Wire::List { element, limit } => write!(f, "list<{element},{limit}>"),
            Wire::Record(record) => {
                f.write_str("struct{")?;
                for (index, field) in record.fields.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(f, "{comma}{}", field.wire)?;
                }
                f.write_str("}")
            }
        }
    }
}

/// The next multiple of `align`, which is a power of two.
pub(super) fn round_up(value: u32, align: u32) -> u32 {
    value.next_multiple_of(align)
}
