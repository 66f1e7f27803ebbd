//! Sleep and waking: nobody waits longer than the answer takes, and who has nothing to do does nothing.

use std::time::{Duration, Instant};

use crate::consumers::{Consumer, Count, c_provider_command, languages, serve};
use crate::support::{Running, Scratch, start_provider};
use crate::{SECOND, build_all};

/// A provider sleeps 50 ms at a time, a consumer 2: were wake-ups lost, a call would cost 25 ms on average.
#[test]
fn paced_calls_lose_no_wake_up() {
    build_all();
    std::thread::scope(|scope| {
        for language in languages() {
            scope.spawn(move || {
                let scratch = Scratch::new();
                let _provider = serve(&scratch, &[]);
                let mut consumer = Consumer::start(language, &scratch);
                consumer.ask(0);
                // The machine may be busy with something else: not each time.
                let took: Vec<Duration> = (0..3).map(|_| paced(&mut consumer)).collect();
                let best = *took.iter().min().unwrap();
                // Bash starts a process for a call.
                let limit = if language == "bash" { 9 } else { 3 };
                assert!(best < limit * SECOND / 2, "{language}: {took:?}");
            });
        }
    });
}

/// How long fifty calls take that rest for 20 ms each.
fn paced(consumer: &mut Consumer) -> Duration {
    let began = Instant::now();
    consumer.tell("loop 50 3 20");
    let line = consumer.line();
    let count = Count::parse(&line);
    assert_eq!(
        (count.right, count.wrong, count.failed),
        (50, 0, 0),
        "{}: {line}",
        consumer.language
    );
    began.elapsed()
}

/// What the machine charges for waking up twenty times a second, which is what a provider does at most.
const YARDSTICK: &str = "import time\nprint('metropipe: yardstick ready on time', flush=True)\nwhile True: time.sleep(0.05)";

#[test]
fn an_idle_provider_costs_no_more_than_its_twenty_wake_ups_a_second() {
    let scratch = Scratch::new();
    let python = serve(&scratch, &[]);
    let other = Scratch::new();
    let c = start_provider(c_provider_command(&other));
    let mut command = scratch.command("python3");
    command.args(["-c", YARDSTICK]);
    let yardstick = start_provider(command);
    // Those that sit on their lanes cost it nothing either.
    let mut idle: Vec<Consumer> = ["c", "python", "rust", "go"]
        .iter()
        .flat_map(|language| [&scratch, &other].map(|place| Consumer::start(language, place)))
        .collect();
    idle.iter_mut().for_each(|consumer| consumer.ask(1));
    // Five seconds each, three times, for other work on the machine makes a wake-up dearer.
    let used: Vec<[Spent; 3]> = (0..3)
        .map(|_| {
            let all = [&python, &c, &yardstick];
            let before = all.map(spent);
            std::thread::sleep(5 * SECOND);
            let after = all.map(spent);
            std::array::from_fn(|which| after[which] - before[which])
        })
        .collect();
    println!("Python, C, yardstick, in five seconds: {used:#?}");
    // A thousandth of a core; where a wake-up alone costs more than that, a few times as much as that.
    let thousandth = Duration::from_millis(5);
    let holds = |which: usize, times: u32| {
        used.iter().any(|spent| {
            let allowed = thousandth.max(times * spent[2].time);
            spent[which].time <= allowed && spent[which].sleeps <= 150
        })
    };
    assert!(holds(0, 4), "Python, C, yardstick: {used:?}");
    assert!(holds(1, 1), "Python, C, yardstick: {used:?}");
}

#[derive(Clone, Copy, Debug)]
struct Spent {
    /// On a processor, in all threads.
    time: Duration,
    /// How often it went to sleep of its own accord.
    sleeps: u64,
}

impl std::ops::Sub for Spent {
    type Output = Spent;

    fn sub(self, before: Spent) -> Spent {
        Spent {
            time: self.time - before.time,
            sleeps: self.sleeps - before.sleeps,
        }
    }
}

fn spent(process: &Running) -> Spent {
    let (mut time, mut sleeps) = (0, 0);
    let tasks = format!("/proc/{}/task", process.pid());
    for task in std::fs::read_dir(tasks).unwrap() {
        let task = task.unwrap().path();
        let text = std::fs::read_to_string(task.join("schedstat")).unwrap();
        time += text.split(' ').next().unwrap().parse::<u64>().unwrap();
        let text = std::fs::read_to_string(task.join("status")).unwrap();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        sleeps += line.unwrap().trim().parse::<u64>().unwrap();
    }
    let time = Duration::from_nanos(time);
    Spent { time, sleeps }
}
