//! Outside names stay in their rooms, and data flows one way.

use std::path::{Path, PathBuf};

/// A word, and the files below `server/` that may say it.
const ROOMS: &[(&str, &[&str])] = &[
    ("tree_sitter", &["source", "document", "text"]),
    ("askama", &["target", "bridge"]),
    ("clap", &["cli"]),
    ("tower_lsp", &["lsp"]),
    ("libc::", &["channel"]),
    ("unsafe ", &["channel"]),
    ("crate::cli", &["cli"]),
    ("crate::source", &["source", "cli", "lsp", "document"]),
    ("crate::target", &["target", "export", "cli", "lsp"]),
];

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn outside_names_stay_in_their_rooms() {
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("server");
    let mut files = Vec::new();
    rust_files(&server, &mut files);
    assert!(
        files.len() > 10,
        "the house has more rooms than {}",
        files.len()
    );
    let mut strays = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&server).unwrap().with_extension("");
        let room = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_str()
            .unwrap()
            .to_string();
        let text = std::fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for (word, rooms) in ROOMS {
                if code.contains(word) && !rooms.contains(&room.as_str()) {
                    strays.push(format!(
                        "server/{}.rs:{}: {word} belongs to {rooms:?}",
                        inside.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(strays.is_empty(), "\n{}", strays.join("\n"));
}
