"""Two functions that share a record."""

from dataclasses import dataclass


@dataclass
class Person:
    """Somebody."""

    name: str
    age: int


def greet(person: Person, polite: bool) -> str:
    """Greet somebody."""
    return f"{'Good day' if polite else 'Hi'}, {person.name}"


def older(person: Person, years: int) -> Person:
    """The same person, later."""
    return Person(person.name, person.age + years)
