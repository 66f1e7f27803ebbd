//! Each rule of the protocol, on the channel in Rust: the name of a test says the rule.

use std::time::Duration;

use metropipe::channel::protocol;
use metropipe::channel::{Consumer, Contract, Error, Failure, Offer, Provider, Request};

fn contract(channel: &str) -> Contract {
    Contract {
        function: "double".into(),
        channel: channel.to_owned().into(),
        canonical: "(i32)->i32".into(),
        fingerprint: 0x1234,
        request_size: 4,
        payload_size: 12,
        capacity: 4096,
        command: "run it".into(),
    }
}

fn double(request: &Request<'_>) -> Result<usize, Failure> {
    let k = protocol::get_i32(request.payload, 0);
    protocol::put_i32(request.payload, 8, k * 2);
    Ok(12)
}

fn call(consumer: &Consumer, k: i32) -> Result<i32, Error> {
    let write = |payload: protocol::Payload<'_>| {
        protocol::put_i32(payload, 0, k);
        Ok(4)
    };
    consumer.call(Some(Duration::from_secs(5)), write, |payload, _| {
        Ok(protocol::get_i32(payload, 8))
    })
}

#[test]
fn a_call_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metro_double");
    let provider = Provider::start_at(path.clone(), contract("double"), Offer::default()).unwrap();
    let stop = provider.stop_handle();
    let server = std::thread::spawn(move || provider.serve(1, double));
    let consumer = Consumer::at(path.clone(), contract("double"));
    for k in 0..1000 {
        assert_eq!(call(&consumer, k), Ok(2 * k));
    }
    let start = std::time::Instant::now();
    for k in 0..100_000 {
        assert_eq!(call(&consumer, k), Ok(2 * k));
    }
    eprintln!("{:?}", start.elapsed() / 100_000);
    stop.stop();
    server.join().unwrap().unwrap();
    assert!(!path.exists());
    assert!(matches!(call(&consumer, 1), Err(Error::NoProvider(_))));
}
