"""Does what it is told, a line each."""

from __future__ import annotations

import sys
import time

from metropipe.mix.stub import mix


def call(a: int, b: int, text: str) -> str:
    try:
        return "= " + mix(a, b, text)
    except (Exception, KeyboardInterrupt) as error:
        return f"! {type(error).__name__} {error}".replace("\n", " ")


def loop(count: int, a: int, rest: int) -> str:
    right = wrong = failed = 0
    slowest, first = 0.0, ""
    text = f"t{a}"
    for i in range(count):
        if rest:
            time.sleep(rest / 1000)
        began = time.perf_counter()
        try:
            answer = mix(a, i, text)
            if answer == f"{a}:{i}:{text}":
                right += 1
            else:
                wrong += 1
                first = first or answer
        except Exception as error:
            failed += 1
            first = first or str(error).replace("\n", " ")
        slowest = max(slowest, time.perf_counter() - began)
    return f"done {right} {wrong} {failed} {int(slowest * 1000)} {first}"


for line in sys.stdin:
    what, *words = line.split()
    if what == "call":
        print(call(int(words[0]), int(words[1]), words[2]), flush=True)
    else:
        print(loop(int(words[0]), int(words[1]), int(words[2])), flush=True)
