//! JavaScript stubs: a CommonJS file that holds everything, its names for ES modules, its types.

mod codec;
mod expression;
mod names;
mod types;

use std::sync::Arc;

use askama::Template;

use self::codec::Codec;
use self::expression::{Expression, comment, literal};
use self::names::{access, endpoint_name, key, parameters, public_name};
use super::text::{plus, rendered};
use super::{Export, Mode, Piece, PieceKind, Stub, Target, fresh, wrap};
use crate::layout::{Record, Wire};
use crate::signature::RecordKind;

/// The target `js`.
pub struct Js;

/// What every stub is read with, whatever functions it holds.
const CHANNEL: &str = include_str!("../../templates/js/channel.js");

const ERRORS: [&str; 7] = [
    "MetropipeError",
    "RemoteError",
    "TimeoutError",
    "NoProviderError",
    "LayoutMismatchError",
    "UnfitError",
    "ChannelError",
];

#[derive(Template)]
#[template(path = "js/stub.js", block = "function", escape = "none")]
struct FunctionText {
    endpoint: String,
    construction: String,
    doc: String,
    name: String,
    head: String,
    limit: String,
    lane: String,
    puts: Vec<String>,
    result: String,
}

#[derive(Template)]
#[template(path = "js/stub.js", block = "record", escape = "none")]
struct RecordText {
    put: String,
    get: String,
    check: String,
    puts: Vec<String>,
    value: String,
}

#[derive(Template)]
#[template(path = "js/stub.js", block = "errors", escape = "none")]
struct ErrorsText {
    errors: &'static [&'static str],
}

#[derive(Template)]
#[template(path = "js/stub.mjs", block = "head", escape = "none")]
struct ModuleHead {
    names: String,
    file: String,
}

#[derive(Template)]
#[template(path = "js/stub.mjs", block = "function", escape = "none")]
struct ModuleFunction {
    name: String,
    file: String,
}

impl Target for Js {
    fn name(&self) -> &'static str {
        "js"
    }

    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let stem = mode.stem(&export.identifier());
        let file = literal(&format!(
            "./{}.js",
            stem.rsplit('/').next().unwrap_or(&stem)
        ));
        let stub = |extension: &str, head: String, pieces: Vec<Piece>| Stub {
            pieces,
            ..Stub::whole(format!("{stem}.{extension}"), "//", head)
        };
        let mut code = stub("js", CHANNEL.into(), code_pieces(export));
        code.tail = rendered(&ErrorsText { errors: &ERRORS });
        vec![
            code,
            stub("mjs", module_head(&file), vec![module_piece(export, &file)]),
            stub("d.ts", types::head(), types::pieces(export)),
        ]
    }
}

fn code_pieces(export: &Export) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = export
        .layout
        .records()
        .iter()
        .map(|record| record_piece(record))
        .collect();
    pieces.push(Piece {
        kind: PieceKind::Function,
        name: export.identifier(),
        text: function_text(export),
    });
    pieces
}

fn function_text(export: &Export) -> String {
    let layout = &export.layout;
    let function = &export.function;
    let endpoint = endpoint_name(export);
    let names = parameters(export);
    let taken = || names.iter().map(String::as_str);
    let lane = fresh("lane", taken());
    let limit = fresh("limit", taken());

    let arguments = export.channel_arguments(literal).map(Expression::atom);
    let construction = Expression::Call("new Endpoint".into(), arguments.into());
    let before = "const  = ".len() + endpoint.chars().count();
    let puts = layout.params.iter().zip(&names).map(|(slot, name)| {
        let place = place(&function.name, &slot.name);
        let put = Codec::of(&slot.wire).put(&lane, &slot.offset.to_string(), &place, name);
        format!("{};", put.print(6, 6, 1))
    });
    let mut gets: Vec<Expression> = layout
        .results
        .iter()
        .map(|slot| {
            let place = place(&function.name, "result");
            Codec::of(&slot.wire).get(&lane, &slot.offset.to_string(), &place)
        })
        .collect();
    let result = match (gets.len(), export.returns_tuple()) {
        (0, _) => None,
        (1, false) => gets.pop(),
        _ => Some(Expression::Array(gets)),
    };
    let signature: Vec<String> = function
        .parameters
        .iter()
        .zip(&layout.params)
        .zip(&names)
        .map(|((parameter, slot), name)| {
            match parameter
                .default
                .as_ref()
                .and_then(|value| Codec::of(&slot.wire).default(value))
            {
                Some(value) => format!("{name} = {value}"),
                None => name.clone(),
            }
        })
        .collect();
    let name = public_name(export);
    rendered(&FunctionText {
        construction: construction.print(0, before, 1),
        doc: comment(function.doc.as_deref(), ""),
        head: wrap(&format!("{name}("), &signature, ") {", 80, "  ", "  "),
        name,
        puts: puts.collect(),
        result: result.map_or(String::new(), |value| {
            format!("return {};", value.print(6, 13, 1))
        }),
        endpoint,
        limit,
        lane,
    })
}

/// Where an error says that it arose: the function and the parameter.
fn place(function: &str, parameter: &str) -> String {
    literal(&format!("{function}: {parameter}"))
}

/// How the record is written and read: an object, or an array where its fields have only positions.
fn record_piece(record: &Record) -> Piece {
    let name = types::record_name(record);
    let tuple = record.kind == RecordKind::Tuple;
    let puts = record.fields.iter().enumerate().map(|(index, field)| {
        let value = match tuple {
            true => format!("value[{index}]"),
            false => format!("value{}", access(&field.name)),
        };
        let put = Codec::of(&field.wire).put("lane", &plus("at", field.offset), "where", &value);
        format!("{};", put.print(2, 2, 1))
    });
    let gets = record
        .fields
        .iter()
        .map(|field| Codec::of(&field.wire).get("lane", &plus("at", field.offset), "where"));
    let value = match tuple {
        true => Expression::Array(gets.collect()).print(2, "  return ".len(), 1),
        false => {
            let mut object = String::from("{");
            for (field, get) in record.fields.iter().zip(gets) {
                let key = format!("{}: ", key(&field.name));
                let get = get.print(4, 4 + key.chars().count(), 1);
                object.push_str(&format!("\n    {key}{get},"));
            }
            object + "\n  }"
        }
    };
    let check = match tuple {
        true => {
            let wire = Wire::Record(Arc::new(record.clone()));
            Expression::Call(
                "checkTuple".into(),
                vec![
                    Expression::atom("where"),
                    Expression::atom("value"),
                    Expression::atom(record.fields.len().to_string()),
                    Expression::atom(literal(&wire.to_string())),
                ],
            )
        }
        false => Expression::Call(
            "checkRecord".into(),
            vec![
                Expression::atom("where"),
                Expression::atom("value"),
                Expression::atom(literal(&record.name)),
            ],
        ),
    };
    Piece {
        kind: PieceKind::Record,
        text: rendered(&RecordText {
            put: codec::put_record(&name),
            get: codec::get_record(&name),
            check: check.print(2, 2, 1),
            puts: puts.collect(),
            value,
        }),
        name,
    }
}

fn module_head(file: &str) -> String {
    let names: Vec<String> = ERRORS.iter().map(|name| name.to_string()).collect();
    let close = format!(" }} from {file};");
    let flat = wrap("export { ", &names, &close, 80, "", "  ");
    let names = flat
        .replace("export { \n", "export {\n")
        .replace("\n }", "\n}");
    rendered(&ModuleHead {
        names,
        file: file.into(),
    })
}

fn module_piece(export: &Export, file: &str) -> Piece {
    let name = public_name(export);
    Piece {
        kind: PieceKind::Function,
        name: export.identifier(),
        text: rendered(&ModuleFunction {
            name,
            file: file.into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::Literal;

    #[test]
    fn names_of_the_source_give_way_to_the_language_and_ours_to_them() {
        let export = Export::example("new", "(lane: i32, putI32: i32, arguments: i32)->unit");
        let text = function_text(&export);
        assert!(text.contains("new_(lane, putI32_, arguments_) {"), "{text}");
        assert!(
            text.contains("const lane_ = begin(newEndpoint, limit);"),
            "{text}"
        );
        assert!(
            text.contains(r#"putI32(lane_, 4, "new: putI32", putI32_);"#),
            "{text}"
        );
    }

    #[test]
    fn a_default_is_spelled_as_the_wire_type_takes_it() {
        let mut export = Export::example(
            "f",
            "(a: i64, b: opt<f64>, c: string, d: i32, e: bool)->unit",
        );
        let defaults = [
            Literal::Int(5),
            Literal::Float(2.0),
            Literal::Text("\"".into()),
            Literal::None,
            Literal::Bool(true),
        ];
        for (parameter, default) in export.function.parameters.iter_mut().zip(defaults) {
            parameter.default = Some(default);
        }
        let text = function_text(&export);
        assert!(
            text.contains(r#"f(a = 5n, b = 2, c = '"', d, e = true) {"#),
            "{text}"
        );
        let types = &types::pieces(&export)[0].text;
        assert!(types.contains("c: string | undefined"), "{types}");
        assert!(types.contains("e?: boolean"), "{types}");
    }

    #[test]
    fn records_are_objects_and_tuples_are_arrays() {
        let export = Export::example("f", "(p: struct{x: f32, __proto__: opt<i8>})->unit");
        let pieces = code_pieces(&export);
        assert!(pieces[0].text.contains("putF32(lane, at, where, value.x);"));
        assert!(
            pieces[0]
                .text
                .contains(r#"["__proto__"]: getOpt(lane, at + 4, where, getI8, 1),"#)
        );
    }
}
