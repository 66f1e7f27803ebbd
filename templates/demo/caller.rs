//! Calls the Python function, and says what it returned and how long 10,000 calls took.

#[path = "../metropipe/weekday/stub.rs"]
mod stub;

use std::time::Instant;

const WARM: usize = 2_000;
const CALLS: usize = 10_000;

fn main() {
    for _ in 0..WARM {
        day();
    }
    let mut took = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let start = Instant::now();
        let result = day();
        took.push(start.elapsed().as_nanos());
        drop(result);
    }
    took.sort_unstable();
    println!("{}\t{}\t{}", day(), took[CALLS / 2], took[CALLS / 100 * 99]);
}

fn day() -> String {
    stub::weekday(1969, 7, 20).unwrap_or_else(|error| {
        eprintln!("{error}");
        std::process::exit(1);
    })
}
