"""What the benchmarks call."""


def add(a: int, b: int) -> int:
    """The least that a call can do."""
    return a + b


def classify(text: str, k: int, threshold: float, flag: bool) -> float:
    """A little of everything."""
    score = len(text) * k * threshold
    return score if flag else -score


# metropipe: blob=bytes[4096], return=bytes[4096]
def echo_small(blob: bytes) -> bytes:
    """One page, there and back."""
    return blob


# metropipe: blob=bytes[2097156], return=bytes[2097156]
def echo_large(blob: bytes) -> bytes:
    """Two megabytes, there and back."""
    return blob
