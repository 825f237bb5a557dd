"""Which days of a month an AWS cron expression means: lists, `L`, `LW`, `15W`, `L-3`, `6L`, `2#1`.

Source: EventBridge "Cron expressions reference", read 2026-11. Weekdays are AWS's: 1 is Sunday, 7 is Saturday.
Where a month lacks a day (31 in April, `L-30` in February, a fifth Friday) the expression means no day of it.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never


@dataclass(frozen=True, slots=True)
class MonthDays:
    """The days of the month with these numbers."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BeforeLast:
    """`L` and `L-n`: so many days before the last day of the month."""

    offset: int


@dataclass(frozen=True, slots=True)
class NearestWeekday:
    """`15W`: the Monday-to-Friday day nearest to this day, within the month."""

    day: int


@dataclass(frozen=True, slots=True)
class LastWeekday:
    """`LW`: the last Monday-to-Friday day of the month."""


@dataclass(frozen=True, slots=True)
class WeekDays:
    """Every day of the month that falls on one of these weekdays."""

    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LastOfWeekday:
    """`6L`: the last such weekday of the month."""

    day: int


@dataclass(frozen=True, slots=True)
class NthOfWeekday:
    """`2#1`: the n-th such weekday of the month."""

    day: int
    nth: int


DayRule = MonthDays | BeforeLast | NearestWeekday | LastWeekday | WeekDays | LastOfWeekday | NthOfWeekday
"""What the two day fields of an expression mean together (one of them is always `?`)."""


@lru_cache(maxsize=8192)
def days_in(rule: DayRule, year: int, month: int) -> tuple[int, ...]:
    """List the days of one month that a rule means, ascending; empty when the month has none."""
    monday_based, last = monthrange(year, month)
    first = (monday_based + 1) % 7 + 1  # AWS's number of the weekday that the 1st falls on
    match rule:
        case MonthDays(days):
            return tuple(day for day in days if day <= last)
        case BeforeLast(offset):
            return (last - offset,) if offset < last else ()
        case NearestWeekday(day):
            return (_nearest_weekday(day, first, last),) if day <= last else ()
        case LastWeekday():
            return (_nearest_weekday(last, first, last),)
        case WeekDays(days):
            return tuple(day for day in range(1, last + 1) if _weekday(day, first) in days)
        case LastOfWeekday(wanted):
            return (last - (_weekday(last, first) - wanted) % 7,)
        case NthOfWeekday(wanted, nth):
            day = 1 + (wanted - first) % 7 + 7 * (nth - 1)
            return (day,) if day <= last else ()
        case _:
            assert_never(rule)


def names_numbers(rule: DayRule) -> bool:
    """Say whether a rule counts days of the month, so that a short month may lack the day that it names."""
    return isinstance(rule, MonthDays | BeforeLast | NearestWeekday)


def _weekday(day: int, first: int) -> int:
    return (first + day - 2) % 7 + 1


def _nearest_weekday(day: int, first: int, last: int) -> int:
    match _weekday(day, first):
        case 7:
            return day - 1 if day > 1 else day + 2
        case 1:
            return day + 1 if day < last else day - 2
        case _:
            return day
