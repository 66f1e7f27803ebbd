"""Lists, arrays, and lists of lists."""

from typing import Annotated, List, Sequence


def arrange(values: list[int]) -> list[int]:
    """Sort."""
    return sorted(values)


def join(words: Sequence[str], separator: str) -> str:
    """Join."""
    return separator.join(words)


def split(text: str) -> List[str]:
    """Split at blanks."""
    return text.split()


def transpose(matrix: list[list[float]]) -> list[list[float]]:
    """Swap rows and columns."""
    return [list(row) for row in zip(*matrix)]


def rotate(key: Annotated[list[int], "[u8;16]"]) -> Annotated[list[int], "[u8;16]"]:
    """Move the first byte to the end."""
    return [*key[1:], key[0]]


def sparse(values: "list[int | None]") -> "list[bool]":
    """Tell which values are present."""
    return [value is not None for value in values]
