// Calls the Python function, and says what it returned and how long 10,000 calls took.
'use strict';

const { weekday } = require('./metropipe/weekday/stub.js');

const WARM = 20000;
const CALLS = 10000;

const took = new Float64Array(CALLS);
let result;
for (let i = -WARM; i < CALLS; i++) {
  const start = process.hrtime.bigint();
  result = weekday(1969, 7, 20);
  const elapsed = process.hrtime.bigint() - start;
  if (i >= 0) took[i] = Number(elapsed);
}
took.sort();
console.log(`${result}\t${took[CALLS / 2]}\t${took[(CALLS / 100) * 99]}`);
