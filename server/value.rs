//! Values of the wire types, for calls without a stub: from words of a shell and from JSON, to the
//! bytes of a payload, and back.
//!
//! Nothing is truncated, wrapped or replaced: what does not fit is an [`Unfit`] that says the limit.
//! Knows no channel and no command line.

mod bytes;
mod json;
mod text;

use thiserror::Error;

use crate::layout::Wire;

pub use bytes::{decode, encode};
pub use json::{from_json, to_json};
pub use text::{from_word, print};

/// A value whose type stands elsewhere, in a [`Wire`].
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An absent option.
    Absent,
    Bool(bool),
    /// Every integer of the wire, and those that do not fit one.
    Int(i128),
    Float(f64),
    /// Text, or the text of a JSON document.
    Text(String),
    Bytes(Vec<u8>),
    /// The elements of a list or an array.
    List(Vec<Value>),
    /// The fields of a record, in its order.
    Record(Vec<Value>),
}

/// Why a value cannot be one of its wire type; a sentence without the parameter's name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Unfit(pub String);

impl Unfit {
    /// Another kind of value was given than the type takes.
    fn kind(given: impl std::fmt::Display, wire: &Wire) -> Self {
        let taken = match wire {
            Wire::Bool => "true or false",
            Wire::Number(number) if number.is_float() => "a number",
            Wire::Number(_) => "a whole number",
            Wire::Text { .. } => "text",
            Wire::Bytes { .. } => "a string of hexadecimal digits",
            Wire::Json { .. } => "a JSON document",
            Wire::Optional(inner) => return Unfit::kind(given, inner),
            Wire::Array { .. } | Wire::List { .. } => "a JSON array",
            Wire::Record(_) => "a JSON object",
        };
        Unfit(format!("{given} was given, {wire} takes {taken}"))
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::layout::{Record, RecordField};
    use crate::signature::{Number, RecordKind};

    fn wire() -> impl Strategy<Value = Wire> {
        let leaf = prop_oneof![
            Just(Wire::Bool),
            proptest::sample::select(Number::ALL.to_vec()).prop_map(Wire::Number),
            (2..20_u32).prop_map(|n| Wire::Text { size: n * 4 }),
            (1..20_u32).prop_map(|n| Wire::Bytes { size: n * 4 }),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                // An option within an option is null once: it has one spelling as text.
                inner.clone().prop_map(|inner| match inner {
                    Wire::Optional(_) => inner,
                    _ => Wire::Optional(Box::new(inner)),
                }),
                (inner.clone(), 1..4_u32).prop_map(|(element, count)| Wire::Array {
                    element: Box::new(element),
                    count
                }),
                (inner.clone(), 1..4_u32).prop_map(|(element, limit)| Wire::List {
                    element: Box::new(element),
                    limit
                }),
                proptest::collection::vec(inner, 1..4).prop_map(record),
            ]
        })
    }

    fn record(wires: Vec<Wire>) -> Wire {
        let mut fields = Vec::new();
        let (mut end, mut align) = (0_u32, 1);
        for (index, wire) in wires.into_iter().enumerate() {
            let offset = end.next_multiple_of(wire.align());
            end = offset + wire.size();
            align = align.max(wire.align());
            fields.push(RecordField {
                name: format!("field {index}"),
                source_type: String::new(),
                wire,
                offset,
            });
        }
        Wire::Record(Arc::new(Record {
            name: "Record".into(),
            doc: None,
            kind: RecordKind::Class,
            fields,
            size: end.next_multiple_of(align),
            align,
        }))
    }

    fn value(wire: &Wire) -> BoxedStrategy<Value> {
        let most = wire.limit().unwrap_or_default() as usize;
        match wire {
            Wire::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
            Wire::Number(Number::F32) => any::<f32>()
                .prop_map(|number| Value::Float(number.into()))
                .boxed(),
            Wire::Number(Number::F64) => any::<f64>().prop_map(Value::Float).boxed(),
            Wire::Number(number) => {
                let (least, most) = number.range().unwrap();
                (least..=most).prop_map(Value::Int).boxed()
            }
            Wire::Text { .. } | Wire::Json { .. } => "[^\0]*"
                .prop_map(move |mut text| {
                    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end));
                    text.truncate(end.unwrap_or_default());
                    Value::Text(text)
                })
                .boxed(),
            Wire::Bytes { .. } => proptest::collection::vec(any::<u8>(), 0..=most)
                .prop_map(Value::Bytes)
                .boxed(),
            Wire::Optional(inner) => prop_oneof![Just(Value::Absent), value(inner)].boxed(),
            Wire::Array { element, count } => {
                proptest::collection::vec(value(element), *count as usize)
                    .prop_map(Value::List)
                    .boxed()
            }
            Wire::List { element, .. } => proptest::collection::vec(value(element), 0..=most)
                .prop_map(Value::List)
                .boxed(),
            Wire::Record(record) => {
                let fields: Vec<_> = record.fields.iter().map(|f| value(&f.wire)).collect();
                fields.prop_map(Value::Record).boxed()
            }
        }
    }

    fn pair() -> impl Strategy<Value = (Wire, Value)> {
        wire().prop_flat_map(|wire| {
            let value = value(&wire);
            (Just(wire), value)
        })
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded((wire, value) in pair()) {
            let mut room = vec![0; wire.size() as usize];
            encode(&wire, &value, &mut room).unwrap();
            prop_assert_eq!(decode(&wire, &room).unwrap(), value);
        }

        #[test]
        fn what_is_printed_as_json_is_read_again((wire, value) in pair()) {
            let text = to_json(&wire, &value).to_string();
            let json = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(from_json(&wire, &json).unwrap(), value);
        }

        #[test]
        fn what_is_printed_is_a_word_again((wire, value) in pair()) {
            // The words that stand for something else.
            prop_assume!(!matches!(&value, Value::Text(text) if text == "null"));
            prop_assume!(!matches!(&value, Value::Bytes(bytes) if bytes.starts_with(b"@") || bytes == b"null"));
            let mut printed = Vec::new();
            print(&wire, &value, &mut printed).unwrap();
            if !matches!(value, Value::Bytes(_)) {
                prop_assert_eq!(printed.pop(), Some(b'\n'));
            }
            prop_assert_eq!(from_word(&wire, &OsString::from_vec(printed)).unwrap(), value);
        }

        #[test]
        fn whatever_bytes_another_process_writes_are_a_value_or_an_error(
            wire in wire(), bytes in proptest::collection::vec(any::<u8>(), 4096)
        ) {
            let size = wire.size() as usize;
            prop_assume!(size <= bytes.len());
            let _ = decode(&wire, &bytes[..size]);
        }
    }

    fn word(wire: &Wire, word: &str) -> Result<Value, String> {
        from_word(wire, word.as_ref()).map_err(|unfit| unfit.to_string())
    }

    #[test]
    fn numbers_that_do_not_fit_are_errors_and_not_other_numbers() {
        let f32 = Wire::Number(Number::F32);
        for (wire, text, part) in [
            (&f32, "1e39", "does not fit f32"),
            (&f32, "1e999", "does not fit f32"),
            (&Wire::Number(Number::F64), "-1e309", "does not fit f64"),
            (&f32, "1,5", "takes a number"),
            (&Wire::Number(Number::U8), "1.0", "takes a whole number"),
            (
                &Wire::Number(Number::I64),
                "99999999999999999999999999999999999999999",
                "does not fit i64",
            ),
            (&Wire::Bool, "yes", "takes true or false"),
        ] {
            let error = word(wire, text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
        let value = word(&Wire::Number(Number::I8), "128").unwrap();
        let error = encode(&Wire::Number(Number::I8), &value, &mut [0]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "128 does not fit i8, which holds -128 to 127"
        );
        assert_eq!(word(&f32, "-inf"), Ok(Value::Float(f64::NEG_INFINITY)));
    }

    #[test]
    fn bytes_are_a_word_a_file_or_digits() {
        let wire = Wire::Bytes { size: 8 };
        assert_eq!(word(&wire, "null"), Ok(Value::Bytes(b"null".to_vec())));
        assert_eq!(word(&wire, "@@a"), Ok(Value::Bytes(b"@a".to_vec())));
        assert_eq!(word(&wire, "@hex:00Ff"), Ok(Value::Bytes(vec![0, 255])));
        assert!(word(&wire, "@hex:0").unwrap_err().contains("hexadecimal"));
        assert!(
            word(&wire, "@/nowhere/at/all")
                .unwrap_err()
                .contains("/nowhere/at/all")
        );
        let error = word(&wire, "@/dev/zero").map(|value| encode(&wire, &value, &mut [0; 8]));
        assert!(error.unwrap().is_err());
    }
}
