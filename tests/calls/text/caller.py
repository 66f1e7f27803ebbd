"""Strings and bytes at their limits."""

from __future__ import annotations

from typing import Any, Callable

from metropipe.echo.stub import MetropipeError as EchoError, echo
from metropipe.measure.stub import MetropipeError as MeasureError, measure
from metropipe.repeat.stub import ChannelError, MetropipeError as RepeatError, repeat
from metropipe.reverse.stub import MetropipeError as ReverseError, reverse

MetropipeError = (EchoError, MeasureError, RepeatError, ReverseError)


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


TOO_LONG = "252 bytes do not fit string[256], which holds at most 251"

check("empty", echo(""), "")
check("full", echo("x" * 251), "x" * 251)
fails("too_long", lambda: echo("x" * 252), ValueError, f"echo: text: {TOO_LONG}")
check("emoji", echo("grüße 🦀 漢字"), "grüße 🦀 漢字")
check("emoji_counts_once", measure("🦀🦀"), 2)
check("emoji_full", measure("🦀" * 62 + "xxx"), 65)
fails("emoji_too_long", lambda: measure("🦀" * 63), ValueError, f"text: {TOO_LONG}")
fails("embedded_nul", lambda: echo("a\0b"), ValueError, "echo: text:", "NUL")
fails("lone_surrogate", lambda: echo("\ud800"), ValueError, "echo: text:", "surrogate")
check("result_full", repeat("x", 251), "x" * 251)
fails(
    "result_too_long",
    lambda: repeat("x", 252),
    ChannelError,
    "the result does not fit",
    "result: 252 bytes do not fit string[256]",
)
check("bytes_empty", reverse(b""), b"")
check("bytes_all_values", reverse(bytes(range(256))), bytes(range(255, -1, -1)))
check("bytes_full", reverse(b"\1" + bytes(4091)), bytes(4091) + b"\1")
fails(
    "bytes_too_long",
    lambda: reverse(bytes(4093)),
    ValueError,
    "reverse: blob: 4093 bytes do not fit bytes[4096], which holds at most 4092",
)
check("ordinary_after_errors", echo("again"), "again")
