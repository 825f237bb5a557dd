"""The hours in which most jobs are due, by account and Region, beside the quotas that there are. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from backstay.forecast.calendar import Calendar

HOUR = 3_600.0
Due = tuple[str, str]
"""A schedule and its time zone."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The fullest hour of an account: `kind` is `backup` or `copy`, of copies `region` is the one that they go to."""

    kind: str
    account: str
    region: str
    jobs: int
    at: datetime
    limit: int | None
    """How many AWS runs at once, where there is such a quota."""
    limited: int
    """How many of the jobs count against it."""


class Hours:
    """Which schedules are due within the same hour, read once for all of them."""

    def __init__(self, dues: list[Due], calendar: Calendar) -> None:
        """The hours of a calendar."""
        self._numbers = {due: number for number, due in enumerate(dues)}
        self._start = datetime.combine(calendar.start, time(), UTC)
        hours: dict[int, int] = {}
        for due, number in self._numbers.items():
            for at in calendar.fired(*due):
                hour = int(at // HOUR)
                hours[hour] = hours.get(hour, 0) | 1 << number
        self._first: dict[int, int] = {}
        for hour in sorted(hours):
            self._first.setdefault(hours[hour], hour)
        self._known: dict[int, list[tuple[int, int]]] = {}

    def fullest(self, jobs: Mapping[Due, int]) -> tuple[int, datetime]:
        """The most jobs that are due within an hour, and the first hour in which they are."""
        own = sum(1 << self._numbers[due] for due in jobs)
        most, first = 0, 0
        for mask, hour in self._masks(own):
            count = sum(number for due, number in jobs.items() if mask >> self._numbers[due] & 1)
            if count > most or (count == most and hour < first):
                most, first = count, hour
        return most, self._start + timedelta(hours=first)

    def _masks(self, own: int) -> list[tuple[int, int]]:
        if own not in self._known:
            found: dict[int, int] = {}
            for mask, hour in self._first.items():
                found.setdefault(mask & own, hour)
            self._known[own] = [*_maximal(found)]
        return self._known[own]


def _maximal(masks: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """The sets that no other one holds, with their hours: only they can be the fullest."""
    kept: list[int] = []
    for mask in sorted(masks, key=int.bit_count, reverse=True):
        if mask and not any(mask & other == mask for other in kept):
            kept.append(mask)
            yield mask, masks[mask]
