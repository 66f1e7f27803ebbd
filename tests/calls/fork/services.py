"""A function for a process that forks."""


def double(k: int) -> int:
    """Double."""
    return 2 * k
