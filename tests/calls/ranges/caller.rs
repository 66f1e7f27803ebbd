#[path = "metropipe/scale/stub.rs"]
mod scale;
#[path = "metropipe/square/stub.rs"]
mod square;

use scale::scale;
use square::square;

fn main() {
    let product = scale(3, 0.5);
    check("ordinary", product == Ok(1.5), product);
    let product = scale(i32::MAX, 0.0);
    check("k_largest", product == Ok(0.0), product);
    let number = square(65536);
    let held = match &number {
        Err(square::Error::Channel(text)) => {
            text.contains("the result does not fit") && text.contains("i32")
        }
        _ => false,
    };
    check("result_too_large", held, number);
    let product = scale(2, 2.0);
    check("ordinary_after_errors", product == Ok(4.0), product);
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
