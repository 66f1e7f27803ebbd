"use strict";

const { isDeepStrictEqual, inspect } = require("node:util");
const { select } = require("./metropipe/select/stub.js");
const { new_ } = require("./metropipe/new/stub.js");

function check(name, held, got) {
  console.log(held ? `ok ${name}` : `FAIL ${name}: got ${inspect(got)}`);
}

function equal(name, got, wanted) {
  check(name, isDeepStrictEqual(got, wanted), got);
}

const positions = Array.from({ length: 67 }, (_, index) => index + 1);

equal("every_name_is_its_own_argument", select(...positions), 102510);
equal("a_function_named_like_a_keyword", new_("ab", 2), "abab");
