//! What the body of a function gives back, where its annotation does not say.

use tree_sitter::Node;

use super::expression::children;

/// Whether calling the function makes a generator.
pub(super) fn yields(body: Node<'_>, text: &str) -> bool {
    // Most bodies do not even hold the word, and need no walk.
    text[body.byte_range()].contains("yield") && find(body, |node| node.kind() == "yield").is_some()
}

/// Where the body first returns a value, and not only ends.
pub(super) fn value(body: Node<'_>, text: &str) -> Option<usize> {
    if !text[body.byte_range()].contains("return") {
        return None;
    }
    find(body, |node| {
        let value = || children(node).first().copied();
        node.kind() == "return_statement" && value().is_some_and(|value| value.kind() != "none")
    })
}

/// Where the first node of that kind begins, outside functions and classes within the body: what these
/// yield and return is their own.
fn find(body: Node<'_>, wanted: impl Fn(Node<'_>) -> bool) -> Option<usize> {
    let mut cursor = body.walk();
    loop {
        let node = cursor.node();
        if wanted(node) {
            return Some(node.start_byte());
        }
        let inner = matches!(
            node.kind(),
            "function_definition" | "class_definition" | "lambda"
        );
        if !inner && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return None;
            }
        }
    }
}
