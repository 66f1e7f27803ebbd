//! The layout against the C compiler's own `sizeof` and `offsetof` on random signatures, and against
//! the tables of the format.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use metropipe::layout::json::LayoutJson;
use metropipe::layout::{Layout, Options, Slot, Wire, fingerprint, plan};
use metropipe::signature::notation::parse_signature;
use metropipe::signature::{
    Field, Function, Language, Literal, Number, Parameter, Passing, Place, Record, RecordKind,
    Result as Returns, Type,
};
use metropipe::source::{Found, Source};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Signatures that the C compiler judges in one run.
const SIGNATURES: usize = 600;

fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        Just(Type::Bool),
        Just(Type::Int),
        Just(Type::Float),
        proptest::sample::select(Number::ALL.to_vec()).prop_map(Type::Number),
        proptest::option::of(5_u32..700).prop_map(Type::Text),
        proptest::option::of(4_u32..700).prop_map(Type::Bytes),
        proptest::option::of(5_u32..700).prop_map(Type::Json),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ty| Type::Optional(Box::new(ty))),
            (inner.clone(), 1_u32..9).prop_map(|(ty, count)| Type::Array(Box::new(ty), count)),
            (inner.clone(), proptest::option::weighted(0.7, 1_u32..9))
                .prop_map(|(ty, limit)| Type::List(Box::new(ty), limit)),
            proptest::collection::vec(inner, 1..6)
                .prop_map(|types| record(RecordKind::Class, types)),
        ]
    })
}

fn record(kind: RecordKind, types: Vec<Type>) -> Type {
    let fields = types.into_iter().enumerate().map(|(index, ty)| Field {
        name: format!("item{index}"),
        source_type: String::new(),
        ty,
    });
    Type::Record(Arc::new(Record {
        name: "R".into(),
        doc: None,
        kind,
        fields: fields.collect(),
    }))
}

fn any_function() -> impl Strategy<Value = Function> {
    let result = prop_oneof![
        1 => Just(Type::Unit),
        3 => any_type(),
        1 => proptest::collection::vec(any_type(), 1..4)
            .prop_map(|types| record(RecordKind::Tuple, types)),
    ];
    (proptest::collection::vec(any_type(), 0..7), result)
        .prop_map(|(types, result)| function(types, result))
}

fn function(types: Vec<Type>, result: Type) -> Function {
    let parameters = types.into_iter().enumerate().map(|(index, ty)| Parameter {
        name: format!("p{index}"),
        source_type: String::new(),
        ty,
        default: None,
        passing: Passing::Either,
        place: Place::default(),
    });
    Function {
        name: "f".into(),
        language: Language::Python,
        place: Place::default(),
        doc: None,
        parameters: parameters.collect(),
        result: Returns {
            source_type: String::new(),
            ty: result,
        },
        is_async: false,
    }
}

fn any_options() -> impl Strategy<Value = Options> {
    (
        any::<bool>(),
        proptest::option::of(5_u32..2000),
        proptest::option::of(4_u32..5000),
    )
        .prop_map(|(wide, string_size, bytes_size)| Options {
            wide,
            string_size,
            bytes_size,
        })
}

/// `count` layouts of random signatures; those that cannot be laid out are left out.
fn random_layouts(count: usize) -> Vec<Layout> {
    let mut runner = TestRunner::deterministic();
    let strategy = (any_function(), any_options());
    let mut layouts = Vec::new();
    for _ in 0..count * 3 {
        let (function, options) = strategy.new_tree(&mut runner).unwrap().current();
        layouts.extend(plan(&function, &options));
        if layouts.len() == count {
            break;
        }
    }
    assert!(layouts.len() == count, "too few of the signatures fit");
    layouts
}

/// A C declaration of a member.
fn member(wire: &Wire, name: &str) -> String {
    let plain = |ty: &str| format!("{ty} {name};");
    match wire {
        Wire::Bool => plain("bool"),
        Wire::Number(Number::F32) => plain("float"),
        Wire::Number(Number::F64) => plain("double"),
        Wire::Number(number) => {
            let sign = if number.name().starts_with('u') {
                "u"
            } else {
                ""
            };
            plain(&format!("{sign}int{}_t", number.size() * 8))
        }
        Wire::Text { size } | Wire::Bytes { size } | Wire::Json { size } => format!(
            "struct {{ uint32_t length; unsigned char data[{}]; }} {name};",
            size - 4
        ),
        Wire::Optional(value) => {
            format!(
                "struct {{ uint8_t present; {} }} {name};",
                member(value, "value")
            )
        }
        Wire::Array { element, count } => member(element, &format!("{name}[{count}]")),
        Wire::List { element, limit } => format!(
            "struct {{ uint32_t count; {} }} {name};",
            member(element, &format!("items[{limit}]"))
        ),
        Wire::Record(record) => {
            let fields = record.fields.iter();
            let fields: Vec<String> = fields
                .map(|field| member(&field.wire, &field.name))
                .collect();
            format!("struct {{ {} }} {name};", fields.join(" "))
        }
    }
}

/// Every offset within a value: the path in C, and where the layout puts it.
fn inner_offsets(wire: &Wire, path: &str, at: u32, into: &mut Vec<(String, u32)>) {
    into.push((path.into(), at));
    match wire {
        Wire::Optional(value) => {
            inner_offsets(
                value,
                &format!("{path}.value"),
                at + wire.first_element(),
                into,
            );
        }
        Wire::List { element, .. } => {
            let path = format!("{path}.items[0]");
            inner_offsets(element, &path, at + wire.first_element(), into);
        }
        Wire::Array { element, count } => {
            let last = at + (count - 1) * element.stride();
            inner_offsets(element, &format!("{path}[{}]", count - 1), last, into);
        }
        Wire::Record(record) => {
            for field in &record.fields {
                let path = format!("{path}.{}", field.name);
                inner_offsets(&field.wire, &path, at + field.offset, into);
            }
        }
        Wire::Text { .. } | Wire::Bytes { .. } | Wire::Json { .. } => {
            into.push((format!("{path}.data"), at + wire.first_element()));
        }
        Wire::Bool | Wire::Number(_) => {}
    }
}

#[test]
fn the_c_compiler_lays_random_signatures_out_alike() {
    let layouts = random_layouts(SIGNATURES);
    let mut code = String::from(
        "#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n",
    );
    let mut body = String::new();
    let mut expected = Vec::new();
    for (index, layout) in layouts.iter().enumerate() {
        if layout.params.is_empty() && layout.results.is_empty() {
            continue;
        }
        let payload = format!("struct payload{index}");
        let _ = writeln!(code, "{payload} {{");
        for slot in &layout.params {
            let _ = writeln!(code, "    {}", member(&slot.wire, &slot.name));
        }
        for (number, slot) in layout.results.iter().enumerate() {
            let align = if number == 0 { "_Alignas(8) " } else { "" };
            let _ = writeln!(
                code,
                "    {align}{}",
                member(&slot.wire, &result_name(number))
            );
        }
        let _ = writeln!(code, "}};");
        let results = layout.results.iter().enumerate();
        let results = results.map(|(number, slot)| (result_name(number), slot));
        let params = layout.params.iter().map(|slot| (slot.name.clone(), slot));
        for (name, slot) in params.chain(results) {
            let mut offsets = Vec::new();
            inner_offsets(&slot.wire, &name, slot.offset, &mut offsets);
            for (path, offset) in offsets {
                let _ = writeln!(body, "    printf(\"%zu\\n\", offsetof({payload}, {path}));");
                expected.push((format!("{} {path} offset", layout.canonical), offset));
            }
            let value = format!("(({payload} *)0)->{name}");
            let _ = writeln!(
                body,
                "    printf(\"%zu\\n%zu\\n\", sizeof({value}), _Alignof(__typeof__({value})));"
            );
            expected.push((format!("{} {name} size", layout.canonical), slot.size));
            let align = slot.align;
            expected.push((format!("{} {name} align", layout.canonical), align));
        }
    }
    // `_Alignas` on a member says nothing of its type's own alignment, which is what is printed.
    let _ = writeln!(code, "int main(void) {{\n{body}    return 0;\n}}");
    let folder = tempfile::tempdir().unwrap();
    let printed = compile_and_run(folder.path(), &code);
    let printed: Vec<u32> = printed.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(printed.len(), expected.len());
    assert!(
        printed.len() > SIGNATURES * 10,
        "only {} were compared",
        printed.len()
    );
    for ((what, ours), theirs) in expected.iter().zip(&printed) {
        assert_eq!(ours, theirs, "{what}");
    }
}

fn result_name(number: usize) -> String {
    format!("result{number}")
}

fn compile_and_run(folder: &Path, code: &str) -> String {
    let source = folder.join("layout.c");
    let program = folder.join("layout");
    std::fs::write(&source, code).unwrap();
    let output = Command::new("cc")
        .args(["-std=gnu11", "-O0", "-w", "-o"])
        .arg(&program)
        .arg(&source)
        .output()
        .expect("cc starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let output = Command::new(&program).output().expect("the program runs");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_holds_of_every_layout() {
    for layout in random_layouts(400) {
        let end = |slots: &[Slot]| slots.last().map_or(0, |slot| slot.offset + slot.size);
        assert_eq!(
            layout.request_size,
            end(&layout.params),
            "{}",
            layout.canonical
        );
        let first = layout.request_size.next_multiple_of(8);
        let results_begin = layout.results.first().map_or(first, |slot| slot.offset);
        assert_eq!(results_begin, first, "{}", layout.canonical);
        assert_eq!(layout.payload_size, end(&layout.results).max(first));
        let least = layout.payload_size.next_multiple_of(8);
        assert_eq!(layout.capacity, least.max(4096));
        assert_eq!(layout.fingerprint, fingerprint(&layout.canonical));

        // The canonical form says everything: what is read from it is the same layout.
        let function = parse_signature("f", &layout.canonical).unwrap();
        let again = plan(&function, &Options::default()).unwrap();
        assert_eq!(again.canonical, layout.canonical);
        let bytes = |layout: &Layout| {
            let slots = layout.params.iter().chain(&layout.results);
            slots
                .map(|slot| (slot.offset, slot.size, slot.align))
                .collect::<Vec<_>>()
        };
        assert_eq!(bytes(&again), bytes(&layout), "{}", layout.canonical);
        assert_eq!(again.payload_size, layout.payload_size);
    }
}

fn lay(signature: &str) -> Result<Layout, String> {
    lay_with(signature, &Options::default())
}

fn lay_with(signature: &str, options: &Options) -> Result<Layout, String> {
    let function = parse_signature("f", signature).map_err(|error| error.to_string())?;
    plan(&function, options).map_err(|error| format!("{}: {error}", error.param))
}

#[track_caller]
fn canonical(signature: &str, expected: &str) {
    assert_eq!(lay(signature).unwrap().canonical, expected);
}

#[test]
fn sizes_that_are_left_open_are_those_of_the_format() {
    canonical(
        "(string, bytes, json)->unit",
        "(string[256],bytes[4096],json[4096])->unit",
    );
    canonical("(list<f32>)->unit", "(list<f32,1023>)->unit");
    canonical("(list<f64>)->unit", "(list<f64,511>)->unit");
    canonical("(list<u8>)->unit", "(list<u8,4092>)->unit");
    canonical("(list<string>)->unit", "(list<string[256],15>)->unit");
    canonical("(list<list<f32>>)->unit", "(list<list<f32,63>,15>)->unit");
    canonical(
        "(list<list<list<f64,2>>>)->unit",
        "(list<list<list<f64,2>,10>,16>)->unit",
    );
    canonical(
        "([bytes;2], [json;2])->unit",
        "([bytes[256];2],[json[256];2])->unit",
    );
    canonical(
        "(list<struct{string,opt<bytes>}>)->unit",
        "(list<struct{string[256],opt<bytes[256]>},7>)->unit",
    );
    canonical("(opt<bytes>)->unit", "(opt<bytes[4096]>)->unit");
    canonical("(struct{bytes})->unit", "(struct{bytes[4096]})->unit");
}

#[test]
fn sizes_are_rounded_up_to_four() {
    canonical(
        "(string[5], bytes[5], json[6], string[8])->unit",
        "(string[8],bytes[8],json[8],string[8])->unit",
    );
    let layout = lay("(a: u8, b: string[5])->unit").unwrap();
    assert_eq!((layout.params[1].offset, layout.params[1].size), (4, 8));
    assert_eq!(layout.params[1].wire.limit(), Some(3));
    assert_eq!(
        lay("(bytes[4])->unit").unwrap().params[0].wire.limit(),
        Some(0)
    );
}

#[test]
fn options_fill_what_a_source_leaves_open() {
    let text = "def f(a: int, b: float, c: str, d: bytes, e: list[float]) -> float: ...";
    let plan_with = |options| plan(&python(text), &options).unwrap();
    let plain = plan_with(Options::default());
    assert_eq!(
        plain.canonical,
        "(i32,f32,string[256],bytes[4096],list<f32,1023>)->f32"
    );
    assert_eq!(
        plain.notes,
        ["b: Python float is stored as f32; use --wide for f64"]
    );
    let wide = plan_with(Options {
        wide: true,
        string_size: Some(1001),
        bytes_size: Some(16),
    });
    assert_eq!(
        wide.canonical,
        "(i64,f64,string[1004],bytes[16],list<f64,511>)->f64"
    );
    assert!(wide.notes.is_empty());
}

#[test]
fn results_stand_apart_from_the_request() {
    let layout = lay("(u8)->(u8, f64, u16)").unwrap();
    let offsets: Vec<u32> = layout.results.iter().map(|slot| slot.offset).collect();
    assert_eq!(offsets, [8, 16, 24]);
    assert_eq!((layout.request_size, layout.payload_size), (1, 26));
    let layout = lay("(u8)->unit").unwrap();
    assert_eq!((layout.request_size, layout.payload_size), (1, 8));
    let layout = lay("()->unit").unwrap();
    assert_eq!((layout.payload_size, layout.capacity), (0, 4096));
    let layout = lay("(bytes[5000])->unit").unwrap();
    assert_eq!((layout.payload_size, layout.capacity), (5000, 5000));
}

#[test]
fn what_has_no_layout_says_why_and_the_way_out() {
    let error = |signature: &str| lay(signature).unwrap_err();
    assert_eq!(
        error("(a: list<string[8192]>)->unit"),
        "a: not one string[8192] (8192 bytes) fits the 4096 bytes of a list; say how many there may be, such as list<string[8192],10>"
    );
    assert_eq!(
        error("(a: list<list<string>>)->unit"),
        "a: not one string[256] (256 bytes) fits the 256 bytes of a list; say how many there may be, such as list<string[256],10>"
    );
    assert_eq!(
        error("(a: list<i32,0>)->unit"),
        "a: a list of at most 0 elements holds nothing; give it a limit above 0, such as list<i32,10>"
    );
    assert_eq!(
        error("(a: [i32;0])->unit"),
        "a: an array [i32;0] holds nothing; give it a length above 0"
    );
    assert_eq!(
        error("(a: string[4])->unit"),
        "a: string[4] holds nothing: 5 bytes are taken before the first one of content; give a larger size, such as string[256]"
    );
    assert!(error("(a: bytes[3])->unit").contains("bytes[3] holds nothing"));
    assert!(error("(a: unit)->unit").contains("only a result may be of that type"));
    assert!(error("(a: list<unit>)->unit").starts_with("a: nothing (unit)"));
    assert!(error("()->list<string[8192]>").starts_with("return: not one"));
    for huge in [
        "(a: list<f64,4294967295>)->unit",
        "(a: [[f64;65536];65536])->unit",
        "(a: bytes[4294967295])->unit",
        "(a: bytes[1000000000], b: bytes[1000000000])->unit",
        "(a: opt<struct{bytes[1000000000],bytes[1000000000]}>)->unit",
    ] {
        assert!(error(huge).contains("1073741824 is the most"), "{huge}");
    }
}

#[test]
fn a_default_that_does_not_fit_its_type_is_an_error() {
    let error = |text: &str| plan(&python(text), &Options::default()).unwrap_err();
    let found = error("def f(a: int = 2_147_483_648) -> None: ...");
    assert_eq!(found.param, "a");
    assert_eq!(
        found.reason,
        "the default 2147483648 does not fit i32, which holds -2147483648 to 2147483647; use --wide, or give a type that holds it"
    );
    let found = error("def f(a: float = 1e39) -> None: ...");
    assert!(
        found
            .reason
            .starts_with("the default 1e39 does not fit f32"),
        "{found}"
    );
    let found = error(&format!(
        "def f(a: str = '{}') -> None: ...",
        "é".repeat(126)
    ));
    assert_eq!(
        found.reason,
        "the default of 252 bytes does not fit string[256], which holds at most 251; give a larger size, such as string[260]"
    );
    let found = error("def f(a: str = 'a\\0b') -> None: ...");
    assert!(found.reason.contains("holds a NUL character"), "{found}");
    let wide = Options {
        wide: true,
        ..Options::default()
    };
    let fits = python("def f(a: int = 2_147_483_648, b: float = 1e39) -> None: ...");
    assert!(plan(&fits, &wide).is_ok());
    let fits =
        python("def f(a: 'int | None' = None, b: int = -2147483648, c: float = 3) -> None: ...");
    assert!(plan(&fits, &Options::default()).is_ok());
    assert_eq!(fits.parameters[2].default, Some(Literal::Float(3.0)));
}

fn python(text: &str) -> Function {
    let found = Source::new(Path::new("services.py"), text)
        .unwrap()
        .read(&metropipe::source::Options::default());
    match found.into_iter().next_back() {
        Some(Found::Function(function)) => function,
        other => panic!("{other:?}"),
    }
}

/// As the format's own page shows it; of the parameters it shows the first.
const CLASSIFY: &str = r#"{"function": "classify", "language": "python", "source": "services.py", "line": 12,
 "channel": "classify", "canonical": "(string[256],i32,f32,bool)->f32", "fingerprint": "0x721e9568",
 "params":  [{"name": "text", "source_type": "str", "type": "string[256]", "offset": 0, "size": 256, "align": 4}],
 "results": [{"name": "result", "source_type": "float", "type": "f32", "offset": 272, "size": 4, "align": 4}],
 "request_size": 265, "payload_size": 276, "capacity": 4096, "notes": ["threshold: Python float is stored as f32; use --wide for f64"]}"#;

#[test]
fn classify_is_laid_out_as_the_format_shows_it() {
    let blank = "\n".repeat(11);
    let text = format!(
        "{blank}def classify(text: str, k: int, threshold: float, flag: bool) -> float: ...\n"
    );
    let function = python(&text);
    let layout = plan(&function, &Options::default()).unwrap();
    let offsets: Vec<_> = layout
        .params
        .iter()
        .map(|slot| (slot.name.as_str(), slot.offset, slot.size))
        .collect();
    assert_eq!(
        offsets,
        [
            ("text", 0, 256),
            ("k", 256, 4),
            ("threshold", 260, 4),
            ("flag", 264, 1)
        ]
    );
    let json = LayoutJson::new(&function, &layout, "classify", "services.py");
    let mut ours = serde_json::to_value(json).unwrap();
    ours["params"].as_array_mut().unwrap().truncate(1);
    let expected: serde_json::Value = serde_json::from_str(CLASSIFY).unwrap();
    // As text, so that the order of the keys counts.
    assert_eq!(ours.to_string(), expected.to_string());
}
