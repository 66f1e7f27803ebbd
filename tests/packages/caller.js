"use strict";

const fs = require("node:fs");
const {
  canonicalize_name,
  RemoteError,
} = require("./metropipe/canonicalize_name/stub.js");
const { pluralize } = require("./metropipe/pluralize/stub.js");
const { set_cell_size } = require("./metropipe/set_cell_size/stub.js");
const { chop_cells } = require("./metropipe/chop_cells/stub.js");

function valid(word) {
  try {
    return canonicalize_name(word, true);
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return `${error.type}: ${error.text}`;
  }
}

for (const word of fs
  .readFileSync("words.txt", "utf8")
  .split("\n")
  .slice(0, -1)) {
  console.log(canonicalize_name(word, false));
  console.log(valid(word));
  console.log(pluralize(word));
  console.log(set_cell_size(word, 5));
  console.log(chop_cells(word, 4).join("|"));
}
