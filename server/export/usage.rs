//! One line that shows how a stub is called.

use std::path::Path;

use super::paths;
use crate::layout::Wire;
use crate::target::{Export, Mode};

/// In the target's own syntax, with the parameters' names as arguments. `folder` is the output folder as the
/// user named it.
pub fn call(target: &str, export: &Export, mode: Mode, folder: &Path) -> String {
    let id = export.identifier();
    let slots = export.layout.params.iter();
    let names: Vec<&str> = slots.map(|slot| &*slot.name).collect();
    let args = names.join(", ");
    let results = &export.layout.results;
    let folder = paths::slashes(folder).unwrap_or_default();
    let last = folder.rsplit('/').next().unwrap_or_default();
    let above = folder.strip_suffix(last).unwrap_or_default();
    // The file without its extension, and the same as names of modules.
    let (file, module) = match mode {
        Mode::Namespace => (format!("{folder}/{id}/stub"), format!("{last}.{id}.stub")),
        Mode::Flat => (format!("{folder}/{id}"), format!("{last}.{id}")),
        Mode::Unify => (format!("{above}metropipe"), "metropipe".to_string()),
    };
    match target {
        "c" | "c-linker" => {
            let mut all: Vec<String> = names.iter().map(|name| name.to_string()).collect();
            all.extend(results.iter().map(|slot| match slot.wire {
                // Text and arrays are their own addresses.
                Wire::Text { .. } | Wire::Json { .. } | Wire::Array { .. } => slot.name.clone(),
                _ => format!("&{}", slot.name),
            }));
            let header = match target {
                "c" => format!("{file}.h"),
                _ => format!("{folder}/{id}/lib/{id}.h"),
            };
            format!("#include \"{header}\"  {id}({})", all.join(", "))
        }
        "c-direct" => {
            let header = match mode {
                Mode::Namespace => format!("{folder}/{id}/registry.h"),
                Mode::Flat => format!("{file}_registry.h"),
                Mode::Unify => format!("{above}metropipe_registry.h"),
            };
            format!("#include \"{header}\"  metropipe_get_registry()->{id}({args})")
        }
        "go" => {
            let package = match mode {
                Mode::Namespace => id.to_lowercase(),
                _ => "metropipe".into(),
            };
            let left = if results.is_empty() {
                "err"
            } else {
                "result, err"
            };
            format!("{left} := {package}.{}({args})", capital(&id))
        }
        "python" => format!("from {module} import {id}; {id}({args})"),
        "java" => format!("{module}.{id}({args})"),
        "rust" => {
            let module = if mode == Mode::Namespace {
                "stub"
            } else {
                &*module
            };
            let module = module.rsplit('.').next().unwrap_or_default();
            format!("#[path = \"{file}.rs\"] mod {module};  {module}::{id}({args})?")
        }
        "csharp" => {
            let name = capital(&id);
            match mode {
                Mode::Namespace => format!("Metropipe.{name}.Stub.{name}({args})"),
                Mode::Flat => format!("Metropipe.{name}.{name}({args})"),
                Mode::Unify => format!("Metropipe.{name}({args})"),
            }
        }
        "js" => format!("const {{ {id} }} = require('./{file}.js'); {id}({args})"),
        "ruby" => format!("require_relative '{file}'; Metropipe.{id}({args})"),
        "bash" => format!("source {file}.sh; {id} {}", names.join(" ")),
        _ => format!("{id}({args})"),
    }
}

/// As Go and C# begin names that others may see.
fn capital(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    words
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            first.chain(letters).collect::<String>()
        })
        .collect()
}
