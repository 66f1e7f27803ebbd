"""Every scalar at its limits."""

import struct
from ctypes import c_int8, c_int16, c_int32, c_int64, c_uint8, c_uint16, c_uint32, c_uint64
from typing import Annotated


def numbers(
    flag: bool,
    a: c_int8,
    b: c_int16,
    c: c_int32,
    d: c_int64,
    e: c_uint8,
    f: c_uint16,
    g: c_uint32,
    h: c_uint64,
) -> str:
    """Spell the arguments as this process saw them."""
    return f"{flag} {a} {b} {c} {d} {e} {f} {g} {h}"


def limits(largest: bool) -> tuple[bool, c_int8, c_int16, c_int32, c_int64, c_uint8, c_uint16, c_uint32, c_uint64]:
    """Return the smallest or the largest value of every integer."""
    if largest:
        return (True, 2**7 - 1, 2**15 - 1, 2**31 - 1, 2**63 - 1, 2**8 - 1, 2**16 - 1, 2**32 - 1, 2**64 - 1)
    return (False, -(2**7), -(2**15), -(2**31), -(2**63), 0, 0, 0, 0)


def floats(x: Annotated[float, "f32"], y: Annotated[float, "f64"]) -> tuple[Annotated[float, "f32"], Annotated[float, "f64"], str]:
    """Return both numbers and the bits that this process saw, in hexadecimal."""
    return x, y, struct.pack(">f", x).hex() + " " + struct.pack(">d", y).hex()
