"use strict";

const { isDeepStrictEqual, inspect } = require("node:util");
const { arrange, UnfitError } = require("./metropipe/arrange/stub.js");
const { join } = require("./metropipe/join/stub.js");
const { split } = require("./metropipe/split/stub.js");
const { transpose } = require("./metropipe/transpose/stub.js");
const { rotate, ...ofRotate } = require("./metropipe/rotate/stub.js");
const { sparse } = require("./metropipe/sparse/stub.js");

function check(name, held, got) {
  console.log(held ? `ok ${name}` : `FAIL ${name}: got ${inspect(got)}`);
}

function equal(name, got, wanted) {
  check(name, isDeepStrictEqual(got, wanted), got);
}

/** The call must fail with that error, whose text holds all of these. */
function fails(name, call, kind, ...texts) {
  try {
    check(name, false, call());
  } catch (error) {
    const held = texts.every((text) => error.message.includes(text));
    check(name, error instanceof kind && held, error);
  }
}

const upTo = (count) => Array.from({ length: count }, (_, index) => index + 1);

equal("empty", arrange([]), []);
equal("ordinary", arrange([3, -1, 2]), [-1, 2, 3]);
equal("full", arrange(upTo(1023).reverse()), upTo(1023));
fails(
  "too_long",
  () => arrange(upTo(1024)),
  UnfitError,
  "arrange: values: 1024 elements do not fit list<i32,1023>, which holds at most 1023",
);
equal("strings", join(["a", "", "🦀"], ", "), "a, , 🦀");
equal("strings_back", split("one two  three"), ["one", "two", "three"]);
equal("no_strings", split(""), []);
equal(
  "matrix",
  transpose([
    [1, 2, 3],
    [4, 5, 6],
  ]),
  [
    [1, 4],
    [2, 5],
    [3, 6],
  ],
);
equal("ragged_rows", transpose([[1, 2], []]), []);
equal("array", rotate(Uint8Array.from([0, ...upTo(15)])), [...upTo(15), 0]);
fails(
  "array_of_wrong_length",
  () => rotate(upTo(15)),
  ofRotate.UnfitError,
  "rotate: key: 15 elements given, [u8;16] takes exactly 16",
);
equal("options_in_a_list", sparse([1, null, 0]), [true, false, true]);
equal("ordinary_after_errors", arrange([2, 1]), [1, 2]);
