"""Recovery points in time: when they were made and when they expire, a row for each vault, on one axis around now.

The axis is logarithmic to both sides, so that yesterday and seven years from now are both to be seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from backstay_agent.controls.facts import Facts, Point

WIDTH, LEFT, RIGHT, ROW, TOP = 960, 210, 900, 34, 34
NEVER = 936
_MOST_ROWS = 14
_NEAR = 20
_TICKS = ((1, "1 day"), (7, "1 week"), (30, "1 month"), (90, "3 months"), (365, "1 year"), (1826, "5 years"))
_LEAST_PAST, _LEAST_FUTURE = 7.0, 40.0


@dataclass(frozen=True, slots=True)
class Bubble:
    """Recovery points that were made (or expire) about the same time."""

    x: float
    radius: float
    kind: str
    told: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One vault of one name in one Region, over all accounts."""

    y: float
    vault: str
    region: str
    count: int
    first: str
    last: str
    x1: float
    x2: float
    never: int
    bubbles: tuple[Bubble, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing; `left_out` vaults have no row."""

    width: int
    height: int
    now: float
    bottom: int
    ticks: tuple[tuple[float, str], ...]
    lanes: tuple[Lane, ...]
    left_out: int
    any_never: bool


class _Axis:
    """Days from now → place on the drawing."""

    def __init__(self, past: float, future: float) -> None:
        self._past, self._future = math.log10(1 + past), math.log10(1 + future)
        self.now = LEFT + (RIGHT - LEFT) * self._past / (self._past + self._future)

    def x(self, days: float) -> float:
        scale = (RIGHT - LEFT) / (self._past + self._future)
        return round(self.now + math.copysign(math.log10(1 + abs(days)), days) * scale, 1)


def view(facts: Facts) -> Timeline | None:
    """The drawing, vaults with the most recovery points first; None when there are none."""
    found: dict[tuple[str, str], list[Point]] = {}
    for place in facts.places:
        for point in place.points:
            found.setdefault((point.vault, place.region), []).append(point)
    if not found:
        return None
    rows = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    shown = rows[:_MOST_ROWS]
    points = [point for _, own in shown for point in own]
    axis = _Axis(
        max(_LEAST_PAST, *(_days(facts.now, point.created, back=True) for point in points)),
        max(_LEAST_FUTURE, *(_days(facts.now, point.delete_at) for point in points)),
    )
    lanes = tuple(_lane(TOP + ROW * number + ROW / 2, *row, axis, facts.now) for number, row in enumerate(shown))
    bottom = TOP + ROW * len(lanes)
    ticks = tuple(_ticks(axis))
    any_never = any(lane.never for lane in lanes)
    return Timeline(WIDTH, bottom + 30, axis.now, bottom, ticks, lanes, len(rows) - len(shown), any_never)


def _days(now: datetime, moment: datetime | None, *, back: bool = False) -> float:
    if moment is None:
        return 0.0
    days = (moment - now).total_seconds() / 86400
    return -days if back else days


def _ticks(axis: _Axis) -> Iterator[tuple[float, str]]:
    for days, told in _TICKS:
        before, after = axis.x(-days), axis.x(days)
        if before > LEFT + 8:
            yield before, f"−{told}"
        if after < RIGHT - 8:
            yield after, told


def _lane(y: float, key: tuple[str, str], points: list[Point], axis: _Axis, now: datetime) -> Lane:
    made = [(axis.x(min(0.0, _days(now, point.created))), point.created) for point in points]
    gone = [(axis.x(_days(now, point.delete_at)), point.delete_at) for point in points if point.delete_at]
    bubbles = (*_bubbles(made, "made", "made"), *_bubbles(gone, "gone", "expire"))
    never = sum(point.delete_at is None for point in points)
    xs = [bubble.x for bubble in bubbles] + ([float(NEVER)] if never else [])
    first, last = min(date for _, date in made), max((date for _, date in gone), default=None)
    return Lane(
        y,
        *key,
        len(points),
        f"{first:%Y-%m-%d}",
        "never" if never else f"{last:%Y-%m-%d}",
        min(xs),
        max(xs),
        never,
        bubbles,
    )


def _bubbles(moments: Iterable[tuple[float, datetime]], kind: str, word: str) -> Iterator[Bubble]:
    """Moments that would be drawn over one another become one bubble, whose size says how many they are."""
    for near in _clusters(sorted(moments)):
        days = [f"{date:%Y-%m-%d}" for _, date in near]
        first, last = min(days), max(days)
        when = f"on {first}" if first == last else f"from {first} to {last}"
        x = sum(place for place, _ in near) / len(near)
        radius = min(11.0, 3.0 + 1.6 * math.log2(len(near)))
        yield Bubble(round(x, 1), round(radius, 1), kind, f"{len(near)} {word} {when}")


def _clusters(moments: list[tuple[float, datetime]]) -> list[list[tuple[float, datetime]]]:
    clusters: list[list[tuple[float, datetime]]] = []
    for moment in moments:
        if clusters and moment[0] - clusters[-1][0][0] < _NEAR:
            clusters[-1].append(moment)
        else:
            clusters.append([moment])
    return clusters
