//! `metropipe.toml`: what a project asks for once, so that nobody types it again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::layout::Options;
use crate::report::{Report, said};
use crate::signature::Place;

/// The name that is looked for, from a source's folder upwards.
pub const FILE: &str = "metropipe.toml";

/// A project's configuration; empty where there is no file.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file as it is shown in messages; `None` where there is none.
    pub file: Option<PathBuf>,
    /// The folder that the file stands in; its paths count from there.
    pub folder: PathBuf,
    pub export: ExportSection,
    pub layout: LayoutSection,
    pub functions: Vec<FunctionEntry>,
}

/// `[export]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExportSection {
    pub targets: Option<Vec<String>>,
    pub out: Option<PathBuf>,
    pub mode: Option<ModeName>,
}

/// `mode` in `[export]`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModeName {
    Namespace,
    Flat,
    Unify,
}

/// `[layout]`, and the same keys in a `[[function]]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LayoutSection {
    pub wide: Option<bool>,
    pub string_size: Option<u32>,
    pub bytes_size: Option<u32>,
}

/// `[[function]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FunctionEntry {
    pub name: String,
    pub source: PathBuf,
    pub targets: Option<Vec<String>>,
    pub channel: Option<String>,
    /// Parameter (or `return`) to wire type.
    #[serde(default)]
    pub overrides: BTreeMap<String, String>,
    pub wide: Option<bool>,
    pub string_size: Option<u32>,
    pub bytes_size: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Whole {
    export: ExportSection,
    layout: LayoutSection,
    function: Vec<FunctionEntry>,
}

impl Config {
    /// The configuration that holds for files in `folder`: that of the nearest file upwards.
    ///
    /// # Errors
    /// Where the file cannot be read, or says what it cannot say; with its place.
    pub fn find(folder: &Path) -> Result<Config, Report> {
        let start = std::path::absolute(folder).unwrap_or_else(|_| folder.into());
        for above in start.ancestors() {
            let file = above.join(FILE);
            if file.is_file() {
                return Config::read(&file);
            }
        }
        Ok(Config::default())
    }

    fn read(file: &Path) -> Result<Config, Report> {
        let shown = shown(file);
        let name = || shown.display().to_string();
        let bytes = std::fs::read(file)
            .map_err(|error| Report::of(name(), format!("cannot be read: {}", said(&error))))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Report::of(name(), "is no UTF-8; save the file as UTF-8"))?;
        let whole: Whole = toml::from_str(&text).map_err(|error| {
            let report = Report::of(name(), error.message().trim().replace('\n', ", "));
            match error.span() {
                Some(span) => report.at(place_of(&text, span.start)),
                None => report,
            }
        })?;
        Ok(Config {
            folder: file.parent().unwrap_or(Path::new("/")).into(),
            file: Some(shown),
            export: whole.export,
            layout: whole.layout,
            functions: whole.function,
        })
    }

    /// The entry of a function of a source; both paths physical.
    pub fn entry(&self, function: &str, source: &Path) -> Option<&FunctionEntry> {
        self.functions
            .iter()
            .find(|entry| entry.name == function && self.is_source(entry, source))
    }

    /// Every entry of a source.
    pub fn entries_of(&self, source: &Path) -> impl Iterator<Item = &FunctionEntry> {
        self.functions
            .iter()
            .filter(move |entry| self.is_source(entry, source))
    }

    fn is_source(&self, entry: &FunctionEntry, source: &Path) -> bool {
        let named = self.folder.join(&entry.source);
        named.canonicalize().is_ok_and(|named| named == source)
    }

    /// Widths and sizes: an entry's own before those of `[layout]`; `asked` before both.
    pub fn options(&self, entry: Option<&FunctionEntry>, asked: &Options) -> Options {
        let layout = &self.layout;
        let wide = entry.and_then(|entry| entry.wide).or(layout.wide);
        let string_size = entry
            .and_then(|entry| entry.string_size)
            .or(layout.string_size);
        let bytes_size = entry
            .and_then(|entry| entry.bytes_size)
            .or(layout.bytes_size);
        Options {
            wide: asked.wide || wide.unwrap_or(false),
            string_size: asked.string_size.or(string_size),
            bytes_size: asked.bytes_size.or(bytes_size),
        }
    }
}

/// As the user would name it: from the current folder where the file is below that.
fn shown(file: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    file.strip_prefix(&here).unwrap_or(file).into()
}

fn place_of(text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Place {
        line: 1 + before.matches('\n').count() as u32,
        column: 1 + before[line_start..].chars().count() as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_upwards_and_its_mistakes_have_a_place() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        assert!(Config::find(&below).unwrap().functions.is_empty());
        let file = folder.path().join(FILE);
        let entry = "[[function]]\nname = \"f\"\nsource = \"s.py\"\nwide = true\n";
        std::fs::write(&file, entry).unwrap();
        let config = Config::find(&below).unwrap();
        let options = config.options(config.functions.first(), &Options::default());
        assert!(options.wide);
        std::fs::write(&file, "[layout]\nwied = true\n").unwrap();
        let report = Config::find(&below).unwrap_err();
        assert_eq!(report.place, Some(Place { line: 2, column: 1 }));
        assert!(
            report.message.contains("unknown field `wied`"),
            "{report:?}"
        );
    }
}
