"""Numbers that their wire type cannot hold."""


def scale(k: int, factor: float) -> float:
    """Multiply."""
    return k * factor


def square(n: int) -> int:
    """Square; the result of a large number does not fit."""
    return n * n
