"use strict";

const { isDeepStrictEqual, inspect } = require("node:util");
const { scale, UnfitError } = require("./metropipe/scale/stub.js");
const { square, ChannelError } = require("./metropipe/square/stub.js");

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

equal("ordinary", scale(3, 0.5), 1.5);
equal("k_largest", scale(2147483647, 0), 0);
fails(
  "k_too_large",
  () => scale(2147483648, 1),
  UnfitError,
  "scale: k: 2147483648 does not fit i32, which holds -2147483648 to 2147483647",
);
fails(
  "k_too_small",
  () => scale(-2147483649, 1),
  UnfitError,
  "scale: k: -2147483649 does not fit i32, which holds -2147483648 to 2147483647",
);
fails("k_wrong_kind", () => scale("three", 1), UnfitError, "scale: k: ");
fails(
  "factor_too_large",
  () => scale(1, 1e39),
  UnfitError,
  "scale: factor:",
  "f32",
);
fails(
  "result_too_large",
  () => square(65536),
  ChannelError,
  "the result does not fit",
  "i32",
);
equal("ordinary_after_errors", scale(2, 2), 4);
