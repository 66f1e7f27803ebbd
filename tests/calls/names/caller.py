"""Names that other languages reserve."""

from __future__ import annotations

from metropipe.new.stub import new
from metropipe.select.stub import select


def check(name: str, got: object, wanted: object) -> None:
    print(f"ok {name}" if got == wanted else f"FAIL {name}: got {got!r}")


check(
    "every_name_is_its_own_argument",
    select(*range(1, 68)),
    sum(n * n for n in range(1, 68)),
)
check("a_function_named_like_a_keyword", new("ab", 2), "abab")
