//! The shapes that google-java-format gives to what is too long for a line.

/// Columns of a line, as google-java-format has it.
pub const WIDTH: usize = 100;

/// A list in brackets as google-java-format breaks it: on one line, on the next, or one item a line.
pub fn list(open: &str, items: &[String], close: &str, before: &str, indent: &str) -> String {
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

/// An expression in brackets that a `;` follows.
pub fn value(open: &str, items: &[String], before: &str, indent: &str) -> String {
    let mut text = list(open, items, ");", before, indent);
    text.pop();
    text
}

/// A field of a class: on one line where it fits.
pub fn assignment(left: &str, right: &str, indent: &str) -> String {
    let flat = format!("{left} {right}");
    if indent.len() + flat.len() <= WIDTH && !flat.contains('\n') {
        flat
    } else {
        format!("{left}\n{indent}    {right}")
    }
}

/// A call as a statement of a method's try block, its arguments on the next line where it is too long.
pub fn wrapped(statement: String) -> String {
    if statement.len() + 6 <= WIDTH {
        return statement;
    }
    match statement.split_once('(') {
        Some((call, arguments)) => format!("{call}(\n          {arguments}"),
        None => statement,
    }
}
