//! Paths between sources, output folders and what is shown of them.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The path without `.` and without a slash at its end; `.` where nothing is left.
pub fn tidy(path: &Path) -> PathBuf {
    let tidy: PathBuf = path
        .components()
        .filter(|component| !matches!(component, Component::CurDir))
        .collect();
    if tidy.as_os_str().is_empty() {
        ".".into()
    } else {
        tidy
    }
}

/// The absolute path with every link resolved, also where its end does not exist yet.
pub fn physical(path: &Path) -> io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    let mut missing: Vec<OsString> = Vec::new();
    let mut existing = absolute.as_path();
    loop {
        match existing.canonicalize() {
            Ok(mut real) => {
                for name in missing.iter().rev() {
                    if name == ".." {
                        real.pop();
                    } else {
                        real.push(name);
                    }
                }
                return Ok(real);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (Some(parent), Some(last)) =
                    (existing.parent(), existing.components().next_back())
                else {
                    return Err(error);
                };
                missing.push(last.as_os_str().into());
                existing = parent;
            }
            Err(error) => return Err(error),
        }
    }
}

/// The way from a folder to a file; both physical.
pub fn relative(from: &Path, to: &Path) -> PathBuf {
    let from: Vec<_> = from.components().collect();
    let to: Vec<_> = to.components().collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| Component::ParentDir);
    up.chain(to[shared..].iter().copied()).collect()
}

/// With `/` between the parts; `None` where the path is no Unicode text.
pub fn slashes(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path
        .components()
        .map(|component| match component {
            Component::RootDir => Some(""),
            other => other.as_os_str().to_str(),
        })
        .collect();
    Some(parts?.join("/"))
}

/// A path as generated files may show it: never absolute, so that equal input gives equal bytes
/// on every machine. As seen from `root`; what lies outside is shown as the user typed it, or, where
/// that was absolute, by its last `keep` names.
pub fn portable(path: &Path, root: &Path, keep: usize) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
    if let Ok(below) = absolute.strip_prefix(root) {
        return tidy(below);
    }
    if path.is_relative() {
        return tidy(path);
    }
    let names: Vec<_> = path
        .components()
        .filter(|component| matches!(component, Component::Normal(_)))
        .collect();
    tidy(
        &names[names.len().saturating_sub(keep)..]
            .iter()
            .collect::<PathBuf>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_from_a_provider_to_its_source() {
        let way = |from, to| slashes(&relative(Path::new(from), Path::new(to))).unwrap();
        assert_eq!(way("/w/metropipe/f", "/w/s.py"), "../../s.py");
        assert_eq!(way("/w", "/w/s.py"), "s.py");
        assert_eq!(way("/a/b", "/c/s.py"), "../../c/s.py");
    }

    #[test]
    fn no_absolute_path_is_shown() {
        let shown =
            |path, keep| slashes(&portable(Path::new(path), Path::new("/w"), keep)).unwrap();
        assert_eq!(shown("./src//s.py", 1), "src/s.py");
        assert_eq!(shown("/w/src/s.py", 1), "src/s.py");
        assert_eq!(shown("/else/where/s.py", 1), "s.py");
        assert_eq!(
            shown("/else/metropipe/f/provider.py", 3),
            "metropipe/f/provider.py"
        );
    }

    #[test]
    fn the_end_of_a_physical_path_need_not_exist() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap();
        assert_eq!(
            physical(&folder.path().join("a/../b/c")).unwrap(),
            real.join("b/c")
        );
    }
}
