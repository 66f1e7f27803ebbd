//! C function pointers in one process: a registry that callers and the function's owner share.

use askama::Template;

use super::c::function::Function;
use super::c::{errors, type_text};
use super::text::rendered;
use super::{Export, Mode, Piece, PieceKind, Stub, Target};

/// Registries that one translation unit can include; `--unify` has no such limit.
const LEVELS: usize = 16;

/// The target `c-direct`.
pub struct CDirect;

#[derive(Template)]
#[template(path = "c/registry.h", block = "function")]
struct FunctionText<'a> {
    function: &'a Function,
    here: String,
    outcome: String,
}

#[derive(Template)]
#[template(path = "c/registry.h", block = "unified")]
struct UnifiedText<'a> {
    function: &'a Function,
    text: String,
}

#[derive(Template)]
#[template(path = "c/registry.h", block = "unified_head")]
struct UnifiedHead {
    errors: String,
}

#[derive(Template)]
#[template(path = "c/registry.h", block = "registry")]
struct RegistryText<'a> {
    function: &'a Function,
    levels: Vec<(usize, usize)>,
    most: usize,
}

impl Target for CDirect {
    fn name(&self) -> &'static str {
        "c-direct"
    }

    fn stubs(&self, export: &Export, mode: Mode) -> Vec<Stub> {
        let identifier = export.identifier();
        let function = Function::new(export);
        let text = FunctionText {
            function: &function,
            here: function.fresh("here"),
            outcome: function.fresh("outcome"),
        };
        let text = rendered(&text);
        let definitions = function.types.definitions.iter();
        let mut pieces: Vec<Piece> = definitions
            .map(|definition| Piece {
                kind: PieceKind::Record,
                name: definition.name.clone(),
                text: type_text(definition),
            })
            .collect();
        let (path, head, text, tail) = match mode {
            Mode::Unify => (
                "metropipe_registry.h".to_string(),
                rendered(&UnifiedHead { errors: errors() }),
                rendered(&UnifiedText {
                    function: &function,
                    text,
                }),
                "#endif\n".to_string(),
            ),
            _ => {
                let path = match mode {
                    Mode::Flat => format!("{identifier}_registry.h"),
                    _ => format!("{identifier}/registry.h"),
                };
                let registry = RegistryText {
                    function: &function,
                    levels: (1..LEVELS).map(|below| (below, below + 1)).collect(),
                    most: LEVELS,
                };
                (path, errors(), text, rendered(&registry))
            }
        };
        pieces.push(Piece {
            kind: PieceKind::Function,
            name: export.function.name.clone(),
            text,
        });
        vec![Stub {
            head,
            pieces,
            tail,
            ..Stub::whole(path, "//", String::new())
        }]
    }

    fn crosses_processes(&self) -> bool {
        false
    }
}
