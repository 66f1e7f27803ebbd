"use strict";

const readline = require("node:readline");
const { mix } = require("./metropipe/mix/stub.js");

function call(a, b, text) {
  try {
    return `= ${mix(a, b, text)}`;
  } catch (error) {
    return `! ${error.constructor.name} ${error.message}`;
  }
}

/** Calls are synchronous, and so is the rest before them. */
function rest(milliseconds) {
  const word = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(word, 0, 0, milliseconds);
}

function loop(count, a, milliseconds) {
  let [right, wrong, failed, slowest, first] = [0, 0, 0, 0, ""];
  for (let i = 0; i < count; i++) {
    if (milliseconds > 0) {
      rest(milliseconds);
    }
    const began = performance.now();
    try {
      const answer = mix(a, i, `t${a}`);
      const held = answer === `${a}:${i}:t${a}`;
      right += held ? 1 : 0;
      wrong += held ? 0 : 1;
      first ||= held ? "" : answer;
    } catch (error) {
      failed += 1;
      first ||= error.message;
    }
    slowest = Math.max(slowest, performance.now() - began);
  }
  return `done ${right} ${wrong} ${failed} ${Math.trunc(slowest)} ${first}`;
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [what, a, b, last] = line.split(" ");
  const does = what === "call" ? call : loop;
  const text = what === "call" ? last : Number(last);
  console.log(does(Number(a), Number(b), text));
});
