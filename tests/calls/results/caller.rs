#[path = "metropipe/analyse/stub.rs"]
mod analyse;
#[path = "metropipe/center/stub.rs"]
mod center;
#[path = "metropipe/divide/stub.rs"]
mod divide;
#[path = "metropipe/origin/stub.rs"]
mod origin;
#[path = "metropipe/pulse/stub.rs"]
mod pulse;
#[path = "metropipe/touch/stub.rs"]
mod touch;

fn main() {
    let both = divide::divide(17, 5);
    check("two_results", both == Ok((3, 2)), both);
    let all = analyse::analyse("Ab cd");
    let words = ["Ab", "cd"].map(String::from).to_vec();
    let wanted = (5, "AB CD".to_owned(), words, Some(false));
    check("many_results", all == Ok(wanted), all);
    let all = analyse::analyse("");
    let wanted = (0, String::new(), vec![], None);
    check("many_results_of_nothing", all == Ok(wanted), all);
    let nothing = touch::touch("x");
    check("no_result", nothing == Ok(()), nothing);
    let nothing = pulse::pulse();
    check("no_argument_no_result", nothing == Ok(()), nothing);
    let pair = origin::origin();
    check("no_argument", pair == Ok((0.5, -0.5)), pair);
    let middle = center::center((1.0, 2.0));
    check("tuple_argument", middle == Ok(1.5), middle);
    let both = divide::divide(1, 0);
    let held = match &both {
        Err(divide::Error::Remote { kind, .. }) => kind == "ZeroDivisionError",
        _ => false,
    };
    check("raised", held, both);
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
