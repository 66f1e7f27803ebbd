//! The ends and beginnings of providers, as consumers of every language see them.

use std::io::Read;
use std::os::unix::fs::FileExt;
use std::time::Instant;

use crate::consumers::{
    Consumer, RESPONSE, RUNNING, Watched, languages, provider_command, serve, within,
};
use crate::support::{Running, Scratch};
use crate::{SECOND, build_all, one_of_each, signal_group};

#[test]
fn a_forked_worker_that_outlives_its_provider_does_not_stand_for_it() {
    let scratch = Scratch::new();
    let mut provider = serve(&scratch, &["--workers", "2"]);
    let mut consumers = one_of_each(&scratch);
    let said = consumers[0].call(1, 1, "fork");
    let child: i32 = said.strip_prefix("= ").unwrap().parse().unwrap();
    provider.signal(libc::SIGKILL);
    provider.wait_for(SECOND);
    // SAFETY: kill has no memory effects, and signal 0 none at all.
    assert_eq!(unsafe { libc::kill(child, 0) }, 0, "the child lives");
    for consumer in &mut consumers {
        let began = Instant::now();
        let said = consumer.call(1, 1, "x");
        assert!(
            said.contains("no provider"),
            "{}: {said}",
            consumer.language
        );
        assert!(began.elapsed() < 3 * SECOND, "{}", consumer.language);
    }
    let _provider = serve(&scratch, &[]);
    // SAFETY: as above.
    assert_eq!(unsafe { libc::kill(child, 0) }, 0, "the child lives");
    for consumer in &mut consumers {
        consumer.ask(1);
    }
    // SAFETY: as above; it is in the process group of the provider, which is ours.
    unsafe { libc::kill(child, libc::SIGKILL) };
}

/// A provider that is on its way.
fn starting(scratch: &Scratch) -> Running {
    let mut command = provider_command(scratch, &[]);
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null());
    Running::start(command)
}

#[test]
fn of_two_providers_that_replace_one_stale_file_one_serves() {
    let scratch = Scratch::new();
    let file = Watched::of(&scratch);
    let mut consumers: Vec<Consumer> = ["c", "python"]
        .map(|language| Consumer::start(language, &scratch))
        .into();
    let mut old = serve(&scratch, &[]);
    let (mut met, mut b) = (0, 0);
    while met < 3 {
        b += 1;
        assert!(b < 30, "two providers never come to one file at a time");
        old.signal(libc::SIGKILL);
        old.wait_for(SECOND);
        // What it left becomes a file of another layout, which nobody serves and both would replace.
        let stale = std::fs::OpenOptions::new().write(true).open(&file.path);
        stale.unwrap().write_all_at(&[b as u8; 4], 20).unwrap();
        // Neither gets the lock before both have the stale file open; they try for a second.
        let lock = file.lock_provider();
        let mut two = [starting(&scratch), starting(&scratch)];
        let ended = |two: &mut [Running; 2]| -> Vec<usize> {
            (0..2)
                .filter(|&number| two[number].child().try_wait().unwrap().is_some())
                .collect()
        };
        while !two.iter().all(|one| file.open_in(one)) && ended(&mut two).is_empty() {
            std::thread::sleep(SECOND / 1000);
        }
        met += u32::from(ended(&mut two).is_empty());
        drop(lock);
        let end = Instant::now() + 20 * SECOND;
        let refused = loop {
            match ended(&mut two)[..] {
                [number] => break number,
                [] => assert!(Instant::now() < end, "both serve"),
                _ => panic!("neither serves"),
            }
            std::thread::sleep(SECOND / 200);
        };
        let mut said = String::new();
        let output = two[refused].child().stdout.take();
        output.unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(said, "", "it never served");
        let [first, second] = two;
        old = if refused == 0 { second } else { first };
        within(5 * SECOND, "it serves", || {
            file.provider() == Some(old.pid())
        });
        for consumer in &mut consumers {
            consumer.ask(b);
        }
    }
}

#[test]
fn a_provider_starts_while_another_ends() {
    let scratch = Scratch::new();
    let file = Watched::of(&scratch);
    let mut consumers: Vec<Consumer> = ["c", "python", "java", "go"]
        .map(|language| Consumer::start(language, &scratch))
        .into();
    let mut old = serve(&scratch, &[]);
    for b in 0..12 {
        // It tries for the lock when the other lets go of it and of the file.
        let new = starting(&scratch);
        within(20 * SECOND, "it has the file open", || file.open_in(&new));
        old.signal(libc::SIGTERM);
        assert!(old.wait_for(5 * SECOND).success());
        within(5 * SECOND, "it serves", || {
            file.provider() == Some(new.pid())
        });
        for consumer in &mut consumers {
            consumer.ask(b);
        }
        old = new;
    }
    old.signal(libc::SIGTERM);
    old.wait_for(5 * SECOND);
    assert_eq!(std::fs::read_dir(scratch.channels()).unwrap().count(), 0);
}

/// Every consumer is within the function; then stopped, so that the answer finds nobody awake.
fn all_within_a_call(consumers: &mut [Consumer], file: &Watched, text: &str) {
    for (b, consumer) in consumers.iter_mut().enumerate() {
        consumer.tell(&format!("call 7 {b} {text}"));
    }
    let many = consumers.len();
    within(10 * SECOND, "all calls run", || {
        file.with_status(RUNNING).len() == many
    });
    for consumer in consumers.iter() {
        signal_group(consumer, libc::SIGSTOP);
    }
}

/// Each takes the answer that came while it was stopped.
fn all_go_on(consumers: &[Consumer], text: &str) {
    for consumer in consumers {
        signal_group(consumer, libc::SIGCONT);
    }
    for (b, consumer) in consumers.iter().enumerate() {
        let said = consumer.line();
        assert_eq!(said, format!("= 7:{b}:{text}"), "{}", consumer.language);
    }
}

#[test]
fn an_answer_outlives_its_provider() {
    let scratch = Scratch::new();
    let mut provider = serve(&scratch, &["--workers", "12"]);
    let mut consumers = one_of_each(&scratch);
    let file = Watched::of(&scratch);
    all_within_a_call(&mut consumers, &file, "nap-2");
    within(10 * SECOND, "all answers are there", || {
        file.with_status(RESPONSE).len() == languages().count()
    });
    provider.signal(libc::SIGKILL);
    provider.wait_for(SECOND);
    all_go_on(&consumers, "nap-2");
    for consumer in &mut consumers {
        let said = consumer.call(1, 1, "x");
        assert!(
            said.contains("no provider"),
            "{}: {said}",
            consumer.language
        );
    }
}

#[test]
fn consumers_stopped_for_ten_seconds_stop_nobody_else_and_get_their_answers() {
    let scratch = Scratch::new();
    let _provider = serve(&scratch, &["--workers", "12"]);
    let mut stopped = one_of_each(&scratch);
    let file = Watched::of(&scratch);
    all_within_a_call(&mut stopped, &file, "nap-2");
    let end = Instant::now() + 10 * SECOND;
    let mut others: Vec<Consumer> = ["c", "python", "java", "ruby", "rust"]
        .map(|language| Consumer::start(language, &scratch))
        .into();
    let mut b = 0;
    while Instant::now() < end {
        for other in &mut others {
            other.ask(b);
        }
        b += 1;
        std::thread::sleep(SECOND / 100);
    }
    assert_eq!(
        file.with_status(RESPONSE).len(),
        stopped.len(),
        "nobody took their lanes"
    );
    all_go_on(&stopped, "nap-2");
}

#[test]
fn a_call_that_dies_with_its_provider_may_have_run_and_the_next_one_is_right() {
    build_all();
    for language in languages() {
        let scratch = Scratch::new();
        let mut provider = serve(&scratch, &[]);
        let mut consumer = Consumer::start(language, &scratch);
        consumer.ask(1);
        let began = Instant::now();
        let said = consumer.call(1, 1, "die");
        assert!(said.contains("may have run"), "{language}: {said}");
        assert!(began.elapsed() < 3 * SECOND, "{language}");
        provider.wait_for(SECOND);
        let _provider = serve(&scratch, &[]);
        consumer.ask(2);
    }
}
