#[path = "metropipe/greet/stub.rs"]
mod greet;
#[path = "metropipe/older/stub.rs"]
mod older;

use greet::greet;
use older::older;

fn main() {
    let text = greet(&ada(), true);
    check("first", text.as_deref() == Ok("Good day, Ada"), text);
    let person = older(&younger(36), 4);
    check("second", person == Ok(younger(40)), person);
    let text = greet(&ada(), false);
    check("first_again", text.as_deref() == Ok("Hi, Ada"), text);
    let held = (0..100).all(|age| {
        let text = greet(&ada(), true);
        let person = older(&younger(age), 1);
        text.as_deref() == Ok("Good day, Ada") && person == Ok(younger(age + 1))
    });
    check("both_in_turn", held, ());
}

fn ada() -> greet::Person {
    greet::Person {
        name: "Ada".to_owned(),
        age: 36,
    }
}

fn younger(age: i32) -> older::Person {
    older::Person {
        name: "Ada".to_owned(),
        age,
    }
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
