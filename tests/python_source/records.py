"""Records in every shape that has fields, and those that have no fixed ones."""
import dataclasses
from collections import namedtuple
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import Annotated, ClassVar, Generic, NamedTuple, NotRequired, Optional, Required, TypedDict, TypeVar


@dataclass
class Point:
    """A point.

    In the plane.
    """

    x: float
    y: float = 0.0
    ORIGIN: ClassVar["Point"]
    count: "ClassVar[int]" = 0
    plain = 3

    def norm(self) -> float:
        return 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    start: Point
    end: "Optional[Point]" = None
    tags: list[str] = field(default_factory=list)
    span: tuple[int, int] = (0, 0)


class Pair(NamedTuple):
    left: int
    right: "str | None" = None


class User(TypedDict):
    name: Required[str]
    home: Point
    tags: list[Pair]


Functional = NamedTuple("Functional", [("x", int), ("y", Optional[float])])
Keys = TypedDict("Keys", {"x": int, "y": "Point"})


@dataclass(kw_only=True, order=True)
class Sized:  # metropipe: blob=bytes[16]
    name: Annotated[str, "string[32]"]
    _: KW_ONLY
    blob: bytes
    k: int  # metropipe: k=u8
    # metropipe: j=i16
    j: int


class Outer:
    @dataclass
    class Inner:
        value: int

    @staticmethod
    def get(a: Inner) -> "Outer.Inner": ...


@dataclass
class Object(object):
    a: int


@dataclass
class Again:
    a: int
    b: int
    a: float


def points(a: Point, b: Line, c: Optional[Point], d: list[Pair]) -> Line: ...
def users(a: User) -> Pair: ...
def functional(a: Functional, b: Keys) -> None: ...
def sized(a: Sized) -> None: ...
def inner(a: Outer.Inner) -> None: ...
def other(a: Object, b: Again) -> None: ...


@dataclass
class Empty:
    pass


@dataclass
class Once:
    a: InitVar[int]


@dataclass
class Computed:
    a: int
    b: int = field(init=False)


@dataclass(init=False)
class Own:
    a: int


@dataclass
class Hidden:
    __a: int


class Partial(TypedDict, total=False):
    a: int


class Lacking(TypedDict):
    a: NotRequired[int]


T = TypeVar("T")


@dataclass
class Box(Generic[T]):
    value: T


@dataclass
class New[S]:
    value: S


Bare = namedtuple("Bare", "a b")
Total = TypedDict("Total", {"a": int}, total=False)
Odd = TypedDict("Odd", {"a-b": int})


def empty(a: Empty) -> None: ...
def once(a: Once) -> None: ...
def computed(a: Computed) -> None: ...
def own(a: Own) -> None: ...
def hidden(a: Hidden) -> None: ...
def partial(a: Partial) -> None: ...
def lacking(a: Lacking) -> None: ...
def box(a: Box[int]) -> None: ...
def box2(a: Box) -> None: ...
def new(a: New[int]) -> None: ...
def bare(a: Bare) -> None: ...
def total(a: Total) -> None: ...
def odd(a: Odd) -> None: ...
