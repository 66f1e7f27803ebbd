"use strict";

const {
  Worker,
  isMainThread,
  parentPort,
  workerData,
} = require("node:worker_threads");
const { mix } = require("./metropipe/mix/stub.js");

const THREADS = 8;
const CALLS = 500;

/** The number of right answers. */
function ask(thread) {
  let right = 0;
  for (let call = 0; call < CALLS; call++) {
    const answer = mix(thread, call, `t${thread}`);
    right += answer === `${thread}:${call}:t${thread}` ? 1 : 0;
  }
  return right;
}

if (isMainThread) {
  const answers = Array.from({ length: THREADS }, (_, thread) => {
    const worker = new Worker(__filename, { workerData: thread });
    return new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
  });
  Promise.all(answers).then((right) => {
    const held = right.every((count) => count === CALLS);
    console.log(held ? "ok eight_threads" : `FAIL eight_threads: got ${right}`);
  });
} else {
  parentPort.postMessage(ask(workerData));
}
