//! Offsets in a text -> lines and columns as people count them.

use std::cell::Cell;

use crate::signature::Place;

/// Where a text's lines begin. A line ends at `\n`, `\r\n` or a lone `\r`, as in Python and in editors.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    /// Line, offset and column of the last answer: with it, places asked for in order cost the length
    /// of the text in all, however long a line is.
    last: Cell<(usize, usize, u32)>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
                starts.push(at + 1);
            }
        }
        Lines {
            text,
            starts,
            last: Cell::new((0, 0, 1)),
        }
    }

    /// The line's index, from 0, that holds an offset.
    pub fn index(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// A line's text, its end not included.
    pub fn line(&self, index: usize) -> &'a str {
        let start = self.starts[index];
        let end = self.starts.get(index + 1).copied();
        self.text[start..end.unwrap_or(self.text.len())].trim_end_matches(['\r', '\n'])
    }

    pub fn start(&self, index: usize) -> usize {
        self.starts[index]
    }

    pub fn number(&self, offset: usize) -> u32 {
        self.index(offset) as u32 + 1
    }

    pub fn place(&self, offset: usize) -> Place {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.index(offset);
        let (last_line, last_offset, last_column) = self.last.get();
        let (from, column) = if last_line == line && last_offset <= offset {
            (last_offset, last_column)
        } else {
            (self.starts[line], 1)
        };
        let column = column + self.text[from..offset].chars().count() as u32;
        self.last.set((line, offset, column));
        Place {
            line: line as u32 + 1,
            column,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn lines_end_at_all_three_line_ends_and_columns_count_characters() {
        let lines = Lines::new("a\r\nbé😀x\rlast\n");
        let place = |offset| {
            let place = lines.place(offset);
            (place.line, place.column)
        };
        assert_eq!(place(3), (2, 1));
        assert_eq!(place(10), (2, 4));
        assert_eq!(place(12), (3, 1));
        assert_eq!(place(4), (2, 2), "an earlier place after a later one");
        assert_eq!(place(17), (4, 1));
        assert_eq!(place(999), (4, 1));
        assert_eq!(lines.line(1), "bé😀x");
    }
}
