//! Processes that die, stop or fork in the middle.

use std::time::{Duration, Instant};

use metropipe::channel::protocol::{self, LockFile};

use crate::roles::Actor;
use crate::*;

/// Within a second the survivor knows.
#[track_caller]
fn within_a_second<T>(what: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = what();
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
    result
}

#[test]
fn a_provider_that_dies_in_a_call_may_have_run_it() {
    let place = Place::new();
    let _provider = Actor::provider(&place.path());
    let consumer = place.consumer();
    let text = within_a_second(|| text_of(call_for(&consumer, 1, DIE, Duration::from_secs(10))));
    assert!(
        text.contains("died or was restarted") && text.contains("may have run"),
        "{text}"
    );
    let _next = place.serve();
    assert_eq!(call(&consumer, 2), Ok(4));
}

#[test]
fn a_provider_that_dies_before_it_began_has_not_run_it() {
    let place = Place::new();
    let mut provider = Actor::provider(&place.path());
    let consumer = place.consumer();
    assert_eq!(call(&consumer, 1), Ok(2));
    provider.stop();
    let answer = std::thread::scope(|scope| {
        let answer = scope.spawn(|| call(&consumer, 2));
        eventually("a request", || word(&place.path(), 0) == protocol::REQUEST);
        provider.kill();
        within_a_second(|| answer.join().unwrap())
    });
    assert!(matches!(answer, Err(Error::NoProvider(_))), "{answer:?}");
    assert_eq!(
        word(&place.path(), 0),
        protocol::IDLE,
        "and nobody will run it"
    );
}

#[test]
fn a_provider_that_comes_back_serves_who_waits() {
    let place = Place::new();
    let mut provider = Actor::provider(&place.path());
    let consumer = place.consumer();
    assert_eq!(call(&consumer, 1), Ok(2));
    provider.stop();
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| call(&consumer, 2));
        eventually("a request", || word(&place.path(), 0) == protocol::REQUEST);
        // The next one starts before the consumer has looked who lives, or after: both are right.
        provider.kill();
        let _next = place.serve();
        let answer = answer.join().unwrap();
        let not_run = matches!(answer, Err(Error::NoProvider(_)));
        assert!(answer == Ok(4) || not_run, "{answer:?}");
    });
}

#[test]
fn an_answer_outlives_its_provider() {
    let place = Place::new();
    let mut provider = Actor::provider(&place.path());
    let consumer = place.consumer();
    let lane = 0;
    std::thread::scope(|scope| {
        // The consumer is between its looks when the answer comes and the provider goes.
        let answer = scope.spawn(|| call_for(&consumer, 21, 20, Duration::from_secs(10)));
        eventually("an answer, or what comes after it", || {
            matches!(
                word(&place.path(), lane),
                protocol::RESPONSE | protocol::IDLE
            ) && word(&place.path(), lane + 8) == 12
        });
        provider.kill();
        assert_eq!(answer.join().unwrap(), Ok(42));
    });
}

#[test]
fn a_consumer_that_dies_leaves_its_lane() {
    let place = Place::new();
    let _serving = place.serve();
    let mut dead = Actor::start("consumer", &place.path());
    assert_eq!(dead.said(), "Ok(2)");
    assert_eq!(word(&place.path(), 4), dead.pid());
    dead.kill();
    eventually("the first lane is taken again", || {
        let consumer = place.consumer();
        assert_eq!(call(&consumer, 1), Ok(2));
        word(&place.path(), 4) == std::process::id()
    });
}

#[test]
fn the_word_of_a_dead_consumer_is_cleared() {
    let place = Place::new();
    let _serving = place.serve();
    let mut dead = Actor::start("consumer", &place.path());
    assert_eq!(dead.said(), "Ok(2)");
    dead.kill();
    eventually("the lane's word is 0", || word(&place.path(), 4) == 0);
}

#[test]
fn a_call_broken_off_by_ctrl_c_disturbs_nobody() {
    let place = Place::new();
    let _serving = Serving::of(place.provider().unwrap(), 2);
    let mut broken = Actor::start("consumer that waits", &place.path());
    assert_eq!(broken.said(), "waits");
    eventually("its call runs", || {
        word(&place.path(), 0) == protocol::RUNNING
    });
    broken.signal(libc::SIGINT);
    broken.ended();
    let consumer = place.consumer();
    assert_eq!(call(&consumer, 1), Ok(2));
    assert_eq!(
        word(&place.path(), 0),
        protocol::RUNNING,
        "its lane is not taken before it is answered"
    );
}

#[test]
fn a_stopped_consumer_stops_nobody_else() {
    let place = Place::new();
    let _serving = place.serve();
    let stopped = Actor::start("consumer that calls on", &place.path());
    assert_eq!(stopped.said(), "calls");
    stopped.stop();
    let consumer = place.consumer();
    let end = Instant::now() + Duration::from_secs(2);
    let mut k = 0;
    while Instant::now() < end {
        assert_eq!(call(&consumer, k), Ok(2 * k));
        k += 1;
        std::thread::sleep(Duration::from_millis(1));
    }
    stopped.signal(libc::SIGCONT);
    // It goes on, and a wrong answer would end it.
    std::thread::sleep(Duration::from_millis(200));
    assert!(stopped.lives());
}

#[test]
fn a_childs_copy_of_a_lane_dies_with_the_parent() {
    let place = Place::new();
    let _serving = place.serve();
    let mut parent = Actor::start("consumer that forks", &place.path());
    assert_eq!(parent.said(), "Ok(2)");
    let lock = LockFile::open(&place.path()).unwrap().unwrap();
    assert!(lock.is_locked(4, 4).unwrap());
    parent.kill();
    // A provider that tidies holds the lock as well, for a moment.
    eventually("its forked child lives on, without the lock", || {
        !lock.is_locked(4, 4).unwrap()
    });
}

#[test]
fn a_providers_forked_child_does_not_serve_on() {
    let place = Place::new();
    let mut parent = Actor::start("provider that forks", &place.path());
    assert_eq!(parent.said(), "ready");
    parent.kill();
    let _next = place.serve();
    assert_eq!(call(&place.consumer(), 1), Ok(2));
}

#[test]
fn a_child_that_calls_takes_a_lane_of_its_own() {
    let place = Place::new();
    let _serving = place.serve();
    let mut actor = Actor::start("both sides of a fork", &place.path());
    assert_eq!(actor.said(), "parent true child true");
    actor.ended();
}

#[test]
fn consumers_killed_at_random_leave_right_answers_and_free_lanes() {
    let place = Place::new();
    let _serving = Serving::of(place.provider().unwrap(), 2);
    let start = || Actor::start("consumer that calls on", &place.path());
    let mut actors: Vec<Actor> = (0..6).map(|_| start()).collect();
    for round in 0..18 {
        let at = round % actors.len();
        assert_eq!(actors[at].said(), "calls");
        // A wrong answer would have ended it by now.
        std::thread::sleep(Duration::from_millis(7 * (round as u64 % 5)));
        assert!(actors[at].lives(), "it saw a wrong answer");
        actors[at].kill();
        actors[at] = start();
    }
    drop(actors);
    let consumer = place.consumer();
    for k in 0..100 {
        assert_eq!(call(&consumer, k), Ok(2 * k));
    }
    let stride = protocol::Shape::new(4096, 16, 0).stride;
    eventually("every other lane is free", || {
        (1..16).all(|lane| word(&place.path(), lane * stride + 4) == 0)
    });
    for lane in 1..16 {
        assert!(protocol::is_free(word(&place.path(), lane * stride)));
    }
}
