"""The curves of a page: areas and bands as paths, their axes, and what they say in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

WIDTH, HEIGHT = 960, 260
LEFT, RIGHT, TOP, BOTTOM = 84, 944, 14, 224
_COLUMNS = 430
_TICKS = 8
_STEPS = (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Area:
    """A filled path with its class in the style sheet, and what it is called."""

    path: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its axes: `ups` are values, `alongs` are days, each with its place."""

    title: str
    told: str
    areas: tuple[Area, ...]
    ups: tuple[tuple[float, str], ...]
    alongs: tuple[tuple[float, str], ...]
    line: str = ""


def stacked(title: str, told: str, layers: Sequence[tuple[str, str, Sequence[float]]], days: Sequence[date]) -> Chart:
    """Layers upon one another: (class, name, values); a layer of nothing is left out."""
    drawn = [(kind, name, _thinned(values)) for kind, name, values in layers if any(values)]
    count = len(_thinned([0.0] * len(days)))
    top = _top(max((sum(column) for column in zip(*(values for _, _, values in drawn), strict=True)), default=0.0))
    floor = [0.0] * count
    areas = []
    for kind, name, values in drawn:
        roof = [below + value for below, value in zip(floor, values, strict=True)]
        areas.append(Area(_between(floor, roof, top), kind, name))
        floor = roof
    return Chart(title, told, tuple(areas), tuple(_ups(top)), tuple(_alongs(days)))


def band(title: str, told: str, values: Sequence[tuple[float, float, float]], days: Sequence[date]) -> Chart:
    """A curve within its range: low, likely, high."""
    low, likely, high = ([row[at] for row in values] for at in range(3))
    top = _top(max(high, default=0.0))
    area = Area(_between(low, high, top), "band", "low to high")
    line = f"M{' L'.join(_points(likely, top))}" if likely else ""
    return Chart(title, told, (area,), tuple(_ups(top)), tuple(_alongs(days)), line)


def _thinned(values: Sequence[float]) -> list[float]:
    """At most so many values as there are columns to draw: the largest of each part."""
    if len(values) <= _COLUMNS:
        return list(values)
    cuts = [column * len(values) // _COLUMNS for column in range(_COLUMNS + 1)]
    return [max(values[begin:end]) for begin, end in pairwise(cuts)]


def _between(low: Sequence[float], high: Sequence[float], top: float) -> str:
    return f"M{' L'.join([*_points(high, top), *reversed([*_points(low, top)])])}Z" if high else ""


def _points(values: Sequence[float], top: float) -> list[str]:
    last = max(len(values) - 1, 1)
    return [
        f"{LEFT + (RIGHT - LEFT) * at / last:.1f},{BOTTOM - (BOTTOM - TOP) * value / top:.1f}"
        for at, value in enumerate(values)
    ]


def _top(most: float) -> float:
    """The end of the axis: the least round number that is not below."""
    if most <= 0:
        return 1.0
    power = 10.0 ** (len(f"{int(most)}") - 1) if most >= 1 else 0.1
    return next(step * power for step in _STEPS if step * power >= most)


def _ups(top: float) -> Iterator[tuple[float, str]]:
    for quarter in range(5):
        value = top * quarter / 4
        yield BOTTOM - (BOTTOM - TOP) * quarter / 4, f"{value:,.0f}" if top >= 8 else f"{value:,.2f}"


def _alongs(days: Sequence[date]) -> Iterator[tuple[float, str]]:
    """Ticks at the first day of years, or of months where the years are few."""
    firsts = [
        at for at in range(1, len(days)) if (days[at].year, days[at].month) != (days[at - 1].year, days[at - 1].month)
    ]
    years = [at for at in firsts if days[at].year != days[at - 1].year]
    chosen = years if len(years) >= _TICKS else firsts
    step = -(-len(chosen) // _TICKS) or 1
    last = max(len(days) - 1, 1)
    for at in chosen[::step]:
        yield LEFT + (RIGHT - LEFT) * at / last, f"{days[at]:%Y-%m}"
