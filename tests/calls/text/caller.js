"use strict";

const { isDeepStrictEqual, inspect } = require("node:util");
const { echo, UnfitError } = require("./metropipe/echo/stub.js");
const { measure, ...ofMeasure } = require("./metropipe/measure/stub.js");
const { repeat, ChannelError } = require("./metropipe/repeat/stub.js");
const { reverse, ...ofReverse } = require("./metropipe/reverse/stub.js");

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

const full = "x".repeat(251);
const crabs = (count) => "🦀".repeat(count);

equal("empty", echo(""), "");
equal("full", echo(full), full);
fails(
  "too_long",
  () => echo(`${full}x`),
  UnfitError,
  "echo: text: 252 bytes do not fit string[256], which holds at most 251",
);
equal("emoji", echo("grüße 🦀 漢字"), "grüße 🦀 漢字");
equal("emoji_counts_once", measure(crabs(2)), 2);
equal("emoji_full", measure(`${crabs(62)}xxx`), 65);
fails(
  "emoji_too_long",
  () => measure(crabs(63)),
  ofMeasure.UnfitError,
  "measure: text: 252 bytes do not fit string[256], which holds at most 251",
);
fails("embedded_nul", () => echo("a\0b"), UnfitError, "echo: text:", "NUL");
fails("lone_surrogate", () => echo("\ud800"), UnfitError, "echo: text:");
equal("result_full", repeat("x", 251), full);
fails(
  "result_too_long",
  () => repeat("x", 252),
  ChannelError,
  "the result does not fit",
);

const every = Uint8Array.from({ length: 256 }, (_, index) => index);
const blob = new Uint8Array(4092);
blob[0] = 1;

equal("bytes_empty", reverse(new Uint8Array(0)), new Uint8Array(0));
equal("bytes_all_values", reverse(every), every.slice().reverse());
equal("bytes_full", reverse(blob), blob.slice().reverse());
fails(
  "bytes_too_long",
  () => reverse(new Uint8Array(4093)),
  ofReverse.UnfitError,
  "reverse: blob: 4093 bytes do not fit bytes[4096], which holds at most 4092",
);
equal("ordinary_after_errors", echo("again"), "again");
