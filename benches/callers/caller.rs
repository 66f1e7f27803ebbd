//! `caller FUNCTION COUNT`: nanoseconds, a line a call.

use std::time::Instant;

#[path = "metropipe/add/stub.rs"]
mod add;
#[path = "metropipe/classify/stub.rs"]
mod classify;
#[path = "metropipe/echo_large/stub.rs"]
mod echo_large;
#[path = "metropipe/echo_small/stub.rs"]
mod echo_small;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let function = arguments[1].as_str();
    let count: usize = arguments[2].parse().unwrap();
    let blob = vec![0; 2_097_152];
    let call = || match function {
        "add" => assert_eq!(add::add(2, 3).unwrap(), 5),
        "classify" => assert_eq!(classify::classify("some text", 3, 0.5, true).unwrap(), 13.5),
        "echo_small" => assert_eq!(echo_small::echo_small(&blob[..4092]).unwrap().len(), 4092),
        _ => assert_eq!(echo_large::echo_large(&blob).unwrap().len(), blob.len()),
    };
    for _ in 0..count / 4 {
        call();
    }
    let mut took = Vec::with_capacity(count);
    for _ in 0..count {
        let start = Instant::now();
        call();
        took.push(start.elapsed().as_nanos());
    }
    for nanoseconds in took {
        println!("{nanoseconds}");
    }
}
