//! Source languages: text -> signatures.
//!
//! One file a language below this one; each is a [`Reader`] in [`READERS`]. A reader says of every
//! function of a source either what it is or, in one sentence with its place, why it cannot be
//! exported. It knows nothing of sizes, targets or the disk; syntax trees never leave its file.

mod lines;
mod python;

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::signature::{Function, Language, Place};

/// Every language that functions are exported from.
const READERS: &[&dyn Reader] = &[&python::Python];

/// A source that is larger is no source but a mistake (`/dev/zero`, a database).
const LARGEST: u64 = 64 << 20;

/// One source language.
trait Reader: Sync {
    fn language(&self) -> Language;

    /// File extensions, without the dot.
    fn extensions(&self) -> &'static [&'static str];

    /// Every function in source order.
    fn read(&self, source: &Source, options: &Options) -> Vec<Found>;
}

/// What becomes of a parameter without a type, or with one that has no fixed layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Untyped {
    /// An error that names the ways out.
    #[default]
    Refuse,
    /// Bytes: `--raw`.
    Raw,
    /// A JSON document: `--json`.
    Json,
}

/// What a user asks for beside what the source says.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub untyped: Untyped,
    /// From `metropipe.toml`; weaker than what stands in the source.
    pub overrides: Vec<Override>,
}

/// A wire type for one parameter, given outside the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    pub function: String,
    /// `return` for the result.
    pub param: String,
    /// In the notation of [`crate::signature::notation`].
    pub wire: String,
}

/// What a reader says of one function.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    Function(Function),
    Refusal(Refusal),
}

impl Found {
    pub fn name(&self) -> &str {
        match self {
            Found::Function(function) => &function.name,
            Found::Refusal(refusal) => &refusal.function,
        }
    }

    pub fn place(&self) -> Place {
        match self {
            Found::Function(function) => function.place,
            Found::Refusal(refusal) => refusal.place,
        }
    }
}

/// Why a function cannot be exported, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub function: String,
    /// Where the function's own name stands.
    pub declared: Place,
    /// The parameter, type or piece of syntax at fault.
    pub place: Place,
    /// The parameter at fault, or `return`.
    pub param: Option<String>,
    /// One sentence without the function's and the parameter's name.
    pub reason: String,
}

/// `classify: config: dict[str, int] is a map ...`
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.function)?;
        if let Some(param) = &self.param {
            write!(f, "{param}: ")?;
        }
        f.write_str(&self.reason)
    }
}

/// Why a source cannot be read at all.
#[derive(Debug, Error)]
pub enum SourceError {
    #[error("{}: {error}", path.display())]
    Unreadable {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{}: is a folder or a device; name one source file", path.display())]
    NoFile { path: PathBuf },
    #[error("{}: is larger than 64 MiB; name a source file", path.display())]
    TooLarge { path: PathBuf },
    #[error("{}:{place}: byte {offset} is no UTF-8; save the file as UTF-8", path.display())]
    NotUtf8 {
        path: PathBuf,
        /// Counts from 0.
        offset: usize,
        place: Place,
    },
    #[error(
        "{}: no source language has this extension; known are {}", path.display(), known_extensions()
    )]
    UnknownExtension { path: PathBuf },
}

/// Why a function that a user names cannot be had.
#[derive(Debug, Error)]
pub enum Missing<'a> {
    #[error("{0}")]
    Refused(&'a Refusal),
    #[error("{name}: no such function{}", did_you_mean(nearest))]
    Unknown { name: String, nearest: Vec<String> },
}

/// The text of one source file.
pub struct Source {
    pub path: PathBuf,
    text: String,
    reader: &'static dyn Reader,
}

impl Source {
    /// Reads a file.
    ///
    /// # Errors
    /// Where it is no regular file, no UTF-8, too large, or of no known language.
    pub fn open(path: &Path) -> Result<Source, SourceError> {
        reader_of(path)?;
        let unreadable = |error| SourceError::Unreadable {
            path: path.into(),
            error,
        };
        // Opening a FIFO would wait for its writer: look first.
        if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(SourceError::NoFile { path: path.into() });
        }
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST {
            return Err(SourceError::TooLarge { path: path.into() });
        }
        Source::new(path, bytes)
    }

    /// A source whose text is at hand; the path decides the language.
    ///
    /// # Errors
    /// Where the text is no UTF-8, or the extension of no known language.
    pub fn new(path: &Path, bytes: impl Into<Vec<u8>>) -> Result<Source, SourceError> {
        let reader = reader_of(path)?;
        let mut text = String::from_utf8(bytes.into()).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            let valid = String::from_utf8_lossy(&error.as_bytes()[..offset]);
            SourceError::NotUtf8 {
                path: path.into(),
                offset,
                place: lines::Lines::new(&valid).place(valid.len()),
            }
        })?;
        // A byte order mark is no part of the first line.
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        Ok(Source {
            path: path.into(),
            text,
            reader,
        })
    }

    pub fn language(&self) -> Language {
        self.reader.language()
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every function of the source, in its order.
    pub fn read(&self, options: &Options) -> Vec<Found> {
        self.reader.read(self, options)
    }
}

/// The language of a file by its extension.
pub fn language_of(path: &Path) -> Option<Language> {
    reader_of(path).ok().map(Reader::language)
}

fn reader_of(path: &Path) -> Result<&'static dyn Reader, SourceError> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    READERS
        .iter()
        .copied()
        .find(|reader| extension.is_some_and(|found| reader.extensions().contains(&found)))
        .ok_or_else(|| SourceError::UnknownExtension { path: path.into() })
}

fn known_extensions() -> String {
    let all = READERS.iter().flat_map(|reader| reader.extensions());
    all.map(|extension| format!(".{extension}"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The function of that name. Of several, one that can be exported, else the last.
///
/// # Errors
/// Why it cannot be exported; or, where there is none, the nearest names.
pub fn find<'a>(found: &'a [Found], name: &str) -> Result<&'a Function, Missing<'a>> {
    let mut refused = None;
    for one in found.iter().filter(|one| one.name() == name) {
        match one {
            Found::Function(function) => return Ok(function),
            Found::Refusal(refusal) => refused = Some(refusal),
        }
    }
    Err(match refused {
        Some(refusal) => Missing::Refused(refusal),
        None => Missing::Unknown {
            name: name.into(),
            nearest: nearest(name, found),
        },
    })
}

/// Up to three names that a user may have meant, the likeliest first.
pub fn nearest(name: &str, found: &[Found]) -> Vec<String> {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let wanted = last(name);
    let mut scored: Vec<(f64, &str)> = found
        .iter()
        .map(|one| {
            // A method that is named without its class is meant before any likeness of letters.
            let bare = strsim::jaro_winkler(&wanted, &last(one.name()));
            let whole = strsim::jaro_winkler(name, one.name());
            (bare.max(whole), one.name())
        })
        .filter(|(score, _)| *score >= 0.8)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut names: Vec<String> = Vec::new();
    for (_, name) in scored {
        if !names.iter().any(|known| known == name) {
            names.push(name.into());
        }
        if names.len() == 3 {
            break;
        }
    }
    names
}

fn did_you_mean(nearest: &[String]) -> String {
    match nearest {
        [] => "; `metropipe functions` lists those that there are".into(),
        [one] => format!("; did you mean {one}?"),
        [first, rest @ ..] => format!("; did you mean {first} or {}?", rest.join(" or ")),
    }
}
