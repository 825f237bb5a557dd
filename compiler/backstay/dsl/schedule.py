"""Schedules: the six-field AWS cron, and plain words that compile to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backstay.dsl.node import Node, PolicyError, expect

WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True)
class Schedule(Node):
    """When a rule starts: an expression `cron(…)` and the IANA time zone in which it is read."""

    expression: str
    tz: str = "UTC"

    def check(self) -> None:
        """Both are text; whether AWS can read them is the linter's business, which has the place to show it."""
        expect(self.expression, str, "text", "expression")
        expect(self.tz, str, "the name of a time zone", "tz")


def cron(expression: str, *, tz: str = "UTC") -> Schedule:
    """AWS cron: minutes, hours, day of month, month, day of week (1 = SUN), year; with or without `cron(…)` around."""
    expect(expression, str, "text", "expression")
    text = expression.strip()
    return Schedule(text if text.startswith(("cron(", "rate(")) else f"cron({text})", tz)


def hourly(minute: int = 0, *, every: int = 1, tz: str = "UTC") -> Schedule:
    """Every hour, or every `every` hours counted from midnight, at `minute` past."""
    expect(minute, int, "a minute", "minute")
    expect(every, int, "a number of hours", "every")
    if not 0 <= minute <= 59:
        raise PolicyError(f"a minute is 0 to 59, not {minute}", field="minute")
    if every not in (1, 2, 3, 4, 6, 8, 12):
        raise PolicyError(f"every {every} hours is not the same every day; use 1, 2, 3, 4, 6, 8 or 12", field="every")
    return Schedule(f"cron({minute} {'*' if every == 1 else f'0/{every}'} ? * * *)", tz)


def daily(at: str, *, tz: str = "UTC") -> Schedule:
    """Every day at `HH:MM`."""
    hour, minute = _clock(at)
    return Schedule(f"cron({minute} {hour} ? * * *)", tz)


def weekly(day: str, at: str, *, tz: str = "UTC") -> Schedule:
    """Every week on `day` (`sun` … `sat`) at `HH:MM`."""
    hour, minute = _clock(at)
    expect(day, str, "a day of the week", "day")
    name = day.upper()[:3]
    if name not in WEEKDAYS:
        raise PolicyError(f"{day!r} is no day of the week; write one of {', '.join(WEEKDAYS).lower()}", field="day")
    return Schedule(f"cron({minute} {hour} ? * {name} *)", tz)


def monthly(day: int | str, at: str, *, tz: str = "UTC") -> Schedule:
    """Every month on `day` (1 to 31, or `"last"`) at `HH:MM`."""
    hour, minute = _clock(at)
    return Schedule(f"cron({minute} {hour} {_day_of_month(day)} * ? *)", tz)


def yearly(month: str, day: int | str, at: str, *, tz: str = "UTC") -> Schedule:
    """Every year on `day` of `month` (`jan` … `dec`) at `HH:MM`."""
    hour, minute = _clock(at)
    expect(month, str, "a month", "month")
    name = month.upper()[:3]
    if name not in MONTHS:
        raise PolicyError(f"{month!r} is no month; write one of {', '.join(MONTHS).lower()}", field="month")
    return Schedule(f"cron({minute} {hour} {_day_of_month(day)} {name} ? *)", tz)


def _clock(at: str) -> tuple[int, int]:
    expect(at, str, 'a time of day such as "03:00"', "at")
    match = _CLOCK.fullmatch(at)
    if match is None:
        raise PolicyError(f'{at!r} is no time of day; write it like "03:00"', field="at")
    return int(match[1]), int(match[2])


def _day_of_month(day: int | str) -> str:
    if day == "last":
        return "L"
    expect(day, int, 'a day of the month or "last"', "day")
    if not 1 <= int(day) <= 31:
        raise PolicyError(f"a day of the month is 1 to 31, not {day}", field="day")
    return str(day)
