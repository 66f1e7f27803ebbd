//! What was typed -> what is exported, to where: every decision of the command.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::super::input::{Exportable, Input, LayoutArgs};
use super::super::{Error, quoted, say};
use super::Args;
use crate::config::{Config, FunctionEntry, ModeName};
use crate::export::{Job, Plan, paths};
use crate::report::Report;
use crate::target::{self, Export, Mode, Target};

/// A plan, and what is said about it.
pub struct Wanted {
    pub plan: Plan,
    /// The command that starts each job's provider, as it is typed here and now.
    pub starts: Vec<String>,
    /// Why functions of `--all` are left out.
    pub skipped: Vec<Report>,
}

pub fn wanted(args: &Args) -> Result<Wanted, Error> {
    let Positional {
        function,
        source,
        targets,
    } = positional(args)?;
    let here = source
        .as_deref()
        .and_then(Path::parent)
        .unwrap_or(Path::new(""));
    let config = Config::find(if here.as_os_str().is_empty() {
        Path::new(".")
    } else {
        here
    })?;
    let mode = mode(args, &config);
    let folder = match (&args.out, &config.export.out) {
        (Some(out), _) => paths::tidy(out),
        (None, Some(out)) => shown_from_here(&config.folder.join(out)),
        (None, None) => PathBuf::from("metropipe"),
    };
    let folder_physical = paths::physical(&folder).map_err(|error| {
        let said = crate::report::said(&error);
        Report::of(
            folder.display().to_string(),
            format!("cannot be read: {said}"),
        )
    })?;
    let root = match &config.file {
        Some(_) => config.folder.clone(),
        None => std::env::current_dir().unwrap_or_default(),
    };
    let mut gathering = Gathering {
        args,
        asked: chosen(&targets)?,
        mode,
        unified: folder.parent().unwrap_or(Path::new("")).into(),
        folder,
        folder_physical,
        root,
        config,
        jobs: Vec::new(),
        starts: Vec::new(),
        wrong: Vec::new(),
        skipped: Vec::new(),
    };
    gathering.gather(function, source)?;
    gathering.finish()
}

/// The arguments without a name, and the targets.
struct Positional {
    function: Option<String>,
    source: Option<PathBuf>,
    targets: Vec<String>,
}

/// `--target rust go classify services.py` means what it says, though a parser takes all for targets.
fn positional(args: &Args) -> Result<Positional, Error> {
    let mut targets = args.target.clone();
    let mut words = Vec::new();
    let known = |word: &String| target::find(word).is_some();
    let given = usize::from(args.function.is_some()) + usize::from(args.source.is_some());
    let lacking = if args.all { 1 } else { 2usize }.saturating_sub(given);
    let tail = targets.iter().rev().take(lacking);
    let tail = tail.take_while(|word| !known(word)).count();
    // At least one target was named, else what was typed is a mistake in a target's name.
    if tail < targets.len() {
        words = targets.split_off(targets.len() - tail);
    }
    let mut words = words.into_iter();
    let first = args.function.clone().or_else(|| words.next());
    let second = args
        .source
        .clone()
        .or_else(|| words.next().map(PathBuf::from));
    let (function, source) = match (args.all, first, second) {
        (true, Some(source), None) => (None, Some(PathBuf::from(source))),
        (true, Some(_), Some(_)) => {
            return Err(Error::wrong(
                "--all exports every function; leave the function's name out, or leave --all out",
            ));
        }
        (true, None, _) => {
            return Err(Error::wrong(
                "--all needs a source: metropipe export --all services.py",
            ));
        }
        (false, function, source) => (function, source),
    };
    Ok(Positional {
        function,
        source,
        targets,
    })
}

fn mode(args: &Args, config: &Config) -> Mode {
    match (args.namespace, args.flat, args.unify, config.export.mode) {
        (true, ..) => Mode::Namespace,
        (_, true, ..) => Mode::Flat,
        (_, _, true, _) => Mode::Unify,
        (.., Some(ModeName::Flat)) => Mode::Flat,
        (.., Some(ModeName::Unify)) => Mode::Unify,
        _ => Mode::Namespace,
    }
}

/// The targets of those names, each once, in the order of the documentation; all that cross
/// processes where none is named.
fn chosen(names: &[String]) -> Result<Vec<&'static dyn Target>, Report> {
    for name in names {
        if target::find(name).is_none() {
            let known: Vec<_> = target::all().iter().map(|target| target.name()).collect();
            let nearest = known
                .iter()
                .copied()
                .filter(|other| strsim::damerau_levenshtein(name, other) <= 2 && name.len() > 2)
                .min_by_key(|other| strsim::damerau_levenshtein(name, other));
            let meant = nearest
                .map(|one| format!("did you mean {one}? "))
                .unwrap_or_default();
            return Err(Report::new(format!(
                "no target is named {name}; {meant}known are {}",
                known.join(" ")
            )));
        }
    }
    Ok(target::all()
        .iter()
        .copied()
        .filter(|target| match names {
            [] => target.crosses_processes(),
            _ => names.iter().any(|name| name == target.name()),
        })
        .collect())
}

struct Gathering<'a> {
    args: &'a Args,
    /// The targets of the command line, else all.
    asked: Vec<&'static dyn Target>,
    mode: Mode,
    folder: PathBuf,
    folder_physical: PathBuf,
    unified: PathBuf,
    /// Paths in generated files are shown from here.
    root: PathBuf,
    config: Config,
    jobs: Vec<Job>,
    starts: Vec<String>,
    wrong: Vec<Report>,
    skipped: Vec<Report>,
}

impl Gathering<'_> {
    fn gather(&mut self, function: Option<String>, source: Option<PathBuf>) -> Result<(), Error> {
        match (function, source) {
            (function, Some(source)) => {
                let input = Input::open(&source, &self.args.layout)?;
                let functions: Option<Vec<&str>> = function
                    .as_deref()
                    .map(|names| names.split(',').map(str::trim).collect());
                match functions {
                    Some(names) => {
                        for (index, name) in names.iter().enumerate() {
                            // Naming a function twice is naming it.
                            if !name.is_empty() && !names[..index].contains(name) {
                                self.add_one(&input, name);
                            }
                        }
                    }
                    None => self.add_all(&input),
                }
            }
            (Some(names), None) => {
                for name in names.split(',').map(str::trim) {
                    let entries = self.config.functions.iter();
                    let entries: Vec<_> = entries
                        .filter(|entry| entry.name == name)
                        .cloned()
                        .collect();
                    if entries.is_empty() {
                        return Err(self.without_source(name));
                    }
                    self.add_entries(entries)?;
                }
            }
            (None, None) => {
                let entries = self.config.functions.clone();
                if entries.is_empty() {
                    return Err(self.nothing_named());
                }
                self.add_entries(entries)?;
            }
        }
        Ok(())
    }

    fn without_source(&self, name: &str) -> Error {
        let looks_like_source = crate::source::language_of(Path::new(name)).is_some();
        let quoted = quoted(name);
        Error::wrong(match &self.config.file {
            _ if looks_like_source => format!(
                "{name} is a source; name the function before it, or take all: metropipe export --all {quoted}"
            ),
            Some(file) => format!(
                "{} has no [[function]] named {name}; add it, or name the source: metropipe export {quoted} services.py",
                file.display()
            ),
            None => format!(
                "the source of {name} is missing; name it: metropipe export {quoted} services.py"
            ),
        })
    }

    fn nothing_named(&self) -> Error {
        match &self.config.file {
            Some(file) => Report::of(
                file.display().to_string(),
                "has no [[function]] to export; add one with `name` and `source`, or name a function",
            )
            .into(),
            None => Error::wrong(
                "nothing to export: name a function and its source (metropipe export classify services.py), or list them in metropipe.toml",
            ),
        }
    }

    fn add_entries(&mut self, entries: Vec<FunctionEntry>) -> Result<(), Error> {
        let mut inputs: HashMap<PathBuf, Input> = HashMap::new();
        for entry in entries {
            let source = shown_from_here(&self.config.folder.join(&entry.source));
            if !inputs.contains_key(&source) {
                let layout = LayoutArgs {
                    ..self.args.layout.clone()
                };
                inputs.insert(source.clone(), Input::open(&source, &layout)?);
            }
            self.add_one(&inputs[&source], &entry.name);
        }
        Ok(())
    }

    fn add_one(&mut self, input: &Input, name: &str) {
        match input.one(name) {
            Ok(one) => match self.job(input, one) {
                Ok((job, start)) => {
                    self.jobs.push(job);
                    self.starts.push(start);
                }
                Err(report) => self.wrong.push(report),
            },
            Err(report) => self.wrong.push(report),
        }
    }

    fn add_all(&mut self, input: &Input) {
        for one in input.all() {
            let added = one
                .map_err(|obstacle| obstacle.report(input.name()))
                .and_then(|one| self.job(input, one));
            match added {
                Ok((job, start)) => {
                    self.jobs.push(job);
                    self.starts.push(start);
                }
                Err(report) => self.skipped.push(report),
            }
        }
        if self.jobs.is_empty() {
            let none = Report::of(input.name(), "has no function that can be exported");
            self.wrong.push(none);
            self.wrong.append(&mut self.skipped);
        }
    }

    fn job(&self, input: &Input, one: Exportable) -> Result<(Job, String), Report> {
        let function = one.function;
        let at = |message: String| {
            Report::of(input.name(), format!("{}: {message}", function.name))
                .at(function.place)
                .with("function", function.name.clone())
        };
        let channel = self.args.channel.clone().unwrap_or(one.channel);
        if !is_channel(&channel) {
            return Err(at(format!(
                "no channel can be named {channel} (1 to 64 of A-Z a-z 0-9 _ . -, a letter or _ first); give it another name with --channel"
            )));
        }
        let targets = match one.entry.and_then(|entry| entry.targets.as_ref()) {
            Some(names) if self.args.target.is_empty() => chosen(names),
            _ => match &self.config.export.targets {
                Some(names) if self.args.target.is_empty() => chosen(names),
                _ => Ok(self.asked.clone()),
            },
        };
        let targets = targets.map_err(|report| at(report.message))?;
        let mut export = Export {
            function: function.clone(),
            layout: one.layout,
            channel,
            source: String::new(),
            source_from_provider: String::new(),
            start_command: String::new(),
        };
        let unicode = |path: &Path| {
            paths::slashes(path).ok_or_else(|| {
                let shown = path.display();
                at(format!("the path {shown} is no Unicode text; rename it"))
            })
        };
        export.source = unicode(&paths::portable(&input.path, &self.root, 1))?;
        let provider = target::provider_of(function.language);
        let file = match provider {
            Some(provider) => provider.path(&export.identifier(), self.mode),
            None => PathBuf::from("provider"),
        };
        let stands = self.folder_physical.join(&file);
        let stands = stands.parent().unwrap_or(Path::new("/"));
        export.source_from_provider = unicode(&paths::relative(stands, &input.physical))?;
        let start = |path: &Path| -> Result<String, Report> {
            let path = quoted(&unicode(path)?);
            Ok(match provider {
                Some(provider) => provider.start_command(&path),
                None => format!("(no provider is written for {} yet)", function.language),
            })
        };
        let path = self.folder.join(&file);
        let names = file.components().count() + 1;
        export.start_command = start(&paths::portable(&path, &self.root, names))?;
        let start = start(&path)?;
        let job = Job {
            export,
            targets,
            provider,
        };
        Ok((job, start))
    }

    fn finish(mut self) -> Result<Wanted, Error> {
        self.refuse_doubles();
        if !self.wrong.is_empty() {
            return Err(self.wrong.into());
        }
        if self.args.channel.is_some() && self.jobs.len() > 1 {
            return Err(Error::wrong(
                "--channel names the channel of one function; export the others by themselves",
            ));
        }
        for report in &self.skipped {
            say(&format!("left out: {}", report.line()));
        }
        Ok(Wanted {
            plan: Plan {
                jobs: self.jobs,
                mode: self.mode,
                folder: self.folder,
                unified: self.unified,
            },
            starts: self.starts,
            skipped: self.skipped,
        })
    }

    /// Two functions that would stand in the same files, or answer on the same channel.
    fn refuse_doubles(&mut self) {
        let mut files: HashMap<String, String> = HashMap::new();
        let mut channels: HashMap<&str, String> = HashMap::new();
        for job in &self.jobs {
            let export = &job.export;
            let who = format!("{} of {}", export.function.name, export.source);
            // Some file systems do not tell `Add` from `add`.
            let file = export.identifier().to_lowercase();
            if let Some(other) = files.insert(file, who.clone()) {
                self.wrong.push(Report::new(format!(
                    "{other} and {who} would stand in the same files; export them to two folders with --out"
                )));
            } else if let Some(other) = channels.insert(&export.channel, who.clone()) {
                self.wrong.push(Report::new(format!(
                    "{other} and {who} would both serve the channel {}; give one another `channel` in metropipe.toml",
                    export.channel
                )));
            }
        }
    }
}

/// What the protocol lets a channel be called; refused before a path is made of it.
fn is_channel(name: &str) -> bool {
    let mut letters = name.bytes();
    let first = letters.next();
    first.is_some_and(|c| c.is_ascii_alphabetic() || c == b'_')
        && name.len() <= 64
        && letters.all(|c| c.is_ascii_alphanumeric() || b"_.-".contains(&c))
}

/// As the user would type it: relative where it is below the current folder.
fn shown_from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    paths::tidy(path.strip_prefix(&here).unwrap_or(path))
}
