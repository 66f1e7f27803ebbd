//! C# stubs: one namespace a file, the protocol and the records beside the static class `Stub`.
//!
//! Lists and arrays are C# arrays, records sealed classes compared by what they hold, several results a
//! tuple (a record beyond seven, which Mono cannot make). `opt` is `T?` for value types, null for the rest. The using directives stand inside the namespace:
//! there they come before what `Metropipe` itself may hold, such as `Metropipe.Thread` of a function `thread`.

use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;

use super::{Export, Mode, Piece, PieceKind, Stub, Target, fresh, unreserved};
use crate::layout::{Record, RecordField, Slot, Wire};
use crate::signature::{Literal, Number, Parameter, RecordKind};

/// The target `csharp`.
pub struct CSharp;

/// Items of a tuple that Mono's compiler can make.
const LARGEST_TUPLE: usize = 7;

const CHANNEL: &str = include_str!("../../templates/csharp/channel.cs");

/// Columns of a line before its arguments stand one a line.
const WIDTH: usize = 120;

/// Keywords of the C# Language Specification, 6.4.4.
const KEYWORDS: &[&str] = &[
    "abstract",
    "as",
    "base",
    "bool",
    "break",
    "byte",
    "case",
    "catch",
    "char",
    "checked",
    "class",
    "const",
    "continue",
    "decimal",
    "default",
    "delegate",
    "do",
    "double",
    "else",
    "enum",
    "event",
    "explicit",
    "extern",
    "false",
    "finally",
    "fixed",
    "float",
    "for",
    "foreach",
    "goto",
    "if",
    "implicit",
    "in",
    "int",
    "interface",
    "internal",
    "is",
    "lock",
    "long",
    "namespace",
    "new",
    "null",
    "object",
    "operator",
    "out",
    "override",
    "params",
    "private",
    "protected",
    "public",
    "readonly",
    "ref",
    "return",
    "sbyte",
    "sealed",
    "short",
    "sizeof",
    "stackalloc",
    "static",
    "string",
    "struct",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "uint",
    "ulong",
    "unchecked",
    "unsafe",
    "ushort",
    "using",
    "virtual",
    "void",
    "volatile",
    "while",
];

/// Contextual keywords that some compiler refuses as a type's or a parameter's name, or takes for another thing.
const CONTEXTUAL: &[&str] = &[
    "async",
    "await",
    "dynamic",
    "field",
    "file",
    "global",
    "nameof",
    "nint",
    "notnull",
    "nuint",
    "partial",
    "record",
    "required",
    "scoped",
    "unmanaged",
    "value",
    "var",
    "where",
    "yield",
    "_",
];

/// Members that every class inherits.
const OBJECT_MEMBERS: &[&str] = &[
    "Equals",
    "Finalize",
    "GetHashCode",
    "GetType",
    "MemberwiseClone",
    "ReferenceEquals",
    "ToString",
];

/// Names that a tuple keeps for itself.
const TUPLE_MEMBERS: &[&str] = &[
    "CompareTo",
    "Deconstruct",
    "Equals",
    "GetHashCode",
    "Rest",
    "ToString",
];

/// Types that the generated text names, and must go on to mean.
const TYPES: &[&str] = &[
    "Architecture",
    "Array",
    "Buffer",
    "CallTimeoutException",
    "Channel",
    "ChannelException",
    "ChannelFile",
    "Codec",
    "Convert",
    "CultureInfo",
    "DecoderFallbackException",
    "Directory",
    "DllImport",
    "DllImportAttribute",
    "EncoderFallbackException",
    "Encoding",
    "Environment",
    "Exception",
    "FieldOffset",
    "FieldOffsetAttribute",
    "FileStatus",
    "GCHandle",
    "GCHandleType",
    "IEquatable",
    "IntPtr",
    "Interlocked",
    "Lane",
    "LayoutKind",
    "LayoutMismatchException",
    "Marshal",
    "Math",
    "MetropipeException",
    "Native",
    "NoProviderException",
    "NumberStyles",
    "OSPlatform",
    "Path",
    "RemoteException",
    "RuntimeInformation",
    "Stack",
    "Stopwatch",
    "StringComparison",
    "StructLayout",
    "StructLayoutAttribute",
    "Stub",
    "Thread",
    "TimeSpan",
    "UIntPtr",
    "UTF8Encoding",
    "UnfitException",
    "Values",
    "Volatile",
];

#[derive(Template)]
#[template(path = "csharp/stub.cs", block = "head")]
struct Head<'a> {
    namespace: &'a str,
    usings: String,
}

struct Field {
    property: String,
    parameter: String,
    ty: String,
}

#[derive(Template)]
#[template(path = "csharp/stub.cs", block = "record")]
struct RecordPiece {
    doc: String,
    name: String,
    constructor: String,
    fields: Vec<Field>,
    codecs: Vec<String>,
    puts: Vec<String>,
    construction: String,
}

#[derive(Template)]
#[template(path = "csharp/stub.cs", block = "function")]
struct FunctionPiece {
    statics: Vec<String>,
    doc: String,
    signature: String,
    lane: String,
    payload: String,
    timeout: String,
    channel: String,
    puts: Vec<String>,
    /// `payload`, or its declaration where no argument needed it.
    again: String,
    results: String,
}

impl Target for CSharp {
    fn name(&self) -> &'static str {
        "csharp"
    }

    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let identifier = export.identifier();
        let own = format!("Metropipe.{}", spelled(&capitalised(&identifier)));
        let (namespace, path) = match mode {
            Mode::Namespace => (own, format!("{identifier}/stub.cs")),
            Mode::Flat => (own, format!("{identifier}.cs")),
            Mode::Unify => ("Metropipe".to_string(), "metropipe.cs".to_string()),
        };
        let (usings, members) = channel();
        let names = Names::new(export);
        let mut pieces: Vec<Piece> = names
            .records
            .iter()
            .map(|(record, name)| record_piece(record, name, &names))
            .collect();
        pieces.push(function_piece(export, &names));
        let head = Head {
            namespace: &namespace,
            usings,
        };
        vec![Stub {
            path: path.into(),
            comment: "//",
            // Modern compilers hold generated files to none of their users' style rules.
            first: "// <auto-generated/>\n".to_string(),
            head: rendered(&head),
            pieces,
            tail: members,
            blank_lines: 1,
            indent: "    ",
        }]
    }
}

/// More results than Mono's tuples hold become a record.
fn many_results(export: &Export) -> Option<Arc<Record>> {
    let results = &export.layout.results;
    let (first, last) = (results.first()?, results.last()?);
    (results.len() > LARGEST_TUPLE).then(|| {
        Arc::new(Record {
            name: capitalised(&format!("{}Result", export.identifier())),
            doc: None,
            kind: RecordKind::Class,
            fields: results
                .iter()
                .map(|slot| RecordField {
                    name: slot.name.clone(),
                    source_type: slot.source_type.clone(),
                    wire: slot.wire.clone(),
                    offset: slot.offset - first.offset,
                })
                .collect(),
            size: last.offset + last.size - first.offset,
            align: first.align,
        })
    })
}

/// The channel's using directives, and its types up to the end of the namespace.
fn channel() -> (String, String) {
    let (_, body) = CHANNEL
        .split_once("namespace Metropipe\n{\n")
        .unwrap_or(("", CHANNEL));
    let (usings, members) = body.split_once("\n\n").unwrap_or(("", body));
    (format!("{usings}\n"), members.to_string())
}

fn rendered(template: &impl Template) -> String {
    let text = template
        .render()
        .expect("rendering into a string cannot fail");
    format!("{}\n", text.trim_end())
}

/// What the user's types are called in this file.
struct Names {
    records: Vec<(Arc<Record>, String)>,
}

impl Names {
    fn new(export: &Export) -> Self {
        let mut found = Vec::new();
        for slot in export.layout.params.iter().chain(&export.layout.results) {
            slot.wire.records(&mut found);
        }
        found.extend(many_results(export));
        let mut taken: Vec<String> = Vec::new();
        let mut records = Vec::new();
        for record in found {
            let wanted = record.name.replace('.', "_");
            let wanted = match record.kind {
                RecordKind::Tuple => capitalised(&wanted),
                _ => wanted,
            };
            let mut name = spelled(&wanted);
            for reserved in [KEYWORDS, CONTEXTUAL, TYPES, OBJECT_MEMBERS] {
                name = unreserved(&name, reserved, &[]);
            }
            let name = unreserved(&name, &[], &taken);
            taken.push(name.clone());
            taken.push(format!("{name}Codec"));
            records.push((record, name));
        }
        Names { records }
    }

    fn of(&self, record: &Arc<Record>) -> String {
        let found = self.records.iter().find(|(other, _)| other == record);
        found.map(|(_, own)| own.clone()).unwrap_or_default()
    }

    /// Types that expressions name, and that a parameter or a method would hide.
    fn in_expressions(&self) -> Vec<String> {
        let codecs = self.records.iter().map(|(_, name)| format!("{name}Codec"));
        codecs.chain(["Values".to_string()]).collect()
    }

    fn csharp(&self, wire: &Wire) -> String {
        match wire {
            Wire::Bool => "bool".into(),
            Wire::Number(number) => primitive(*number).into(),
            Wire::Optional(value) if is_value(value) => format!("{}?", self.csharp(value)),
            Wire::Optional(value) => self.csharp(value),
            Wire::Text { .. } | Wire::Json { .. } => "string".into(),
            Wire::Bytes { .. } => "byte[]".into(),
            Wire::Array { element, .. } | Wire::List { element, .. } => {
                format!("{}[]", self.csharp(element))
            }
            Wire::Record(record) => self.of(record),
        }
    }

    /// The expression that makes a type's codec.
    fn codec(&self, wire: &Wire) -> String {
        match wire {
            Wire::Bool => "Values.Bool".into(),
            Wire::Number(number) => format!("Values.{}", number.name().to_uppercase()),
            Wire::Text { size } => format!("Values.StringOf({size})"),
            Wire::Json { size } => format!("Values.JsonOf({size})"),
            Wire::Bytes { size } => format!("Values.BytesOf({size})"),
            Wire::Optional(value) => format!(
                "Values.{}({}, {}, {})",
                match value.as_ref() {
                    value if is_value(value) => "OptOf",
                    Wire::Optional(_) if self.csharp(value).ends_with('?') => "OptAgainOf",
                    _ => "OptReferenceOf",
                },
                self.codec(value),
                wire.first_element(),
                value.size()
            ),
            Wire::Array { element, count } => format!(
                "Values.ArrayOf({}, {}, {count}, {})",
                self.codec(element),
                text(&wire.to_string()),
                element.stride()
            ),
            Wire::List { element, limit } => format!(
                "Values.ListOf({}, {}, {limit}, {}, {})",
                self.codec(element),
                text(&wire.to_string()),
                wire.first_element(),
                element.stride()
            ),
            Wire::Record(record) => format!("{}Codec.Instance", self.of(record)),
        }
    }
}

fn primitive(number: Number) -> &'static str {
    match number {
        Number::I8 => "sbyte",
        Number::I16 => "short",
        Number::I32 => "int",
        Number::I64 => "long",
        Number::U8 => "byte",
        Number::U16 => "ushort",
        Number::U32 => "uint",
        Number::U64 => "ulong",
        Number::F32 => "float",
        Number::F64 => "double",
    }
}

fn is_value(wire: &Wire) -> bool {
    matches!(wire, Wire::Bool | Wire::Number(_))
}

/// Whether a type's own codec is needed, or one of the plain functions does.
fn is_plain(wire: &Wire) -> bool {
    matches!(
        wire,
        Wire::Bool | Wire::Number(_) | Wire::Text { .. } | Wire::Json { .. } | Wire::Bytes { .. }
    )
}

/// A place in the payload, as an expression.
fn place(base: &str, offset: u32) -> String {
    match offset {
        0 => base.to_string(),
        offset => format!("{base} + {offset}"),
    }
}

fn pointer(number: Number, at: &str) -> String {
    let ty = primitive(number);
    match at.contains(' ') {
        true => format!("*({ty}*)({at})"),
        false => format!("*({ty}*){at}"),
    }
}

/// The statement that writes a value; `at` and `what` are expressions.
fn put(wire: &Wire, codec: &str, at: &str, value: &str, what: &str) -> String {
    match wire {
        Wire::Bool => format!("Values.PutBool({at}, {value});"),
        Wire::Number(number) => format!("{} = {value};", pointer(*number, at)),
        Wire::Text { size } => format!("Values.PutString({at}, {size}, {value}, {what});"),
        Wire::Json { size } => format!("Values.PutJson({at}, {size}, {value}, {what});"),
        Wire::Bytes { size } => format!("Values.PutBytes({at}, {size}, {value}, {what});"),
        _ => format!("{codec}.Put({at}, {value}, {what});"),
    }
}

/// The expression that reads a value.
fn get(wire: &Wire, codec: &str, at: &str, what: &str) -> String {
    match wire {
        Wire::Bool => format!("Values.GetBool({at}, {what})"),
        Wire::Number(number) => pointer(*number, at),
        Wire::Text { size } => format!("Values.GetString({at}, {size}, {what})"),
        Wire::Json { size } => format!("Values.GetJson({at}, {size}, {what})"),
        Wire::Bytes { size } => format!("Values.GetBytes({at}, {size}, {what})"),
        _ => format!("{codec}.Get({at}, {what})"),
    }
}

fn record_piece(record: &Arc<Record>, own: &str, names: &Names) -> Piece {
    // A member cannot bear its class's name, and would hide what the members' code names.
    let mut properties = names.in_expressions();
    properties.push(own.to_string());
    let mut parameters: Vec<String> = Vec::new();
    let mut fields = Vec::new();
    let mut codecs = Vec::new();
    let mut puts = Vec::new();
    let mut gets = Vec::new();
    let mut end = 0;
    for (index, field) in record.fields.iter().enumerate() {
        let property = unreserved(
            &unreserved(&spelled(&capitalised(&field.name)), OBJECT_MEMBERS, &[]),
            KEYWORDS,
            &properties,
        );
        let parameter = parameter_name(&field.name, &parameters);
        let codec = format!("codec{index}");
        if !is_plain(&field.wire) {
            codecs.push(format!(
                "private readonly Codec<{}> {codec} = {};",
                names.csharp(&field.wire),
                names.codec(&field.wire)
            ));
        }
        if field.offset > end {
            puts.push(gap(&place("at", end), field.offset - end));
        }
        end = field.offset + field.wire.size();
        let at = place("at", field.offset);
        puts.push(put(
            &field.wire,
            &codec,
            &at,
            &format!("value.{property}"),
            "what",
        ));
        gets.push(get(&field.wire, &codec, &at, "what"));
        properties.push(property.clone());
        parameters.push(parameter.clone());
        fields.push(Field {
            property,
            parameter,
            ty: names.csharp(&field.wire),
        });
    }
    if record.size > end {
        puts.push(gap(&place("at", end), record.size - end));
    }
    let declared: Vec<String> = fields
        .iter()
        .map(|field| format!("{} {}", field.ty, field.parameter))
        .collect();
    let piece = RecordPiece {
        doc: doc(record.doc.as_deref(), &[], "    "),
        name: own.to_string(),
        constructor: list(
            &format!("{own}("),
            &declared,
            ")",
            "        public ",
            "        ",
        ),
        fields,
        codecs,
        puts,
        construction: list(
            &format!("new {own}("),
            &gets,
            ");",
            "            return ",
            "            ",
        ),
    };
    Piece {
        kind: PieceKind::Record,
        name: own.to_string(),
        text: rendered(&piece),
    }
}

fn gap(at: &str, size: u32) -> String {
    format!("Values.Zero({at}, {size});")
}

fn parameter_name(name: &str, taken: &[String]) -> String {
    unreserved(
        &unreserved(&spelled(name), KEYWORDS, &[]),
        CONTEXTUAL,
        taken,
    )
}

fn function_piece(export: &Export, names: &Names) -> Piece {
    let identifier = export.identifier();
    let layout = &export.layout;
    let mut own = spelled(&capitalised(&identifier));
    for reserved in [KEYWORDS, CONTEXTUAL, OBJECT_MEMBERS, &["Stub"]] {
        own = unreserved(&own, reserved, &names.in_expressions());
    }
    let types = names.in_expressions();
    let mut taken = types.clone();
    for slot in &layout.params {
        taken.push(parameter_name(&slot.name, &taken));
    }
    let params = &taken[types.len()..];
    let invented = |base: &str| fresh(base, taken.iter().map(String::as_str));
    let (lane, payload, timeout) = (invented("lane"), invented("payload"), invented("timeout"));
    // Methods begin with a capital or with `_`; such fields with neither.
    let private = match identifier.chars().next() {
        Some(first) if first.is_lowercase() => spelled(&identifier),
        _ => format!("of{}", spelled(&identifier)),
    };
    let channel = invented(&format!("{private}Channel"));

    let mut statics = vec![format!(
        "private static readonly Channel {channel} = {}",
        list(
            "new Channel(",
            &[
                text(&export.function.name),
                text(&export.channel),
                text(&layout.canonical),
                format!("0x{:08x}", layout.fingerprint),
                layout.request_size.to_string(),
                layout.payload_size.to_string(),
                text(&export.start_command),
            ],
            ");",
            &" ".repeat(48 + channel.len()),
            "        ",
        )
    )];
    let mut puts = Vec::new();
    let mut end = 0;
    for (index, (slot, param)) in layout.params.iter().zip(params).enumerate() {
        let codec = invented(&format!("{private}Param{index}"));
        if !is_plain(&slot.wire) {
            statics.push(codec_field(&codec, slot, names));
        }
        if slot.offset > end {
            puts.push(gap(&place(&payload, end), slot.offset - end));
        }
        end = slot.offset + slot.size;
        let at = place(&payload, slot.offset);
        let what = text(&format!("{}: {}", export.function.name, slot.name));
        puts.push(put(&slot.wire, &codec, &at, param, &what));
    }
    let gets: Vec<String> = layout
        .results
        .iter()
        .enumerate()
        .map(|(index, slot)| {
            let codec = invented(&format!("{private}Result{index}"));
            if !is_plain(&slot.wire) {
                statics.push(codec_field(&codec, slot, names));
            }
            let at = place(&payload, slot.offset);
            let what = text(&format!("{}: {}", export.function.name, slot.name));
            get(&slot.wire, &codec, &at, &what)
        })
        .collect();
    let (result, results) = match layout.results.as_slice() {
        [first, ..] if many_results(export).is_some() => {
            let record = many_results(export).map_or(String::new(), |record| names.of(&record));
            let what = text(&format!("{}: result", export.function.name));
            let at = place(&payload, first.offset);
            (
                record.clone(),
                format!("{record}Codec.Instance.Get({at}, {what});"),
            )
        }
        [] => ("void".to_string(), String::new()),
        [only] => (names.csharp(&only.wire), format!("{};", gets.join(""))),
        several => (
            tuple(several, names),
            list(
                "(",
                &gets,
                ");",
                "                return ",
                "                ",
            ),
        ),
    };
    let piece = FunctionPiece {
        statics,
        doc: doc(
            export.function.doc.as_deref(),
            &notes(export, params, &timeout),
            "        ",
        ),
        signature: list(
            &format!("{result} {own}("),
            &declarations(export, params, names, &timeout),
            ")",
            "        public static ",
            "        ",
        ),
        again: match puts.is_empty() {
            true => format!("byte* {payload}"),
            false => payload.clone(),
        },
        lane,
        payload,
        timeout,
        channel,
        puts,
        results,
    };
    Piece {
        kind: PieceKind::Function,
        name: identifier,
        text: rendered(&piece),
    }
}

fn codec_field(codec: &str, slot: &Slot, names: &Names) -> String {
    format!(
        "private static readonly Codec<{}> {codec} = {};",
        names.csharp(&slot.wire),
        names.codec(&slot.wire)
    )
}

fn tuple(results: &[Slot], names: &Names) -> String {
    let mut taken: Vec<String> = Vec::new();
    let mut items = Vec::new();
    for slot in results {
        let mut name = parameter_name(&slot.name, &taken);
        // `Item1` is the first item's own name, whatever else it is called.
        if name.starts_with("Item") {
            name = format!("_{name}");
        }
        name = unreserved(&name, TUPLE_MEMBERS, &taken);
        items.push(format!("{} {name}", names.csharp(&slot.wire)));
        taken.push(name);
    }
    format!("({})", items.join(", "))
}

/// Parameters with the defaults that C# can express: those after which none without follows.
fn declarations(export: &Export, params: &[String], names: &Names, timeout: &str) -> Vec<String> {
    let slots = &export.layout.params;
    let defaults = defaults(export);
    let mut declared: Vec<String> = slots
        .iter()
        .zip(params)
        .zip(defaults)
        .map(|((slot, param), default)| {
            let ty = names.csharp(&slot.wire);
            match default {
                Some(default) => format!("{ty} {param} = {default}"),
                None => format!("{ty} {param}"),
            }
        })
        .collect();
    declared.push(format!("TimeSpan? {timeout} = null"));
    declared
}

fn defaults(export: &Export) -> Vec<Option<String>> {
    let parameters = &export.function.parameters;
    let mut defaults: Vec<Option<String>> = export
        .layout
        .params
        .iter()
        .map(|slot| {
            let of_name = |parameter: &&Parameter| parameter.name == slot.name;
            let parameter = parameters.iter().find(of_name)?;
            literal(parameter.default.as_ref()?, &slot.wire)
        })
        .collect();
    let mut open = false;
    for default in defaults.iter_mut().rev() {
        open |= default.is_none();
        if open {
            *default = None;
        }
    }
    defaults
}

/// A default value as a constant of the wire's C# type.
fn literal(literal: &Literal, wire: &Wire) -> Option<String> {
    match (literal, wire) {
        (Literal::None, Wire::Optional(_)) => Some("null".into()),
        (_, Wire::Optional(value)) => self::literal(literal, value),
        (Literal::Bool(value), Wire::Bool) => Some(value.to_string()),
        (Literal::Int(value), Wire::Number(number)) => match number.range() {
            Some((low, high)) => (low..=high).contains(value).then(|| value.to_string()),
            None => float(*value as f64, *number),
        },
        (Literal::Float(value), Wire::Number(number)) if number.is_float() => {
            float(*value, *number)
        }
        (Literal::Text(value), Wire::Text { .. }) => Some(text(value)),
        _ => None,
    }
}

fn float(value: f64, number: Number) -> Option<String> {
    let (ty, suffix) = match number {
        Number::F32 => ("float", "f"),
        _ => ("double", "d"),
    };
    if value.is_nan() {
        return Some(format!("{ty}.NaN"));
    }
    if value.is_infinite() {
        let sign = if value > 0.0 { "Positive" } else { "Negative" };
        return Some(format!("{ty}.{sign}Infinity"));
    }
    (number == Number::F64 || (value as f32).is_finite()).then(|| format!("{value:?}{suffix}"))
}

/// What the doc comment of a function adds to the source's own.
fn notes(_export: &Export, _params: &[String], timeout: &str) -> Vec<String> {
    vec![format!(
        "<param name=\"{timeout}\">The call's time limit; METROPIPE_TIMEOUT_MS or else 5 seconds without one.</param>"
    )]
}

/// A list in brackets: on one line where it fits, else one item a line.
fn list(open: &str, items: &[String], close: &str, before: &str, indent: &str) -> String {
    let flat = format!("{open}{}{close}", items.join(", "));
    if before.len() + flat.len() <= WIDTH || items.is_empty() {
        return flat;
    }
    let lines = items.join(&format!(",\n{indent}    "));
    format!("{open}\n{indent}    {lines}{close}")
}

/// A documentation comment out of a doc comment of any language.
fn doc(doc: Option<&str>, notes: &[String], indent: &str) -> String {
    let mut comment = String::new();
    let mut line = |content: &str| {
        let _ = writeln!(comment, "{indent}{}", format!("/// {content}").trim_end());
    };
    if let Some(doc) = doc {
        line("<summary>");
        for each in doc.lines() {
            line(&escaped(each));
        }
        line("</summary>");
    }
    for note in notes {
        line(note);
    }
    comment
}

/// One line of text inside a documentation comment, which is XML.
fn escaped(line: &str) -> String {
    let mut text = String::new();
    for c in line.trim_end().chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            // Among them the line ends of C# beyond ASCII: one would end the comment.
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}') =>
            {
                text.push(' ');
            }
            c => text.push(c),
        }
    }
    text
}

/// A string literal.
fn text(content: &str) -> String {
    let mut text = String::from("\"");
    for c in content.chars() {
        match c {
            '"' | '\\' => {
                text.push('\\');
                text.push(c);
            }
            ' '..='~' => text.push(c),
            c => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
    text
}

/// A name in the letters that Mono's compiler knows: those of the first plane.
fn spelled(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii() || c.is_alphanumeric() && c < '\u{10000}' {
            text.push(c);
        } else {
            let _ = write!(text, "u{:04X}", c as u32);
        }
    }
    text
}

fn capitalised(name: &str) -> String {
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
