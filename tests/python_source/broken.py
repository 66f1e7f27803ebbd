"""Errors in the middle; everything else can be read."""
from dataclasses import dataclass

TEXT = """
def not_a_function(a: int) -> int: ...
class not_a_class:
"""


def good(a: int) -> int:
    return a


def broken(x: int, y:
    return 1


x = (1,


def better(a: int) -> str:
    return ""


@dataclass
class Point:
    x: float
    y: float


class K:
    @staticmethod
    def first(a: Point) -> int:
        return a

    @staticmethod
    def second(a: int) -> int:
        return a +

    @staticmethod
    def third(a: int) -> int:
        return a

    def fourth(self -> int:
        pass


class Only:
    @staticmethod
    def broken(a: int -> int:
        return a


async def also(a: int) -> int:
    async with a
        pass


def last(a: Point) -> int:
    return a
