// `caller FUNCTION COUNT`: nanoseconds, a line a call.
"use strict";

const { add } = require("./metropipe/add/stub.js");
const { classify } = require("./metropipe/classify/stub.js");
const { echo_small } = require("./metropipe/echo_small/stub.js");
const { echo_large } = require("./metropipe/echo_large/stub.js");

const small = new Uint8Array(4092);
const large = new Uint8Array(2097152);
const calls = {
  add: () => add(2, 3),
  classify: () => classify("some text", 3, 0.5, true),
  echo_small: () => echo_small(small),
  echo_large: () => echo_large(large),
};
const call = calls[process.argv[2]];
const count = Number(process.argv[3]);
const took = [];
for (let i = -count / 4; i < count; i++) {
  const start = process.hrtime.bigint();
  call();
  const elapsed = process.hrtime.bigint() - start;
  if (i >= 0) took.push(elapsed);
}
console.log(took.join("\n"));
