//! Providers: one at a time, how they follow each other, how they end.

use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};

use metropipe::channel::protocol;
use metropipe::channel::{Consumer, Offer, Provider};

use crate::roles::Actor;
use crate::*;

#[test]
fn a_second_provider_is_refused() {
    let place = Place::new();
    let _serving = place.serve();
    let start = Instant::now();
    let text = text_of(place.provider().map(drop));
    assert!(text.contains("a provider runs already"), "{text}");
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(
        call(&place.consumer(), 1),
        Ok(2),
        "and the first one is not disturbed"
    );
}

#[test]
fn a_provider_takes_over_the_file_of_a_dead_one() {
    let place = Place::new();
    let mut first = Actor::provider(&place.path());
    let consumer = place.consumer();
    assert_eq!(call(&consumer, 1), Ok(2));
    let file = std::fs::metadata(place.path()).unwrap().ino();
    first.kill();
    let _second = place.serve();
    assert_eq!(std::fs::metadata(place.path()).unwrap().ino(), file);
    assert_eq!(call(&consumer, 2), Ok(4), "with the lane that it kept");
}

#[test]
fn a_file_of_another_layout_is_replaced() {
    let place = Place::new();
    let mut first = Actor::provider(&place.path());
    let consumer = place.consumer();
    assert_eq!(call(&consumer, 1), Ok(2));
    first.kill();
    let other = Provider::start_at(place.path(), other_contract(), Offer::default()).unwrap();
    let _second = Serving::of(other, 1);
    assert_eq!(place.names(), ["metro_double"]);
    // The old stub goes to the new file by itself, and sees that it is another's.
    let answer = call(&consumer, 2);
    assert!(
        matches!(answer, Err(Error::LayoutMismatch(_))),
        "{answer:?}"
    );
    assert_eq!(
        call(&Consumer::at(place.path(), other_contract()), 3),
        Ok(6)
    );
}

#[test]
fn of_many_that_start_on_one_stale_file_one_serves() {
    let place = Place::new();
    let stale = Provider::start_at(place.path(), other_contract(), Offer::default()).unwrap();
    let copy = std::fs::read(place.path()).unwrap();
    drop(stale);
    for stale in [None, Some(copy)] {
        if let Some(copy) = stale {
            opening::write_private(&place.path(), &copy);
        }
        let actors: Vec<Actor> = (0..6)
            .map(|_| Actor::start("provider", &place.path()))
            .collect();
        let said: Vec<String> = actors.iter().map(Actor::said).collect();
        let ready = said.iter().filter(|said| *said == "ready").count();
        assert_eq!(ready, 1, "{said:?}");
        assert!(
            said.iter()
                .all(|said| said == "ready" || said.contains("runs already")),
            "{said:?}"
        );
        assert_eq!(call(&place.consumer(), 1), Ok(2));
        assert_eq!(place.names(), ["metro_double"]);
        drop(actors);
        std::fs::remove_file(place.path()).unwrap();
    }
}

#[test]
fn a_provider_starts_while_another_ends() {
    let place = Place::new();
    let consumer = place.consumer();
    for k in 0..20 {
        let serving = place.serve();
        assert_eq!(call(&consumer, k), Ok(2 * k));
        let ending = std::thread::spawn(move || serving.end());
        let next = Serving::of(place.provider().unwrap(), 1);
        ending.join().unwrap().unwrap();
        assert_eq!(call(&consumer, k), Ok(2 * k), "round {k}");
        next.end().unwrap();
    }
}

#[test]
fn a_provider_whose_file_was_removed_ends_and_says_so() {
    let place = Place::new();
    let serving = place.serve();
    let consumer = place.consumer();
    assert_eq!(call(&consumer, 1), Ok(2));
    std::fs::remove_file(place.path()).unwrap();
    let next = place.serve();
    let text = text_of(serving.wait());
    assert!(text.contains("was removed or replaced"), "{text}");
    assert_eq!(
        place.names(),
        ["metro_double"],
        "it does not remove its successor's file"
    );
    assert_eq!(
        call(&consumer, 2),
        Ok(4),
        "and the call goes to the new one"
    );
    next.end().unwrap();
}

#[test]
fn an_ending_provider_lets_running_calls_end() {
    let place = Place::new();
    let serving = place.serve();
    let consumer = place.consumer();
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| call_for(&consumer, 21, 300, Duration::from_secs(5)));
        eventually("the call runs", || {
            word(&place.path(), 0) == protocol::RUNNING
        });
        serving.end().unwrap();
        assert_eq!(answer.join().unwrap(), Ok(42));
    });
}

#[test]
fn an_ending_provider_answers_what_it_cannot_finish() {
    let place = Place::new();
    let serving = place.serve();
    let (running, waiting) = (place.consumer(), place.consumer());
    std::thread::scope(|scope| {
        let begun = scope.spawn(|| call_for(&running, 1, 4000, Duration::from_secs(20)));
        eventually("the call runs", || {
            word(&place.path(), 0) == protocol::RUNNING
        });
        let posted = scope.spawn(|| call(&waiting, 2));
        let lane = protocol::Shape::new(4096, 16, 0).stride;
        eventually("another is posted", || {
            word(&place.path(), lane) == protocol::REQUEST
        });
        serving.end().unwrap();
        let text = text_of(begun.join().unwrap());
        assert!(text.contains("may have run"), "{text}");
        let text = text_of(posted.join().unwrap());
        assert!(text.contains("was not run"), "{text}");
    });
    assert_eq!(place.names(), Vec::<String>::new());
}

#[test]
fn an_idle_provider_costs_nearly_nothing() {
    let place = Place::new();
    let provider = Actor::provider(&place.path());
    assert_eq!(call(&place.consumer(), 1), Ok(2));
    std::thread::sleep(Duration::from_millis(300));
    let used = || -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", provider.pid())).unwrap();
        let nanos = tasks.map(|task| {
            let text = std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
            text.split(' ').next().unwrap().parse::<u64>().unwrap()
        });
        Duration::from_nanos(nanos.sum())
    };
    // On a machine that does other things as well, the best of some windows tells.
    let share = || {
        let (start, before) = (Instant::now(), used());
        std::thread::sleep(Duration::from_secs(3));
        (used() - before).as_secs_f64() / start.elapsed().as_secs_f64()
    };
    let mut shares = Vec::new();
    while shares.len() < 4 && !shares.iter().any(|share| *share <= 0.001) {
        shares.push(share());
    }
    assert!(shares.iter().any(|share| *share <= 0.001), "{shares:?}");
}
