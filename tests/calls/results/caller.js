"use strict";

const { isDeepStrictEqual, inspect } = require("node:util");
const { divide, RemoteError } = require("./metropipe/divide/stub.js");
const { analyse } = require("./metropipe/analyse/stub.js");
const { touch } = require("./metropipe/touch/stub.js");
const { pulse } = require("./metropipe/pulse/stub.js");
const { origin } = require("./metropipe/origin/stub.js");
const { center } = require("./metropipe/center/stub.js");

function check(name, held, got) {
  console.log(held ? `ok ${name}` : `FAIL ${name}: got ${inspect(got)}`);
}

function equal(name, got, wanted) {
  check(name, isDeepStrictEqual(got, wanted), got);
}

equal("two_results", divide(17, 5), [3, 2]);
equal("many_results", analyse("Ab cd"), [5, "AB CD", ["Ab", "cd"], false]);
equal("many_results_of_nothing", analyse(""), [0, "", [], null]);
equal("no_result", touch("x"), undefined);
equal("no_argument_no_result", pulse(), undefined);
equal("no_argument", origin(), [0.5, -0.5]);
equal("tuple_argument", center([1, 2]), 1.5);
try {
  check("raised", false, divide(1, 0));
} catch (error) {
  const held = error instanceof RemoteError;
  check("raised", held && error.type === "ZeroDivisionError", error);
}
