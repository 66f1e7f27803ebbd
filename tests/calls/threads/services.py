"""A function for many threads."""


def mix(a: int, b: int, text: str) -> str:
    """An answer that shows whose it is."""
    return f"{a}:{b}:{text}"
