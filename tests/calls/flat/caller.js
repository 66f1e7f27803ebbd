"use strict";

const { isDeepStrictEqual, inspect } = require("node:util");
const { greet } = require("./metropipe/greet.js");
const { older } = require("./metropipe/older.js");

function check(name, held, got) {
  console.log(held ? `ok ${name}` : `FAIL ${name}: got ${inspect(got)}`);
}

function equal(name, got, wanted) {
  check(name, isDeepStrictEqual(got, wanted), got);
}

const ada = { name: "Ada", age: 36 };

equal("first", greet(ada, true), "Good day, Ada");
equal("second", older(ada, 4), { name: "Ada", age: 40 });
equal("first_again", greet(ada, false), "Hi, Ada");

let right = 0;
for (let years = 0; years < 100; years++) {
  right += greet(ada, true) === "Good day, Ada" ? 1 : 0;
  right += older(ada, years).age === 36 + years ? 1 : 0;
}
equal("both_in_turn", right, 200);
