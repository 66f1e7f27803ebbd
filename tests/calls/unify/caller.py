"""Two functions that share a record."""

from __future__ import annotations

from metropipe import Person, greet, older


def check(name: str, got: object, wanted: object) -> None:
    print(f"ok {name}" if got == wanted else f"FAIL {name}: got {got!r}")


check("first", greet(Person("Ada", 36), True), "Good day, Ada")
check("second", older(Person("Ada", 36), 4), Person("Ada", 40))
check("first_again", greet(Person("Ada", 36), False), "Hi, Ada")
check(
    "both_in_turn",
    all(
        greet(Person("Ada", age), True) == "Good day, Ada"
        and older(Person("Ada", age), age) == Person("Ada", 2 * age)
        for age in range(100)
    ),
    True,
)
