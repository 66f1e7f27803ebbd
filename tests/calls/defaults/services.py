"""Defaults, keyword-only and positional-only parameters, methods, coroutines."""

from __future__ import annotations

import asyncio


def label(text: str, /, prefix: str = "=> \"$HOME\" '\\n'", count: int = 2, *, ratio: float = 0.5, loud: bool = False, note: str | None = None) -> str:
    """Spell the arguments as this process saw them."""
    return f"{text}|{prefix}|{count}|{ratio}|{loud}|{note}"


class Shapes:
    """Functions that need no instance."""

    @staticmethod
    def area(width: float, height: float = 2.0) -> float:
        """Width by height."""
        return width * height

    @classmethod
    def name(cls) -> str:
        """The class's own name."""
        return cls.__name__


async def later(k: int) -> int:
    """A coroutine."""
    await asyncio.sleep(0.001)
    return k + 1
