//! Files onto the disk: all of them or none.
//!
//! Every file is first written under another name in the folder where it belongs. Only when all are
//! there do they get their names. Whatever goes wrong, what was there before is there afterwards, and
//! nothing else: no temporary file, no empty folder.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use thiserror::Error;

use super::{File, is_ours};
use crate::report::said;

/// Why nothing is written.
#[derive(Debug, Error)]
pub enum DiskError {
    #[error(
        "is a symbolic link, and files are written through real folders only; name the place it leads to, or remove it"
    )]
    Link { path: PathBuf },
    #[error("is in the way of a folder; remove it, or name another folder with --out")]
    NotAFolder { path: PathBuf },
    #[error("is no regular file; remove it, or name another folder with --out")]
    NotAFile { path: PathBuf },
    #[error(
        "belongs to user {owner}, and you are user {user}; name a folder of your own with --out, or write there with --force"
    )]
    Foreign {
        path: PathBuf,
        owner: u32,
        user: u32,
    },
    #[error("was not written by metropipe; move it away, or overwrite it with --force")]
    NotOurs { path: PathBuf },
    #[error("cannot be {doing}: {}; nothing was written", said(error))]
    System {
        path: PathBuf,
        doing: &'static str,
        error: io::Error,
    },
}

impl DiskError {
    /// The file or folder that is at fault.
    pub fn path(&self) -> &Path {
        match self {
            DiskError::Link { path }
            | DiskError::NotAFolder { path }
            | DiskError::NotAFile { path }
            | DiskError::Foreign { path, .. }
            | DiskError::NotOurs { path }
            | DiskError::System { path, .. } => path,
        }
    }
}

fn system<'a>(doing: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> DiskError + 'a {
    move |error| DiskError::System {
        path: path.into(),
        doing,
        error,
    }
}

/// What writing a file changes, or would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Created,
    Replaced,
    /// The file holds these bytes already, and is left alone.
    Unchanged,
}

/// How a file on disk would change.
///
/// # Errors
/// Where it may not be overwritten.
pub fn compare(file: &File, force: bool) -> Result<(Change, Option<Vec<u8>>), DiskError> {
    let Some(old) = read(&file.path)? else {
        return Ok((Change::Created, None));
    };
    if old == file.text.as_bytes() {
        return Ok((Change::Unchanged, Some(old)));
    }
    // A file of another encoding was not written by metropipe either.
    if !force && !std::str::from_utf8(&old).is_ok_and(is_ours) {
        return Err(DiskError::NotOurs {
            path: file.path.clone(),
        });
    }
    Ok((Change::Replaced, Some(old)))
}

/// A regular file's bytes; `None` where there is none. Follows no link, and waits for no FIFO.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, DiskError> {
    let about = match fs::symlink_metadata(path) {
        Ok(about) => about,
        // A file where a folder should be is the folder's error, and found there.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(system("read", path)(error)),
    };
    if about.is_symlink() {
        return Err(DiskError::Link { path: path.into() });
    }
    if !about.is_file() {
        return Err(DiskError::NotAFile { path: path.into() });
    }
    fs::read(path).map(Some).map_err(system("read", path))
}

/// Looks at a folder that will be written to, as far as it exists.
///
/// # Errors
/// Where it is a link or a file.
pub fn judge_folder(path: &Path) -> Result<(), DiskError> {
    let about = match fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            return Err(DiskError::NotAFolder { path: path.into() });
        }
        Err(error) => return Err(system("read", path)(error)),
    };
    if about.is_symlink() {
        return Err(DiskError::Link { path: path.into() });
    }
    if !about.is_dir() {
        return Err(DiskError::NotAFolder { path: path.into() });
    }
    Ok(())
}

/// Files that are written but do not have their names yet. Dropped without [`Staging::commit`], all
/// of it is as if it had never been.
#[derive(Default)]
pub struct Staging {
    force: bool,
    /// These and the folders in them are judged; those above are the user's business.
    roots: Vec<PathBuf>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    judged: HashSet<PathBuf>,
    made: Vec<PathBuf>,
    staged: Vec<Staged>,
}

struct Staged {
    temporary: PathBuf,
    path: PathBuf,
    replaces: bool,
}

impl Staging {
    pub fn new(roots: Vec<PathBuf>, force: bool) -> Self {
        Staging {
            force,
            roots,
            state: Mutex::default(),
        }
    }

    /// Writes a file beside the place where it will stand. Threads may do this side by side.
    pub fn stage(&self, file: &File) -> Result<Change, DiskError> {
        let folder = match file.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        self.prepare(folder)?;
        let (change, _) = compare(file, self.force)?;
        if change == Change::Unchanged {
            return Ok(change);
        }
        let name = file.path.file_name().unwrap_or_default();
        let temporary = folder.join(format!(
            ".{}.{}.tmp",
            name.to_string_lossy(),
            std::process::id()
        ));
        // Known before it exists: whatever happens from here on, it is removed.
        self.lock().staged.push(Staged {
            temporary: temporary.clone(),
            path: file.path.clone(),
            replaces: change == Change::Replaced,
        });
        let mut target = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
            .map_err(system("written", &file.path))?;
        self.judge_owner(folder, target.metadata())?;
        target
            .write_all(file.text.as_bytes())
            .map_err(system("written", &file.path))?;
        Ok(change)
    }

    /// Gives all files their names.
    pub fn commit(self) -> Result<(), DiskError> {
        let mut state = self.lock();
        let backup = |staged: &Staged| staged.temporary.with_extension("old");
        // First everything that needs room on the disk, so that the renaming cannot lack it.
        let mut undo: Result<(), DiskError> = Ok(());
        let mut kept = 0;
        for staged in state.staged.iter().filter(|staged| staged.replaces) {
            let old = backup(staged);
            undo = fs::hard_link(&staged.path, &old)
                .or_else(|_| fs::copy(&staged.path, &old).map(drop))
                .map_err(system("replaced", &staged.path));
            kept += 1;
            if undo.is_err() {
                break;
            }
        }
        let mut renamed = 0;
        if undo.is_ok() {
            for staged in &state.staged {
                undo = fs::rename(&staged.temporary, &staged.path)
                    .map_err(system("written", &staged.path));
                if undo.is_err() {
                    break;
                }
                renamed += 1;
            }
        }
        if undo.is_err() {
            for staged in &state.staged[..renamed] {
                // As it was, as far as the system lets us: there is nobody to tell about a second error.
                let _ = if staged.replaces {
                    fs::rename(backup(staged), &staged.path)
                } else {
                    fs::remove_file(&staged.path)
                };
            }
        }
        for staged in state
            .staged
            .iter()
            .filter(|staged| staged.replaces)
            .take(kept)
        {
            let _ = fs::remove_file(backup(staged));
        }
        if undo.is_ok() {
            state.staged.clear();
            state.made.clear();
        }
        undo
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A folder is ours where it has the owner that what we made in it got.
    fn judge_owner(&self, folder: &Path, ours: io::Result<fs::Metadata>) -> Result<(), DiskError> {
        let owner = |about: io::Result<fs::Metadata>| {
            let uid = about.map(|about| about.uid());
            uid.map_err(system("read", folder))
        };
        let (owner, user) = (owner(fs::metadata(folder))?, owner(ours)?);
        if owner == user || self.force {
            return Ok(());
        }
        Err(DiskError::Foreign {
            path: folder.into(),
            owner,
            user,
        })
    }

    /// Judges a folder and those above it up to the root, and makes those that are missing.
    fn prepare(&self, folder: &Path) -> Result<(), DiskError> {
        let mut state = self.lock();
        if state.judged.contains(folder) {
            return Ok(());
        }
        let judged = |path: &Path| self.roots.iter().any(|root| path.starts_with(root));
        let above: Vec<&Path> = folder.ancestors().collect();
        for path in above.into_iter().rev() {
            if path.as_os_str().is_empty() || state.judged.contains(path) {
                continue;
            }
            if judged(path) {
                judge_folder(path)?;
            }
            match fs::create_dir(path) {
                Ok(()) => {
                    state.made.push(path.into());
                    if let Some(above) = path.parent().filter(|above| judged(above)) {
                        self.judge_owner(above, fs::metadata(path))?;
                    }
                }
                Err(_) if path.is_dir() => {}
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    return Err(DiskError::NotAFolder { path: path.into() });
                }
                Err(error) => return Err(system("made", path)(error)),
            }
            state.judged.insert(path.into());
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let state = self.lock();
        for staged in &state.staged {
            let _ = fs::remove_file(&staged.temporary);
        }
        // Only empty folders go, the innermost first: what another program put there stays.
        for made in state.made.iter().rev() {
            let _ = fs::remove_dir(made);
        }
    }
}
