//! What Python's literals mean: strings, numbers, docstrings.

/// A string literal's parts: `rb"""` is the prefix `rb` and the quotes `"""`.
pub(super) struct Prefix {
    pub raw: bool,
    pub bytes: bool,
    pub formatted: bool,
    /// Bytes before the content.
    pub length: usize,
}

impl Prefix {
    pub fn of(start: &str) -> Prefix {
        let letters = start.trim_end_matches(['"', '\'']);
        let has = |letter: char| letters.chars().any(|c| c.eq_ignore_ascii_case(&letter));
        Prefix {
            raw: has('r'),
            bytes: has('b'),
            formatted: has('f') || has('t'),
            length: start.len(),
        }
    }
}

/// The text that the content of a string literal stands for; `None` where no text can hold it
/// (a lone surrogate) or this program cannot know it (`\N{...}`).
pub(super) fn decode(content: &str, raw: bool) -> Option<String> {
    let mut out = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find(['\\', '\r']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('\r') {
            out.push('\n');
            rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
            continue;
        }
        if raw {
            out.push('\\');
            rest = &rest[1..];
            continue;
        }
        rest = escape(&rest[1..], &mut out)?;
    }
    out.push_str(rest);
    Some(out)
}

/// One escape sequence without its backslash; what follows it.
fn escape<'a>(rest: &'a str, out: &mut String) -> Option<&'a str> {
    let Some(letter) = rest.chars().next() else {
        out.push('\\');
        return Some(rest);
    };
    let after = &rest[letter.len_utf8()..];
    let digits = match letter {
        '\n' => return Some(after),
        '\r' => return Some(after.strip_prefix('\n').unwrap_or(after)),
        '\\' | '\'' | '"' => {
            out.push(letter);
            return Some(after);
        }
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '0'..='7' => {
            let octal = rest
                .bytes()
                .take(3)
                .take_while(|b| (b'0'..=b'7').contains(b));
            let length = octal.count();
            out.push(char::from_u32(
                u32::from_str_radix(&rest[..length], 8).ok()?,
            )?);
            return Some(&rest[length..]);
        }
        'x' | 'u' | 'U' => {
            let length = match letter {
                'x' => 2,
                'u' => 4,
                _ => 8,
            };
            let hex = after.get(..length)?;
            if !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            out.push(char::from_u32(u32::from_str_radix(hex, 16).ok()?)?);
            return Some(&after[length..]);
        }
        'N' if after.starts_with('{') => return None,
        // Python leaves an unknown escape as it stands.
        _ => {
            out.push('\\');
            return Some(rest);
        }
    };
    out.push(digits);
    Some(after)
}

/// A whole number: decimal, hexadecimal, octal, binary, with underscores.
pub(super) fn integer(text: &str) -> Option<i128> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let (radix, digits) = match digits.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        _ => (10, &digits[..]),
    };
    i128::from_str_radix(digits, radix).ok()
}

/// A finite float; `None` also for imaginary numbers.
pub(super) fn float(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let value: f64 = digits.parse().ok()?;
    value.is_finite().then_some(value)
}

/// A docstring as a reader sees it, as Python's `inspect.cleandoc` leaves it; `None` where nothing remains.
pub(super) fn clean_doc(doc: &str) -> Option<String> {
    let expanded = expand_tabs(doc);
    let lines: Vec<&str> = expanded.split('\n').collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let margin = lines[1..]
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| indent(line))
        .min();
    let mut cleaned = vec![lines[0].trim_start()];
    cleaned.extend(lines[1..].iter().map(|line| {
        let cut = margin.unwrap_or(0).min(line.len());
        // A line of blanks may be shorter than the margin, or hold a wide blank at the cut.
        line.get(cut..).unwrap_or_default()
    }));
    let is_blank = |line: &&str| line.trim().is_empty();
    let first = cleaned.iter().position(|line| !is_blank(line))?;
    let last = cleaned.iter().rposition(|line| !is_blank(line))?;
    Some(
        cleaned[first..=last]
            .iter()
            .map(|line| line.trim_end())
            .collect::<Vec<_>>()
            .join("\n"),
    )
}

/// Tabs to every eighth column, as `str.expandtabs`.
fn expand_tabs(text: &str) -> String {
    if !text.contains('\t') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' => {
                let width = 8 - column % 8;
                out.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            '\n' | '\r' => {
                out.push(c);
                column = 0;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_as_python_decodes_them() {
        let decoded = |text| decode(text, false);
        assert_eq!(
            decoded(r"a\n\t\\\'\x41\u00e9\U0001F600\101\q").as_deref(),
            Some("a\n\t\\'Aé😀A\\q")
        );
        assert_eq!(decoded("a\\\nb\\\r\nc\r\nd").as_deref(), Some("abc\nd"));
        assert_eq!(decoded(r"\ud800"), None);
        assert_eq!(decoded(r"\N{BULLET}"), None);
        assert_eq!(decoded(r"\xé1"), None);
        assert_eq!(decode(r"\d\n", true).as_deref(), Some(r"\d\n"));
    }

    #[test]
    fn numbers_have_pythons_spellings() {
        assert_eq!(integer("1_000"), Some(1000));
        assert_eq!(integer("0XfF"), Some(255));
        assert_eq!(integer("0b1_01"), Some(5));
        assert_eq!(integer("0o17"), Some(15));
        assert_eq!(integer(&"9".repeat(60)), None);
        assert_eq!(float("1_0.5e-3"), Some(0.0105));
        assert_eq!(float("1e999"), None);
        assert_eq!(float("1j"), None);
    }

    #[test]
    fn docstrings_lose_their_margin_and_blank_ends() {
        let doc = "One line.\n\n    Indented:\n        more\n    \n    end\n    ";
        assert_eq!(
            clean_doc(doc).as_deref(),
            Some("One line.\n\nIndented:\n    more\n\nend")
        );
        assert_eq!(clean_doc("\n\tA\n\t  b").as_deref(), Some("A\n  b"));
        assert_eq!(clean_doc("  \n \n"), None);
        assert_eq!(clean_doc(""), None);
    }
}
