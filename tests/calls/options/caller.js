"use strict";

const { isDeepStrictEqual, inspect } = require("node:util");
const { describe } = require("./metropipe/describe/stub.js");
const { half } = require("./metropipe/half/stub.js");
const { initial } = require("./metropipe/initial/stub.js");

function check(name, held, got) {
  console.log(held ? `ok ${name}` : `FAIL ${name}: got ${inspect(got)}`);
}

function equal(name, got, wanted) {
  check(name, isDeepStrictEqual(got, wanted), got);
}

equal("all_present", describe(7, "Ada", 0.5), "7 'Ada' 0.5");
equal("all_absent", describe(null, undefined, null), "None None None");
equal("zero_is_present", describe(0, "", 0), "0 '' 0.0");
equal("some_absent", describe(null, "x", null), "None 'x' None");
equal("number_present", half(6), 3);
equal("number_absent", half(7), null);
equal("text_present", initial("Ada"), "A");
equal("text_absent", initial(""), null);
