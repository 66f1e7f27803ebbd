//! `ping`: round trips to a provider.

use std::io::Write;
use std::time::Duration;

use serde_json::json;

use super::call::{failure, seconds};
use super::{Error, Status, TextOrJson};
use crate::consumer::Pinger;

/// Time round trips to a live provider, without calling its function
#[derive(clap::Args)]
pub struct Args {
    /// The channel, such as classify
    name: String,
    /// Round trips
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// Milliseconds from one to the next
    #[arg(long, default_value_t = 0, value_name = "MS")]
    interval: u64,
    /// Seconds that each may take; without it METROPIPE_TIMEOUT_MS, else 5
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,
    /// How to print the times
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
}

pub fn run(args: Args, out: &mut dyn Write) -> Result<Status, Error> {
    let mut pinger = Pinger::new(&args.name, args.timeout);
    let mut trips = Vec::new();
    for turn in 0..args.count {
        if turn > 0 {
            std::thread::sleep(Duration::from_millis(args.interval));
        }
        let trip = pinger.ping().map_err(|error| failure(&args.name, &error))?;
        if args.format == TextOrJson::Text {
            if turn == 0 {
                let (name, canonical) = (&args.name, &pinger.canonical);
                writeln!(out, "{name} {canonical}, provider {}", pinger.provider)?;
            }
            writeln!(out, "{:>9.2} us", micros(trip))?;
            // Each as it comes, where somebody waits for the next.
            if args.interval > 0 {
                out.flush()?;
            }
        }
        trips.push(trip);
    }
    let mut sorted = trips.clone();
    sorted.sort_unstable();
    let [min, p50, p99, max] = [0, 50, 99, 100].map(|part| micros(rank(&sorted, part)));
    match args.format {
        TextOrJson::Text => writeln!(
            out,
            "min {min:.2} us, p50 {p50:.2} us, p99 {p99:.2} us, max {max:.2} us"
        )?,
        TextOrJson::Json => {
            let trips: Vec<f64> = trips.into_iter().map(micros).collect();
            let object = json!({
                "channel": args.name, "canonical": pinger.canonical, "provider": pinger.provider,
                "round_trips_us": trips, "min_us": min, "p50_us": p50, "p99_us": p99, "max_us": max,
            });
            writeln!(out, "{object}")?;
        }
    }
    Ok(Status::Done)
}

fn micros(trip: Duration) -> f64 {
    trip.as_nanos() as f64 / 1000.0
}

/// The smallest time that so many per cent of all do not exceed.
fn rank(sorted: &[Duration], part: usize) -> Duration {
    let index = (sorted.len() * part).div_ceil(100).max(1) - 1;
    sorted[index]
}
