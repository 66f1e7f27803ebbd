//! Widths and sizes that a signature leaves open are filled, then every value gets its offset.

use std::sync::Arc;

use super::canonical::{canonical, fingerprint};
use super::wire::{Record, RecordField, Wire, round_up};
use super::{Layout, LayoutError, MAXIMUM_PAYLOAD, MINIMUM_CAPACITY, Options, RESULT_ALIGN, Slot};
use crate::signature::{self, Function, Language, Literal, Number, RecordKind, Type};

/// Bytes of a `string`, and of everything that is open within a list or an array.
const SMALL: u32 = 256;
/// Bytes of a `bytes`, `json` or list that stands by itself.
const LARGE: u32 = 4096;
/// More bytes than any payload has; a type that reaches it is refused before sums overflow.
const TOO_LARGE: u64 = MAXIMUM_PAYLOAD as u64;

/// Lays out a function's parameters and results.
///
/// # Errors
/// Names the parameter (or `return`) whose type has no layout: a size too small for one element or
/// one character, a default that does not fit, a payload beyond [`MAXIMUM_PAYLOAD`].
pub fn plan(function: &Function, options: &Options) -> Result<Layout, LayoutError> {
    let mut planner = Planner {
        options,
        notes: Vec::new(),
        language: float_name(function.language),
    };
    let mut cursor = Cursor(0);
    let mut params = Vec::new();
    for parameter in &function.parameters {
        params.push(planner.slot(
            &mut cursor,
            &parameter.name,
            &parameter.source_type,
            &parameter.ty,
            &parameter.name,
        )?);
        if let (Some(default), Some(slot)) = (&parameter.default, params.last()) {
            fits(default, &slot.wire).map_err(|reason| LayoutError {
                param: parameter.name.clone(),
                reason,
            })?;
        }
    }
    let request_size = cursor.0;
    cursor.align(RESULT_ALIGN, "return")?;
    let returned = &function.result;
    let (results, several) = match &returned.ty {
        Type::Unit => (Vec::new(), false),
        Type::Record(record) if record.kind == RecordKind::Tuple => {
            let slots = record.fields.iter().map(|field| {
                planner.slot(
                    &mut cursor,
                    &field.name,
                    &field.source_type,
                    &field.ty,
                    "return",
                )
            });
            (slots.collect::<Result<Vec<_>, _>>()?, true)
        }
        ty => (
            vec![planner.slot(&mut cursor, "result", &returned.source_type, ty, "return")?],
            false,
        ),
    };
    let payload_size = cursor.0;
    let canonical = canonical(&params, &results, several);
    Ok(Layout {
        fingerprint: fingerprint(&canonical),
        canonical,
        params,
        results,
        request_size,
        payload_size,
        capacity: round_up(payload_size, 8).max(MINIMUM_CAPACITY),
        notes: planner.notes,
    })
}

/// A default that the wire type cannot hold would never arrive: the type is what is wrong.
fn fits(default: &Literal, wire: &Wire) -> Result<(), String> {
    match (wire, default) {
        (Wire::Optional(value), default) => fits(default, value),
        (Wire::Number(number), Literal::Int(value)) => match number.range() {
            Some((least, most)) if !(least..=most).contains(value) => Err(format!(
                "the default {value} does not fit {wire}, which holds {least} to {most}; use --wide, or give a type that holds it"
            )),
            _ => Ok(()),
        },
        (Wire::Number(Number::F32), Literal::Float(value)) if (*value as f32).is_infinite() => {
            Err(format!(
                "the default {value:?} does not fit f32, which holds at most {:?} in magnitude; use --wide, or give a type that holds it",
                f32::MAX
            ))
        }
        (Wire::Text { .. }, Literal::Text(text)) if text.contains('\0') => Err(
            "the default holds a NUL character, where C and shell readers would end; use bytes instead"
                .into(),
        ),
        (Wire::Text { size }, Literal::Text(text)) if text.len() as u64 + 5 > u64::from(*size) => {
            Err(format!(
                "the default of {} bytes does not fit {wire}, which holds at most {}; give a larger size, such as string[{}]",
                text.len(),
                size - 5,
                (text.len() + 5).next_multiple_of(4)
            ))
        }
        _ => Ok(()),
    }
}

/// The end of what has been placed.
struct Cursor(u32);

impl Cursor {
    fn align(&mut self, align: u32, param: &str) -> Result<(), LayoutError> {
        self.0 = checked(u64::from(self.0).next_multiple_of(u64::from(align)), param)?;
        Ok(())
    }

    fn place(&mut self, wire: &Wire, param: &str) -> Result<u32, LayoutError> {
        self.align(wire.align(), param)?;
        let offset = self.0;
        self.0 = checked(u64::from(offset) + u64::from(wire.size()), param)?;
        Ok(offset)
    }
}

fn checked(bytes: u64, param: &str) -> Result<u32, LayoutError> {
    if bytes > TOO_LARGE {
        return Err(LayoutError {
            param: param.into(),
            reason: format!(
                "the payload would take {bytes} bytes, and {MAXIMUM_PAYLOAD} is the most; give smaller sizes, such as list<f32,1000>"
            ),
        });
    }
    Ok(bytes as u32)
}

struct Planner<'a> {
    options: &'a Options,
    notes: Vec<String>,
    language: &'static str,
}

impl Planner<'_> {
    fn slot(
        &mut self,
        cursor: &mut Cursor,
        name: &str,
        source_type: &str,
        ty: &Type,
        param: &str,
    ) -> Result<Slot, LayoutError> {
        let wire = self.wire(ty, false, param)?;
        let offset = cursor.place(&wire, param)?;
        Ok(Slot {
            name: name.into(),
            source_type: source_type.into(),
            offset,
            size: wire.size(),
            align: wire.align(),
            wire,
        })
    }

    /// `within` a list or an array, open sizes are small.
    fn wire(&mut self, ty: &Type, within: bool, param: &str) -> Result<Wire, LayoutError> {
        let fail = |reason: String| {
            Err(LayoutError {
                param: param.into(),
                reason,
            })
        };
        Ok(match ty {
            Type::Bool => Wire::Bool,
            Type::Int => Wire::Number(if self.options.wide {
                Number::I64
            } else {
                Number::I32
            }),
            Type::Float if self.options.wide => Wire::Number(Number::F64),
            Type::Float => {
                self.note_narrowing(param);
                Wire::Number(Number::F32)
            }
            Type::Number(number) => Wire::Number(*number),
            Type::Text(size) => {
                let default = if within {
                    SMALL
                } else {
                    self.options.string_size.unwrap_or(SMALL)
                };
                Wire::Text {
                    size: sized("string", size.unwrap_or(default), 5, param)?,
                }
            }
            Type::Bytes(size) => {
                let default = if within {
                    SMALL
                } else {
                    self.options.bytes_size.unwrap_or(LARGE)
                };
                Wire::Bytes {
                    size: sized("bytes", size.unwrap_or(default), 4, param)?,
                }
            }
            Type::Json(size) => {
                let default = if within { SMALL } else { LARGE };
                Wire::Json {
                    size: sized("json", size.unwrap_or(default), 5, param)?,
                }
            }
            Type::Optional(value) => Wire::Optional(Box::new(self.wire(value, within, param)?)),
            Type::Array(element, count) => {
                let element = self.wire(element, true, param)?;
                if *count == 0 {
                    return fail(format!(
                        "an array [{element};0] holds nothing; give it a length above 0"
                    ));
                }
                checked(u64::from(element.stride()) * u64::from(*count), param)?;
                Wire::Array {
                    element: Box::new(element),
                    count: *count,
                }
            }
            Type::List(element, limit) => {
                let element = self.wire(element, true, param)?;
                if *limit == Some(0) {
                    return fail(format!(
                        "a list of at most 0 elements holds nothing; give it a limit above 0, such as list<{element},10>"
                    ));
                }
                let room = if within { SMALL } else { LARGE };
                let first = round_up(4, element.align());
                let limit = limit.unwrap_or((room - first) / element.stride());
                if limit == 0 {
                    return fail(format!(
                        "not one {element} ({} bytes) fits the {room} bytes of a list; say how many there may be, such as list<{element},10>",
                        element.size()
                    ));
                }
                checked(u64::from(element.stride()) * u64::from(limit) + 16, param)?;
                Wire::List {
                    element: Box::new(element),
                    limit,
                }
            }
            Type::Record(record) => Wire::Record(Arc::new(self.record(record, within, param)?)),
            Type::Unit => {
                return fail(
                    "nothing (unit) has no bytes; only a result may be of that type".into(),
                );
            }
        })
    }

    fn record(
        &mut self,
        record: &signature::Record,
        within: bool,
        param: &str,
    ) -> Result<Record, LayoutError> {
        if record.fields.is_empty() {
            return Err(LayoutError {
                param: param.into(),
                reason: format!(
                    "{} has no fields; give it one, or leave the parameter out",
                    record.name
                ),
            });
        }
        let mut cursor = Cursor(0);
        let mut fields = Vec::new();
        for field in &record.fields {
            let wire = self.wire(&field.ty, within, param)?;
            let offset = cursor.place(&wire, param)?;
            fields.push(RecordField {
                name: field.name.clone(),
                source_type: field.source_type.clone(),
                wire,
                offset,
            });
        }
        let align = fields
            .iter()
            .map(|field| field.wire.align())
            .max()
            .unwrap_or(1);
        cursor.align(align, param)?;
        Ok(Record {
            name: record.name.clone(),
            doc: record.doc.clone(),
            kind: record.kind,
            fields,
            size: cursor.0,
            align,
        })
    }

    /// Said once for a function, at the first float: the remedy is the same for all of them.
    fn note_narrowing(&mut self, param: &str) {
        if self.notes.is_empty() {
            let language = self.language;
            self.notes.push(format!(
                "{param}: {language} is stored as f32; use --wide for f64"
            ));
        }
    }
}

/// What users of a language call the float that has no width there.
fn float_name(language: Language) -> &'static str {
    match language {
        Language::Python => "Python float",
        Language::Ruby => "Ruby Float",
        _ => "float",
    }
}

/// A size given or defaulted, rounded up to 4; `least` bytes are taken by what surrounds the data.
fn sized(name: &str, size: u32, least: u32, param: &str) -> Result<u32, LayoutError> {
    if size < least {
        return Err(LayoutError {
            param: param.into(),
            reason: format!(
                "{name}[{size}] holds nothing: {least} bytes are taken before the first one of content; give a larger size, such as {name}[256]"
            ),
        });
    }
    checked(u64::from(size).next_multiple_of(4), param)
}
