"""Defaults, keyword-only and positional-only parameters, methods, coroutines."""

from __future__ import annotations

from metropipe.Shapes_area.stub import Shapes_area
from metropipe.Shapes_name.stub import Shapes_name
from metropipe.label.stub import label
from metropipe.later.stub import later


def check(name: str, got: object, wanted: object) -> None:
    print(f"ok {name}" if got == wanted else f"FAIL {name}: got {got!r}")


check(
    "all_given",
    label("a", prefix="b", count=3, ratio=1.5, loud=True, note="n"),
    "a|b|3|1.5|True|n",
)
check("all_defaults", label("a"), "a|=> \"$HOME\" '\\n'|2|0.5|False|None")
check("static_method", Shapes_area(3, 4), 12.0)
check("class_method", Shapes_name(), "Shapes")
check("coroutine", later(1), 2)
check("coroutine_again", [later(k) for k in range(100)], list(range(1, 101)))
