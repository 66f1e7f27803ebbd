//! What `export` says when it is done.

use std::io::Write;
use std::path::Path;

use anstyle::Style;
use serde_json::json;

use super::super::{Error, TextOrJson, say};
use super::wanted::Wanted;
use super::{Args, Outcome};
use crate::export::disk::Change;
use crate::export::usage;
use crate::report::printable;

/// More files than this are counted, not listed; unless the list is what was asked for.
const LISTED: usize = 60;
/// More functions than this do not get a line each.
const SHOWN: usize = 20;

pub fn done(
    wanted: &Wanted,
    args: &Args,
    outcomes: &[Outcome],
    out: &mut dyn Write,
) -> Result<(), Error> {
    match args.format {
        TextOrJson::Text => text(wanted, args, outcomes, out),
        TextOrJson::Json => {
            let notes = notes(wanted);
            let starts: serde_json::Map<_, _> = wanted
                .plan
                .jobs
                .iter()
                .zip(&wanted.starts)
                .map(|(job, start)| (job.export.function.name.clone(), json!(start)))
                .collect();
            let skipped: Vec<_> = wanted.skipped.iter().map(|report| report.json()).collect();
            let whole = json!({
                "files": files(outcomes),
                "start": starts,
                "notes": notes,
                "left_out": skipped,
            });
            print(out, &whole)
        }
    }
}

fn text(
    wanted: &Wanted,
    args: &Args,
    outcomes: &[Outcome],
    out: &mut dyn Write,
) -> Result<(), Error> {
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    if args.dry_run || outcomes.len() <= LISTED {
        let widest = outcomes.iter().map(|outcome| outcome.target.len()).max();
        let width = widest.unwrap_or_default();
        for outcome in outcomes {
            let path = printable(&outcome.path.display().to_string());
            let word = word(outcome.change, args.dry_run);
            writeln!(out, "{:width$}  {path}  {dim}{word}{dim:#}", outcome.target)?;
        }
    } else {
        let count = |change| outcomes.iter().filter(|one| one.change == change).count();
        let folder = printable(&wanted.plan.folder.display().to_string());
        writeln!(out, "{} files in {folder}:", outcomes.len())?;
        for change in [Change::Created, Change::Replaced, Change::Unchanged] {
            if count(change) > 0 {
                writeln!(out, "  {} {}", count(change), word(change, args.dry_run))?;
            }
        }
    }
    let jobs = &wanted.plan.jobs;
    if !args.dry_run {
        let providers = if jobs.len() == 1 {
            "the provider"
        } else {
            "the providers"
        };
        writeln!(out, "\n{bold}Start {providers}:{bold:#}")?;
        for start in wanted.starts.iter().take(SHOWN) {
            writeln!(out, "  {}", printable(start))?;
        }
        more(out, wanted.starts.len())?;
        writeln!(out, "\n{bold}Call it:{bold:#}")?;
        // One function stands for all: the others are called alike.
        for job in jobs.iter().take(1) {
            for target in &job.targets {
                let plan = &wanted.plan;
                let how = usage::call(target.name(), &job.export, plan.mode, &plan.folder);
                writeln!(out, "  {:9} {}", target.name(), printable(&how))?;
            }
        }
    }
    let notes = notes(wanted);
    for note in notes.iter().take(SHOWN) {
        say(&format!("note: {note}"));
    }
    if notes.len() > SHOWN {
        say(&format!(
            "note: and {} more of the kind",
            notes.len() - SHOWN
        ));
    }
    Ok(())
}

fn more(out: &mut dyn Write, count: usize) -> Result<(), Error> {
    if count > SHOWN {
        writeln!(
            out,
            "  ... and {} more, one for each function",
            count - SHOWN
        )?;
    }
    Ok(())
}

/// Each note once; with its function where there are several.
fn notes(wanted: &Wanted) -> Vec<String> {
    let several = wanted.plan.jobs.len() > 1;
    let mut notes = Vec::new();
    for job in &wanted.plan.jobs {
        for note in &job.export.layout.notes {
            notes.push(match several {
                true => format!("{}: {note}", job.export.function.name),
                false => note.clone(),
            });
        }
    }
    notes
}

fn word(change: Change, dry_run: bool) -> &'static str {
    match (change, dry_run) {
        (Change::Created, false) => "created",
        (Change::Created, true) => "would be created",
        (Change::Replaced, false) => "replaced",
        (Change::Replaced, true) => "would be replaced",
        (Change::Unchanged, _) => "unchanged",
    }
}

fn files(outcomes: &[Outcome]) -> serde_json::Value {
    let one = |outcome: &Outcome| {
        json!({
            "path": outcome.path.display().to_string(),
            "target": outcome.target,
            "change": word(outcome.change, false),
        })
    };
    outcomes.iter().map(one).collect()
}

/// What `--check` says to programs: the files alone.
pub fn json(out: &mut dyn Write, outcomes: &[Outcome]) -> Result<(), Error> {
    print(out, &json!({ "files": files(outcomes) }))
}

fn print(out: &mut dyn Write, value: &serde_json::Value) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(value).expect("plain data");
    Ok(writeln!(out, "{text}")?)
}

/// From what stands on disk to what would be written.
pub fn diff(path: &Path, change: Change, old: &str, new: &str) -> String {
    let name = printable(&path.display().to_string());
    let from = match change {
        Change::Created => "/dev/null".into(),
        _ => format!("a/{name}"),
    };
    similar::TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(3)
        .header(&from, &format!("b/{name}"))
        .to_string()
}
