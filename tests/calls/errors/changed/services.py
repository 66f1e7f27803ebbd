"""The provider's side of a function whose signature changed after the stubs were written."""


def changed(k: int, note: str) -> int:
    """The newer signature."""
    return k
