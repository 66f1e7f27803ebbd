#[path = "metropipe/describe/stub.rs"]
mod describe;
#[path = "metropipe/half/stub.rs"]
mod half;
#[path = "metropipe/initial/stub.rs"]
mod initial;

use describe::describe;
use half::half;
use initial::initial;

fn main() {
    let text = describe(Some(7), Some("Ada"), Some(0.5));
    check("all_present", text.as_deref() == Ok("7 'Ada' 0.5"), text);
    let text = describe(None, None, None);
    check("all_absent", text.as_deref() == Ok("None None None"), text);
    let text = describe(Some(0), Some(""), Some(0.0));
    check("zero_is_present", text.as_deref() == Ok("0 '' 0.0"), text);
    let text = describe(None, Some("x"), None);
    check("some_absent", text.as_deref() == Ok("None 'x' None"), text);
    let number = half(6);
    check("number_present", number == Ok(Some(3)), number);
    let number = half(7);
    check("number_absent", number == Ok(None), number);
    let text = initial("Ada");
    check("text_present", text == Ok(Some("A".to_owned())), text);
    let text = initial("");
    check("text_absent", text == Ok(None), text);
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
