//! Calls, lanes and waiting, in one process.

use std::time::{Duration, Instant};

use metropipe::channel::protocol::{self, LockFile, Shape};
use metropipe::channel::{Consumer, Contract, Error, Offer, Provider, Request};

use crate::*;

#[test]
fn a_call_is_answered_and_the_file_goes_with_its_provider() {
    let place = Place::new();
    let serving = place.serve();
    let consumer = place.consumer();
    for k in 0..1000 {
        assert_eq!(call(&consumer, k), Ok(2 * k));
    }
    serving.end().unwrap();
    assert_eq!(place.names(), Vec::<String>::new());
    let text = text_of(call(&consumer, 1));
    let path = place.path();
    let wanted = format!(
        "double: no provider serves {}; start one with: run it (the function was not run)",
        path.display()
    );
    assert_eq!(text, wanted);
}

#[test]
fn a_panic_is_an_answer() {
    let place = Place::new();
    let _serving = place.serve();
    let consumer = place.consumer();
    let answer = call_for(&consumer, 1, PANIC, Duration::from_secs(5));
    let Err(Error::Remote { kind, message, .. }) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(
        (kind.as_str(), message.as_str()),
        ("panic", "no such number")
    );
    assert_eq!(call(&consumer, 2), Ok(4));
}

#[test]
fn a_late_answer_is_not_taken_for_another_calls() {
    let place = Place::new();
    let _serving = place.serve();
    let consumer = place.consumer();
    assert_eq!(call(&consumer, 1), Ok(2));
    let start = Instant::now();
    let late = call_for(&consumer, 100, 300, Duration::from_millis(50));
    let text = text_of(late.clone());
    assert!(matches!(late, Err(Error::Timeout(_))), "{text}");
    assert!(
        text.contains("no answer within 0.05 s") && text.contains("may still run"),
        "{text}"
    );
    assert!(
        start.elapsed() < Duration::from_millis(300),
        "{:?}",
        start.elapsed()
    );
    for k in 0..100 {
        assert_eq!(call(&consumer, k), Ok(2 * k));
    }
}

#[test]
fn idle_consumers_never_shut_out_another() {
    let place = Place::new();
    let _serving = place.serve();
    let consumers: Vec<Consumer> = (0..17).map(|_| place.consumer()).collect();
    for round in 0..3 {
        for (k, consumer) in (0..).zip(&consumers) {
            assert_eq!(call(consumer, k + round), Ok(2 * (k + round)));
        }
    }
}

#[test]
fn a_consumer_that_finds_no_lane_says_that_nothing_was_run() {
    let place = Place::new();
    let offer = Offer {
        lanes: 1,
        ..Offer::default()
    };
    let provider = Provider::start_at(place.path(), contract(), offer).unwrap();
    let _serving = Serving::of(provider, 1);
    std::thread::scope(|scope| {
        let slow = place.consumer();
        scope.spawn(move || call_for(&slow, 1, 500, Duration::from_secs(10)).unwrap());
        eventually("the slow call runs", || {
            word(&place.path(), 0) == protocol::RUNNING
        });
        let text = text_of(call_for(
            &place.consumer(),
            2,
            0,
            Duration::from_millis(100),
        ));
        assert!(
            text.contains("all 1 lanes of") && text.contains("not run"),
            "{text}"
        );
        // With time enough the lane is free one day.
        assert_eq!(call(&place.consumer(), 3), Ok(6));
    });
}

#[test]
fn many_threads_share_one_consumer() {
    let place = Place::new();
    let provider = place.provider().unwrap();
    let _serving = Serving::of(provider, 4);
    let consumer = place.consumer();
    std::thread::scope(|scope| {
        for thread in 0..24 {
            let consumer = &consumer;
            scope.spawn(move || {
                for k in 0..200 {
                    let k = thread * 1000 + k;
                    assert_eq!(call(consumer, k), Ok(2 * k));
                }
            });
        }
    });
}

#[test]
fn workers_run_calls_side_by_side() {
    let place = Place::new();
    let _serving = Serving::of(place.provider().unwrap(), 4);
    let consumer = place.consumer();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| call_for(&consumer, 1, 500, Duration::from_secs(10)).unwrap());
        }
    });
    assert!(
        start.elapsed() < Duration::from_millis(1500),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn a_raw_channel_answers_bytes_with_bytes() {
    let place = Place::new();
    let raw = || Contract::raw("double", 4096, "run it");
    let provider = Provider::start_at(place.path(), raw(), Offer::default()).unwrap();
    let stop = provider.stop_handle();
    let reversed = |request: &Request<'_>| {
        let mut bytes = request.payload.get(0, request.size);
        bytes.reverse();
        request.payload.put(0, &bytes);
        Ok(bytes.len())
    };
    let thread = std::thread::spawn(move || provider.serve(1, reversed));
    let consumer = Consumer::at(place.path(), raw());
    assert_eq!(consumer.call_raw(b"", None), Ok(vec![]));
    assert_eq!(consumer.call_raw(b"abc", None), Ok(b"cba".to_vec()));
    assert_eq!(consumer.call_raw(&[7; 4096], None), Ok(vec![7; 4096]));
    let text = text_of(consumer.call_raw(&[7; 4097], None));
    assert!(text.contains("4097 bytes do not fit"), "{text}");
    assert_eq!(consumer.ping(None).unwrap().canonical, "raw");
    stop.stop();
    thread.join().unwrap().unwrap();
}

#[test]
fn a_ping_calls_no_function_and_tells_the_signature() {
    let place = Place::new();
    let _serving = place.serve();
    // Whoever pings need not know what the function takes.
    let pong = Consumer::at(place.path(), Contract::raw("double", 64, ""))
        .ping(None)
        .unwrap();
    assert_eq!(pong.canonical, "(i32,i32)->i32");
    assert_eq!(pong.provider, std::process::id());
}

#[test]
fn a_consumer_of_another_signature_shows_both() {
    let place = Place::new();
    let _serving = place.serve();
    let answer = call(&Consumer::at(place.path(), other_contract()), 1);
    let text = text_of(answer.clone());
    assert!(matches!(answer, Err(Error::LayoutMismatch(_))), "{text}");
    let wanted =
        "double: the provider speaks (i32,i32)->i32, this stub (i64,i32)->i32; export again";
    assert!(
        text.starts_with(wanted) && text.ends_with("(the function was not run)"),
        "{text}"
    );
}

/// Somebody who holds the provider's lock and answers what no provider would.
#[test]
fn what_an_answer_claims_is_checked() {
    let place = Place::new();
    drop(place.provider().unwrap());
    let shape = Shape::new(4096, 1, 0x1234);
    let mut file = vec![0; shape.file_size()];
    file[12..16].copy_from_slice(&4096_u32.to_le_bytes());
    file[20..24].copy_from_slice(&0x1234_u32.to_le_bytes());
    file[24] = 1;
    file[31] = protocol::VERSION;
    opening::write_private(&place.path(), &file);
    let lock = LockFile::open(&place.path()).unwrap().unwrap();
    assert!(lock.lock(0, 4).unwrap());
    let liar = std::fs::OpenOptions::new()
        .write(true)
        .open(place.path())
        .unwrap();
    for (size, wanted) in [
        (u32::MAX, "claims 4294967295 bytes"),
        (11, "has 11 bytes, 12 were"),
    ] {
        let text = std::thread::scope(|scope| {
            let answer = scope.spawn(|| call(&place.consumer(), 1));
            eventually("a request", || word(&place.path(), 0) == protocol::REQUEST);
            use std::os::unix::fs::FileExt;
            liar.write_all_at(&size.to_le_bytes(), 8).unwrap();
            liar.write_all_at(&protocol::RESPONSE.to_le_bytes(), 0)
                .unwrap();
            text_of(answer.join().unwrap())
        });
        assert!(text.contains(wanted), "{text}");
    }
}
