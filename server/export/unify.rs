//! One file for several functions: what stands in it, and how an export changes that.
//!
//! Each piece stands under a mark with its name, its length and a sum of its bytes. Reading goes by
//! length, so that nothing in a piece (a docstring least of all) is taken for a mark; and what was
//! read is written again and compared, so that a file is either understood to the last byte or refused.

use std::fmt::Write as _;

use thiserror::Error;

use super::compose::Joined;
use super::header::{self, Origin};
use crate::target::{PieceKind, Stub};

/// Why nothing can be added to a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnifyError {
    #[error(
        "was changed by hand, and adding to it would lose that; restore it, or write it anew with --force"
    )]
    Changed,
    #[error(
        "was written by another version of metropipe; export all of its functions in one go ({functions}), or write it anew with --force"
    )]
    OtherVersion { functions: String },
    #[error(
        "record {name} is not the same in {one} and {other}; rename one of the two, or export without --unify"
    )]
    RecordsDiffer {
        name: String,
        one: String,
        other: String,
    },
    #[error(
        "holds {function} of {old}; it would be replaced by {function} of {new}; export without --unify, or replace it with --force"
    )]
    OtherSource {
        function: String,
        old: String,
        new: String,
    },
}

/// One function of a file, with the records that it uses.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub origin: Origin,
    /// Name and text.
    functions: Vec<(String, String)>,
    records: Vec<(String, String)>,
}

impl Member {
    pub fn new(origin: Origin, stub: &Stub) -> Self {
        let of = |kind| {
            let pieces = stub.pieces.iter().filter(move |piece| piece.kind == kind);
            pieces
                .map(|piece| {
                    (
                        header::harmless(&piece.name).replace(' ', "%20"),
                        piece.text.trim_matches('\n').to_string(),
                    )
                })
                .collect()
        };
        Member {
            origin,
            functions: of(PieceKind::Function),
            records: of(PieceKind::Record),
        }
    }
}

/// The text of a file with the members of `existing` and those of `new`; `frame` has head and tail.
///
/// # Errors
/// Where `existing` is not to be understood, or two members do not go together. With `force` none of
/// the former: then the file is written anew, with the new members alone.
pub fn merge(
    frame: &Stub,
    existing: Option<&str>,
    new: Vec<Member>,
    force: bool,
) -> Result<String, UnifyError> {
    let old = match existing {
        None => Vec::new(),
        Some(text) => match read(frame, text, &new) {
            Ok(members) => members,
            Err(_) if force => Vec::new(),
            Err(error) => return Err(error),
        },
    };
    let mut members = old;
    for member in new {
        let same = |other: &&mut Member| other.origin.function == member.origin.function;
        match members.iter_mut().find(same) {
            Some(place) if place.origin.source != member.origin.source && !force => {
                return Err(UnifyError::OtherSource {
                    function: member.origin.function,
                    old: place.origin.source.clone(),
                    new: member.origin.source,
                });
            }
            Some(place) => *place = member,
            None => members.push(member),
        }
    }
    agree(&members)?;
    Ok(write(frame, &members))
}

/// Records of one name are equal.
fn agree(members: &[Member]) -> Result<(), UnifyError> {
    let mut seen: std::collections::HashMap<&str, (&str, &Member)> = Default::default();
    for member in members {
        for (name, text) in &member.records {
            let (first, owner) = seen.entry(name).or_insert((text, member));
            if *first != text {
                let of = |member: &Member| {
                    format!("{} of {}", member.origin.function, member.origin.source)
                };
                return Err(UnifyError::RecordsDiffer {
                    name: name.clone(),
                    one: of(owner),
                    other: of(member),
                });
            }
        }
    }
    Ok(())
}

fn write(frame: &Stub, members: &[Member]) -> String {
    let comment = frame.comment;
    let mut top = header::first_line(comment);
    for member in members {
        top.push_str(&member.origin.lines(comment));
    }
    let mut text = Joined::begin(frame, &top);
    let mut written: std::collections::HashSet<&str> = Default::default();
    for member in members {
        for (name, record) in &member.records {
            if written.insert(name) {
                text.part(&mark(frame, "record", name, record, "", &[]));
                text.part(record);
            }
        }
        let origin = member.origin.lines(comment);
        for (index, (name, function)) in member.functions.iter().enumerate() {
            let (kind, uses) = match index {
                0 => ("function", &member.records[..]),
                _ => ("more", &[][..]),
            };
            text.part(&mark(frame, kind, name, function, &origin, uses));
            text.part(function);
        }
    }
    text.end(&frame.tail)
}

/// `// metropipe function classify: 120 bytes, sum 1f2e3d4c, records Point Line`; a function's further
/// pieces are `more`.
/// The sum is of what the header says of the function, too.
fn mark(
    frame: &Stub,
    kind: &str,
    name: &str,
    text: &str,
    origin: &str,
    uses: &[(String, String)],
) -> String {
    let mut line = format!(
        "{}{} metropipe {kind} {name}: {} bytes, sum {:08x}",
        frame.indent,
        frame.comment,
        text.len(),
        sum(&[origin, name, text])
    );
    if !uses.is_empty() {
        line.push_str(", records");
    }
    for (name, _) in uses {
        let _ = write!(line, " {name}");
    }
    line
}

/// FNV-1a: against slips of a hand, not against forgery.
fn sum(texts: &[&str]) -> u32 {
    let bytes = texts.iter().flat_map(|text| text.bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// The members of a file that [`write`] wrote.
fn read(frame: &Stub, text: &str, new: &[Member]) -> Result<Vec<Member>, UnifyError> {
    let mut reader = Reader { rest: text };
    let first = frame.first.trim_end_matches('\n');
    if !first.is_empty() {
        reader.skip(first).ok_or(UnifyError::Changed)?;
        reader.skip("\n").ok_or(UnifyError::Changed)?;
    }
    let line = reader.line().ok_or(UnifyError::Changed)?;
    let mut origins = Vec::new();
    while let Some((origin, length)) = Origin::read(reader.rest, frame.comment) {
        reader.rest = &reader.rest[length..];
        origins.push(origin);
    }
    if format!("{line}\n") != header::first_line(frame.comment) {
        // What all is written anew need not be understood.
        let again = |origin: &Origin| {
            new.iter()
                .any(|member| member.origin.function == origin.function)
        };
        if !origins.is_empty() && origins.iter().all(again) {
            return Ok(Vec::new());
        }
        let functions: Vec<_> = origins.into_iter().map(|origin| origin.function).collect();
        return Err(UnifyError::OtherVersion {
            functions: functions.join(","),
        });
    }
    let members = reader.members(frame, origins).ok_or(UnifyError::Changed)?;
    if write(frame, &members) == text {
        Ok(members)
    } else {
        Err(UnifyError::Changed)
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip(&mut self, wanted: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(wanted)?;
        Some(())
    }

    fn line(&mut self) -> Option<&'a str> {
        let (line, rest) = self.rest.split_once('\n')?;
        self.rest = rest;
        Some(line)
    }

    fn members(&mut self, frame: &Stub, origins: Vec<Origin>) -> Option<Vec<Member>> {
        self.skip("\n")?;
        let head = frame.head.trim_matches('\n');
        if !head.is_empty() {
            self.skip(head)?;
            self.skip("\n")?;
        }
        let tail = frame.tail.trim_matches('\n');
        let before_tail = self.rest.trim_end_matches('\n').strip_suffix(tail)?;
        self.rest = before_tail.trim_end_matches('\n');
        let mut records: Vec<(String, String)> = Vec::new();
        let mut members: Vec<Member> = Vec::new();
        let mut origins = origins.into_iter();
        while !self.rest.is_empty() {
            let mark = self.mark(frame)?;
            self.rest = self.rest.trim_start_matches('\n');
            let text = self.rest.get(..mark.length)?.to_string();
            self.rest = &self.rest[mark.length..];
            match mark.kind {
                "record" => records.push((mark.name, text)),
                "function" => {
                    let used =
                        |name: &&str| records.iter().find(|record| record.0 == *name).cloned();
                    members.push(Member {
                        origin: origins.next()?,
                        functions: vec![(mark.name, text)],
                        records: mark.uses.iter().map(used).collect::<Option<_>>()?,
                    });
                }
                "more" => members.last_mut()?.functions.push((mark.name, text)),
                _ => return None,
            }
        }
        // A file without pieces (a Makefile) is the same for all functions that it serves.
        if members.is_empty() {
            members.extend(origins.by_ref().map(|origin| Member {
                origin,
                functions: Vec::new(),
                records: Vec::new(),
            }));
        }
        origins.next().is_none().then_some(members)
    }

    fn mark(&mut self, frame: &Stub) -> Option<Mark<'a>> {
        self.rest = self.rest.trim_start_matches('\n');
        let line = self.line()?;
        let line = line
            .strip_prefix(frame.indent)?
            .strip_prefix(frame.comment)?;
        let (kind, line) = line.strip_prefix(" metropipe ")?.split_once(' ')?;
        // The sum is compared when all is written again.
        let (name, line) = line.split_once(": ")?;
        let (length, line) = line.split_once(" bytes, sum ")?;
        let uses = match line.split_once(", records ") {
            Some((_, names)) => names.split(' ').collect(),
            None => Vec::new(),
        };
        Some(Mark {
            kind,
            name: name.into(),
            length: length.parse().ok()?,
            uses,
        })
    }
}

struct Mark<'a> {
    kind: &'a str,
    name: String,
    length: usize,
    uses: Vec<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Piece;

    fn stub(function: &str, records: &[(&str, &str)]) -> Stub {
        let piece = |kind, name: &str, text: String| Piece {
            kind,
            name: name.into(),
            text,
        };
        let mut pieces: Vec<Piece> = records
            .iter()
            .map(|(name, text)| piece(PieceKind::Record, name, format!("record {text}\n")))
            .collect();
        let mark = "// metropipe function evil: 3 bytes, sum 00000000";
        pieces.push(piece(
            PieceKind::Function,
            function,
            format!("{mark}\n{function}()\n\n\nlast line\n"),
        ));
        pieces.push(piece(PieceKind::Function, function, "second\n".into()));
        Stub {
            first: "#!x\n".into(),
            head: "head {\n".into(),
            pieces,
            tail: "}\n".into(),
            ..Stub::whole("p", "//", String::new())
        }
    }

    fn member(function: &str, source: &str, stub: &Stub) -> Member {
        let origin = Origin {
            function: function.into(),
            source: source.into(),
            canonical: "()->unit".into(),
            fingerprint: "0x00000001".into(),
        };
        Member::new(origin, stub)
    }

    fn add(
        existing: Option<&str>,
        name: &str,
        records: &[(&str, &str)],
    ) -> Result<String, UnifyError> {
        let stub = stub(name, records);
        let new = vec![member(name, "s.py", &stub)];
        merge(&stub, existing, new, false)
    }

    #[test]
    fn adding_one_by_one_is_adding_all_at_once_and_again_changes_nothing() {
        let point = ("Point", "{x}");
        let first = add(None, "f", &[point]).unwrap();
        let both = add(Some(&first), "g", &[point, ("Line", "{a}")]).unwrap();
        assert_eq!(both.matches("record {x}").count(), 1);
        assert_eq!(add(Some(&both), "f", &[point]).unwrap(), both);
        let (f, g) = (stub("f", &[point]), stub("g", &[point, ("Line", "{a}")]));
        let members = vec![member("f", "s.py", &f), member("g", "s.py", &g)];
        assert_eq!(merge(&f, None, members, false).unwrap(), both);
    }

    #[test]
    fn a_record_goes_with_the_last_function_that_uses_it() {
        let both = add(Some(&add(None, "f", &[("A", "{}")]).unwrap()), "g", &[]).unwrap();
        let without = add(Some(&both), "f", &[]).unwrap();
        assert!(!without.contains("record"), "{without}");
        assert!(without.contains("g()"));
    }

    #[test]
    fn a_record_may_change_only_where_nobody_else_holds_to_it() {
        let alone = add(None, "f", &[("A", "{old}")]).unwrap();
        assert!(
            add(Some(&alone), "f", &[("A", "{new}")])
                .unwrap()
                .contains("{new}")
        );
        let error = add(Some(&alone), "g", &[("A", "{new}")]).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("record A is not the same in f of s.py and g of s.py")
        );
    }

    #[test]
    fn a_file_changed_at_any_one_byte_is_refused() {
        let text = add(Some(&add(None, "f", &[("A", "{}")]).unwrap()), "g", &[]).unwrap();
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'~' { b'!' } else { b'~' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(
                add(Some(&changed), "h", &[]).is_err(),
                "byte {at} of {text}"
            );
            let mut cut = text.clone();
            cut.remove(at);
            assert!(
                add(Some(&cut), "h", &[]).is_err(),
                "without byte {at} of {text}"
            );
        }
    }

    #[test]
    fn another_versions_file_is_written_anew_only_where_nothing_is_lost() {
        let version = env!("CARGO_PKG_VERSION");
        let old = add(None, "f", &[]).unwrap().replacen(version, "0.0.1", 1);
        let error = add(Some(&old), "g", &[]).unwrap_err();
        assert!(error.to_string().contains("in one go (f)"), "{error}");
        assert!(add(Some(&old), "f", &[]).unwrap().contains(version));
    }

    #[test]
    fn a_function_of_another_source_is_not_replaced_in_silence() {
        let old = add(None, "f", &[]).unwrap();
        let stub = stub("f", &[]);
        let new = || vec![member("f", "other.py", &stub)];
        assert!(merge(&stub, Some(&old), new(), false).is_err());
        assert!(
            merge(&stub, Some(&old), new(), true)
                .unwrap()
                .contains("other.py")
        );
    }
}
