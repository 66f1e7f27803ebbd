// The least that a JavaScript caller can take: one word to and fro. Usage: spin.js FILE COUNT; prints nanoseconds, a line a call.
"use strict";

const fs = require("node:fs");
const koffi = require("koffi");

const libc = koffi.load("libc.so.6");
const mmap = libc.func("void *mmap(void *at, size_t size, int protection, int flags, int file, int64_t offset)");
const file = fs.openSync(process.argv[2], "r+");
const count = Number(process.argv[3]);
const words = new Int32Array(koffi.view(mmap(null, 4096, 3, 1, file, 0), 4096));
const took = new Array(count);
for (let i = 0; i < count; i++) {
  const start = process.hrtime.bigint();
  Atomics.store(words, 0, 1);
  while (Atomics.load(words, 0) !== 3);
  took[i] = process.hrtime.bigint() - start;
}
console.log(took.join("\n"));
