//! A call by name and signature, with values instead of generated code; and round trips without one.

use std::time::Duration;

use crate::channel::protocol::Unfit;
use crate::channel::{Consumer, Contract, Error};
use crate::layout::{Layout, fingerprint};
use crate::value::{Value, decode, encode};

/// Calls the function that a provider serves on a channel.
///
/// # Errors
/// Those of every call; each names the function and says whether it was run.
pub fn call(
    channel: &str,
    layout: &Layout,
    start_command: &str,
    values: &[Value],
    limit: Option<Duration>,
) -> Result<Vec<Value>, Error> {
    let mut request = vec![0; layout.request_size as usize];
    for (slot, value) in layout.params.iter().zip(values) {
        encode(&slot.wire, value, &mut request[slot.offset as usize..])
            .map_err(|unfit| Error::Unfit(format!("{channel}: {}: {unfit}", slot.name)))?;
    }
    let consumer = Consumer::new(Contract {
        function: channel.to_string().into(),
        channel: channel.to_string().into(),
        canonical: layout.canonical.clone().into(),
        fingerprint: layout.fingerprint,
        request_size: layout.request_size as usize,
        payload_size: layout.payload_size as usize,
        capacity: layout.capacity as usize,
        command: start_command.to_string().into(),
    });
    let answer = consumer.call(
        limit,
        |payload| {
            if payload.len() < request.len() {
                return Err(Unfit("the channel's lanes are too small".into()));
            }
            payload.put(0, &request);
            Ok(request.len())
        },
        |payload, size| Ok(payload.get(0, size)),
    )?;
    let results = layout.results.iter().map(|slot| {
        decode(&slot.wire, &answer[slot.offset as usize..])
            .map_err(|unfit| Error::Channel(format!("{channel}: {}: {unfit}", slot.name)))
    });
    results.collect()
}

/// Round trips to a provider of whatever layout.
pub struct Pinger {
    consumer: Consumer,
    name: String,
    limit: Option<Duration>,
    /// The provider's canonical form; empty before the first round trip.
    pub canonical: String,
    pub provider: u32,
}

impl Pinger {
    pub fn new(channel: &str, limit: Option<Duration>) -> Self {
        Pinger {
            consumer: Consumer::new(Contract::raw(channel, 0, "")),
            name: channel.into(),
            limit,
            canonical: String::new(),
            provider: 0,
        }
    }

    /// One round trip.
    ///
    /// # Errors
    /// Where no provider answers in time.
    pub fn ping(&mut self) -> Result<Duration, Error> {
        let pong = self.consumer.ping(self.limit)?;
        if pong.canonical != self.canonical {
            // Who knows the layout keeps its lane from one round trip to the next.
            let mut contract = Contract::raw(&self.name, 0, "");
            if pong.canonical != "raw" {
                contract.fingerprint = fingerprint(&pong.canonical);
            }
            self.consumer = Consumer::new(contract);
            self.canonical = pong.canonical;
        }
        self.provider = pong.provider;
        Ok(pong.round_trip)
    }
}
