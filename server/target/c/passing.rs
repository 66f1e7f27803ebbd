//! How values go in and out of a C function, for all three targets of C.
//!
//! Parameters are what C callers pass anyway: values, `const char *`, pointers with counts; a pointer that may be `NULL`
//! is an option. Results go out through pointers, but for the one number that a function can return.

use super::names;
use super::types::{Types, block, number_type};
use crate::layout::Wire;

/// One parameter as C declares it.
pub struct Parameter {
    pub declarations: Vec<String>,
    /// The names that the declarations declare.
    pub names: Vec<String>,
    /// The statements that write it.
    pub puts: Vec<String>,
    pub about: String,
}

/// One result that goes out through a pointer.
pub struct Out {
    pub declaration: String,
    pub name: String,
    /// The statement that empties it.
    pub clear: String,
    pub gets: Vec<String>,
    pub about: String,
}

impl Types {
    /// A parameter, and how the body writes it. `taken` grows by the names that it declares.
    pub fn parameter(
        &self,
        source_name: &str,
        wire: &Wire,
        offset: u32,
        taken: &mut Vec<String>,
    ) -> Parameter {
        let take = |base: &str, taken: &mut Vec<String>| {
            let name = names::local(base, taken.iter().map(String::as_str));
            taken.push(name.clone());
            name
        };
        let name = take(source_name, taken);
        let quoted = names::literal(source_name);
        let (value, optional) = match wire {
            Wire::Optional(value) if !matches!(**value, Wire::Optional(_)) => (&**value, true),
            Wire::Optional(value) => (&**value, true),
            _ => (wire, false),
        };
        let at = if optional {
            offset + wire.first_element()
        } else {
            offset
        };
        let first = at
            + if optional && matches!(value, Wire::Optional(_)) {
                0
            } else {
                value.first_element()
            };
        let mut names = vec![name.clone()];
        let (declarations, puts) = match value {
            Wire::Bool | Wire::Number(_) if !optional => (
                vec![self.held(value, &name)],
                self.put(value, &name, &at.to_string(), &quoted, 0),
            ),
            Wire::Text { size } | Wire::Json { size } => (
                vec![format!("const char *{name}")],
                vec![format!(
                    "metropipe_put_string(call, {quoted}, {}, {at}, {size}, {name});",
                    if matches!(value, Wire::Json { .. }) {
                        "\"json\""
                    } else {
                        "\"string\""
                    }
                )],
            ),
            Wire::Bytes { size } => {
                let count = take(&format!("{source_name}_size"), taken);
                names.push(count.clone());
                (
                    vec![format!("const uint8_t *{name}"), format!("size_t {count}")],
                    vec![format!(
                        "metropipe_put_bytes(call, {quoted}, {at}, {size}, {name}, {count});"
                    )],
                )
            }
            Wire::List { element, limit } => {
                let count = take(&format!("{source_name}_count"), taken);
                names.push(count.clone());
                let fits = format!(
                    "metropipe_put_count(call, {quoted}, {}, {at}, {limit}, {count})",
                    names::literal(&value.to_string())
                );
                let elements = self.put_passed(element, &name, &count, first, &quoted);
                (
                    vec![
                        self.passed_elements(element, &name, true),
                        format!("size_t {count}"),
                    ],
                    block(
                        &format!("if ({fits} > 0 && metropipe_given(call, {quoted}, {name}))"),
                        elements,
                    ),
                )
            }
            Wire::Array { element, count } => {
                let elements = self.put_passed(element, &name, &count.to_string(), first, &quoted);
                let declaration = self.passed_elements(element, &format!("{name}[{count}]"), false);
                let puts = if optional {
                    elements
                } else {
                    block(
                        &format!("if (metropipe_given(call, {quoted}, {name}))"),
                        elements,
                    )
                };
                (vec![declaration], puts)
            }
            _ => {
                let put = self.put(value, &format!("(*{name})"), &at.to_string(), &quoted, 0);
                let put: Vec<String> = put
                    .iter()
                    .map(|line| line.replace(&format!("&(*{name})"), &name))
                    .map(|line| line.replace(&format!("(*{name})"), &format!("*{name}")))
                    .collect();
                let puts = if optional {
                    put
                } else {
                    block(
                        &format!("if (metropipe_given(call, {quoted}, {name}))"),
                        put,
                    )
                };
                (
                    vec![format!("const {}", self.held(value, &format!("*{name}")))],
                    puts,
                )
            }
        };
        let puts = if optional {
            block(
                &format!(
                    "if (metropipe_put_present(call, {offset}, {}, {name} != NULL))",
                    wire.size()
                ),
                puts,
            )
        } else {
            puts
        };
        Parameter {
            about: format!("{}: {}", names.join(", "), about(value, optional)),
            declarations,
            names,
            puts,
        }
    }

    /// `const float *name`, `const char *const *name`, `const Point name[4]`.
    fn passed_elements(&self, element: &Wire, name: &str, by_pointer: bool) -> String {
        let star = if by_pointer { "*" } else { "" };
        match element {
            Wire::Text { .. } | Wire::Json { .. } => format!("const char *const {star}{name}"),
            // Not const: C11 takes no array of what is not const for one of what is.
            Wire::Array { .. } if by_pointer => self.held(element, &format!("(*{name})")),
            Wire::Array { .. } => self.held(element, name),
            _ => format!("const {}", self.held(element, &format!("{star}{name}"))),
        }
    }

    fn put_passed(
        &self,
        element: &Wire,
        name: &str,
        count: &str,
        first: u32,
        quoted: &str,
    ) -> Vec<String> {
        let (Wire::Text { size } | Wire::Json { size }) = element else {
            return self.put_elements(element, name, count, &first.to_string(), quoted, 0);
        };
        let kind = if matches!(element, Wire::Json { .. }) {
            "json"
        } else {
            "string"
        };
        block(
            &format!("for (size_t i0 = 0; i0 < {count}; i0++)"),
            vec![format!(
                "metropipe_put_string(call, {quoted}, \"{kind}\", {first} + i0 * {}, {size}, {name}[i0]);",
                element.stride()
            )],
        )
    }

    /// The type of a result that a function returns; `None` where it goes out through a pointer.
    pub fn returned(&self, wire: &Wire) -> Option<&'static str> {
        match wire {
            Wire::Bool => Some("bool"),
            Wire::Number(number) => Some(number_type(*number)),
            _ => None,
        }
    }

    /// A result that goes out through a pointer.
    pub fn out(&self, source_name: &str, wire: &Wire, offset: u32, taken: &mut Vec<String>) -> Out {
        let name = names::local(source_name, taken.iter().map(String::as_str));
        taken.push(name.clone());
        let at = offset.to_string();
        let (declaration, clear, gets) = match wire {
            Wire::Bool | Wire::Number(_) => {
                let zero = if matches!(wire, Wire::Bool) {
                    "false"
                } else {
                    "0"
                };
                let held = format!("*{name}");
                (
                    self.held(wire, &held),
                    format!("*{name} = {zero};"),
                    self.get(wire, &held, &at, 0),
                )
            }
            Wire::Text { .. } | Wire::Json { .. } => (
                self.held(wire, &name),
                format!("{name}[0] = '\\0';"),
                self.get(wire, &name, &at, 0),
            ),
            Wire::Array { .. } => (
                self.held(wire, &name),
                format!(
                    "memset({name}, 0, {} * sizeof {name}[0]);",
                    wire.limit().unwrap_or(0)
                ),
                self.get(wire, &name, &at, 0),
            ),
            _ => {
                let clear = match wire {
                    Wire::Bytes { .. } => format!("{name}->size = 0;"),
                    Wire::List { .. } => format!("{name}->count = 0;"),
                    Wire::Optional(value) if value.size() > 512 => {
                        format!("{name}->present = false;")
                    }
                    _ => format!("memset({name}, 0, sizeof *{name});"),
                };
                let gets = if let Wire::Bytes { size } = wire {
                    vec![format!(
                        "{name}->size = metropipe_get_bytes(call, {at}, {size}, {name}->data);"
                    )]
                } else {
                    let get = self.get(wire, "*", &at, 0);
                    get.iter().map(|line| line.replace("&*", &name)).collect()
                };
                (self.held(wire, &format!("*{name}")), clear, gets)
            }
        };
        Out {
            about: format!("{name}: {}", about_result(wire)),
            declaration,
            name,
            clear,
            gets,
        }
    }
}

/// What a parameter holds at most, for people.
fn about(wire: &Wire, optional: bool) -> String {
    let limit = match wire {
        Wire::Text { size } | Wire::Json { size } => {
            format!(", UTF-8 of at most {} bytes and its NUL", size - 5)
        }
        Wire::Bytes { size } => format!(", at most {} bytes", size - 4),
        Wire::List { limit, .. } => format!(", at most {limit} elements"),
        _ => String::new(),
    };
    let absent = if optional { "; NULL where absent" } else { "" };
    if optional {
        format!("opt<{wire}>{limit}{absent}")
    } else {
        format!("{wire}{limit}")
    }
}

fn about_result(wire: &Wire) -> String {
    match wire {
        Wire::Text { size } | Wire::Json { size } => format!("{wire}, room for {} bytes", size - 4),
        _ => wire.to_string(),
    }
}
