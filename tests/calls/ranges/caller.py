"""Numbers that their wire type cannot hold."""

from __future__ import annotations

from typing import Any, Callable

from metropipe.scale.stub import MetropipeError as ScaleError, UnfitError, scale
from metropipe.square.stub import ChannelError, MetropipeError as SquareError, square

MetropipeError = (ScaleError, SquareError)


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


untyped: Any = scale
check("ordinary", scale(3, 0.5), 1.5)
check("k_largest", scale(2147483647, 0.0), 0.0)
RANGE = "does not fit i32, which holds -2147483648 to 2147483647"
for name, k in (("k_too_large", 2147483648), ("k_too_small", -2147483649)):
    fails(name, lambda: scale(k, 1.0), UnfitError, f"scale: k: {k} {RANGE}")
fails("k_wrong_kind", lambda: untyped("x", 1.0), TypeError, "scale: k: a str was given")
fails(
    "factor_too_large",
    lambda: scale(1, 1e39),
    ValueError,
    "scale: factor: 1e+39 does not fit f32",
)
fails(
    "result_too_large",
    lambda: square(65536),
    ChannelError,
    "square: the result does not fit",
    "i32",
)
check("ordinary_after_errors", scale(2, 2.0), 4.0)
