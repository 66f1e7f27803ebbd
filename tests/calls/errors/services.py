"""Calls that fail."""

import time


class Refused(Exception):
    """An exception of the source's own."""


def fail(how: str) -> int:
    """Fail as asked."""
    if how == "value":
        raise ValueError("k must be positive: naïve ☃")
    if how == "own":
        raise Refused("no\nway")
    if how == "long":
        raise RuntimeError("é" * 5000)
    if how == "exit":
        raise SystemExit("leaving")
    if how == "empty":
        raise KeyError()
    return 7


def doze(seconds: float) -> float:
    """Sleep."""
    time.sleep(seconds)
    return seconds


def absent(k: int) -> int:
    """A function that nobody serves."""
    return k


def changed(k: int) -> int:
    """A function whose provider has another signature."""
    return k
