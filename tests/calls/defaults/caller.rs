#[path = "metropipe/Shapes_area/stub.rs"]
mod area;
#[path = "metropipe/label/stub.rs"]
mod label;
#[path = "metropipe/later/stub.rs"]
mod later;
#[path = "metropipe/Shapes_name/stub.rs"]
mod name;

fn main() {
    let text = label::label("a", "b", 3, 1.5, true, Some("n"));
    check("all_given", text.as_deref() == Ok("a|b|3|1.5|True|n"), text);
    let surface = area::Shapes_area(3.0, 4.0);
    check("static_method", surface == Ok(12.0), surface);
    let text = name::Shapes_name();
    check("class_method", text.as_deref() == Ok("Shapes"), text);
    let number = later::later(1);
    check("coroutine", number == Ok(2), number);
    let held = (0..100).all(|k| later::later(k) == Ok(k + 1));
    check("coroutine_again", held, ());
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
