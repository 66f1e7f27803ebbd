"use strict";

const { isDeepStrictEqual, inspect } = require("node:util");
const { label } = require("./metropipe/label/stub.js");
const { Shapes_area } = require("./metropipe/Shapes_area/stub.js");
const { Shapes_name } = require("./metropipe/Shapes_name/stub.js");
const { later } = require("./metropipe/later/stub.js");

function check(name, held, got) {
  console.log(held ? `ok ${name}` : `FAIL ${name}: got ${inspect(got)}`);
}

function equal(name, got, wanted) {
  check(name, isDeepStrictEqual(got, wanted), got);
}

equal("all_given", label("a", "b", 3, 1.5, true, "n"), "a|b|3|1.5|True|n");
equal("all_defaults", label("a"), "a|=> \"$HOME\" '\\n'|2|0.5|False|None");
equal("static_method", Shapes_area(3, 4), 12);
equal("class_method", Shapes_name(), "Shapes");
equal("coroutine", later(1), 2);

let right = 0;
for (let k = 0; k < 100; k++) {
  right += later(k) === k + 1 ? 1 : 0;
}
equal("coroutine_again", right, 100);
