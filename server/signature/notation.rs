//! The notation of wire types: what overrides, `call --signature` and canonical forms are written in.
//!
//! ```text
//! signature = "(" [ parameter { "," parameter } ] ")" "->" results
//! parameter = [ name ":" ] type
//! results   = "unit" | type | "(" result { "," result } ")"
//! type      = "bool" | "i8" ... "f64" | "unit"
//!           | ("string" | "bytes" | "json") [ "[" size "]" ]
//!           | "opt<" type ">" | "[" type ";" count "]" | "list<" type [ "," count ] ">"
//!           | "struct{" [ name ":" ] type { "," ... } "}"
//! ```

use std::sync::Arc;

use super::{
    Field, Function, Language, Number, Parameter, Passing, Place, Record, RecordKind,
    Result as Returns, Type,
};

/// Nesting beyond this is refused, so that no input exhausts the stack.
const DEPTH: usize = 64;

/// A text that is not in the notation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}`: {reason} at column {column}")]
pub struct NotationError {
    pub text: String,
    /// Counts from 1, in bytes.
    pub column: usize,
    pub reason: String,
}

/// Reads one type, such as `string[1024]` or `list<f64>`.
pub fn parse_type(text: &str) -> Result<Type, NotationError> {
    let mut reader = Reader::new(text);
    let ty = reader.ty("value", 0)?;
    reader.end()?;
    Ok(ty)
}

/// Reads a signature; `function` is the name that the result carries.
pub fn parse_signature(function: &str, text: &str) -> Result<Function, NotationError> {
    let mut reader = Reader::new(text);
    let mut parameters = Vec::new();
    reader.expect('(')?;
    if !reader.accept(')') {
        loop {
            let name = reader
                .name_before_colon()
                .unwrap_or_else(|| format!("arg{}", parameters.len()));
            let start = reader.at;
            let ty = reader.ty(&name, 0)?;
            let source_type = text[start..reader.at].trim().to_string();
            parameters.push(Parameter {
                name,
                source_type,
                ty,
                default: None,
                passing: Passing::Either,
                place: Place::default(),
            });
            if reader.accept(')') {
                break;
            }
            reader.expect(',')?;
        }
    }
    reader.expect_word("->")?;
    let start = reader.at;
    let ty = if reader.accept('(') {
        let fields = reader.fields(')', "result", 0)?;
        Type::Record(Arc::new(Record {
            name: "Result".into(),
            doc: None,
            kind: RecordKind::Tuple,
            fields,
        }))
    } else {
        reader.ty("result", 0)?
    };
    let source_type = text[start..reader.at].trim().to_string();
    reader.end()?;
    Ok(Function {
        name: function.into(),
        language: Language::C,
        place: Place::default(),
        doc: None,
        parameters,
        result: Returns { source_type, ty },
        is_async: false,
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Reader { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn fail<T>(&self, reason: impl Into<String>) -> Result<T, NotationError> {
        Err(NotationError {
            text: self.text.into(),
            column: self.at + 1,
            reason: reason.into(),
        })
    }

    fn accept(&mut self, wanted: char) -> bool {
        self.skip_blanks();
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn expect(&mut self, wanted: char) -> Result<(), NotationError> {
        if self.accept(wanted) {
            Ok(())
        } else {
            self.fail(format!("`{wanted}` is missing"))
        }
    }

    fn expect_word(&mut self, wanted: &str) -> Result<(), NotationError> {
        self.skip_blanks();
        if !self.rest().starts_with(wanted) {
            return self.fail(format!("`{wanted}` is missing"));
        }
        self.at += wanted.len();
        Ok(())
    }

    fn end(&mut self) -> Result<(), NotationError> {
        self.skip_blanks();
        if self.rest().is_empty() {
            Ok(())
        } else {
            self.fail("nothing more is expected")
        }
    }

    fn word(&mut self) -> &'a str {
        self.skip_blanks();
        let rest = self.rest();
        let length = rest
            .char_indices()
            .find(|(_, c)| !(c.is_alphanumeric() || *c == '_'))
            .map_or(rest.len(), |(at, _)| at);
        self.at += length;
        &rest[..length]
    }

    fn name_before_colon(&mut self) -> Option<String> {
        let start = self.at;
        let word = self.word();
        if !word.is_empty() && self.accept(':') {
            return Some(word.into());
        }
        self.at = start;
        None
    }

    fn number(&mut self) -> Result<u32, NotationError> {
        self.skip_blanks();
        let start = self.at;
        let word = self.word();
        word.parse().or_else(|_| {
            self.at = start;
            self.fail(format!(
                "a whole number below 2^32 is expected, not `{word}`"
            ))
        })
    }

    fn size(&mut self) -> Result<Option<u32>, NotationError> {
        if !self.accept('[') {
            return Ok(None);
        }
        let size = self.number()?;
        self.expect(']')?;
        Ok(Some(size))
    }

    /// `name` names a record that is met, so that two records of one signature differ in name.
    fn ty(&mut self, name: &str, depth: usize) -> Result<Type, NotationError> {
        if depth > DEPTH {
            return self.fail(format!("types nest deeper than {DEPTH}"));
        }
        if self.accept('[') {
            let element = self.ty(name, depth + 1)?;
            self.expect(';')?;
            let count = self.number()?;
            self.expect(']')?;
            return Ok(Type::Array(Box::new(element), count));
        }
        self.skip_blanks();
        let start = self.at;
        let word = self.word();
        if let Some(number) = Number::ALL.into_iter().find(|number| number.name() == word) {
            return Ok(Type::Number(number));
        }
        match word {
            "bool" => Ok(Type::Bool),
            "unit" => Ok(Type::Unit),
            "string" => Ok(Type::Text(self.size()?)),
            "bytes" => Ok(Type::Bytes(self.size()?)),
            "json" => Ok(Type::Json(self.size()?)),
            "opt" => {
                self.expect('<')?;
                let inner = self.ty(name, depth + 1)?;
                self.expect('>')?;
                Ok(Type::Optional(Box::new(inner)))
            }
            "list" => {
                self.expect('<')?;
                let element = self.ty(name, depth + 1)?;
                let count = if self.accept(',') {
                    Some(self.number()?)
                } else {
                    None
                };
                self.expect('>')?;
                Ok(Type::List(Box::new(element), count))
            }
            "struct" => {
                self.expect('{')?;
                let fields = self.fields('}', name, depth + 1)?;
                Ok(Type::Record(Arc::new(Record {
                    name: record_name(name),
                    doc: None,
                    kind: RecordKind::Class,
                    fields,
                })))
            }
            _ => {
                self.at = start;
                self.fail(format!(
                    "`{word}` is no wire type (bool, i8 to u64, f32, f64, string, bytes, json, opt<T>, [T;N], list<T>, struct{{...}})"
                ))
            }
        }
    }

    fn fields(
        &mut self,
        close: char,
        owner: &str,
        depth: usize,
    ) -> Result<Vec<Field>, NotationError> {
        let mut fields = Vec::new();
        loop {
            let name = self
                .name_before_colon()
                .unwrap_or_else(|| format!("item{}", fields.len()));
            let start = self.at;
            let ty = self.ty(&format!("{owner}_{name}"), depth)?;
            let source_type = self.text[start..self.at].trim().to_string();
            fields.push(Field {
                name,
                source_type,
                ty,
            });
            if self.accept(close) {
                return Ok(fields);
            }
            self.expect(',')?;
        }
    }
}

/// `user_address` becomes `UserAddress`.
pub fn record_name(name: &str) -> String {
    let mut out = String::new();
    for word in name.split('_').filter(|word| !word.is_empty()) {
        let mut letters = word.chars();
        out.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        out.push_str(letters.as_str());
    }
    if out.is_empty() { "Value".into() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_with_names_and_one_without_are_both_read() {
        let named =
            parse_signature("f", "(text: string[256], k: i32)->(f32, opt<[u8;16]>)").unwrap();
        assert_eq!(named.parameters[0].name, "text");
        assert_eq!(named.parameters[1].ty, Type::Number(Number::I32));
        let bare = parse_signature("f", "(string[256],list<list<f32,63>,15>)->unit").unwrap();
        assert_eq!(bare.parameters[1].name, "arg1");
        assert_eq!(bare.result.ty, Type::Unit);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_column() {
        let error = parse_type("list<quux>").unwrap_err();
        assert_eq!(error.column, 6);
        assert!(
            error.to_string().contains("`quux` is no wire type"),
            "{error}"
        );
        assert!(
            parse_type("string[99999999999]")
                .unwrap_err()
                .to_string()
                .contains("whole number")
        );
        assert!(
            parse_signature("f", "(i32)->f32 x")
                .unwrap_err()
                .to_string()
                .contains("nothing more")
        );
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_stack_overflow() {
        let text = "opt<".repeat(100_000);
        assert!(
            parse_type(&text)
                .unwrap_err()
                .to_string()
                .contains("nest deeper")
        );
    }
}
