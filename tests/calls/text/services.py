"""Strings and bytes at their limits."""


def echo(text: str) -> str:
    """Return the text."""
    return text


def measure(text: str) -> int:
    """Count the characters that this process saw."""
    return len(text)


def repeat(text: str, count: int) -> str:
    """Repeat the text; the result may be too long."""
    return text * count


def reverse(blob: bytes) -> bytes:
    """Reverse the bytes."""
    return blob[::-1]
