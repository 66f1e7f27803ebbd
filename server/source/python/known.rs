//! Names from outside the file: those that are types on the wire, and what is said about the others.

use crate::signature::{Number, Type};

/// What a name from outside means as a type.
pub(super) enum Known {
    Type(Type),
    /// `list`, without what it holds.
    List,
    /// `tuple`, without what it holds.
    Tuple,
    /// `Optional`, `Annotated`: nothing without brackets.
    Form,
}

/// One spelling for what several modules export: `typing_extensions.Optional` is `typing.Optional`.
pub(super) fn canonical(full: &str) -> String {
    let full = full.strip_prefix("builtins.").unwrap_or(full);
    let (module, name) = full.rsplit_once('.').unwrap_or(("builtins", full));
    let module = match module {
        "typing_extensions" | "collections.abc" | "_collections_abc" => "typing",
        "numpy.core.numerictypes" => "numpy",
        module => module,
    };
    let name = match (module, name) {
        ("typing", "List") => return "builtins.list".into(),
        ("typing", "Tuple") => return "builtins.tuple".into(),
        ("typing", "Dict") => return "builtins.dict".into(),
        ("typing", "Set") => return "builtins.set".into(),
        ("typing", "FrozenSet") => return "builtins.frozenset".into(),
        ("typing", "Type") => return "builtins.type".into(),
        ("typing", "Text" | "LiteralString") => return "builtins.str".into(),
        (_, name) => name,
    };
    format!("{module}.{name}")
}

/// What a canonical name means where it is a type on the wire.
pub(super) fn lookup(full: &str) -> Option<Known> {
    let (module, name) = full.rsplit_once('.')?;
    let ty = match module {
        "builtins" => match name {
            "bool" => Type::Bool,
            "int" => Type::Int,
            "float" => Type::Float,
            "str" => Type::Text(None),
            "bytes" | "bytearray" | "memoryview" => Type::Bytes(None),
            "list" => return Some(Known::List),
            "tuple" => return Some(Known::Tuple),
            _ => return None,
        },
        "typing" => match name {
            "Sequence" | "MutableSequence" => return Some(Known::List),
            "Optional" | "Union" | "Annotated" | "Final" | "Required" | "ReadOnly" => {
                return Some(Known::Form);
            }
            "ByteString" => Type::Bytes(None),
            _ => return None,
        },
        "types" if name == "NoneType" => Type::Unit,
        "ctypes" => ctypes(name)?,
        "numpy" => numpy(name)?,
        _ => return None,
    };
    Some(Known::Type(ty))
}

/// On 64-bit Linux, as everything here.
fn ctypes(name: &str) -> Option<Type> {
    Some(Type::Number(match name {
        "c_bool" => return Some(Type::Bool),
        "c_int8" | "c_byte" => Number::I8,
        "c_uint8" | "c_ubyte" => Number::U8,
        "c_int16" | "c_short" => Number::I16,
        "c_uint16" | "c_ushort" => Number::U16,
        "c_int32" | "c_int" => Number::I32,
        "c_uint32" | "c_uint" => Number::U32,
        "c_int64" | "c_long" | "c_longlong" | "c_ssize_t" | "c_time_t" => Number::I64,
        "c_uint64" | "c_ulong" | "c_ulonglong" | "c_size_t" => Number::U64,
        "c_float" => Number::F32,
        "c_double" => Number::F64,
        _ => return None,
    }))
}

fn numpy(name: &str) -> Option<Type> {
    Some(Type::Number(match name {
        "bool_" | "bool" => return Some(Type::Bool),
        "str_" => return Some(Type::Text(None)),
        "bytes_" => return Some(Type::Bytes(None)),
        "int8" | "byte" => Number::I8,
        "uint8" | "ubyte" => Number::U8,
        "int16" | "short" => Number::I16,
        "uint16" | "ushort" => Number::U16,
        "int32" | "intc" => Number::I32,
        "uint32" | "uintc" => Number::U32,
        "int64" | "int_" | "intp" | "longlong" => Number::I64,
        "uint64" | "uint" | "uintp" | "ulonglong" => Number::U64,
        "float32" | "single" => Number::F32,
        "float64" | "double" => Number::F64,
        _ => return None,
    }))
}

/// Whether an `import *` of that module brings this name, as far as types and decorators go; of the
/// builtins, whether they have it.
pub(super) fn is_known(full: &str) -> bool {
    let name = full.rsplit('.').next().unwrap_or(full);
    match full.split('.').next() {
        Some("builtins") => BUILTINS.contains(&name),
        Some("typing" | "typing_extensions" | "collections") => TYPING.contains(&name),
        Some("dataclasses") => {
            matches!(name, "dataclass" | "field" | "InitVar" | "KW_ONLY")
        }
        Some("enum") => matches!(
            name,
            "Enum" | "IntEnum" | "StrEnum" | "Flag" | "IntFlag" | "auto"
        ),
        Some("ctypes") => ctypes(name).is_some(),
        Some("numpy") => numpy(name).is_some() || name == "ndarray",
        _ => false,
    }
}

const TYPING: [&str; 57] = [
    "Annotated",
    "Any",
    "AnyStr",
    "AsyncGenerator",
    "AsyncIterable",
    "AsyncIterator",
    "Awaitable",
    "ByteString",
    "Callable",
    "ChainMap",
    "ClassVar",
    "Collection",
    "Container",
    "Coroutine",
    "Counter",
    "DefaultDict",
    "Deque",
    "Dict",
    "Final",
    "FrozenSet",
    "Generator",
    "Generic",
    "IO",
    "BinaryIO",
    "TextIO",
    "Iterable",
    "Iterator",
    "List",
    "Literal",
    "LiteralString",
    "Mapping",
    "MutableMapping",
    "MutableSequence",
    "MutableSet",
    "NamedTuple",
    "Never",
    "NewType",
    "NoReturn",
    "NotRequired",
    "Optional",
    "OrderedDict",
    "Pattern",
    "Protocol",
    "ReadOnly",
    "Required",
    "Self",
    "Sequence",
    "Set",
    "Text",
    "Tuple",
    "Type",
    "TypeVar",
    "TypedDict",
    "Union",
    "overload",
    "namedtuple",
    "deque",
];

const BUILTINS: [&str; 32] = [
    "bool",
    "int",
    "float",
    "complex",
    "str",
    "bytes",
    "bytearray",
    "memoryview",
    "list",
    "tuple",
    "dict",
    "set",
    "frozenset",
    "object",
    "type",
    "range",
    "slice",
    "staticmethod",
    "classmethod",
    "property",
    "super",
    "enumerate",
    "map",
    "filter",
    "zip",
    "BaseException",
    "Exception",
    "ValueError",
    "TypeError",
    "KeyError",
    "OSError",
    "RuntimeError",
];

/// Why a type has no row, and what to write instead.
pub(super) fn reason(full: &str, spelled: &str, arguments: &[String], param: &str) -> String {
    let (module, name) = full.rsplit_once('.').unwrap_or(("", full));
    let element = match arguments {
        [element, ..] => element.as_str(),
        [] => "int",
    };
    let json = format!("ask for JSON with `# metropipe: {param}=json`");
    match (module, name) {
        (
            "builtins" | "typing" | "collections" | "types",
            "dict" | "Mapping" | "MutableMapping" | "defaultdict" | "DefaultDict" | "OrderedDict"
            | "Counter" | "ChainMap" | "MappingProxyType",
        ) => {
            let pair = match arguments {
                [key, value] => format!("{key}, {value}"),
                _ => "str, int".into(),
            };
            format!(
                "{spelled} is a map, whose keys are open; write a TypedDict or a dataclass for known keys, list[tuple[{pair}]] for others, or {json}"
            )
        }
        ("builtins" | "typing", "set" | "frozenset" | "AbstractSet" | "MutableSet") => {
            format!("{spelled} is a set; write list[{element}] and make the set inside")
        }
        (
            "typing",
            "Iterable" | "Iterator" | "Collection" | "Container" | "Generator" | "AsyncIterable"
            | "AsyncIterator" | "AsyncGenerator" | "Reversible",
        )
        | ("collections" | "typing", "deque" | "Deque")
        | ("builtins", "range" | "enumerate" | "map" | "filter" | "zip") => {
            format!("{spelled} has no length that is known; write list[{element}]")
        }
        ("typing", "Callable" | "Awaitable" | "Coroutine") => format!(
            "{spelled} is code, which stays in its process; pass the values that it would return"
        ),
        ("typing", "Literal") => {
            let ty = match element.chars().next() {
                Some('"' | '\'') => "str",
                Some('T' | 'F') => "bool",
                _ => "int",
            };
            format!("{spelled} is a literal type; write {ty} and check the value inside")
        }
        ("typing", "Any") | ("builtins", "object") => {
            format!("{spelled} may be anything; write the type that it is, or {json}")
        }
        (
            "typing",
            "TypeVar" | "ParamSpec" | "TypeVarTuple" | "AnyStr" | "Self" | "Generic" | "Unpack"
            | "Concatenate" | "Protocol",
        ) => {
            format!("{spelled} is generic; write the type that calls use, such as float")
        }
        ("typing", "NotRequired") => {
            format!("{spelled} is a key that may be missing; write it as {element} | None")
        }
        ("typing", "ClassVar") | ("dataclasses", "InitVar") => {
            format!("{spelled} is no value of an instance; write {element}")
        }
        ("typing", "NoReturn" | "Never") => {
            format!("{spelled} never gives a result; write None where it returns nothing")
        }
        ("typing", "NamedTuple" | "TypedDict") => {
            format!("{spelled} does not say its fields; write a class with {name} as its base")
        }
        ("typing", "IO" | "TextIO" | "BinaryIO") | ("io", _) => format!(
            "{spelled} is an open file, which stays in its process; pass its path as str or its content as bytes"
        ),
        ("builtins", "complex") | ("numpy", "complex64" | "complex128") => {
            format!("{spelled} has no row; write tuple[float, float] for its two parts")
        }
        ("builtins", "type") => {
            format!("{spelled} is a class, which stays in its process; pass its name as str")
        }
        ("datetime", "timedelta") => {
            format!("{spelled} has no row; pass its total_seconds() as float")
        }
        ("datetime", _) => format!(
            "{spelled} has no row; pass its isoformat() as str, or seconds as Annotated[float, \"f64\"]"
        ),
        ("decimal", "Decimal") | ("fractions", "Fraction") => {
            format!("{spelled} has no row; pass it as str")
        }
        ("uuid", "UUID") => format!("{spelled} has no row; pass it as str, or its bytes as bytes"),
        ("pathlib", _) | ("os", "PathLike") => {
            format!("{spelled} has no row; pass the path as str")
        }
        ("re", _) | ("typing", "Pattern" | "Match") => {
            format!("{spelled} stays in its process; pass the pattern as str")
        }
        ("enum", _) => format!("{spelled} is an enum; pass its value as int or str"),
        ("numpy", "ndarray") | ("numpy.typing", _) => format!(
            "{spelled} is an array of any shape; write list[float] (list[list[float]] for a matrix), or bytes and numpy.frombuffer inside"
        ),
        ("numpy", "float16" | "half") => format!("{spelled} has no row; write numpy.float32"),
        ("ctypes", "c_char_p" | "c_wchar_p" | "c_char" | "c_wchar" | "c_void_p") => {
            format!("{spelled} is a pointer or a character; write str or bytes")
        }
        ("ctypes", _) => format!("{spelled} has no row; write c_int64, c_double or the like"),
        ("builtins" | "typing" | "collections" | "numpy" | "types", _) => {
            format!("{spelled} has no row on the wire; write a type that has, or {json}")
        }
        _ => format!(
            "{spelled} comes from {module}, and only types of this file are followed; define it here, or {json}"
        ),
    }
}
