"""Months of recovery points, storage and cost: sums of curves of one resource, times what is counted with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backstay.forecast.ask import Three
from backstay.forecast.unit import Month, Unit

Rates = Three
"""US dollars of a GiB in warm storage and in cold storage for a month, and of one that goes to another Region."""
Key = tuple[int, Rates]
"""The number of a curve, and the prices that hold for it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A month: points at its end, GiB in the mean (likely change), GiB that go to another Region, US dollars."""

    warm: int
    cold: int
    gb_warm: float
    gb_cold: float
    gb_moved: float
    cost: Three

    @property
    def points(self) -> int:
        """Recovery points of both tiers."""
        return self.warm + self.cold

    @property
    def gb(self) -> float:
        """GiB of both tiers."""
        return self.gb_warm + self.gb_cold


@dataclass(slots=True)
class Weights:
    """What is counted with each curve: resources, their GiB, the GiB that change in a day (low, likely, high)."""

    of: dict[Key, list[float]] = field(default_factory=dict)

    def add(self, key: Key, count: int, size: float, change: Three) -> None:
        """Count resources with a curve."""
        sums = self.of.get(key)
        if sums is None:
            self.of[key] = [count, size, *change]
            return
        low, likely, high = change
        sums[0] += count
        sums[1] += size
        sums[2] += low
        sums[3] += likely
        sums[4] += high


def rows(weights: Weights, curves: Mapping[int, tuple[Month, ...]], months: int) -> tuple[Row, ...]:
    """The months of everything that was counted."""
    return tuple(_row(weights, curves, month) for month in range(months))


def _row(weights: Weights, curves: Mapping[int, tuple[Month, ...]], number: int) -> Row:
    warm = cold = 0
    gb_warm = gb_cold = gb_moved = low = likely = high = 0.0
    for (curve, (usd_warm, usd_cold, usd_moved)), (count, size, least, usual, most) in weights.of.items():
        month = curves[curve][number]
        warm += int(count) * month.warm
        cold += int(count) * month.cold
        whole, colds, moved = size * month.whole, size * month.cold_whole, size * month.moved_whole
        gb_warm += whole + usual * month.changes
        gb_cold += colds
        gb_moved += moved + usual * month.moved_changes
        base = usd_warm * whole + usd_cold * colds + usd_moved * moved
        each = usd_warm * month.changes + usd_moved * month.moved_changes
        low, likely, high = low + base + each * least, likely + base + each * usual, high + base + each * most
    return Row(warm, cold, gb_warm, gb_cold, gb_moved, (low, likely, high))


@dataclass(frozen=True, slots=True)
class Days:
    """The end of every day: points by tier, GiB of both (likely change)."""

    warm: tuple[int, ...]
    cold: tuple[int, ...]
    gb: tuple[float, ...]


def days(weights: Weights, curves: Mapping[int, Unit], count: int) -> Days:
    """The days of everything that was counted."""
    warm, cold, gb = [0] * count, [0] * count, [0.0] * count
    for curve, (number, size, _, usual, _) in _whatever_price(weights.of.items()).items():
        unit, many = curves[curve], int(number)
        warm = [total + many * one for total, one in zip(warm, unit.warm, strict=True)]
        if any(unit.cold):
            cold = [total + many * one for total, one in zip(cold, unit.cold, strict=True)]
            gb = [total + size * one for total, one in zip(gb, unit.cold, strict=True)]
        if size:
            held = zip(gb, unit.whole, unit.changes, strict=True)
            gb = [total + size * whole + usual * changes for total, whole, changes in held]
    return Days(tuple(warm), tuple(cold), tuple(gb))


def _whatever_price(items: Iterable[tuple[Key, list[float]]]) -> dict[int, list[float]]:
    found: dict[int, list[float]] = {}
    for (curve, _), sums in items:
        one = found.setdefault(curve, [0.0] * len(sums))
        found[curve] = [before + more for before, more in zip(one, sums, strict=True)]
    return found
