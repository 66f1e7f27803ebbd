//! Both sides of one channel in Rust, killed at a step. `peer serve` serves `double`; `peer call K` prints `= 2K` or `! error`.
//!
//! The channel's text stands beside this file with its step comments made into calls of `step`.

use std::sync::atomic::{AtomicU32, Ordering};

mod channel;

use channel::{Consumer, Contract, Offer, Provider};

/// Dies, as by the hand of a stranger, at the step whose number the environment names.
pub fn step() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::SeqCst) + 1;
    if std::env::var("STEP").is_ok_and(|step| step == count.to_string()) {
        unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    }
}

fn contract() -> Contract {
    Contract {
        function: "double".into(),
        channel: "double".into(),
        canonical: "(i32)->i32".into(),
        fingerprint: FINGERPRINT,
        request_size: 4,
        payload_size: 12,
        capacity: 4096,
        command: "peer serve".into(),
    }
}

const FINGERPRINT: u32 = include!("fingerprint");

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments[0].as_str() {
        "serve" => serve(),
        _ => call(arguments[1].parse().unwrap()),
    }
}

fn call(k: i32) {
    let consumer = Consumer::new(contract());
    let answer = consumer.call(
        None,
        |payload| {
            channel::put::<i32, i32>(payload, 0, "k", &k)?;
            Ok(4)
        },
        |payload, _| channel::get::<i32>(payload, 8, "result"),
    );
    match answer {
        Ok(number) => println!("= {number}"),
        Err(error) => println!("! {error}"),
    }
}

fn serve() {
    unsafe {
        let mut signals = std::mem::zeroed();
        libc::sigemptyset(&mut signals);
        libc::sigaddset(&mut signals, libc::SIGTERM);
        libc::pthread_sigmask(libc::SIG_BLOCK, &signals, std::ptr::null_mut());
        let provider = match Provider::start(contract(), Offer::default()) {
            Ok(provider) => provider,
            Err(error) => {
                println!("! {error}");
                std::process::exit(1);
            }
        };
        println!("metropipe: double ready on {} ({} lanes)", provider.path().display(), provider.lanes());
        let stop = provider.stop_handle();
        let server = std::thread::spawn(move || {
            provider.serve(2, |request| {
                let k = channel::get::<i32>(request.payload, 0, "k").unwrap();
                channel::put::<i32, i32>(request.payload, 8, "result", &(2 * k)).unwrap();
                Ok(12)
            })
        });
        let mut signal = 0;
        libc::sigwait(&signals, &mut signal);
        stop.stop();
        server.join().unwrap().unwrap();
    }
}
