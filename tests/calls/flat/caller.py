"""Two functions that share a record."""

from __future__ import annotations

from metropipe.greet import Person, greet
from metropipe.older import Person as Elder, older


def check(name: str, got: object, wanted: object) -> None:
    print(f"ok {name}" if got == wanted else f"FAIL {name}: got {got!r}")


check("first", greet(Person("Ada", 36), True), "Good day, Ada")
check("second", older(Elder("Ada", 36), 4), Elder("Ada", 40))
check("first_again", greet(Person("Ada", 36), False), "Hi, Ada")
check(
    "both_in_turn",
    all(
        greet(Person("Ada", age), True) == "Good day, Ada"
        and older(Elder("Ada", age), age) == Elder("Ada", 2 * age)
        for age in range(100)
    ),
    True,
)
