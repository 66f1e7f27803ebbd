//! What a source says about a function, as plain data in the source's own words.
//!
//! Nothing here knows sizes, offsets or target languages. A reader in [`crate::source`] makes these
//! values from a syntax tree, [`notation`] makes them from text such as `(text: string[256])->f32`,
//! and [`crate::layout`] turns them into bytes.

pub mod notation;

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

/// A language that functions are exported from. Its spelling in JSON is part of the layout's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Python,
    JavaScript,
    TypeScript,
    Java,
    Rust,
    Go,
    C,
    CSharp,
    Ruby,
}

impl Language {
    /// The name in JSON and in messages, such as `python`.
    pub fn name(self) -> &'static str {
        match self {
            Language::Python => "python",
            Language::JavaScript => "javascript",
            Language::TypeScript => "typescript",
            Language::Java => "java",
            Language::Rust => "rust",
            Language::Go => "go",
            Language::C => "c",
            Language::CSharp => "csharp",
            Language::Ruby => "ruby",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One function that can be exported.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// `classify`, or a path such as `Outer.Inner.method`.
    pub name: String,
    pub language: Language,
    /// Where the name stands in the source.
    pub place: Place,
    /// The docstring or doc comment as a reader would see it: unindented, without comment marks.
    pub doc: Option<String>,
    pub parameters: Vec<Parameter>,
    pub result: Result,
    /// The provider awaits the call.
    pub is_async: bool,
}

/// One parameter of a [`Function`].
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub name: String,
    /// The type as the source spells it; empty where it spells none and an override gives it.
    pub source_type: String,
    pub ty: Type,
    /// The default where it is a literal that other languages can express.
    pub default: Option<Literal>,
    pub passing: Passing,
    pub place: Place,
}

/// How a call names an argument, for the languages that tell these apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passing {
    #[default]
    Either,
    PositionalOnly,
    KeywordOnly,
}

/// What a function returns. `ty` is [`Type::Unit`] for nothing; several results are a
/// [`Type::Record`] of kind [`RecordKind::Tuple`].
#[derive(Clone, Debug, PartialEq)]
pub struct Result {
    pub source_type: String,
    pub ty: Type,
}

/// A place in a source: line and column count from 1, the column in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A default value that every language can spell.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// An absent option.
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
}

/// A type as far as the source fixes it. Sizes that it leaves open are `None`: the layout fills them.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    Bool,
    /// An integer whose language fixes no width.
    Int,
    /// A float whose language fixes no width.
    Float,
    /// A number whose width is fixed.
    Number(Number),
    /// Text; the size in bytes on the wire, all included.
    Text(Option<u32>),
    /// Bytes; the size in bytes on the wire, all included.
    Bytes(Option<u32>),
    /// A JSON document; the size in bytes on the wire, all included.
    Json(Option<u32>),
    Optional(Box<Type>),
    /// Exactly so many elements.
    Array(Box<Type>, u32),
    /// At most so many elements.
    List(Box<Type>, Option<u32>),
    Record(Arc<Record>),
    /// No value.
    Unit,
}

/// The numbers that have one size on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Number {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
}

impl Number {
    pub const ALL: [Number; 10] = [
        Number::I8,
        Number::I16,
        Number::I32,
        Number::I64,
        Number::U8,
        Number::U16,
        Number::U32,
        Number::U64,
        Number::F32,
        Number::F64,
    ];

    /// The name on the wire, such as `i32`.
    pub fn name(self) -> &'static str {
        match self {
            Number::I8 => "i8",
            Number::I16 => "i16",
            Number::I32 => "i32",
            Number::I64 => "i64",
            Number::U8 => "u8",
            Number::U16 => "u16",
            Number::U32 => "u32",
            Number::U64 => "u64",
            Number::F32 => "f32",
            Number::F64 => "f64",
        }
    }

    /// Size and alignment in bytes.
    pub fn size(self) -> u32 {
        match self {
            Number::I8 | Number::U8 => 1,
            Number::I16 | Number::U16 => 2,
            Number::I32 | Number::U32 | Number::F32 => 4,
            Number::I64 | Number::U64 | Number::F64 => 8,
        }
    }

    pub fn is_float(self) -> bool {
        matches!(self, Number::F32 | Number::F64)
    }

    /// Smallest and largest value of an integer; `None` for floats.
    pub fn range(self) -> Option<(i128, i128)> {
        let bits = self.size() * 8;
        match self {
            Number::F32 | Number::F64 => None,
            Number::U8 | Number::U16 | Number::U32 | Number::U64 => Some((0, (1 << bits) - 1)),
            _ => Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1)),
        }
    }
}

/// A type with fields. Two records are one type where their names and fields agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The name in the source, a path such as `Outer.Inner` where it is nested; made from the
    /// parameter's name where the source gives none (a tuple).
    pub name: String,
    pub doc: Option<String>,
    pub kind: RecordKind,
    pub fields: Vec<Field>,
}

/// How the source builds and reads a record: what a provider must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// Made by calling the class with all fields, read by attribute (dataclass, NamedTuple, struct).
    Class,
    /// A mapping with fixed keys (TypedDict, object literal).
    Mapping,
    /// Fields by position only, named `item0`, `item1`, ...
    Tuple,
}

/// One field of a [`Record`].
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub source_type: String,
    pub ty: Type,
}
