"""Values that may be absent, both ways."""

from __future__ import annotations

from metropipe.describe.stub import describe
from metropipe.half.stub import half
from metropipe.initial.stub import initial


def check(name: str, got: object, wanted: object) -> None:
    print(f"ok {name}" if got == wanted else f"FAIL {name}: got {got!r}")


check("all_present", describe(7, "Ada", 0.5), "7 'Ada' 0.5")
check("all_absent", describe(None, None, None), "None None None")
check("zero_is_present", describe(0, "", 0.0), "0 '' 0.0")
check("some_absent", describe(None, "x", None), "None 'x' None")
check("number_present", half(6), 3)
check("number_absent", half(7), None)
check("text_present", initial("Ada"), "A")
check("text_absent", initial(""), None)
