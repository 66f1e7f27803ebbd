//! Java stubs: one class a file, the protocol nested in it, records as Java records.
//!
//! Java has no unsigned integers: `u8` and `u16` are `int`, `u32` is `long`, `u64` is `BigInteger`, all
//! checked. Lists and arrays of primitive types are Java arrays, of everything else `List<T>`; `opt` is
//! the boxed type, null where absent. Generated text is ASCII, so that no compiler's locale matters.

use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;

use super::{Export, Mode, Piece, PieceKind, Stub, Target, fresh, unreserved};
use crate::layout::{HEADER_SIZE, Record, Slot, Wire};
use crate::signature::{Literal, Number, RecordKind};

/// The target `java`.
pub struct Java;

const CHANNEL: &str = include_str!("../../templates/java/channel.java");

/// Columns of a line, as google-java-format has it.
const WIDTH: usize = 100;

/// Reserved words of the Java Language Specification, 3.9, its literals, and `_`.
const KEYWORDS: &[&str] = &[
    "_",
    "abstract",
    "assert",
    "boolean",
    "break",
    "byte",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "continue",
    "default",
    "do",
    "double",
    "else",
    "enum",
    "extends",
    "false",
    "final",
    "finally",
    "float",
    "for",
    "goto",
    "if",
    "implements",
    "import",
    "instanceof",
    "int",
    "interface",
    "long",
    "native",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "short",
    "static",
    "strictfp",
    "super",
    "switch",
    "synchronized",
    "this",
    "throw",
    "throws",
    "transient",
    "true",
    "try",
    "void",
    "volatile",
    "while",
];

/// Contextual keywords that cannot name a type (3.9 again).
const NO_TYPE_NAMES: &[&str] = &["permits", "record", "sealed", "var", "yield"];

/// Methods of `Object`: a static method cannot hide them, a record's component cannot bear their names.
const OBJECT_METHODS: &[&str] = &[
    "clone",
    "equals",
    "finalize",
    "getClass",
    "hashCode",
    "notify",
    "notifyAll",
    "toString",
    "wait",
];

/// Types that the generated text names, and must go on to mean.
const TYPES: &[&str] = &[
    "ArrayDeque",
    "ArrayList",
    "Arrays",
    "AtomicReference",
    "BigInteger",
    "Boolean",
    "Byte",
    "ByteBuffer",
    "ByteOrder",
    "Callable",
    "Channel",
    "ChannelException",
    "ChannelFile",
    "CharBuffer",
    "CharacterCodingException",
    "Codec",
    "Collections",
    "ConcurrentLinkedQueue",
    "Double",
    "Duration",
    "ExecutionException",
    "FileChannel",
    "FileLock",
    "Files",
    "Float",
    "FutureTask",
    "Get",
    "IOException",
    "Integer",
    "InterruptedException",
    "InterruptedIOException",
    "Lane",
    "LayoutMismatchException",
    "LinkOption",
    "List",
    "LockSupport",
    "Long",
    "Map",
    "Math",
    "MethodHandles",
    "MetropipeException",
    "NoProviderException",
    "NoSuchFileException",
    "Object",
    "Objects",
    "OverlappingFileLockException",
    "Override",
    "Path",
    "ProcessHandle",
    "Put",
    "Queue",
    "Record",
    "RemoteException",
    "Runtime",
    "RuntimeException",
    "Sequence",
    "Short",
    "StandardCharsets",
    "StandardOpenOption",
    "String",
    "System",
    "Thread",
    "TimeoutException",
    "UnfitException",
    "Values",
    "VarHandle",
];

#[derive(Template)]
#[template(path = "java/stub.java", block = "head")]
struct Head<'a> {
    package: &'a str,
    imports: String,
    class: &'a str,
}

#[derive(Template)]
#[template(path = "java/stub.java", block = "record")]
struct RecordPiece {
    doc: String,
    name: String,
    components: String,
    codec: String,
    codecs: Vec<String>,
    puts: Vec<String>,
    construction: String,
    /// Empty where Java's own equality says the same.
    equality: String,
    hash: String,
}

#[derive(Template)]
#[template(path = "java/stub.java", block = "function")]
struct FunctionPiece {
    fields: Vec<String>,
    result_record: String,
    doc: String,
    signature: String,
    forward: String,
    timed_signature: String,
    lane: String,
    page: String,
    timeout: String,
    channel: String,
    puts: Vec<String>,
    /// `page`, or its declaration where no argument needed it.
    again: String,
    results: String,
}

impl Target for Java {
    fn name(&self) -> &'static str {
        "java"
    }

    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let identifier = export.identifier();
        let (package, class, path) = match mode {
            Mode::Namespace => {
                let folder = unreserved(&ascii(&identifier), KEYWORDS, &[]);
                let path = format!("{folder}/stub.java");
                (
                    format!("metropipe.{}", name(&folder)),
                    "stub".to_string(),
                    path,
                )
            }
            Mode::Flat => {
                let class = unreserved(&type_name(&ascii(&identifier)), &[], &[]);
                let path = format!("{class}.java");
                ("metropipe".to_string(), class, path)
            }
            Mode::Unify => (
                String::new(),
                "metropipe".to_string(),
                "metropipe.java".to_string(),
            ),
        };
        let names = Names::new(export, &class);
        let mut pieces: Vec<Piece> = names
            .records
            .iter()
            .map(|(record, name)| record_piece(record, name, &names))
            .collect();
        pieces.push(function_piece(export, &names));
        let head = Head {
            package: &package,
            imports: imports(),
            class: &name(&class),
        };
        vec![Stub {
            path: path.into(),
            comment: "//",
            first: String::new(),
            head: rendered(&head),
            pieces,
            tail: channel(),
            blank_lines: 1,
            indent: "  ",
        }]
    }
}

/// The imports of the channel are those of the whole file.
fn imports() -> String {
    let lines = CHANNEL.lines().filter(|line| line.starts_with("import "));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// The channel's members, without the class around them that makes its file compile alone.
fn channel() -> String {
    let (_, members) = CHANNEL
        .split_once("final class channel {\n")
        .unwrap_or(("", CHANNEL));
    members.to_string()
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
    fn new(export: &Export, class: &str) -> Self {
        let mut found = Vec::new();
        for slot in export.layout.params.iter().chain(&export.layout.results) {
            slot.wire.records(&mut found);
        }
        let mut taken = vec![class.to_string()];
        let mut records = Vec::new();
        for record in found {
            let wanted = record.name.replace('.', "_");
            let wanted = match record.kind {
                RecordKind::Tuple => capitalised(&wanted),
                _ => wanted,
            };
            let name = unreserved(&type_name(&wanted), &[], &taken);
            taken.push(name.clone());
            records.push((record, name));
        }
        Names { records }
    }

    fn of(&self, record: &Arc<Record>) -> String {
        let found = self.records.iter().find(|(other, _)| other == record);
        found.map(|(_, own)| name(own)).unwrap_or_default()
    }

    /// Names that an expression could mean instead of a type.
    fn types(&self) -> Vec<String> {
        let records = self.records.iter().map(|(_, name)| name.clone());
        records.chain(["Values".to_string()]).collect()
    }

    fn java(&self, wire: &Wire) -> String {
        match wire {
            Wire::Bool => "boolean".into(),
            Wire::Number(number) => primitive(*number).into(),
            Wire::Optional(value) => self.boxed(value),
            Wire::Text { .. } | Wire::Json { .. } => "String".into(),
            Wire::Bytes { .. } => "byte[]".into(),
            Wire::Array { element, .. } | Wire::List { element, .. } => match primitives(element) {
                Some(_) => format!("{}[]", self.java(element)),
                None => format!("List<{}>", self.boxed(element)),
            },
            Wire::Record(record) => self.of(record),
        }
    }

    fn boxed(&self, wire: &Wire) -> String {
        match self.java(wire).as_str() {
            "boolean" => "Boolean".into(),
            "byte" => "Byte".into(),
            "short" => "Short".into(),
            "int" => "Integer".into(),
            "long" => "Long".into(),
            "float" => "Float".into(),
            "double" => "Double".into(),
            other => other.into(),
        }
    }

    /// The expression that makes a type's codec.
    fn codec(&self, wire: &Wire) -> String {
        match wire {
            Wire::Bool => "Values.bool()".into(),
            Wire::Number(number) => format!("Values.{}()", number.name()),
            Wire::Text { size } => format!("Values.string({size})"),
            Wire::Json { size } => format!("Values.json({size})"),
            Wire::Bytes { size } => format!("Values.bytes({size})"),
            Wire::Optional(value) => format!(
                "Values.opt({}, {}, {})",
                self.codec(value),
                wire.first_element(),
                value.size()
            ),
            Wire::Array {
                element,
                count: limit,
            }
            | Wire::List { element, limit } => {
                let (ty, first) = (text(&wire.to_string()), wire.first_element());
                match primitives(element) {
                    Some(codec) => format!("Values.{codec}({ty}, {limit}, {first})"),
                    None => format!(
                        "Values.list({}, {ty}, {limit}, {first}, {})",
                        self.codec(element),
                        element.stride()
                    ),
                }
            }
            Wire::Record(record) => format!("{}.{}", self.of(record), codec_name(record)),
        }
    }
}

fn primitive(number: Number) -> &'static str {
    match number {
        Number::I8 => "byte",
        Number::I16 => "short",
        Number::I32 | Number::U8 | Number::U16 => "int",
        Number::I64 | Number::U32 => "long",
        Number::U64 => "BigInteger",
        Number::F32 => "float",
        Number::F64 => "double",
    }
}

/// The codec of a Java array of such elements, where there is one.
fn primitives(element: &Wire) -> Option<String> {
    match element {
        Wire::Bool => Some("bools".into()),
        Wire::Number(Number::U64) => None,
        Wire::Number(number) => Some(format!("{}s", number.name())),
        _ => None,
    }
}

/// Whether a type's own codec is needed, or one of the plain functions does.
fn is_plain(wire: &Wire) -> bool {
    matches!(
        wire,
        Wire::Bool | Wire::Number(_) | Wire::Text { .. } | Wire::Json { .. } | Wire::Bytes { .. }
    )
}

/// The statement that writes a value; `at` and `what` are expressions.
fn put(wire: &Wire, codec: &str, page: &str, at: &str, value: &str, what: &str) -> String {
    match wire {
        Wire::Bool => format!("Values.putBool({page}, {at}, {value});"),
        Wire::Number(number) => match number {
            Number::I8 => format!("{page}.put({at}, {value});"),
            Number::I16 => format!("{page}.putShort({at}, {value});"),
            Number::I32 => format!("{page}.putInt({at}, {value});"),
            Number::I64 => format!("{page}.putLong({at}, {value});"),
            Number::F32 => format!("{page}.putFloat({at}, {value});"),
            Number::F64 => format!("{page}.putDouble({at}, {value});"),
            unsigned => {
                let kind = unsigned.name().to_uppercase();
                format!("Values.put{kind}({page}, {at}, {value}, {what});")
            }
        },
        Wire::Text { size } => format!("Values.putString({page}, {at}, {size}, {value}, {what});"),
        Wire::Json { size } => format!("Values.putJson({page}, {at}, {size}, {value}, {what});"),
        Wire::Bytes { size } => format!("Values.putBytes({page}, {at}, {size}, {value}, {what});"),
        _ => format!("{codec}.put({page}, {at}, {value}, {what});"),
    }
}

/// The expression that reads a value.
fn get(wire: &Wire, codec: &str, page: &str, at: &str, what: &str) -> String {
    match wire {
        Wire::Bool => format!("Values.getBool({page}, {at}, {what})"),
        Wire::Number(number) => match number {
            Number::I8 => format!("{page}.get({at})"),
            Number::I16 => format!("{page}.getShort({at})"),
            Number::I32 => format!("{page}.getInt({at})"),
            Number::I64 => format!("{page}.getLong({at})"),
            Number::F32 => format!("{page}.getFloat({at})"),
            Number::F64 => format!("{page}.getDouble({at})"),
            unsigned => {
                let kind = unsigned.name().to_uppercase();
                format!("Values.get{kind}({page}, {at})")
            }
        },
        Wire::Text { size } => format!("Values.getString({page}, {at}, {size}, {what})"),
        Wire::Json { size } => format!("Values.getJson({page}, {at}, {size}, {what})"),
        Wire::Bytes { size } => format!("Values.getBytes({page}, {at}, {size}, {what})"),
        _ => format!("{codec}.get({page}, {at}, {what})"),
    }
}

/// A record's own codec gives way to a component of that name.
fn codec_name(record: &Record) -> String {
    fresh(
        "CODEC",
        record.fields.iter().map(|field| field.name.as_str()),
    )
}

fn at_plus(offset: u32) -> String {
    match offset {
        0 => "at".into(),
        offset => format!("at + {offset}"),
    }
}

fn record_piece(record: &Arc<Record>, own_name: &str, names: &Names) -> Piece {
    let mut taken = names.types();
    let mut components = Vec::new();
    let mut codecs = Vec::new();
    let mut puts = Vec::new();
    let mut gets = Vec::new();
    let mut pairs = Vec::new();
    let mut hashed = Vec::new();
    let mut end = 0;
    for (index, field) in record.fields.iter().enumerate() {
        let component = unreserved(
            &unreserved(&field.name, KEYWORDS, &[]),
            OBJECT_METHODS,
            &taken,
        );
        taken.push(component.clone());
        let component = name(&component);
        components.push(format!("{} {component}", names.java(&field.wire)));
        let codec = format!("codec{index}");
        if !is_plain(&field.wire) {
            let ty = names.boxed(&field.wire);
            codecs.push(assignment(
                &format!("private final Codec<{ty}> {codec} ="),
                &format!("{};", names.codec(&field.wire)),
                "          ",
            ));
        }
        if field.offset > end {
            puts.push(gap("page", &at_plus(end), field.offset - end));
        }
        end = field.offset + field.wire.size();
        let at = at_plus(field.offset);
        let value = format!("value.{component}()");
        puts.push(put(&field.wire, &codec, "page", &at, &value, "what"));
        gets.push(get(&field.wire, &codec, "page", &at, "what"));
        pairs.push(format!("Values.same(this.{component}, that.{component}())"));
        hashed.push(format!("this.{component}"));
    }
    if record.size > end {
        puts.push(gap("page", &at_plus(end), record.size - end));
    }
    let own = name(own_name);
    let holds_arrays = record.fields.iter().any(|field| holds_array(&field.wire));
    let piece = RecordPiece {
        doc: doc(record.doc.as_deref(), &[], "  "),
        components: list(
            &format!("{own}("),
            &components,
            ") {",
            "  public record ",
            "  ",
        ),
        name: own.clone(),
        codec: codec_name(record),
        codecs,
        puts,
        construction: list(
            &format!("new {own}("),
            &gets,
            ");",
            "            return ",
            "            ",
        )
        .trim_end_matches(';')
        .to_string(),
        equality: if holds_arrays {
            pairs.join("\n          && ")
        } else {
            String::new()
        },
        hash: list("Values.hash(", &hashed, ");", "      return ", "      ")
            .trim_end_matches(';')
            .to_string(),
    };
    Piece {
        kind: PieceKind::Record,
        name: own_name.to_string(),
        text: rendered(&piece),
    }
}

fn holds_array(wire: &Wire) -> bool {
    match wire {
        Wire::Bytes { .. } => true,
        Wire::Array { element, .. } | Wire::List { element, .. } => {
            primitives(element).is_some() || holds_array(element)
        }
        Wire::Optional(value) => holds_array(value),
        _ => false,
    }
}

fn gap(page: &str, at: &str, size: u32) -> String {
    format!("Values.zero({page}, {at}, {size});")
}

fn function_piece(export: &Export, names: &Names) -> Piece {
    let identifier = export.identifier();
    let layout = &export.layout;
    let own = name(&unreserved(
        &unreserved(&identifier, KEYWORDS, &[]),
        OBJECT_METHODS,
        &[],
    ));
    let mut taken = names.types();
    for slot in &layout.params {
        taken.push(unreserved(&slot.name, KEYWORDS, &taken));
    }
    let params: Vec<String> = taken[names.types().len()..].to_vec();
    let invented = |base: &str| name(&fresh(base, taken.iter().map(String::as_str)));
    let (lane, page, timeout) = (invented("lane"), invented("page"), invented("timeout"));
    let channel = invented(&format!("{identifier}Channel"));

    let mut fields = vec![assignment(
        &format!("private static final Channel {channel} ="),
        &list(
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
            "      ",
            "      ",
        ),
        "  ",
    )];
    let mut puts = Vec::new();
    let mut declared = Vec::new();
    let mut end = 0;
    for (index, (slot, param)) in layout.params.iter().zip(&params).enumerate() {
        let codec = invented(&format!("{identifier}Param{index}"));
        if !is_plain(&slot.wire) {
            fields.push(codec_field(&codec, slot, names));
        }
        let param = name(param);
        declared.push(format!("{} {param}", names.java(&slot.wire)));
        if slot.offset > end {
            let at = (HEADER_SIZE + end).to_string();
            puts.push(gap(&page, &at, slot.offset - end));
        }
        end = slot.offset + slot.size;
        let at = (HEADER_SIZE + slot.offset).to_string();
        let what = text(&format!("{}: {}", export.function.name, slot.name));
        puts.push(wrapped(put(&slot.wire, &codec, &page, &at, &param, &what)));
    }
    let gets: Vec<String> = layout
        .results
        .iter()
        .enumerate()
        .map(|(index, slot)| {
            let codec = invented(&format!("{identifier}Result{index}"));
            if !is_plain(&slot.wire) {
                fields.push(codec_field(&codec, slot, names));
            }
            let at = (HEADER_SIZE + slot.offset).to_string();
            let what = text(&format!("{}: {}", export.function.name, slot.name));
            get(&slot.wire, &codec, &page, &at, &what)
        })
        .collect();

    let (result, result_record, results) = match layout.results.as_slice() {
        [] => ("void".to_string(), String::new(), String::new()),
        [only] => (names.java(&only.wire), String::new(), gets.join("")),
        several => {
            let mut types: Vec<String> = TYPES.iter().map(|name| name.to_string()).collect();
            types.extend(names.types());
            let record = name(&unreserved(
                &capitalised(&format!("{identifier}Result")),
                &[],
                &types,
            ));
            let mut components: Vec<String> = Vec::new();
            let mut items = Vec::new();
            for slot in several {
                let component = unreserved(
                    &unreserved(&slot.name, KEYWORDS, &[]),
                    OBJECT_METHODS,
                    &components,
                );
                items.push(format!("{} {}", names.java(&slot.wire), name(&component)));
                components.push(component);
            }
            let declaration = format!(
                "  /** The results of {{@code {own}}}. */\n  public record {}\n",
                list(
                    &format!("{record}("),
                    &items,
                    ") {}",
                    "  public record ",
                    "  "
                )
            );
            let results = list(
                &format!("new {record}("),
                &gets,
                ");",
                "      return ",
                "      ",
            );
            (
                record,
                declaration,
                results.trim_end_matches(';').to_string(),
            )
        }
    };

    let mut forwarded = vec!["null".to_string()];
    forwarded.extend(params.iter().map(|param| name(param)));
    let mut timed = vec![format!("Duration {timeout}")];
    timed.extend(declared.iter().cloned());
    let open = format!("{result} {own}(");
    let returned = if layout.results.is_empty() {
        ""
    } else {
        "return "
    };
    let defaults: Vec<String> = export
        .function
        .parameters
        .iter()
        .zip(&params)
        .filter_map(|(parameter, param)| {
            let default = literal(parameter.default.as_ref()?);
            Some(format!("{param} is {default} by default"))
        })
        .collect();
    let piece = FunctionPiece {
        fields,
        result_record,
        doc: doc(export.function.doc.as_deref(), &defaults, "  "),
        signature: list(&open, &declared, ") {", "  public static ", "  "),
        forward: format!(
            "{returned}{}",
            list(
                &format!("{own}("),
                &forwarded,
                ");",
                &format!("    {returned}"),
                "    "
            )
        ),
        timed_signature: list(&open, &timed, ") {", "  public static ", "  "),
        again: if puts.is_empty() {
            format!("ByteBuffer {page}")
        } else {
            page.clone()
        },
        lane,
        page,
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
    assignment(
        &format!(
            "private static final Codec<{}> {codec} =",
            names.boxed(&slot.wire)
        ),
        &format!("{};", names.codec(&slot.wire)),
        "  ",
    )
}

/// A field of a class: on one line where it fits.
fn assignment(left: &str, right: &str, indent: &str) -> String {
    let flat = format!("{left} {right}");
    if indent.len() + flat.len() <= WIDTH && !flat.contains('\n') {
        flat
    } else {
        format!("{left}\n{indent}    {right}")
    }
}

/// A call as a statement of a method's try block, its arguments on the next line where it is too long.
fn wrapped(statement: String) -> String {
    if statement.len() + 6 <= WIDTH {
        return statement;
    }
    match statement.split_once('(') {
        Some((call, arguments)) => format!("{call}(\n          {arguments}"),
        None => statement,
    }
}

/// A list in brackets as google-java-format breaks it: on one line, on the next, or one item a line.
fn list(open: &str, items: &[String], close: &str, before: &str, indent: &str) -> String {
    let flat = format!("{open}{}{close}", items.join(", "));
    if before.len() + flat.len() <= WIDTH || items.is_empty() {
        return flat;
    }
    let joined = items.join(", ");
    if indent.len() + 4 + joined.len() + close.len() <= WIDTH {
        return format!("{open}\n{indent}    {joined}{close}");
    }
    let lines = items.join(&format!(",\n{indent}    "));
    format!("{open}\n{indent}    {lines}{close}")
}

/// A Javadoc comment out of a doc comment of any language.
fn doc(doc: Option<&str>, defaults: &[String], indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in doc.unwrap_or("").lines().map(comment) {
        let paragraph = lines.last().is_some_and(|before| before.trim().is_empty());
        let mark = if paragraph && !line.trim().is_empty() {
            "<p>"
        } else {
            ""
        };
        lines.push(format!("{mark}{line}"));
    }
    if !defaults.is_empty() {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let sentence = format!("{}.", defaults.join(", "));
        lines.push(comment(&sentence));
    }
    if lines.is_empty() {
        return String::new();
    }
    if let [only] = lines.as_slice()
        && !only.trim().is_empty()
        && indent.len() + only.len() + 7 <= WIDTH
    {
        return format!("{indent}/** {} */\n", only.trim());
    }
    let mut text = format!("{indent}/**\n");
    for line in lines {
        let line = format!(" * {line}");
        let _ = writeln!(text, "{indent}{}", line.trim_end());
    }
    let _ = writeln!(text, "{indent} */");
    text
}

/// One line of text inside a comment: nothing in it ends the comment, is a tag, or is not ASCII.
fn comment(line: &str) -> String {
    let mut text = String::new();
    for c in line.trim_end().chars() {
        match c {
            '&' | '<' | '>' | '@' | '\\' | '*' | '{' | '}' => {
                let _ = write!(text, "&#{};", c as u32);
            }
            '\t' => text.push_str("    "),
            ' '..='~' => text.push(c),
            c if c.is_control() => text.push(' '),
            c => {
                let _ = write!(text, "&#{};", c as u32);
            }
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
                    // Octal below 0x80: an escaped line break would break the line of the literal.
                    let _ = match unit {
                        0..0x80 => write!(text, "\\{unit:03o}"),
                        _ => write!(text, "\\u{unit:04x}"),
                    };
                }
            }
        }
    }
    text.push('"');
    text
}

/// A name of a file, a package, or a class that has a file: javac finds others in some locales only.
fn ascii(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            let _ = write!(text, "u{:04X}", c as u32);
        }
    }
    text
}

/// A name as ASCII: Java reads such an escape in a name as the character itself.
fn name(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii() {
            text.push(c);
        } else if c.is_alphanumeric() {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            let _ = write!(text, "u{:04X}", c as u32);
        }
    }
    text
}

/// A name that a type can bear.
fn type_name(wanted: &str) -> String {
    let mut name = wanted.to_string();
    for reserved in [KEYWORDS, NO_TYPE_NAMES, TYPES] {
        name = unreserved(&name, reserved, &[]);
    }
    name
}

fn capitalised(name: &str) -> String {
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::None => "null".into(),
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(value) => format!("{value:?}"),
        Literal::Text(value) => format!("{value:?}"),
    }
}
