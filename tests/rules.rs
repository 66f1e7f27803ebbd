//! Rules of the protocol where they bite: in consumers of every language at once, against providers in Python and C.
//! The name of a test says the rule. `tests/channel.rs` has them for the channel in Rust.

mod consumers;
#[path = "rules/files.rs"]
mod files;
#[path = "rules/lanes.rs"]
mod lanes;
#[path = "rules/providers.rs"]
mod providers;
mod support;
#[path = "rules/waiting.rs"]
mod waiting;

use std::time::Duration;

use consumers::{Consumer, built, languages};
use support::Scratch;

const SECOND: Duration = Duration::from_secs(1);

/// A consumer of every language that has made a call already.
#[track_caller]
fn one_of_each(scratch: &Scratch) -> Vec<Consumer> {
    build_all();
    let mut all: Vec<Consumer> = languages()
        .map(|language| Consumer::start(language, scratch))
        .collect();
    for consumer in &mut all {
        consumer.ask(0);
    }
    all
}

fn build_all() {
    std::thread::scope(|scope| {
        for language in languages() {
            scope.spawn(move || built(language));
        }
    });
}

/// To the consumer and to what it started: in Bash, the command is what calls.
fn signal_group(consumer: &Consumer, signal: i32) {
    // SAFETY: kill has no memory effects; the group is the consumer's own, which is not reaped yet.
    unsafe { libc::kill(-(consumer.process.pid() as i32), signal) };
}
