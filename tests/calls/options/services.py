"""Values that may be absent, both ways."""

from __future__ import annotations

from typing import Optional


def describe(count: Optional[int], name: str | None, ratio: "float | None") -> str:
    """Spell the arguments as this process saw them."""
    return f"{count!r} {name!r} {ratio!r}"


def half(n: int) -> int | None:
    """Half of an even number, nothing for an odd one."""
    return None if n % 2 else n // 2


def initial(text: str) -> str | None:
    """The first character, nothing for no text."""
    return text[:1] or None
