"use strict";

const { isDeepStrictEqual, inspect } = require("node:util");
const { spawnSync } = require("node:child_process");
const { fail, RemoteError } = require("./metropipe/fail/stub.js");
const { doze, TimeoutError } = require("./metropipe/doze/stub.js");
const { absent, NoProviderError } = require("./metropipe/absent/stub.js");
const { changed, LayoutMismatchError } = require("./metropipe/changed/stub.js");

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

/** The call must fail with the provider's own error. */
function raises(name, how, type, holds) {
  try {
    check(name, false, fail(how));
  } catch (error) {
    const held = error instanceof RemoteError && error.type === type;
    check(name, held && holds(error), error);
  }
}

if (process.argv[2] === "again") {
  // A fresh process, where the stub reads the variable for the first time.
  fails("bad_timeout_variable", () => fail(""), Error, "METROPIPE_TIMEOUT_MS");
  process.exit();
}

raises(
  "value_error",
  "value",
  "ValueError",
  (error) =>
    error.text === "k must be positive: naïve ☃" &&
    error.message.startsWith("fail: ValueError: k must"),
);
raises("own_error", "own", "Refused", (error) => error.text === "no\nway");
raises("long_message", "long", "RuntimeError", (error) =>
  error.text.startsWith("é".repeat(1000)),
);
raises("exit_is_an_answer", "exit", "SystemExit", () => true);
raises("empty_message", "empty", "KeyError", () => true);
equal("ordinary_after_errors", fail(""), 7);

const start = performance.now();
fails(
  "timeout",
  () => {
    try {
      return doze.withTimeout(0.2)(1);
    } finally {
      if (performance.now() - start > 1000) {
        console.log("FAIL timeout: more than a second");
      }
    }
  },
  TimeoutError,
  "may still run",
);
equal("ordinary_after_timeout", doze(0), 0);
fails("no_provider", () => absent(1), NoProviderError, "absent/provider.py");
fails(
  "layout_mismatch",
  () => changed(1),
  LayoutMismatchError,
  "(i32)->i32",
  "(i32,string[256])->i32",
);
spawnSync(process.execPath, [__filename, "again"], {
  env: { ...process.env, METROPIPE_TIMEOUT_MS: "soon" },
  stdio: "inherit",
});
