"""Calls that fail."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Callable

from metropipe.absent.stub import MetropipeError as AbsentError, NoProviderError, absent
from metropipe.changed.stub import (
    LayoutMismatchError,
    MetropipeError as ChangedError,
    changed,
)
from metropipe.doze.stub import MetropipeError as DozeError, doze
from metropipe.fail.stub import MetropipeError as FailError, RemoteError, fail

MetropipeError = (AbsentError, ChangedError, DozeError, FailError)


def check(name: str, got: object, wanted: object) -> None:
    print(f"ok {name}" if got == wanted else f"FAIL {name}: got {got!r}")


def fails(name: str, call: Callable[[], object], kind: type, *parts: str) -> None:
    try:
        got = repr(call())
    except MetropipeError as error:
        got = f"{type(error).__name__}: {error}"
        if isinstance(error, kind) and all(part in got for part in parts):
            print(f"ok {name}")
            return
    print(f"FAIL {name}: got {got}")


def raised(how: str) -> RemoteError:
    try:
        fail(how)
    except RemoteError as error:
        return error
    raise AssertionError(f"{how}: no error")


if len(sys.argv) > 1:
    try:
        fail("")
    except FailError as error:
        print(error)
    sys.exit()

value = raised("value")
check(
    "value_error",
    (value.type, value.message, str(value).startswith("fail: ValueError: k must")),
    ("ValueError", "k must be positive: naïve ☃", True),
)
own = raised("own")
check("own_error", (own.type, own.message), ("Refused", "no\nway"))
long = raised("long")
check(
    "long_message",
    (long.type, set(long.message), len(long.message) >= 1000),
    ("RuntimeError", {"é"}, True),
)
check("exit_is_an_answer", raised("exit").type, "SystemExit")
check("empty_message", raised("empty").type, "KeyError")
check("ordinary_after_errors", fail(""), 7)


def impatient() -> float:
    began = time.monotonic()
    try:
        return doze.with_timeout(0.2)(1.0)
    finally:
        assert time.monotonic() - began < 1


fails(
    "timeout",
    impatient,
    TimeoutError,
    "doze: no answer within 0.2 s",
    "may still run",
)
check("ordinary_after_timeout", doze(0.0), 0.0)
fails("no_provider", lambda: absent(1), NoProviderError, "absent/provider.py")
fails(
    "layout_mismatch",
    lambda: changed(1),
    LayoutMismatchError,
    "(i32)->i32",
    "(i32,string[256])->i32",
)
# The variable counts from a program's first call on.
again = subprocess.run(
    [sys.executable, __file__, "bad timeout variable"],
    env={**os.environ, "METROPIPE_TIMEOUT_MS": "soon"},
    stdout=subprocess.PIPE,
    text=True,
)
check("bad_timeout_variable", "METROPIPE_TIMEOUT_MS" in again.stdout, True)
