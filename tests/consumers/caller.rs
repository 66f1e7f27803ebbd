//! Does what it is told, a line each.

#[path = "metropipe/mix/stub.rs"]
mod mix;

use std::time::{Duration, Instant};

fn main() {
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        let (a, b) = (words[1].parse().unwrap(), words[2].parse().unwrap());
        match words[0] {
            "call" => call(a, b, words[3]),
            _ => repeat(a, b, Duration::from_millis(words[3].parse().unwrap())),
        }
    }
}

fn call(a: i32, b: i32, text: &str) {
    match mix::mix(a, b, text) {
        Ok(answer) => println!("= {answer}"),
        Err(error) => println!("! {error}"),
    }
}

fn repeat(count: i32, a: i32, rest: Duration) {
    let (mut right, mut wrong, mut failed) = (0, 0, 0);
    let mut slowest = Duration::ZERO;
    let mut first = String::new();
    let text = format!("t{a}");
    for i in 0..count {
        std::thread::sleep(rest);
        let began = Instant::now();
        let answer = mix::mix(a, i, &text);
        slowest = slowest.max(began.elapsed());
        let said = match answer {
            Ok(answer) if answer == format!("{a}:{i}:{text}") => {
                right += 1;
                continue;
            }
            Ok(answer) => {
                wrong += 1;
                answer
            }
            Err(error) => {
                failed += 1;
                error.to_string()
            }
        };
        if first.is_empty() {
            first = said;
        }
    }
    let slowest = slowest.as_millis();
    println!("done {right} {wrong} {failed} {slowest} {first}");
}
