//! Many consumers of many languages against one provider, killed and stopped at random moments: whatever
//! happens, an answer is its caller's own, and nothing stays behind.

mod consumers;
mod support;

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use consumers::{Consumer, Count, LANES, Watched, built, c_provider_command, provider_command};
use support::{Scratch, start_provider};

/// How many of each, and how many calls each makes between two words with the test.
const CROWD: [(&str, usize, u32); 9] = [
    ("c", 6, 4000),
    ("rust", 5, 4000),
    ("go", 5, 4000),
    ("java", 4, 4000),
    ("csharp", 3, 2000),
    ("js", 3, 2000),
    ("python", 3, 500),
    ("ruby", 2, 500),
    ("bash", 1, 1),
];
const CALLS: u64 = 1_000_000;

#[test]
fn no_answer_of_a_python_provider_is_another_callers_whoever_dies() {
    let scratch = Scratch::new();
    let command = provider_command(&scratch, &["--workers", "4"]);
    crowd(&scratch, command);
}

#[test]
fn no_answer_of_a_c_provider_is_another_callers_whoever_dies() {
    let scratch = Scratch::new();
    let command = c_provider_command(&scratch);
    crowd(&scratch, command);
}

/// One crowd at a time: two would only wait for each other.
static TURN: Mutex<()> = Mutex::new(());

fn crowd(scratch: &Scratch, provider: Command) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let seed = std::env::var("CHAOS_SEED").map_or_else(|_| clock(), |seed| seed.parse().unwrap());
    println!("CHAOS_SEED={seed} repeats the order of what is done to whom");
    std::thread::scope(|scope| {
        for (language, ..) in CROWD {
            scope.spawn(move || built(language));
        }
    });
    let mut provider = start_provider(provider);
    let chaos = Chaos::default();
    let slots: Vec<Slot> = CROWD
        .iter()
        .flat_map(|&(language, many, batch)| {
            std::iter::repeat_with(move || Slot::new(language, batch)).take(many)
        })
        .collect();
    assert_eq!(slots.len(), 32);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for (number, slot) in slots.iter().enumerate() {
            let chaos = &chaos;
            scope.spawn(move || slot.work(number, scratch, chaos));
        }
        chaos.strike(&slots, Random(seed | 1));
    });

    println!("{} s", began.elapsed().as_secs());
    for slot in &slots {
        println!("{}: {:?}", slot.language, slot.count.lock().unwrap());
    }
    println!("{chaos:?}");
    assert_eq!(*chaos.complaints.lock().unwrap(), Vec::<String>::new());
    assert!(chaos.right.load(SeqCst) >= CALLS);
    let file = Watched::of(scratch);
    assert_eq!(file.taken_lanes(), Vec::<u64>::new());
    // As many callers as there are lanes for them find one each, and nobody else's answer in it.
    let mut callers: Vec<Consumer> = (0..LANES * 3 / 4)
        .map(|_| Consumer::start("c", scratch))
        .collect();
    callers.iter_mut().for_each(|caller| caller.ask(1));
    assert_eq!(file.taken_lanes().len() as u64, LANES * 3 / 4);
    callers.into_iter().for_each(Consumer::end);
    provider.signal(libc::SIGTERM);
    assert!(provider.wait_for(Duration::from_secs(5)).success());
    assert_eq!(std::fs::read_dir(scratch.channels()).unwrap().count(), 0);
}

fn clock() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap().as_nanos() as u64
}

/// What happened altogether.
#[derive(Debug, Default)]
struct Chaos {
    right: AtomicU64,
    kills: AtomicU64,
    stops: AtomicU64,
    ending: AtomicBool,
    complaints: Mutex<Vec<String>>,
}

impl Chaos {
    /// Kills and stops consumers until the calls are made.
    fn strike(&self, slots: &[Slot], mut random: Random) {
        let mut stopped: Vec<(usize, Instant)> = Vec::new();
        while self.right.load(SeqCst) < CALLS && self.complaints.lock().unwrap().is_empty() {
            std::thread::sleep(Duration::from_millis(20 + random.below(180)));
            let victim = random.below(slots.len() as u64) as usize;
            if stopped.iter().any(|(slot, _)| *slot == victim) {
                continue;
            }
            if random.below(4) > 0 {
                slots[victim].signal(libc::SIGKILL);
                self.kills.fetch_add(1, SeqCst);
            } else {
                slots[victim].signal(libc::SIGSTOP);
                let rest = Duration::from_millis(random.below(1500));
                stopped.push((victim, Instant::now() + rest));
                self.stops.fetch_add(1, SeqCst);
            }
            stopped.retain(|(slot, end)| {
                let over = *end <= Instant::now();
                if over {
                    slots[*slot].signal(libc::SIGCONT);
                }
                !over
            });
        }
        self.ending.store(true, SeqCst);
        stopped
            .iter()
            .for_each(|(slot, _)| slots[*slot].signal(libc::SIGCONT));
    }

    fn complain(&self, text: String) {
        self.complaints.lock().unwrap().push(text);
    }
}

/// A consumer, and the next where that one died.
struct Slot {
    language: &'static str,
    batch: u32,
    pid: Mutex<Option<u32>>,
    count: Mutex<Count>,
}

impl Slot {
    fn new(language: &'static str, batch: u32) -> Slot {
        Slot {
            language,
            batch,
            pid: Mutex::default(),
            count: Mutex::default(),
        }
    }

    /// To the consumer of the moment: its id is its own as long as the lock is held.
    fn signal(&self, signal: i32) {
        if let Some(pid) = *self.pid.lock().unwrap() {
            // SAFETY: kill has no memory effects.
            unsafe { libc::kill(pid as i32, signal) };
        }
    }

    fn work(&self, number: usize, scratch: &Scratch, chaos: &Chaos) {
        while !chaos.ending.load(SeqCst) {
            let mut consumer = Consumer::with(self.language, scratch, |command| {
                // Longer than any crowd takes: who waits as long has lost something.
                command.env("METROPIPE_TIMEOUT_MS", "60000");
            });
            *self.pid.lock().unwrap() = Some(consumer.process.pid());
            let lives = self.repeat(&mut consumer, number, chaos);
            *self.pid.lock().unwrap() = None;
            if lives {
                consumer.end();
            }
        }
    }

    /// Batches of calls until the end, or its death; whether it lives.
    fn repeat(&self, consumer: &mut Consumer, number: usize, chaos: &Chaos) -> bool {
        while !chaos.ending.load(SeqCst) {
            consumer.tell(&format!("loop {} {number} 0", self.batch));
            let line = match consumer.hear(Duration::from_secs(120)) {
                Ok(Some(line)) => line,
                Ok(None) => return false,
                Err(problem) => {
                    chaos.complain(problem);
                    return false;
                }
            };
            let count = Count::parse(&line);
            chaos.right.fetch_add(count.right, SeqCst);
            if count.wrong + count.failed > 0 {
                chaos.complain(format!("{}: {line}", self.language));
            }
            let mut sum = self.count.lock().unwrap();
            sum.right += count.right;
            sum.slowest = sum.slowest.max(count.slowest);
        }
        true
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}
