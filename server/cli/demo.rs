//! `demo`: a Python function, called from every language that this machine has.

mod languages;
mod processes;

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anstyle::Style;
use tempfile::TempDir;

use super::{Error, Status, say};
use crate::report::{printable, said};
use languages::{CALL, FUNCTION, LANGUAGES, Language, RESULT, SOURCE, SOURCE_TEXT};
use processes::{Failure, Running};

const READY: Duration = Duration::from_secs(20);
const BUILD: Duration = Duration::from_secs(300);
const RUN: Duration = Duration::from_secs(120);

/// Call a Python function from every language that this machine has, and show how long a call takes
#[derive(clap::Args)]
pub struct Args {
    /// Only these languages
    #[arg(long, short, value_name = "LANG", num_args = 1.., value_delimiter = ',')]
    target: Vec<String>,
}

pub fn run(args: Args, out: &mut dyn Write) -> Result<Status, Error> {
    let stopped = Arc::new(AtomicBool::new(false));
    for signal in signal_hook::consts::TERM_SIGNALS {
        // A handler instead of the default: everything is put away before the program ends.
        let _ = signal_hook::flag::register(*signal, stopped.clone());
    }
    let chosen = chosen(&args.target)?;
    let demo = Demo::new(stopped)?;
    match demo.show(&chosen, out) {
        Ok(status) => Ok(status),
        Err(Ended::Failed(Failure::Stopped)) => Err(Error::no("stopped; nothing is left behind")),
        Err(Ended::Failed(Failure::Said(why))) => Err(Error::no(why)),
        Err(Ended::Output(error)) => Err(error),
    }
}

fn chosen(names: &[String]) -> Result<Vec<&'static Language>, Error> {
    for name in names {
        if !LANGUAGES.iter().any(|language| language.target == name) {
            let known: Vec<_> = LANGUAGES.iter().map(|language| language.target).collect();
            return Err(Error::wrong(format!(
                "the demonstration has no {name}; it has {}",
                known.join(" ")
            )));
        }
    }
    let wanted =
        |language: &&Language| names.is_empty() || names.iter().any(|name| name == language.target);
    Ok(LANGUAGES.iter().filter(wanted).collect())
}

enum Ended {
    Failed(Failure),
    Output(Error),
}

impl<T: Into<Failure>> From<T> for Ended {
    fn from(failure: T) -> Self {
        Ended::Failed(failure.into())
    }
}

/// The folders of a demonstration: files, and channels in memory. Both go when it ends.
struct Demo {
    files: TempDir,
    channels: TempDir,
    metropipe: PathBuf,
    stopped: Arc<AtomicBool>,
}

impl Demo {
    fn new(stopped: Arc<AtomicBool>) -> Result<Demo, Error> {
        let cannot = |what: &'static str| {
            move |error: std::io::Error| Error::wrong(format!("{what}: {}", said(&error)))
        };
        let mut named = tempfile::Builder::new();
        let named = named.prefix("metropipe-demo-");
        let files = named
            .tempdir()
            .map_err(cannot("no temporary folder can be made"))?;
        // Memory where there is some: the disk is no part of what is shown.
        let channels = named
            .tempdir_in("/dev/shm")
            .or_else(|_| named.tempdir())
            .map_err(cannot("no temporary folder can be made"))?;
        let metropipe =
            std::env::current_exe().map_err(cannot("metropipe's own file is unknown"))?;
        Ok(Demo {
            files,
            channels,
            metropipe,
            stopped,
        })
    }

    fn show(&self, chosen: &[&'static Language], out: &mut dyn Write) -> Result<Status, Ended> {
        let folder = self.files.path();
        std::fs::write(folder.join(SOURCE), SOURCE_TEXT)?;
        let (mut present, missing) = self.look(chosen);
        if found("python3").is_none() {
            return Err(Failure::Said(
                "the function of the demonstration is Python; install it first: apt-get install python3".into(),
            )
            .into());
        }
        self.command(&["metropipe", "export", FUNCTION, SOURCE], "export", READY)?;
        let mut command = self.prepared("python3");
        command.arg(format!("metropipe/{FUNCTION}/provider.py"));
        let mut provider = Running::start(command, folder, "provider")?;
        provider.line_with("ready on", folder, READY, &self.stopped)?;
        let unbuilt = self.build(&present)?;
        present.retain(|language| !unbuilt.contains_key(language.target));

        let bold = Style::new().bold();
        say_if_seen("");
        print(
            out,
            &format!(
                "{bold}{CALL}{bold:#}, a function of {SOURCE} in another process, called from {} languages:\n",
                present.len()
            ),
        )?;
        print(
            out,
            &format!(
                "{bold}{:9}  {:8}  {:>10}  {:>10}{bold:#}",
                "target", "result", "p50", "p99"
            ),
        )?;
        let mut failed = unbuilt.len();
        for language in &present {
            let row = match self.call(language)? {
                Ok(row) => row,
                Err(why) => {
                    failed += 1;
                    format!("failed: {why}")
                }
            };
            print(out, &format!("{:9}  {row}", language.target))?;
        }
        for (target, why) in &unbuilt {
            print(
                out,
                &format!("{target:9}  does not compile: {}", printable(why)),
            )?;
        }
        if !missing.is_empty() {
            print(out, "\nNot on this machine:")?;
        }
        for (target, what) in &missing {
            print(out, &format!("{target:9}  {what}"))?;
        }
        Ok(if failed == 0 {
            Status::Done
        } else {
            Status::No
        })
    }

    /// The languages that are here, and what brings the others.
    fn look(
        &self,
        chosen: &[&'static Language],
    ) -> (Vec<&'static Language>, Vec<(&'static str, String)>) {
        let mut present = Vec::new();
        let mut missing = Vec::new();
        for language in chosen {
            let lacking: Vec<&str> = language
                .needs
                .iter()
                .filter(|(program, _)| found(program).is_none())
                .map(|(_, package)| *package)
                .collect();
            if !lacking.is_empty() {
                missing.push((
                    language.target,
                    format!("apt-get install {}", lacking.join(" ")),
                ));
            } else if language.target == "js" && !self.has_koffi() {
                missing.push((language.target, "npm install koffi".into()));
            } else {
                present.push(*language);
            }
        }
        (present, missing)
    }

    fn has_koffi(&self) -> bool {
        let mut node = self.prepared("node");
        node.args(["-e", "require('koffi')"]);
        Running::start(node, self.files.path(), "koffi")
            .and_then(|node| node.output(self.files.path(), RUN, &self.stopped))
            .is_ok()
    }

    /// Writes and compiles the callers, as many at once as there are processors. What does not compile, and why.
    fn build(
        &self,
        languages: &[&'static Language],
    ) -> Result<HashMap<&'static str, String>, Ended> {
        for (name, text) in languages.iter().flat_map(|language| language.files) {
            let path = self.files.path().join(name);
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(path, text)?;
        }
        let compiled: Vec<&Language> = languages
            .iter()
            .copied()
            .filter(|language| !language.build.is_empty())
            .collect();
        let names: Vec<&str> = compiled.iter().map(|language| language.target).collect();
        if !names.is_empty() {
            say_if_seen(&format!("compiling the callers: {}", names.join(" ")));
        }
        let next = AtomicUsize::new(0);
        let failures = Mutex::new(HashMap::new());
        let stop = AtomicBool::new(false);
        let work = || {
            while let Some(language) = compiled.get(next.fetch_add(1, Ordering::Relaxed)) {
                match self.build_one(language) {
                    Ok(()) => {}
                    Err(Failure::Said(why)) => {
                        failures
                            .lock()
                            .expect("no panic")
                            .insert(language.target, why);
                    }
                    Err(Failure::Stopped) => {
                        stop.store(true, Ordering::Relaxed);
                        return;
                    }
                }
            }
        };
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..processors.min(compiled.len()) {
                scope.spawn(work);
            }
        });
        if stop.into_inner() {
            return Err(Failure::Stopped.into());
        }
        Ok(failures.into_inner().expect("no panic"))
    }

    fn build_one(&self, language: &Language) -> Result<(), Failure> {
        for (step, words) in language.build.iter().enumerate() {
            let name = format!("{}.{step}", language.target);
            let result = if words.first() == Some(&"cargo") {
                // The crates are here already where metropipe itself was built.
                let offline: Vec<&str> = words.iter().copied().chain(["--offline"]).collect();
                match self.command(&offline, &name, BUILD) {
                    Err(Failure::Said(_)) => self.command(words, &name, BUILD),
                    result => result,
                }
            } else {
                self.command(words, &name, BUILD)
            };
            result?;
        }
        Ok(())
    }

    /// A row of the table, or why there is none.
    fn call(&self, language: &Language) -> Result<Result<String, String>, Ended> {
        let printed = match self.command(language.run, language.target, RUN) {
            Ok(printed) => printed,
            Err(Failure::Said(why)) => return Ok(Err(printable(&why))),
            Err(stopped) => return Err(stopped.into()),
        };
        let fields: Vec<&str> = printed.trim_end().split('\t').collect();
        let numbers = |text: &str| text.parse::<f64>().ok();
        Ok(match fields[..] {
            [result, p50, p99] if result == RESULT => match (numbers(p50), numbers(p99)) {
                (Some(p50), Some(p99)) => {
                    let (p50, p99) = (duration(p50), duration(p99));
                    let row = format!("{result:8}  {p50:>10}  {p99:>10}  {}", language.remark);
                    Ok(row.trim_end().to_string())
                }
                _ => Err(format!("printed {}", printable(&printed))),
            },
            _ => Err(format!("printed {}", printable(&printed))),
        })
    }

    fn command(&self, words: &[&str], name: &str, limit: Duration) -> Result<String, Failure> {
        let mut command = match words[0] {
            "metropipe" => self.prepared(&self.metropipe),
            program => self.prepared(program),
        };
        command.args(&words[1..]);
        let folder = self.files.path();
        Running::start(command, folder, name)?.output(folder, limit, &self.stopped)
    }

    /// A program in the demonstration's folder, on its channels.
    fn prepared(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut path = vec![];
        path.extend(self.metropipe.parent().map(Path::to_path_buf));
        path.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        let mut command = Command::new(program);
        command
            .current_dir(self.files.path())
            .env("PATH", std::env::join_paths(path).unwrap_or_default())
            .env("METROPIPE", &self.metropipe)
            .env("METROPIPE_DIR", self.channels.path())
            .env("NODE_PATH", node_path())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("GOTOOLCHAIN", "local")
            .env_remove("GOFLAGS")
            .env_remove("METROPIPE_TIMEOUT_MS")
            // What the cargo that started this program says to its own build is not meant for ours.
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS");
        command
    }
}

/// Where Node looks for koffi: as the user set it, and the packages of the current folder.
fn node_path() -> OsString {
    let mut folders: Vec<PathBuf> = Vec::new();
    let set = std::env::var_os("NODE_PATH").unwrap_or_default();
    // The callers run in another folder.
    folders.extend(std::env::split_paths(&set).filter_map(|path| std::path::absolute(path).ok()));
    folders.extend(std::env::current_dir().map(|here| here.join("node_modules")));
    std::env::join_paths(folders).unwrap_or(set)
}

/// The file of a program on the path.
fn found(program: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| {
            std::fs::metadata(file)
                .is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
        })
}

/// `1.24 us`
fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        short if short < 1e3 => format!("{short:.0} ns"),
        short if short < 1e5 => format!("{:.2} us", short / 1e3),
        long if long < 1e6 => format!("{:.0} us", long / 1e3),
        long => format!("{:.2} ms", long / 1e6),
    }
}

/// A line of the result, at once: whoever watches sees it grow.
fn print(out: &mut dyn Write, line: &str) -> Result<(), Ended> {
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|error| Ended::Output(error.into()))
}

/// Progress: only for somebody who watches.
fn say_if_seen(line: &str) {
    if std::io::stderr().is_terminal() {
        say(line);
    }
}
