"use strict";

const { isDeepStrictEqual, inspect } = require("node:util");
const { length, UnfitError } = require("./metropipe/length/stub.js");
const { midpoint } = require("./metropipe/midpoint/stub.js");
const { bounds } = require("./metropipe/bounds/stub.js");
const { summary } = require("./metropipe/summary/stub.js");
const { tag } = require("./metropipe/tag/stub.js");

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

const segment = {
  start: { x: 0, y: 0 },
  end: { x: 3, y: 4 },
  label: "hyp",
  id: 1,
};
const points = [
  { x: 1, y: 5 },
  { x: -2, y: 3 },
  { x: 0, y: 9 },
];
const tags = [
  { word: "a", weight: 0.5 },
  { word: "b", weight: null },
];

equal("record_in", length(segment), 5);
equal("nested_in_record_out", midpoint(segment), { x: 1.5, y: 2 });
equal("list_of_records_in_option_out", bounds(points, "box"), {
  start: { x: -2, y: 3 },
  end: { x: 1, y: 9 },
  label: "box",
  id: 3,
});
equal("option_absent", bounds([], "box"), null);
equal(
  "mapping_with_tags",
  summary({ closed: true, tags }),
  "True a=0.5 b=None",
);
equal("mapping_without_tags", summary({ closed: false, tags: [] }), "False ");
equal("tag_with_weight", tag("four"), { word: "four", weight: 4 });
equal("tag_without_weight", tag(""), { word: "", weight: null });
fails(
  "field_too_long",
  () => length({ ...segment, label: "x".repeat(252) }),
  UnfitError,
  "length:",
  "252 bytes do not fit string[256], which holds at most 251",
);
equal("ordinary_after_errors", length(segment), 5);
