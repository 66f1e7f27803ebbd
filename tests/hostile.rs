//! Whatever a source says in any slot, generated text stays one program of the same shape.
//!
//! Each property renders an export twice, with plain words and with hostile ones, parses both with the target
//! language's own grammar, and compares the trees' kinds: text that broke out of its comment or its literal would add some.

use std::sync::Arc;

use metropipe::export::{File, Job, Plan};
use metropipe::layout::{self, Options};
use metropipe::signature::{
    Field, Function, Language, Literal, Number, Parameter, Passing, Place, Record, RecordKind,
    Result as Returns, Type,
};
use metropipe::target::{self, Export, Mode};
use proptest::prelude::*;
use tree_sitter::{Node, Parser};

/// What ends a comment, a literal or a line in some language.
const FRAGMENTS: &[&str] = &[
    "*/",
    "/*",
    "//",
    "\n",
    "\r",
    "\r\n",
    "\\",
    "\\n",
    "\\u000a",
    "\\u002a/",
    "??/",
    "\"",
    "\"\"\"",
    "'",
    "'''",
    "`",
    "```",
    "#{`id`}",
    "#{1}",
    "${HOME}",
    "$(id)",
    "$",
    "%",
    "%s",
    "{",
    "}",
    "{{",
    "}}",
    "{% raw %}",
    "{#",
    "#}",
    "=begin",
    "=end",
    "\n=end\n",
    "__END__",
    "\n__END__\n",
    "-->",
    "<!--",
    "]]>",
    "</summary>",
    "<b>",
    "&amp;",
    "&",
    "@param",
    "{@link x}",
    "\0",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{feff}",
    "\u{202e}",
    "\u{1b}[31m",
    "\t",
    " ",
    "",
    "é",
    "🦀",
    "漢",
    "EOF",
    "\nEOF\n",
    ";",
    "!",
    "#",
    "#define X",
    "\n#include <x>\n",
    "\\\n",
    "--",
    "[[",
    "r#\"",
    "\"#",
    "@\"",
    "~",
    "metropipe: function",
];

const NAMES: &[&str] = &[
    "x",
    "self",
    "this",
    "class",
    "func",
    "type",
    "int",
    "match",
    "end",
    "nil",
    "result",
    "buffer",
    "call",
    "channel",
    "_",
    "__",
    "ಠ_ಠ",
    "ñandú",
    "変数",
    "Self",
    "crate",
    "var",
    "void",
    "esac",
    "print",
    "metropipe",
    "_metropipe",
    "EOF",
    "then",
    "in",
    "IFS",
    "PATH",
    "arguments",
    "undefined",
    "String",
    "Vec",
    "List",
    "Error",
    "Exception",
    "value",
    "payload",
    "lane",
    "request",
];

/// At most so many fragments in a row.
fn hostile_text(most: usize) -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        8 => proptest::sample::select(FRAGMENTS).prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
        2 => "[a-z ]{1,8}",
    ];
    proptest::collection::vec(fragment, 0..most).prop_map(|parts| parts.concat())
}

fn names(count: usize) -> impl Strategy<Value = Vec<String>> {
    Just(NAMES.to_vec())
        .prop_shuffle()
        .prop_map(move |names| names[..count].iter().map(|name| name.to_string()).collect())
}

/// Every slot of an export that a source fills.
#[derive(Clone, Debug)]
struct Slots {
    doc: String,
    record_doc: String,
    default: String,
    source: String,
    source_type: String,
    parameters: Vec<String>,
    fields: Vec<String>,
}

/// Plain words under the same names.
fn plain(slots: &Slots) -> Slots {
    Slots {
        doc: "Plain words.".into(),
        record_doc: "Plain words.".into(),
        default: "plain".into(),
        source: "services.py".into(),
        source_type: "str".into(),
        parameters: slots.parameters.clone(),
        fields: slots.fields.clone(),
    }
}

/// The source's name is short: a target may give a long text another place than a short one.
fn hostile() -> impl Strategy<Value = Slots> {
    (
        hostile_text(12),
        hostile_text(12),
        hostile_text(12),
        hostile_text(3),
        hostile_text(12),
        names(8),
        names(2),
    )
        .prop_map(
            |(doc, record_doc, default, source, source_type, parameters, fields)| Slots {
                doc: format!("a{doc}"),
                record_doc: format!("a{record_doc}"),
                // A default holds what a source's literal can hold and a string can carry.
                default: default.replace('\0', ""),
                source: format!("s{}.py", source.replace(['\0', '/'], "")),
                source_type,
                parameters,
                fields,
            },
        )
}

fn export(slots: &Slots) -> Export {
    let record = Type::Record(Arc::new(Record {
        name: "Point".into(),
        doc: Some(slots.record_doc.clone()),
        kind: RecordKind::Class,
        fields: vec![
            Field {
                name: slots.fields[0].clone(),
                source_type: slots.source_type.clone(),
                ty: Type::Text(None),
            },
            Field {
                name: slots.fields[1].clone(),
                source_type: slots.source_type.clone(),
                ty: Type::Optional(Box::new(Type::Float)),
            },
        ],
    }));
    let types = [
        Type::Text(None),
        Type::Int,
        Type::Bytes(None),
        Type::Optional(Box::new(Type::Text(None))),
        Type::List(Box::new(record.clone()), Some(3)),
        Type::Array(Box::new(Type::Number(Number::U8)), 16),
        record.clone(),
        Type::Text(None),
    ];
    let last = types.len() - 1;
    let parameters =
        types
            .into_iter()
            .zip(&slots.parameters)
            .enumerate()
            .map(|(index, (ty, name))| Parameter {
                name: name.clone(),
                source_type: slots.source_type.clone(),
                ty,
                default: (index == last).then(|| Literal::Text(slots.default.clone())),
                passing: Passing::Either,
                place: Place { line: 1, column: 1 },
            });
    let function = Function {
        name: "classify".into(),
        language: Language::Python,
        place: Place { line: 1, column: 1 },
        doc: Some(slots.doc.clone()),
        parameters: parameters.collect(),
        result: Returns {
            source_type: slots.source_type.clone(),
            ty: Type::List(Box::new(record), Some(3)),
        },
        is_async: false,
    };
    Export {
        layout: layout::plan(&function, &Options::default()).expect("a layout"),
        function,
        channel: "classify".into(),
        source: slots.source.clone(),
        source_from_provider: format!("../../{}", slots.source),
        start_command: format!("python3 {}", slots.source),
    }
}

fn grammar(path: &std::path::Path) -> Option<tree_sitter::Language> {
    Some(match path.extension()?.to_str()? {
        "c" | "h" => tree_sitter_c::LANGUAGE.into(),
        "go" => tree_sitter_go::LANGUAGE.into(),
        "py" => tree_sitter_python::LANGUAGE.into(),
        "java" => tree_sitter_java::LANGUAGE.into(),
        "rs" => tree_sitter_rust::LANGUAGE.into(),
        "cs" => tree_sitter_c_sharp::LANGUAGE.into(),
        "js" | "mjs" => tree_sitter_javascript::LANGUAGE.into(),
        "ts" => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        "rb" => tree_sitter_ruby::LANGUAGE.into(),
        "sh" => tree_sitter_bash::LANGUAGE.into(),
        _ => return None,
    })
}

/// Every file of every target and of the provider, whole.
fn rendered(slots: &Slots) -> Vec<File> {
    let job = Job {
        export: export(slots),
        targets: target::all().to_vec(),
        provider: target::provider_of(Language::Python),
    };
    let plan = Plan {
        jobs: Vec::new(),
        mode: Mode::Namespace,
        folder: "metropipe".into(),
        unified: "".into(),
    };
    plan.files_of(&job)
}

/// Nodes that a formatter adds where a line is too long.
const LINE_BREAKS: &[&str] = &["parenthesized_expression", "line_continuation"];

/// The kinds of all named nodes but comments, in order; what is within a string does not count.
///
/// A grammar that does not know some construct of its language answers with error nodes; those count like any other.
fn shape(text: &str, language: &tree_sitter::Language) -> Vec<&'static str> {
    let mut parser = Parser::new();
    parser
        .set_language(language)
        .expect("a grammar of this version");
    let tree = parser.parse(text, None).expect("a tree");
    let mut kinds = Vec::new();
    walk(tree.root_node(), &mut kinds);
    kinds
}

fn walk(node: Node, kinds: &mut Vec<&'static str>) {
    if node.kind().contains("comment") {
        return;
    }
    // Long lines are broken, and then have brackets and commas of their own.
    if node.is_named() && !LINE_BREAKS.contains(&node.kind()) {
        kinds.push(node.kind());
    }
    if node.kind().contains("string") || node.kind().contains("char") {
        return;
    }
    for index in 0..node.child_count() {
        walk(node.child(index as u32).expect("a child"), kinds);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn hostile_words_change_no_program(slots in hostile()) {
        let benign = rendered(&plain(&slots));
        let files = rendered(&slots);
        prop_assert_eq!(benign.len(), files.len());
        for (file, plain) in files.iter().zip(&benign) {
            let Some(language) = grammar(&file.path) else { continue };
            let place = format!("{} {}", file.target, file.path.display());
            let expected = shape(&plain.text, &language);
            let found = shape(&file.text, &language);
            let same = expected.iter().zip(&found).take_while(|(one, other)| one == other).count();
            prop_assert!(expected == found, "{}: {:?} became {:?}", place, expected.get(same), found.get(same));
        }
    }
}

#[test]
fn the_shapes_see_text_that_breaks_out() {
    let c: tree_sitter::Language = tree_sitter_c::LANGUAGE.into();
    let calm = shape("/* words */ int f(void);", &c);
    for broken in [
        "/* words */ int g; /* */ int f(void);",
        "/* words */ words */ int f(void);",
    ] {
        assert_ne!(calm, shape(broken, &c));
    }
}
