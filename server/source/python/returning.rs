//! What the body of a function gives back, where its annotation does not say.

use tree_sitter::Node;

use super::expression::children;

/// What a body gives back.
pub(super) struct Returning {
    pub yields: bool,
    /// A value, not only an end.
    pub value: bool,
    /// Where.
    pub at: usize,
}

impl Returning {
    pub fn of(body: Node<'_>, text: &str) -> Returning {
        let mut found = Returning {
            yields: false,
            value: false,
            at: body.start_byte(),
        };
        let source = &text[body.byte_range()];
        let mut wanted = [source.contains("yield"), source.contains("return")];
        let mut cursor = body.walk();
        while wanted.contains(&true) {
            let node = cursor.node();
            let mut enter = true;
            match node.kind() {
                // Their yields and returns are their own.
                "function_definition" | "class_definition" | "lambda" => enter = false,
                "yield" => {
                    found.yields = true;
                    return found;
                }
                "return_statement" if !found.value => {
                    let value = children(node).first().copied();
                    if value.is_some_and(|value| value.kind() != "none") {
                        (found.value, found.at) = (true, node.start_byte());
                        wanted[1] = false;
                    }
                }
                _ => {}
            }
            if enter && cursor.goto_first_child() {
                continue;
            }
            loop {
                if cursor.goto_next_sibling() {
                    break;
                }
                if !cursor.goto_parent() {
                    return found;
                }
            }
        }
        found
    }
}
