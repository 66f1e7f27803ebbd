"""Several results, and none."""

from __future__ import annotations


def divide(a: int, b: int) -> tuple[int, int]:
    """Quotient and remainder."""
    return divmod(a, b)


def analyse(text: str) -> tuple[int, str, list[str], bool | None]:
    """Length, capitals, words, and whether it is upper case (nothing for no text)."""
    return len(text), text.upper(), text.split(), text.isupper() if text else None


def touch(note: str) -> None:
    """Do nothing with the note."""


def pulse() -> None:
    """Take nothing, return nothing."""


def origin() -> "tuple[float, float]":
    """Take nothing, return a pair."""
    return 0.5, -0.5


def center(box: tuple[float, float]) -> float:
    """Take a pair."""
    return (box[0] + box[1]) / 2
