"""Every row of the table, in the spellings that people use."""
from __future__ import annotations

import collections.abc
import collections.abc as cabc
import ctypes
import ctypes as C
import typing
import typing as t
from collections import abc
from collections.abc import Sequence as Seq
from ctypes import c_int16, c_uint64 as Big
from typing import Annotated, List, Optional as O, Tuple, Union

import numpy as np
import typing_extensions as te
from numpy import float32


def scalars(a: bool, b: int, c: float, d: str, e: bytes, f: bytearray, g: memoryview) -> None: ...
def fixed(a: ctypes.c_int8, b: C.c_uint8, c: c_int16, d: Big, e: ctypes.c_long, f: C.c_double, g: C.c_float, h: C.c_bool) -> C.c_size_t: ...
def numbers(a: np.int8, b: np.uint16, c: float32, d: np.float64, e: np.bool_, f: np.intp) -> np.uint64: ...
def options(a: O[int], b: int | None, c: None | int, d: Union[int, None], e: Union[None, str], f: t.Optional[t.List[int]], g: O[O[int]], h: Union[int, int]) -> typing.Optional[str]: ...
def quotes(a: "int", b: "O[float]", c: O["bytes"], d: "List['int']", e: """
    list[
        int
    ]
""", f: "int | None") -> "None": ...
def lists(a: list[int], b: List[float], c: Seq[str], d: abc.Sequence[int], e: cabc.Sequence[bool], f: collections.abc.MutableSequence[int], g: tuple[int, ...], h: t.Tuple[float, ...], i: list[list[float]]) -> te.Sequence[bytes]: ...
def tuples(a: tuple[int, str], b: Tuple[int, tuple[float, bool]], c: list[tuple[str, int]]) -> tuple[float, str]: ...
def one(a: tuple[int]) -> tuple[int]: ...
def arrays(a: ctypes.c_int * 4, b: C.c_double * (2 * 3)) -> None: ...
def long_annotation(
    a: typing.Optional[  # may be absent
        list[
            int,
        ]
    ],
    b: int,
) -> (
    int | None
): ...


MAX = 16
LIMIT = 1 << 4
Vector = list[float]
Matrix: t.TypeAlias = list[Vector]
type Names = list[str]
UserId = t.NewType("UserId", int)
Nothing = None
Later = "Vector"
ty = typing
Text = Annotated[str, "string[LIMIT]"]


def aliases(a: Vector, b: Matrix, c: Names, d: UserId, e: Later, f: "O[Vector]", g: ty.List[int], h: Text) -> Nothing: ...
def annotated(a: Annotated[float, "f64"], b: t.Annotated[str, "string[1024]"], c: te.Annotated[int, "how many", "u8"], d: list[Annotated[int, "i64"]], e: Annotated[bytes, f"bytes[{MAX}]"], f: Annotated[list[int], "[u8; MAX]"], g: Annotated[int, "the number of things"]) -> Annotated[float, "f64"]: ...
