#[path = "metropipe/mix/stub.rs"]
mod mix;

fn main() {
    let threads: Vec<_> = (0..8)
        .map(|a| std::thread::spawn(move || calls(a)))
        .collect();
    let wrong: Vec<String> = threads
        .into_iter()
        .flat_map(|thread| thread.join().unwrap())
        .collect();
    check("eight_threads", wrong.is_empty(), wrong);
}

/// What was not as it should be in 500 calls.
fn calls(a: i32) -> Vec<String> {
    let text = format!("t{a}");
    (0..500)
        .map(|b| (mix::mix(a, b, &text), format!("{a}:{b}:{text}")))
        .filter(|(answer, wanted)| answer.as_ref() != Ok(wanted))
        .map(|(answer, _)| format!("{answer:?}"))
        .collect()
}

fn check(name: &str, held: bool, got: impl std::fmt::Debug) {
    if held {
        println!("ok {name}");
    } else {
        println!("FAIL {name}: got {got:?}");
    }
}
