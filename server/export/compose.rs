//! A stub's parts -> one text.

use crate::target::Stub;

/// The whole text of a stub that holds one function: header, head, pieces, tail.
pub fn compose(stub: &Stub, header: &str) -> String {
    let mut text = Joined::begin(stub, header);
    for piece in &stub.pieces {
        text.part(&piece.text);
    }
    text.end(&stub.tail)
}

/// Parts of a file with the right number of blank lines between them.
///
/// No blank line stands after a head that opens a block, nor before a tail that closes one: the
/// formatters of most languages would remove it.
pub struct Joined {
    text: String,
    blank_lines: usize,
    open: bool,
}

impl Joined {
    pub fn begin(stub: &Stub, header: &str) -> Self {
        let pieces: usize = stub.pieces.iter().map(|piece| piece.text.len() + 4).sum();
        let room = stub.first.len() + header.len() + stub.head.len() + pieces + stub.tail.len();
        let mut text = String::with_capacity(room + 64);
        if !stub.first.is_empty() {
            text.push_str(stub.first.trim_end_matches('\n'));
            text.push('\n');
        }
        text.push_str(header);
        let head = stub.head.trim_matches('\n');
        if !head.is_empty() {
            text.push('\n');
            text.push_str(head);
            text.push('\n');
        }
        Joined {
            text,
            blank_lines: stub.blank_lines,
            open: head.ends_with('{'),
        }
    }

    /// A part below the others; it ends with a line break afterwards.
    pub fn part(&mut self, part: &str) {
        self.blank();
        self.text.push_str(part.trim_matches('\n'));
        self.text.push('\n');
    }

    pub fn end(mut self, tail: &str) -> String {
        let tail = tail.trim_matches('\n');
        if !tail.is_empty() {
            if tail.starts_with('}') || tail == "end" {
                self.open = true;
            }
            self.part(tail);
        }
        self.text
    }

    fn blank(&mut self) {
        let lines = if self.open { 0 } else { self.blank_lines };
        self.open = false;
        self.text.extend(std::iter::repeat_n('\n', lines));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{Piece, PieceKind};

    fn stub(head: &str, tail: &str) -> Stub {
        let piece = |name: &str| Piece {
            kind: PieceKind::Function,
            name: name.into(),
            text: format!("{name}();\n"),
        };
        Stub {
            first: "#!x".into(),
            head: head.into(),
            pieces: vec![piece("a"), piece("b")],
            tail: tail.into(),
            ..Stub::whole("p", "//", String::new())
        }
    }

    #[test]
    fn parts_stand_apart_by_blank_lines() {
        assert_eq!(
            compose(&stub("use c;\n", "last();\n"), "// h\n"),
            "#!x\n// h\n\nuse c;\n\na();\n\nb();\n\nlast();\n"
        );
    }

    #[test]
    fn a_block_begins_and_ends_without_blank_lines() {
        assert_eq!(
            compose(&stub("mod c {\n", "}\n"), "// h\n"),
            "#!x\n// h\n\nmod c {\na();\n\nb();\n}\n"
        );
    }
}
