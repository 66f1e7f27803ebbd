//! What is particular to the JavaScript stubs: worker threads, getters, modules, a missing koffi.

mod support;

use std::process::Stdio;
use std::time::Duration;

use support::{Running, Scratch, run_within, start_provider};

const SOURCE: &str = r#"
from dataclasses import dataclass

@dataclass
class Point:
    x: float
    y: float

def add(point: Point, more: float) -> float:
    return point.x + point.y + more
"#;

fn exported() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("services.py", SOURCE);
    scratch.metropipe_ok(["export", "add", "services.py", "--target", "js"]);
    scratch
}

fn provider(scratch: &Scratch) -> Running {
    let mut command = scratch.command("python3");
    command.arg("metropipe/add/provider.py");
    start_provider(command)
}

/// What the program prints; it must end well.
#[track_caller]
fn prints(scratch: &Scratch, file: &str, program: &str, wanted: &str) {
    scratch.write(file, program);
    let mut node = scratch.command("node");
    node.arg(file).stdin(Stdio::null());
    let output = run_within(node, Duration::from_secs(60)).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), wanted, "{said}");
    assert!(output.status.success(), "{said}");
}

/// There are 16 lanes: forty workers find one each only where those before them gave theirs back,
/// also the ones that were terminated within a call.
#[test]
fn workers_give_their_lanes_back_however_they_end() {
    let scratch = exported();
    let _provider = provider(&scratch);
    let program = r#"
const { Worker, isMainThread, parentPort, workerData } = require("node:worker_threads");
const { add } = require("./metropipe/add/stub.js");
const fs = require("node:fs");
const target = (descriptor) => {
  try {
    return fs.readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return "";
  }
};
const open = () =>
  fs.readdirSync("/proc/self/fd").filter((one) => target(one).includes("metro_")).length;

async function main() {
  add({ x: 1, y: 2 }, 3);
  const before = open();
  for (let round = 0; round < 40; round++) {
    const worker = new Worker(__filename, { workerData: round % 2 === 0 });
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    await new Promise((resolve) => worker.once("message", resolve));
    if (round % 2 === 1) {
      await worker.terminate();
    }
    await ended;
  }
  console.log(add({ x: 1, y: 2 }, 3), open() - before);
}

if (isMainThread) {
  main();
} else {
  parentPort.postMessage(add({ x: 0, y: 0 }, 0));
  while (!workerData) {
    add({ x: 1, y: 2 }, 3);
  }
}
"#;
    prints(&scratch, "workers.js", program, "6 0\n");
}

/// An argument's getter may call the function whose call it is an argument of.
#[test]
fn a_call_within_the_writing_of_another_takes_a_lane_of_its_own() {
    let scratch = exported();
    let _provider = provider(&scratch);
    let program = r#"
const { add } = require("./metropipe/add/stub.js");
const nested = (depth) => ({
  x: depth,
  get y() {
    return depth === 0 ? 0 : add(nested(depth - 1), 100);
  },
});
console.log(add(nested(3), 0.5));
try {
  add({ x: 1, get y() { throw new RangeError("no"); } }, 0);
} catch (error) {
  console.log(error.name, add({ x: 1, y: 1 }, 1));
}
"#;
    prints(&scratch, "nested.js", program, "306.5\nRangeError 3\n");
}

#[test]
fn modules_import_the_same_function() {
    let scratch = exported();
    let _provider = provider(&scratch);
    let program = r#"
import { add, UnfitError } from "./metropipe/add/stub.mjs";
console.log(add.name, add.withTimeout(2.5)({ x: 1, y: 2 }, 3));
try {
  add({ x: 1 }, 3);
} catch (error) {
  console.log(error instanceof UnfitError, error.ran, error.message);
}
"#;
    let wanted = "add 6\ntrue no add: point: undefined was given, f32 takes a number\n";
    prints(&scratch, "main.mjs", program, wanted);
}

/// The caller keeps its lane while providers come and go, dead or in order.
#[test]
fn a_caller_outlives_its_providers() {
    let scratch = exported();
    let program = r#"
const { spawn } = require("node:child_process");
const { once } = require("node:events");
const { add, NoProviderError } = require("./metropipe/add/stub.js");

async function main() {
  for (const signal of ["SIGKILL", "SIGTERM", "SIGKILL"]) {
    const provider = spawn("python3", ["metropipe/add/provider.py"]);
    await once(provider.stdout, "data");
    let said = `${add({ x: 1, y: 2 }, 3)}`;
    provider.kill(signal);
    await once(provider, "exit");
    const start = performance.now();
    try {
      add({ x: 1, y: 2 }, 3);
    } catch (error) {
      said += ` ${error instanceof NoProviderError} ${error.ran}`;
    }
    console.log(said, performance.now() - start < 1000);
  }
}

main();
"#;
    let wanted = "6 true no true\n".repeat(3);
    prints(&scratch, "restarts.js", program, &wanted);
}

#[test]
fn a_missing_koffi_is_named_with_the_command_that_brings_it() {
    let scratch = exported();
    let program = r#"
const { add } = require("./metropipe/add/stub.js");
try {
  add({ x: 1, y: 2 }, 3);
} catch (error) {
  console.log(error.message);
}
"#;
    scratch.write("alone.js", program);
    let mut node = scratch.command("node");
    node.arg("alone.js").env_remove("NODE_PATH");
    let output = run_within(node, Duration::from_secs(60)).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let wanted =
        "add: the npm package koffi is missing; npm install koffi (the function was not run)\n";
    assert_eq!(said, wanted);
}
