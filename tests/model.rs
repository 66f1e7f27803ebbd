//! Every order of steps of two consumers and two providers on one lane, with the death of each at every step.
//!
//! The decisions are the channel's own functions; what is modelled is the memory, the kernel's locks and the order in
//! which the code reads and writes them. A lane more would be a lane that the same rules hold on.

use std::collections::{HashMap, VecDeque};

use metropipe::channel::protocol::{
    self, ERROR, GivenUp, IDLE, Inherit, REQUEST, RESPONSE, RUNNING,
};

/// The decisions, and the orders of steps, that a mutation changes.
#[derive(Clone, Copy)]
struct Rules {
    is_free: fn(u32) -> bool,
    is_request: fn(u32) -> bool,
    is_answer: fn(u32) -> bool,
    owed: fn(u32) -> Option<u32>,
    past_deadline: fn(u32) -> Option<u32>,
    given_up: fn(u32) -> GivenUp,
    inherit: fn(u32, bool) -> Inherit,
    /// The status is read before the lane's lock is looked at.
    inherits_status_first: bool,
    /// A consumer looks at the status of a lane that it kept.
    looks_before_each_call: bool,
    /// A consumer holds the provider's lock while it takes its request back.
    gives_up_under_lock: bool,
    /// A consumer locks the lane before it looks at the status.
    locks_lane: bool,
    /// A provider serves under its lock alone.
    locks_provider: bool,
    /// A provider that ends begins with a request before it writes its error over the arguments.
    begins_before_it_ends: bool,
}

const RULES: Rules = Rules {
    is_free: protocol::is_free,
    is_request: protocol::is_request,
    is_answer: protocol::is_answer,
    owed: protocol::owed,
    past_deadline: protocol::past_deadline,
    given_up: protocol::given_up,
    inherit: |status, is_held| protocol::inherit(status, || is_held),
    inherits_status_first: true,
    looks_before_each_call: true,
    gives_up_under_lock: true,
    locks_lane: true,
    locks_provider: true,
    begins_before_it_ends: true,
};

/// Calls by number: the first consumer makes 0 and 1, the second makes 2.
const CALLS: usize = 3;
const FIRST: [usize; 2] = [0, 2];
const LAST: [usize; 2] = [1, 2];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Payload {
    Nothing,
    Arguments(usize),
    Answer(usize),
    /// Error 4 or 5, and the call that it answers.
    Ending(usize),
    Restarted(usize),
}

/// What the caller of a call was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Told {
    Nothing,
    Answer,
    NotRun,
    MayHaveRun,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Consumer {
    WithoutLane,
    Locked,
    Taken,
    Kept,
    Written,
    Waiting,
    DeadlinePassed,
    ProviderLocked,
    /// It saw this status with the provider's lock held.
    Looked(u32),
    TakenBack(Told),
    SawAnswer,
    AnswerRead,
    Leaving,
    Done,
    Dead,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Provider {
    Off,
    Locked,
    SawStatus(u32),
    SawLock(bool),
    Failing(usize),
    Serving,
    SawRequest,
    Running,
    Ran(usize),
    Wrote,
    Ending,
    EndingBegun(u32),
    EndingWritten,
    Unlocking,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct World {
    status: u32,
    payload: Payload,
    /// Whose request was posted last: what an answer should answer. No process sees it.
    posted: usize,
    lane_lock: Option<u8>,
    provider_lock: Option<u8>,
    consumers: [(Consumer, usize); 2],
    providers: [Provider; 2],
    runs: [u8; CALLS],
    told: [Told; CALLS],
}

/// The provider's lock is held by a consumer (0, 1) or by a provider (2, 3).
const PROVIDER: u8 = 2;

impl World {
    fn start() -> World {
        World {
            status: IDLE,
            payload: Payload::Nothing,
            posted: 0,
            lane_lock: None,
            provider_lock: None,
            consumers: [
                (Consumer::WithoutLane, FIRST[0]),
                (Consumer::WithoutLane, FIRST[1]),
            ],
            providers: [Provider::Off; 2],
            runs: [0; CALLS],
            told: [Told::Nothing; CALLS],
        }
    }

    fn next(&self, rules: &Rules) -> Vec<(String, World)> {
        let mut worlds = Vec::new();
        for who in 0..2 {
            self.consumer(who, rules, &mut worlds);
            self.provider(who, rules, &mut worlds);
        }
        worlds
    }

    fn consumer(&self, who: usize, rules: &Rules, worlds: &mut Vec<(String, World)>) {
        use Consumer::*;
        let me = who as u8;
        let (at, call) = self.consumers[who];
        let mut step = |name: &str, to: Consumer, change: &dyn Fn(&mut World)| {
            let mut world = *self;
            world.consumers[who].0 = to;
            change(&mut world);
            worlds.push((format!("consumer {who}: {name}"), world));
        };
        let nothing = |_: &mut World| {};
        if !matches!(at, Done | Dead) {
            step("dies", Dead, &|world| {
                if world.lane_lock == Some(me) {
                    world.lane_lock = None;
                }
                if world.provider_lock == Some(me) {
                    world.provider_lock = None;
                }
            });
        }
        match at {
            WithoutLane => {
                if self.lane_lock.is_none() || !rules.locks_lane {
                    step("locks the lane", Locked, &|world| {
                        world.lane_lock = Some(me)
                    });
                }
                step("gives up for want of a lane", Leaving, &|world| {
                    world.told[call] = Told::NotRun;
                });
            }
            Locked if (rules.is_free)(self.status) => step("finds it free", Taken, &nothing),
            Locked => step("finds it not free", WithoutLane, &|world| world.leave(me)),
            Taken => step("zeroes the payload", Kept, &|world| {
                world.payload = Payload::Nothing
            }),
            Kept if rules.looks_before_each_call && !(rules.is_free)(self.status) => {
                step("finds its lane not free", WithoutLane, &|world| {
                    world.leave(me)
                });
            }
            Kept => step("writes its arguments", Written, &|world| {
                world.payload = Payload::Arguments(call);
            }),
            Written => step("posts", Waiting, &|world| {
                world.status = REQUEST;
                world.posted = call;
            }),
            Waiting => {
                if (rules.is_answer)(self.status) {
                    step("sees an answer", SawAnswer, &nothing);
                }
                step("reaches its deadline", DeadlinePassed, &nothing);
                step("is broken off by an exception", Kept, &|world| {
                    world.told[call] = Told::MayHaveRun;
                    world.next_call(who);
                });
                if self.provider_lock.is_none() {
                    if rules.gives_up_under_lock {
                        step("takes the provider's lock", ProviderLocked, &|world| {
                            world.provider_lock = Some(me);
                        });
                    } else {
                        step("finds no provider", ProviderLocked, &nothing);
                    }
                }
            }
            DeadlinePassed => match (rules.past_deadline)(self.status) {
                Some(_) => step("sees an answer after all", SawAnswer, &nothing),
                None => step("times out", Leaving, &|world| {
                    world.told[call] = Told::MayHaveRun
                }),
            },
            ProviderLocked => step("looks once more", Looked(self.status), &nothing),
            Looked(status) => match (rules.given_up)(status) {
                GivenUp::Answer => step("unlocks", SawAnswer, &|world| world.unlock(me)),
                GivenUp::NotRun => step("takes it back", TakenBack(Told::NotRun), &|world| {
                    world.status = IDLE;
                }),
                GivenUp::MayHaveRun => step("ends it", TakenBack(Told::MayHaveRun), &|world| {
                    world.status = IDLE;
                }),
            },
            TakenBack(told) => step("unlocks and reports", Kept, &|world| {
                world.unlock(me);
                world.told[call] = told;
                world.next_call(who);
            }),
            SawAnswer => step("reads the answer", AnswerRead, &|world| {
                world.told[call] = match world.payload {
                    Payload::Ending(_) => Told::NotRun,
                    Payload::Restarted(_) => Told::MayHaveRun,
                    _ => Told::Answer,
                };
            }),
            AnswerRead => step("is done with the call", Kept, &|world| {
                world.status = IDLE;
                world.next_call(who);
            }),
            Leaving => step("leaves the lane", WithoutLane, &|world| {
                world.leave(me);
                world.next_call(who);
            }),
            Done | Dead => {}
        }
    }

    fn leave(&mut self, me: u8) {
        if self.lane_lock == Some(me) {
            self.lane_lock = None;
        }
    }

    fn unlock(&mut self, me: u8) {
        if self.provider_lock == Some(me) {
            self.provider_lock = None;
        }
    }

    fn next_call(&mut self, who: usize) {
        let (_, call) = self.consumers[who];
        if call < LAST[who] {
            self.consumers[who].1 = call + 1;
        } else {
            self.leave(who as u8);
            self.consumers[who].0 = Consumer::Done;
        }
    }

    fn provider(&self, who: usize, rules: &Rules, worlds: &mut Vec<(String, World)>) {
        use Provider::*;
        let me = PROVIDER + who as u8;
        let mut step = |name: &str, to: Provider, change: &dyn Fn(&mut World)| {
            let mut world = *self;
            world.providers[who] = to;
            change(&mut world);
            worlds.push((format!("provider {who}: {name}"), world));
        };
        let nothing = |_: &mut World| {};
        if self.providers[who] != Off {
            step("dies", Off, &|world| world.unlock(me));
        }
        let decide = |status: u32, held: bool| match (rules.inherit)(status, held) {
            Inherit::Keep => ("keeps the lane", Serving),
            Inherit::Clear => ("clears the lane", Serving),
            Inherit::FailRestarted => ("answers for its predecessor", Failing(self.posted)),
        };
        let clears = |status, held| (rules.inherit)(status, held) == Inherit::Clear;
        match self.providers[who] {
            Off => {
                if self.provider_lock.is_none() || !rules.locks_provider {
                    step("starts", Locked, &|world| world.provider_lock = Some(me));
                }
            }
            Locked if rules.inherits_status_first => {
                step("reads the status", SawStatus(self.status), &nothing);
            }
            Locked => step(
                "looks at the lock",
                SawLock(self.lane_lock.is_some()),
                &nothing,
            ),
            SawStatus(status) => {
                let held = self.lane_lock.is_some();
                let (name, to) = decide(status, held);
                step(name, to, &|world| {
                    if clears(status, held) {
                        world.status = IDLE;
                    }
                });
            }
            SawLock(held) => {
                let (name, to) = decide(self.status, held);
                step(name, to, &|world| {
                    if clears(world.status, held) {
                        world.status = IDLE;
                    }
                });
            }
            Failing(call) if self.payload != Payload::Restarted(call) => {
                step("writes error 5", Failing(call), &|world| {
                    world.payload = Payload::Restarted(call);
                });
            }
            Failing(_) => step("publishes error 5", Serving, &|world| world.status = ERROR),
            Serving => {
                if (rules.is_request)(self.status) {
                    step("sees a request", SawRequest, &nothing);
                }
                step("ends", Ending, &nothing);
            }
            SawRequest => step("begins", Running, &|world| world.status = RUNNING),
            Running => {
                let Payload::Arguments(call) = self.payload else {
                    // What it reads is no request: the checks answer error 2, without a run.
                    step("answers", Wrote, &|world| world.payload = Payload::Nothing);
                    return;
                };
                step("runs the function", Ran(call), &|world| {
                    world.runs[call] += 1
                });
                step("ends while it runs", Ending, &nothing);
            }
            Ran(call) => {
                step("writes the result", Wrote, &|world| {
                    world.payload = Payload::Answer(call)
                });
                step("ends while it runs", Ending, &nothing);
            }
            Wrote => step("publishes the result", Serving, &|world| {
                world.status = RESPONSE
            }),
            Ending => match (rules.owed)(self.status) {
                Some(code) => step("takes the request", EndingBegun(code), &|world| {
                    if rules.begins_before_it_ends {
                        world.status = RUNNING;
                    }
                }),
                None => step("owes nothing", Unlocking, &nothing),
            },
            EndingBegun(code) => step("writes the error", EndingWritten, &|world| {
                world.payload = match code {
                    protocol::ENDING => Payload::Ending(world.posted),
                    _ => Payload::Restarted(world.posted),
                };
            }),
            EndingWritten => step("publishes the error", Unlocking, &|world| {
                world.status = ERROR
            }),
            Unlocking => step("unlocks", Off, &|world| world.unlock(me)),
        }
    }

    /// What must hold in every world.
    fn wrong(&self, step: &str) -> Option<String> {
        for call in 0..CALLS {
            if self.runs[call] > 1 {
                return Some(format!("call {call} was run twice"));
            }
            if self.told[call] == Told::NotRun && self.runs[call] > 0 {
                return Some(format!(
                    "call {call} was run, and its caller told that it was not"
                ));
            }
        }
        for (who, (at, call)) in self.consumers.into_iter().enumerate() {
            if at == Consumer::Waiting && self.status == IDLE {
                return Some(format!("the request of call {call} was lost"));
            }
            if at == Consumer::AnswerRead && step.starts_with(&format!("consumer {who}: reads")) {
                let answers = match self.payload {
                    Payload::Answer(other) | Payload::Ending(other) | Payload::Restarted(other) => {
                        other
                    }
                    other => return Some(format!("call {call} took {other:?} for its answer")),
                };
                if answers != call {
                    return Some(format!("call {call} took the answer of call {answers}"));
                }
            }
        }
        let serving = |at: &&Provider| !matches!(at, Provider::Off);
        if self.providers.iter().filter(serving).count() > 1 {
            return Some("two providers serve".to_string());
        }
        None
    }

    /// Everybody is done, and the lane is there for the next.
    fn is_settled(&self, rules: &Rules) -> bool {
        let ended = |(at, _): &(Consumer, usize)| matches!(at, Consumer::Done | Consumer::Dead);
        self.consumers.iter().all(ended) && self.lane_lock.is_none() && (rules.is_free)(self.status)
    }
}

/// The number of worlds, or the shortest story that ends in a wrong one.
fn explore(rules: &Rules) -> Result<usize, String> {
    let mut worlds = vec![World::start()];
    let mut numbers = HashMap::from([(World::start(), 0)]);
    let mut came: Vec<(usize, String)> = vec![(0, String::new())];
    let mut before: Vec<Vec<usize>> = vec![Vec::new()];
    let story = |came: &[(usize, String)], mut at: usize| {
        let mut steps = Vec::new();
        while at != 0 {
            steps.push(came[at].1.clone());
            at = came[at].0;
        }
        steps.reverse();
        steps.join("\n")
    };
    let mut next = 0;
    while next < worlds.len() {
        for (step, world) in worlds[next].next(rules) {
            let wrong = world.wrong(&step);
            let fresh = worlds.len();
            let number = *numbers.entry(world).or_insert(fresh);
            if number == fresh {
                worlds.push(world);
                came.push((next, step.clone()));
                before.push(Vec::new());
            }
            // The ordinary course of things: nobody has to die for anything to settle.
            if !came_by_chance(&step) {
                before[number].push(next);
            }
            if let Some(wrong) = wrong {
                return Err(format!("{wrong}:\n{}", story(&came, number)));
            }
        }
        next += 1;
    }
    // Nothing is lost for ever: from every world there is a way to one where all is settled.
    let mut settles: Vec<bool> = worlds.iter().map(|world| world.is_settled(rules)).collect();
    let mut queue: VecDeque<usize> = (0..worlds.len()).filter(|at| settles[*at]).collect();
    while let Some(at) = queue.pop_front() {
        for earlier in &before[at] {
            if !settles[*earlier] {
                settles[*earlier] = true;
                queue.push_back(*earlier);
            }
        }
    }
    match settles.iter().position(|settles| !settles) {
        Some(stuck) => Err(format!(
            "the lane is lost for ever:\n{}",
            story(&came, stuck)
        )),
        None => Ok(worlds.len()),
    }
}

fn came_by_chance(step: &str) -> bool {
    [
        "dies",
        "ends",
        "ends while it runs",
        "is broken off by an exception",
    ]
    .iter()
    .any(|chance| step.ends_with(&format!(": {chance}")))
}

#[test]
fn no_order_of_steps_and_deaths_breaks_a_call() {
    let worlds = explore(&RULES).unwrap_or_else(|story| panic!("{story}"));
    assert!(worlds > 10_000, "only {worlds} worlds were seen");
    println!("{worlds} worlds");
}

#[track_caller]
fn check_mutation(rules: Rules, expected: &str) {
    match explore(&rules) {
        Ok(worlds) => panic!("nothing is wrong in {worlds} worlds"),
        Err(story) => assert!(story.starts_with(expected), "{story}"),
    }
}

#[test]
fn a_lane_with_a_request_must_not_be_taken() {
    let is_free = |status| protocol::is_free(status) || status == REQUEST;
    check_mutation(
        Rules { is_free, ..RULES },
        "call 1 took the answer of call 0",
    );
}

#[test]
fn a_lane_with_a_running_call_must_not_be_taken() {
    let is_free = |status| protocol::is_free(status) || status == RUNNING;
    check_mutation(
        Rules { is_free, ..RULES },
        "call 1 took the answer of call 0",
    );
}

#[test]
fn a_lane_with_an_old_answer_must_be_taken() {
    let is_free = |status| status == IDLE;
    check_mutation(Rules { is_free, ..RULES }, "the lane is lost for ever");
}

#[test]
fn a_kept_lane_must_be_looked_at() {
    let looks_before_each_call = false;
    check_mutation(
        Rules {
            looks_before_each_call,
            ..RULES
        },
        "call 1 took the answer of call 0",
    );
}

#[test]
fn a_begun_call_that_is_given_up_may_have_run() {
    let given_up = |status| match status {
        RUNNING => GivenUp::NotRun,
        status => protocol::given_up(status),
    };
    check_mutation(
        Rules { given_up, ..RULES },
        "call 0 was run, and its caller told",
    );
}

#[test]
fn an_answer_counts_also_when_its_provider_died() {
    let given_up = |status| match status {
        RESPONSE => GivenUp::NotRun,
        status => protocol::given_up(status),
    };
    check_mutation(
        Rules { given_up, ..RULES },
        "call 0 was run, and its caller told",
    );
}

#[test]
fn a_request_is_taken_back_under_the_providers_lock_only() {
    check_mutation(
        Rules {
            gives_up_under_lock: false,
            ..RULES
        },
        "call 0 was run, and its caller told",
    );
}

#[test]
fn a_running_call_is_no_answer_past_the_deadline() {
    let past_deadline = |status| (status != REQUEST).then_some(status);
    check_mutation(
        Rules {
            past_deadline,
            ..RULES
        },
        "call 0 took",
    );
}

#[test]
fn a_starting_provider_must_not_leave_its_predecessors_call_running() {
    let inherit = |status, held| match status {
        RUNNING => Inherit::Keep,
        status => protocol::inherit(status, || held),
    };
    check_mutation(Rules { inherit, ..RULES }, "the lane is lost for ever");
}

#[test]
fn a_starting_provider_must_not_clear_a_waiting_consumers_request() {
    let inherit = |status, _| protocol::inherit(status, || false);
    check_mutation(Rules { inherit, ..RULES }, "the request of call 0 was lost");
}

#[test]
fn a_starting_provider_must_not_clear_its_predecessors_call() {
    let inherit = |status, held| match status {
        RUNNING => Inherit::Clear,
        status => protocol::inherit(status, || held),
    };
    check_mutation(Rules { inherit, ..RULES }, "the request of call 0 was lost");
}

#[test]
fn a_starting_provider_reads_the_status_before_it_looks_at_the_lock() {
    let inherits_status_first = false;
    check_mutation(
        Rules {
            inherits_status_first,
            ..RULES
        },
        "the request of call",
    );
}

#[test]
fn a_provider_begins_with_requests_only() {
    let is_request = |status| status == REQUEST || status == RESPONSE;
    check_mutation(
        Rules {
            is_request,
            ..RULES
        },
        "call 0 took Nothing",
    );
}

#[test]
fn an_ending_provider_must_not_overwrite_an_answer() {
    let owed = |status| match status {
        RESPONSE => Some(protocol::ENDING),
        status => protocol::owed(status),
    };
    check_mutation(
        Rules { owed, ..RULES },
        "call 0 was run, and its caller told",
    );
}

#[test]
fn an_ending_provider_must_not_call_a_running_function_not_run() {
    let owed = |status| protocol::owed(status).map(|_| protocol::ENDING);
    check_mutation(
        Rules { owed, ..RULES },
        "call 0 was run, and its caller told",
    );
}

#[test]
fn an_ending_provider_begins_before_it_writes_over_the_arguments() {
    let begins_before_it_ends = false;
    check_mutation(
        Rules {
            begins_before_it_ends,
            ..RULES
        },
        "call 0 took Nothing",
    );
}

#[test]
fn a_lane_is_locked_before_it_is_looked_at() {
    check_mutation(
        Rules {
            locks_lane: false,
            ..RULES
        },
        "the request of call 0 was lost",
    );
}

#[test]
fn one_provider_serves_at_a_time() {
    check_mutation(
        Rules {
            locks_provider: false,
            ..RULES
        },
        "two providers serve",
    );
}
