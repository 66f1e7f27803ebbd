"""Records of every kind, nested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Optional, TypedDict


@dataclass(frozen=True)
class Point:
    """A point in the plane."""

    x: float
    y: float


class Tag(NamedTuple):
    """A word with a weight."""

    word: str
    weight: Optional[float]


class Options(TypedDict):
    """What to do."""

    closed: bool
    tags: list[Tag]


@dataclass
class Segment:
    """A line between two points."""

    start: Point
    end: Point
    label: str
    id: int = 0


def length(segment: Segment) -> float:
    """The distance between the ends."""
    return ((segment.end.x - segment.start.x) ** 2 + (segment.end.y - segment.start.y) ** 2) ** 0.5


def midpoint(segment: Segment) -> Point:
    """The point between the ends."""
    return Point((segment.start.x + segment.end.x) / 2, (segment.start.y + segment.end.y) / 2)


def bounds(points: list[Point], label: str) -> Optional[Segment]:
    """The diagonal of the box around the points, nothing for no points."""
    if not points:
        return None
    xs = [point.x for point in points]
    ys = [point.y for point in points]
    return Segment(Point(min(xs), min(ys)), Point(max(xs), max(ys)), label, len(points))


def summary(options: Options) -> str:
    """Spell the argument as this process saw it."""
    tags = " ".join(f"{tag.word}={tag.weight!r}" for tag in options["tags"])
    return f"{options['closed']} {tags}"


def tag(word: str) -> Tag:
    """A tag, without a weight for an empty word."""
    return Tag(word, float(len(word)) if word else None)
