//! How a command ends: exit statuses, and what is printed when there is no result.

use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};

use crate::report::{Report, said};

/// How a command ended. The numbers are what shells see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// What was asked for is done.
    Done = 0,
    /// The answer is no: a check failed, no provider, a call returned an error.
    No = 1,
    /// Wrong usage or input.
    Wrong = 2,
}

/// Why a command has no result; one report for each thing that is wrong.
#[derive(Debug)]
pub struct Error {
    pub status: Status,
    pub reports: Vec<Report>,
    /// Whoever read the output went away: nothing to say, and nobody to say it to.
    pub hung_up: bool,
}

impl Error {
    /// Wrong usage or input: exit status 2.
    pub fn wrong(message: impl Into<String>) -> Self {
        Report::new(message).into()
    }

    /// The answer is no: exit status 1.
    pub fn no(message: impl Into<String>) -> Self {
        Error {
            status: Status::No,
            ..Error::wrong(message)
        }
    }

    /// One line, or one JSON object a line, for each report.
    pub fn print(&self, json: bool) {
        let mut stderr = anstream::stderr().lock();
        let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
        for report in &self.reports {
            // Where standard error is closed there is nobody to tell.
            let _ = if json {
                writeln!(stderr, "{}", report.json())
            } else if report.file.is_some() {
                writeln!(stderr, "{}", report.line())
            } else {
                writeln!(stderr, "{red}error:{red:#} {}", report.line())
            };
        }
    }
}

impl From<Report> for Error {
    fn from(report: Report) -> Self {
        vec![report].into()
    }
}

impl From<Vec<Report>> for Error {
    fn from(reports: Vec<Report>) -> Self {
        Error {
            status: Status::Wrong,
            reports,
            hung_up: false,
        }
    }
}

/// An error of writing the output; what concerns a file is reported with the file's name instead.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        let hung_up = error.kind() == io::ErrorKind::BrokenPipe;
        let message = format!("the output cannot be written: {}", said(&error));
        Error {
            status: if hung_up { Status::Done } else { Status::Wrong },
            reports: vec![Report::new(message)],
            hung_up,
        }
    }
}
