"use strict";

const { isDeepStrictEqual, inspect } = require("node:util");
const { numbers } = require("./metropipe/numbers/stub.js");
const { limits } = require("./metropipe/limits/stub.js");
const { floats } = require("./metropipe/floats/stub.js");

function check(name, held, got) {
  console.log(held ? `ok ${name}` : `FAIL ${name}: got ${inspect(got)}`);
}

function equal(name, got, wanted) {
  check(name, isDeepStrictEqual(got, wanted), got);
}

const least = [-128, -32768, -2147483648, -(2n ** 63n), 0, 0, 0, 0n];
const most = [
  127,
  32767,
  2147483647,
  2n ** 63n - 1n,
  255,
  65535,
  4294967295,
  2n ** 64n - 1n,
];

equal("numbers_smallest", numbers(false, ...least), `False ${least.join(" ")}`);
equal("numbers_largest", numbers(true, ...most), `True ${most.join(" ")}`);
equal("limits_smallest", limits(false), [false, ...least]);
equal("limits_largest", limits(true), [true, ...most]);
equal("floats_ordinary", floats(0.5, 0.1), [
  0.5,
  0.1,
  "3f000000 3fb999999999999a",
]);
equal("floats_negative_zero", floats(-0, -0), [
  -0,
  -0,
  "80000000 8000000000000000",
]);
equal("floats_infinities", floats(Infinity, -Infinity), [
  Infinity,
  -Infinity,
  "7f800000 fff0000000000000",
]);
equal("floats_nan", floats(NaN, NaN).slice(0, 2), [NaN, NaN]);
equal("floats_largest_and_smallest", floats(3.4028234663852886e38, 5e-324), [
  3.4028234663852886e38,
  5e-324,
  "7f7fffff 0000000000000001",
]);
