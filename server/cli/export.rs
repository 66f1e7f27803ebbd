//! `export`: stubs for the targets and a provider, or what would become of them.

mod print;
mod wanted;

use std::collections::HashSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::input::LayoutArgs;
use super::{Error, Status, TextOrJson};
use crate::export::disk::{self, Change, DiskError, Staging};
use crate::export::{File, Plan, Unmerged};
use crate::report::Report;

/// Write stubs that call a function from other languages, and the provider that serves it
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    metropipe export classify services.py\n  \
    metropipe export classify,Shop.price services.py --target rust go --out gen\n  \
    metropipe export --all services.py --check")]
pub struct Args {
    /// The function, or several separated by commas; a method as Class.method
    #[arg(value_name = "FUNCTION")]
    function: Option<String>,
    /// The source file
    #[arg(value_name = "SOURCE")]
    source: Option<PathBuf>,
    /// Every function of the source that can be exported
    #[arg(long)]
    all: bool,
    /// Languages to call from: c-direct c-linker c go python java rust csharp js ruby bash [default: all that cross processes]
    #[arg(long, short, value_name = "LANG", num_args = 1.., value_delimiter = ',')]
    target: Vec<String>,
    /// The folder to write to [default: metropipe]
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// metropipe/FUNCTION/stub.rs: a folder for each function [default]
    #[arg(long, group = "mode")]
    namespace: bool,
    /// metropipe/FUNCTION.rs: a file for each function
    #[arg(long, group = "mode")]
    flat: bool,
    /// metropipe.rs: one file for all functions, beside the folder
    #[arg(long, group = "mode")]
    unify: bool,
    /// Name of the channel [default: the function's name]
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// Write nothing; exit with 1 and show a diff where the files differ from what would be written
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Write nothing; list what would be written
    #[arg(long)]
    dry_run: bool,
    /// Overwrite files that metropipe did not write
    #[arg(long)]
    force: bool,
    /// How to print what was done
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
    #[command(flatten)]
    layout: LayoutArgs,
}

pub fn run(args: Args, out: &mut dyn Write) -> Result<Status, Error> {
    let wanted = wanted::wanted(&args)?;
    let plan = &wanted.plan;
    if args.check {
        return check(plan, &args, out);
    }
    let changes = if args.dry_run {
        each_file(plan, args.force, |file| {
            Ok(disk::compare(file, args.force)?.0)
        })?
    } else {
        write(plan, args.force)?
    };
    print::done(&wanted, &args, &changes, out)?;
    Ok(Status::Done)
}

/// A file that was, or would be, written.
pub(super) struct Outcome {
    path: PathBuf,
    target: &'static str,
    change: Change,
}

fn write(plan: &Plan, force: bool) -> Result<Vec<Outcome>, Error> {
    let stopped = Arc::new(AtomicBool::new(false));
    let mut handlers = Vec::new();
    for signal in signal_hook::consts::TERM_SIGNALS {
        // Without a handler Ctrl-C ends the program at once, and would leave temporary files.
        handlers.extend(signal_hook::flag::register(*signal, stopped.clone()));
    }
    let mut roots = vec![plan.folder.clone(), plan.unified.clone()];
    // The current folder is where the user stands: not ours to judge.
    roots.retain(|root| !root.as_os_str().is_empty());
    let staging = Staging::new(roots, force);
    let outcomes = each_file(plan, force, |file| {
        if stopped.load(Ordering::Relaxed) {
            return Err(Error::wrong("stopped by a signal; nothing was written"));
        }
        Ok(staging.stage(file)?)
    });
    let result = outcomes.and_then(|outcomes| {
        staging.commit()?;
        Ok(outcomes)
    });
    for handler in handlers {
        signal_hook::low_level::unregister(handler);
    }
    result
}

/// A unified diff on `out` of every file that is not as it would be written.
fn check(plan: &Plan, args: &Args, out: &mut dyn Write) -> Result<Status, Error> {
    let diffs = Mutex::new(Vec::new());
    let outcomes = each_file(plan, true, |file| {
        let (change, old) = disk::compare(file, true)?;
        if change != Change::Unchanged && args.format == TextOrJson::Text {
            let old = String::from_utf8_lossy(old.as_deref().unwrap_or_default()).into_owned();
            let diff = print::diff(&file.path, change, &old, &file.text);
            diffs
                .lock()
                .expect("no panic")
                .push((file.path.clone(), diff));
        }
        Ok(change)
    })?;
    let mut diffs = diffs.into_inner().expect("no panic");
    diffs.sort();
    for (_, diff) in &diffs {
        out.write_all(diff.as_bytes())?;
    }
    if args.format == TextOrJson::Json {
        print::json(out, &outcomes)?;
    }
    let same = outcomes
        .iter()
        .all(|outcome| outcome.change == Change::Unchanged);
    Ok(if same { Status::Done } else { Status::No })
}

/// Does `what` to every file, on all processors, and forgets each at once: a thousand functions
/// make hundreds of megabytes. The outcomes are in the plan's order.
fn each_file(
    plan: &Plan,
    force: bool,
    what: impl Fn(&File) -> Result<Change, Error> + Sync,
) -> Result<Vec<Outcome>, Error> {
    let shared = Mutex::new(HashSet::new());
    let one = |file: File| {
        let again = file.shared
            && !shared
                .lock()
                .expect("no panic")
                .insert((file.path.clone(), file.target));
        if again {
            return Ok(None);
        }
        Ok(Some(Outcome {
            change: what(&file)?,
            path: file.path,
            target: file.target,
        }))
    };
    let all = |files: Vec<File>| {
        let outcomes = files.into_iter().map(one);
        outcomes
            .filter_map(Result::transpose)
            .collect::<Result<Vec<_>, Error>>()
    };
    let unified = plan.shared_files(force, |path| {
        let bytes = disk::read(path)?;
        Ok::<_, Error>(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    })?;
    let mut outcomes = all(unified)?;
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let work = || {
        let mut done = Vec::new();
        while !failed.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = plan.jobs.get(index) else {
                break;
            };
            let outcomes = all(plan.files_of(job));
            failed.fetch_or(outcomes.is_err(), Ordering::Relaxed);
            done.push((index, outcomes));
        }
        done
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    // A thread costs more than a few functions do.
    let threads = processors.min(plan.jobs.len() / 4);
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            done.extend(other.join().expect("no panic"));
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    for (_, files) in done {
        outcomes.extend(files?);
    }
    Ok(outcomes)
}

impl From<DiskError> for Error {
    fn from(error: DiskError) -> Self {
        let path = error.path().display().to_string();
        Report::of(path, error.to_string()).into()
    }
}

impl From<Unmerged> for Error {
    fn from(unmerged: Unmerged) -> Self {
        let path = unmerged.path.display().to_string();
        Report::of(path, unmerged.error.to_string()).into()
    }
}
