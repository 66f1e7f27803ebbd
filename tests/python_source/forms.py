"""Parameters, defaults, overrides and where functions stand."""
import functools
from typing import Optional

LIMIT = 10
NAME = "x"


def defaults(a: int = 3, b: float = 1, c: float = -2.5e3, d: str = "a\n'\"\u00e9" "b", e: bool = True, f: Optional[int] = None, g: Optional[str] = r"\d", h: int = 0x_ff, i: int = LIMIT, j: str = NAME) -> None: ...
def inexpressible(a: int = len("x"), b: str = f"{LIMIT}", c: bytes = b"x", d: list[int] = [], e: int = None, f: int = 1.5, g: float = 1e999, h: str = "\ud800", i: int = LIMIT + 1) -> None: ...
def kinds(a: int, b: int, /, c: int, *, d: int, e: int = 1) -> int: ...
def only(*, a: int) -> int: ...
def no_type_for_nothing(): ...
async def waits(a: int) -> int: ...


# Above the comment stands another.
# metropipe: text=string[1024], k=i64, return=f64
@functools.cache
# metropipe: flag=u8
@functools.wraps(defaults)
def overridden(text: str, k: int, flag: bool, other: Optional[int]) -> float: ...  # metropipe: other=opt<i8>


def on_the_lines(
    a: int,  # metropipe: a=i16
    b,  # metropipe: b=list<f64, LIMIT>
    c: dict[str, int],  # metropipe: c=json
    d: tuple[int, str],  # metropipe: d=struct{i8, string[16]}
    e,  # metropipe: e=struct{x: f32, y: f32}
):  # metropipe: return=struct{u8,u8}
    """Nothing here is an override.

    # metropipe: a=i8
    """
    # metropipe: a=i8
    return a, b


# metropipe: a=i8

def too_far(a: int) -> int: ...


def _private(a: int) -> int: ...
def __dunder__(a: int) -> int: ...
lambda_ = lambda x: x
def größe(größe: int, 名前: str) -> int: ...


try:
    import fast

    def in_try(a: int) -> int: ...
except ImportError:

    def in_except(a: int) -> int: ...
else:
    def in_else(a: int) -> int: ...
finally:
    def in_finally(a: int) -> int: ...

if LIMIT:
    def in_if(a: int) -> int: ...
elif NAME:
    def in_elif(a: int) -> int: ...
else:
    def in_if_else(a: int) -> int: ...

with open("x"):
    for x in y:
        def in_for(a: int) -> int: ...


class Outer:
    LIMIT = 7

    class Inner:
        @staticmethod
        def method(a: int = LIMIT) -> int: ...

        @classmethod
        async def made(cls, a: int) -> int: ...

    @staticmethod
    def own(a: int = LIMIT) -> int: ...

    async def needs(self) -> None: ...


class Outer2:
    @staticmethod
    def gone() -> None: ...


class Outer2:
    @staticmethod
    def here() -> None: ...


def oneline(a: int) -> int: return a
def comment(a: int) -> int:
    # first
    "doc"
    return a
def same_tuples(a: tuple[int, int], pair: tuple[int, str], pair_item0: tuple[int, int], b: tuple[tuple[str, str], int]) -> None: ...
