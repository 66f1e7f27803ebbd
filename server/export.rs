//! From signatures to files in memory; then, all or nothing, onto the disk.
//!
//! [`Plan`] says what becomes what and is pure; [`disk`] is the only part that writes. Nothing here
//! reads a source or knows how a target spells anything.

mod compose;
pub mod disk;
mod header;
pub mod paths;
mod unify;
pub mod usage;

use std::path::{Path, PathBuf};

use crate::target::{Export, Mode, Provider, Stub, Target};
pub use header::is_ours;
pub use unify::UnifyError;

/// What is exported, and to where: all decided, nothing done.
pub struct Plan {
    pub jobs: Vec<Job>,
    pub mode: Mode,
    /// The output folder, as the user named it.
    pub folder: PathBuf,
    /// Where the files stand that hold several functions.
    pub unified: PathBuf,
}

/// One function and its targets.
pub struct Job {
    pub export: Export,
    pub targets: Vec<&'static dyn Target>,
    pub provider: Option<&'static dyn Provider>,
}

/// A generated file in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    pub path: PathBuf,
    pub text: String,
    /// The target's name, or `provider`.
    pub target: &'static str,
    /// True where other exports have the same file with the same text.
    pub shared: bool,
}

/// What files are called that are no target's.
pub const PROVIDER: &str = "provider";

impl Plan {
    /// The files that belong to one job alone.
    pub fn files_of(&self, job: &Job) -> Vec<File> {
        let mut files = Vec::new();
        let file = |stub: &Stub, target, start: &str| {
            let identifier = job.export.identifier();
            let shared = !is_named_after(&stub.path, &identifier);
            let mut header = header::first_line(stub.comment);
            if !shared {
                header += &header::Origin::of(&job.export).lines(stub.comment);
                header += start;
            }
            File {
                path: self.folder.join(&stub.path),
                text: compose::compose(stub, &header),
                target,
                shared,
            }
        };
        for target in &job.targets {
            let stubs = target.stubs(&job.export, self.mode);
            let own = stubs.iter().filter(|stub| !self.is_unified(stub, job));
            files.extend(own.map(|stub| file(stub, target.name(), "")));
        }
        if let Some(provider) = job.provider {
            let stubs = provider.files(&job.export, self.mode);
            files.extend(stubs.iter().map(|stub| {
                let start = header::start_line(stub.comment, &job.export.start_command);
                file(stub, PROVIDER, &start)
            }));
        }
        files
    }

    /// The files that several jobs share: none but in unify mode. `read` gives what stands on disk.
    ///
    /// # Errors
    /// With the file to which a function cannot be added.
    pub fn shared_files<E: From<Unmerged>>(
        &self,
        force: bool,
        read: impl Fn(&Path) -> Result<Option<String>, E>,
    ) -> Result<Vec<File>, E> {
        if self.mode != Mode::Unify {
            return Ok(Vec::new());
        }
        let mut shared: Vec<Shared> = Vec::new();
        let mut index: std::collections::HashMap<PathBuf, usize> = Default::default();
        for job in &self.jobs {
            for target in &job.targets {
                for mut stub in target.stubs(&job.export, self.mode) {
                    if !self.is_unified(&stub, job) {
                        continue;
                    }
                    let member = unify::Member::new(header::Origin::of(&job.export), &stub);
                    stub.pieces.clear();
                    let at = *index.entry(stub.path.clone()).or_insert_with(|| {
                        shared.push(Shared {
                            frame: stub,
                            target: target.name(),
                            members: Vec::new(),
                        });
                        shared.len() - 1
                    });
                    shared[at].members.push(member);
                }
            }
        }
        let mut files = Vec::new();
        for Shared {
            frame,
            target,
            members,
        } in shared
        {
            let path = self.unified.join(&frame.path);
            let existing = read(&path)?.filter(|text| is_ours(text));
            let merged = unify::merge(&frame, existing.as_deref(), members, force);
            files.push(File {
                text: merged.map_err(|error| Unmerged {
                    path: path.clone(),
                    error,
                })?,
                path,
                target,
                shared: false,
            });
        }
        Ok(files)
    }
}

impl Plan {
    /// True for a file of several functions. What is named after one function is its own in every mode (a library
    /// needs a folder).
    fn is_unified(&self, stub: &Stub, job: &Job) -> bool {
        self.mode == Mode::Unify && !is_named_after(&stub.path, &job.export.identifier())
    }
}

/// A file of several functions while it is put together.
struct Shared {
    frame: Stub,
    target: &'static str,
    members: Vec<unify::Member>,
}

/// A file to which nothing can be added.
#[derive(Clone, Debug)]
pub struct Unmerged {
    pub path: PathBuf,
    pub error: UnifyError,
}

/// `classify/stub.rs`, `classify.rs`, `lib/libclassify.c`, `classify_provider.py`. What is not named after
/// its function belongs to all functions of the folder (a channel of its own, a Makefile).
fn is_named_after(path: &Path, identifier: &str) -> bool {
    // Languages change case, and add `_` to what they reserve.
    let plain = |name: &str| name.trim_end_matches('_').to_lowercase();
    let wanted = plain(identifier);
    let stem = path.file_name().and_then(|name| name.to_str());
    let stem = stem.and_then(|name| name.split('.').next()).unwrap_or("");
    plain(stem) == wanted
        || stem.strip_suffix("_provider").map(plain).as_ref() == Some(&wanted)
        || stem.strip_suffix("_registry").map(plain).as_ref() == Some(&wanted)
        || stem.strip_prefix("lib").map(plain).as_ref() == Some(&wanted)
        || path
            .components()
            .any(|part| part.as_os_str().to_str().map(plain).as_ref() == Some(&wanted))
}
