"""Records of every kind, nested."""

from __future__ import annotations

from typing import Callable

from metropipe.bounds.stub import Point as Corner, bounds
from metropipe.length.stub import MetropipeError, Point, Segment, length
from metropipe.midpoint.stub import (
    Point as Middle,
    Segment as Line,
    midpoint,
)
from metropipe.summary.stub import Tag, summary
from metropipe.tag.stub import tag


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


hypotenuse = Segment(Point(0, 0), Point(3, 4), "hyp", 1)
check("record_in", length(hypotenuse), 5.0)
check(
    "nested_in_record_out",
    midpoint(Line(Middle(0, 0), Middle(3, 4), "hyp", 1)),
    Middle(1.5, 2.0),
)
found = bounds([Corner(1, 5), Corner(-2, 3), Corner(0, 9)], "box")
check(
    "list_of_records_in_option_out",
    found and (found.start, found.end, found.label, found.id),
    (Corner(-2, 3), Corner(1, 9), "box", 3),
)
check("option_absent", bounds([], "box"), None)
check(
    "mapping_with_tags",
    summary({"closed": True, "tags": [Tag("a", 0.5), Tag("b", None)]}),
    "True a=0.5 b=None",
)
check("mapping_without_tags", summary({"closed": False, "tags": []}), "False ")
four, empty = tag("four"), tag("")
check("tag_with_weight", (four.word, four.weight), ("four", 4.0))
check("tag_without_weight", (empty.word, empty.weight), ("", None))
fails(
    "field_too_long",
    lambda: length(Segment(Point(0, 0), Point(3, 4), "x" * 252, 1)),
    ValueError,
    "length:",
    "252 bytes do not fit string[256], which holds at most 251",
)
check("ordinary_after_errors", length(hypotenuse), 5.0)
