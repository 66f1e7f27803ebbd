"""Lists, arrays, and lists of lists."""

from __future__ import annotations

from typing import Callable

from metropipe.arrange.stub import MetropipeError as ArrangeError, arrange
from metropipe.join.stub import join
from metropipe.rotate.stub import MetropipeError as RotateError, rotate
from metropipe.sparse.stub import sparse
from metropipe.split.stub import split
from metropipe.transpose.stub import transpose

MetropipeError = (ArrangeError, RotateError)


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


check("empty", arrange([]), [])
check("ordinary", arrange([3, -1, 2]), [-1, 2, 3])
check("full", arrange(range(1023, 0, -1)), list(range(1, 1024)))
fails(
    "too_long",
    lambda: arrange([0] * 1024),
    ValueError,
    "arrange: values: 1024 elements do not fit list<i32,1023>, "
    "which holds at most 1023",
)
check("strings", join(["a", "", "🦀"], ", "), "a, , 🦀")
check("strings_back", split("one two  three"), ["one", "two", "three"])
check("no_strings", split(""), [])
check("matrix", transpose([[1, 2, 3], [4, 5, 6]]), [[1, 4], [2, 5], [3, 6]])
check("ragged_rows", transpose([[1, 2], []]), [])
check("array", rotate(range(16)), [*range(1, 16), 0])
fails(
    "array_of_wrong_length",
    lambda: rotate(range(15)),
    ValueError,
    "rotate: key: 15 elements given, [u8;16] takes exactly 16",
)
check("options_in_a_list", sparse([1, None, 0]), [True, False, True])
check("ordinary_after_errors", arrange([2, 1]), [1, 2])
