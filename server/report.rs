//! What is wrong, where, and what to do: as a sentence for people and as JSON for programs.
//!
//! Knows neither commands nor exit statuses.

use std::fmt::Write as _;
use std::io;

use serde_json::{Map, Value, json};

use crate::signature::Place;

/// One thing that is wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The file as the user named it.
    pub file: Option<String>,
    pub place: Option<Place>,
    /// What is wrong, then what to do: one sentence, without a full stop.
    pub message: String,
    /// More keys of the JSON object, such as `function` and `param`.
    pub details: Vec<(&'static str, Value)>,
}

impl Report {
    pub fn new(message: impl Into<String>) -> Self {
        Report {
            message: message.into(),
            ..Report::default()
        }
    }

    /// About a file as a whole.
    pub fn of(file: impl Into<String>, message: impl Into<String>) -> Self {
        Report {
            file: Some(file.into()),
            ..Report::new(message)
        }
    }

    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    pub fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.details.push((key, value.into()));
        self
    }

    /// `file:line:column: message`, with nothing in it that a terminal would obey.
    pub fn line(&self) -> String {
        let mut line = String::new();
        if let Some(file) = &self.file {
            let _ = write!(line, "{file}:");
            if let Some(place) = self.place {
                let _ = write!(line, "{place}:");
            }
            line.push(' ');
        }
        line.push_str(&self.message);
        printable(&line)
    }

    /// The keys `error`, `file`, `line`, `column` are always there.
    pub fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("error".into(), json!(self.message));
        object.insert("file".into(), json!(self.file));
        object.insert("line".into(), json!(self.place.map(|place| place.line)));
        object.insert("column".into(), json!(self.place.map(|place| place.column)));
        for (key, value) in &self.details {
            object.insert((*key).into(), value.clone());
        }
        Value::Object(object)
    }
}

/// What the system says, in its words and without the number that Rust adds.
pub fn said(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}

/// The text with control and direction characters spelled out, so that no name of a file or a
/// function moves the cursor, changes the colour of a terminal, or looks like a line of ours.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_where_and_cannot_command_a_terminal() {
        let place = Place { line: 3, column: 7 };
        let report = Report::of("a\u{1b}[31m.py", "no\u{202e}").at(place);
        assert_eq!(report.line(), "a\\u{1b}[31m.py:3:7: no\\u{202e}");
    }

    #[test]
    fn a_json_report_has_its_keys_even_where_they_are_null() {
        let json = Report::new("no").with("param", "k").json();
        assert_eq!(
            json.to_string(),
            r#"{"error":"no","file":null,"line":null,"column":null,"param":"k"}"#
        );
    }
}
