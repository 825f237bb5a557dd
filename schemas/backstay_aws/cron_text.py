"""Reads the text of an AWS cron expression into the sets of numbers that it means, or says which characters are wrong.

Source: EventBridge "Cron expressions reference" (fields, ranges, the wildcards each field allows), Backup API
`BackupRuleInput.ScheduleExpression`; read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from backstay_aws.cron_days import (
    BeforeLast,
    DayRule,
    LastOfWeekday,
    LastWeekday,
    MonthDays,
    NearestWeekday,
    NthOfWeekday,
    WeekDays,
)


class CronError(ValueError):
    """A text that is not an AWS cron expression: what is wrong, in which field, and at which characters."""

    def __init__(self, message: str, field: str | None, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True)
class Part:
    """One of the six fields as it was written: its name, its text, and where the text stands in the expression."""

    name: str
    text: str
    start: int
    end: int

    def error(self, message: str) -> CronError:
        """Make the complaint that underlines this part."""
        return CronError(message, self.name, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the six fields of an expression mean."""

    parts: tuple[Part, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: DayRule
    months: tuple[int, ...]
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What one field allows."""

    name: str
    low: int
    high: int
    names: Mapping[str, int] = field(default_factory=dict)
    steps: bool = True
    wraps: bool = True


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MINUTES = _Kind("minutes", 0, 59)
_HOURS = _Kind("hours", 0, 23)
_DAY_OF_MONTH = _Kind("day-of-month", 1, 31)
_MONTH = _Kind("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)})
_DAY_OF_WEEK = _Kind("day-of-week", 1, 7, {name: number for number, name in enumerate(_WEEKDAYS, 1)}, steps=False)
_YEAR = _Kind("year", 1970, 2199, wraps=False)
FIELDS = tuple(kind.name for kind in (_MINUTES, _HOURS, _DAY_OF_MONTH, _MONTH, _DAY_OF_WEEK, _YEAR))
"""The names of the six fields, in their order; `CronError.field` is one of them or None."""


def read(text: str) -> Reading:
    """Read a whole expression, `cron(...)` included; raises CronError at the first thing that is wrong."""
    parts = _split(text)
    minutes, hours, month_day, month, week_day, year = parts
    return Reading(
        parts=parts,
        minutes=_numbers(minutes, _MINUTES),
        hours=_numbers(hours, _HOURS),
        days=_days(month_day, week_day),
        months=_numbers(month, _MONTH),
        years=_numbers(year, _YEAR),
    )


def _split(text: str) -> tuple[Part, ...]:
    if re.match(r"\s*rate\s*\(", text):
        raise CronError("AWS Backup takes cron expressions only, not rate(...)", None, 0, len(text))
    if not (text.startswith("cron(") and text.endswith(")")):
        raise CronError(
            "a schedule is written cron(minutes hours day-of-month month day-of-week year)", None, 0, len(text)
        )
    found = list(re.finditer(r"\S+", text[5:-1]))
    if len(found) != 6:
        hint = "; the sixth is the year, usually *" if len(found) == 5 else ""
        raise CronError(f"AWS cron has six fields, this has {len(found)}{hint}", None, 5, len(text) - 1)
    return tuple(Part(name, hit[0], hit.start() + 5, hit.end() + 5) for name, hit in zip(FIELDS, found, strict=True))


def _days(month_day: Part, week_day: Part) -> DayRule:
    match month_day.text == "?", week_day.text == "?":
        case True, True:
            raise week_day.error("only one of day-of-month and day-of-week can be ?; write * for every day")
        case True, False:
            return _week_days(week_day)
        case False, True:
            return _month_days(month_day)
        case _:
            raise week_day.error("day-of-month and day-of-week cannot both be set; one of them must be ?")


def _month_days(part: Part) -> DayRule:
    text = part.text.upper()
    if text == "LW":
        return LastWeekday()
    if text == "L":
        return BeforeLast(0)
    if hit := re.fullmatch(r"L-([0-9]+)", text):
        return BeforeLast(_within(hit[1], part, 1, 30, "the offset after L-"))
    if hit := re.fullmatch(r"([0-9]+)W", text):
        return NearestWeekday(_number(hit[1], part, _DAY_OF_MONTH))
    for letter, meaning in (("L", "the last day"), ("W", "the nearest weekday")):
        if letter in text:
            raise part.error(f"{letter} ({meaning}) stands alone: {part.text} mixes it with something else")
    return MonthDays(_numbers(part, _DAY_OF_MONTH))


def _week_days(part: Part) -> DayRule:
    text = part.text.upper()
    if text == "L":
        return WeekDays((7,))
    if hit := re.fullmatch(r"(\w+)#(\w+)", text):
        return NthOfWeekday(_number(hit[1], part, _DAY_OF_WEEK), _within(hit[2], part, 1, 5, "the number after #"))
    if "#" in text:
        raise part.error(f"# takes one weekday and one number, as in 2#1: {part.text}")
    if hit := re.fullmatch(r"(\w+)L", text):
        return LastOfWeekday(_number(hit[1], part, _DAY_OF_WEEK))
    return WeekDays(_numbers(part, _DAY_OF_WEEK))


def _numbers(part: Part, kind: _Kind) -> tuple[int, ...]:
    """Read a comma-separated list of numbers, ranges and steps."""
    wanted: set[int] = set()
    start = part.start
    for item in part.text.split(","):
        if not item:
            comma = max(start - 1, part.start)
            raise CronError(f"{kind.name} has an empty list item", kind.name, comma, comma + 1)
        wanted.update(_item(Part(part.name, item, start, start + len(item)), kind))
        start += len(item) + 1
    return tuple(sorted(wanted))


def _item(part: Part, kind: _Kind) -> range | list[int]:
    span, slash, step_text = part.text.partition("/")
    if slash and not kind.steps:
        raise part.error(f"{kind.name} takes no step (/); list the days instead")
    step = _within(step_text, part, 1, None, "the step after /") if slash else 1
    first_text, dash, last_text = span.partition("-")
    if span == "*":
        first, last = kind.low, kind.high
    else:
        first = _number(first_text, part, kind)
        last = _number(last_text, part, kind) if dash else (kind.high if slash else first)
    if first <= last:
        return range(first, last + 1, step)
    if not kind.wraps:
        raise part.error(f"{kind.name} range {span} runs backwards")
    size = kind.high - kind.low + 1
    return [kind.low + (number - kind.low) % size for number in range(first, last + size + 1, step)]


def _number(text: str, part: Part, kind: _Kind) -> int:
    named = kind.names.get(text.upper())
    if named is not None:
        return named
    if not re.fullmatch(r"[0-9]+", text):
        raise part.error(f"{kind.name} cannot be {text or part.text!r}; it takes {kind.low}-{kind.high}{_names(kind)}")
    return _within(text, part, kind.low, kind.high, kind.name)


def _within(text: str, part: Part, low: int, high: int | None, what: str) -> int:
    inside = bool(re.fullmatch(r"[0-9]{1,9}", text)) and int(text) >= low and (high is None or int(text) <= high)
    if not inside:
        wanted = f"{low} or more" if high is None else f"{low}-{high}"
        raise part.error(f"{what} is {text!r}; it must be {wanted}")
    return int(text)


def _names(kind: _Kind) -> str:
    names = list(kind.names)
    return f" or {names[0]}-{names[-1]}" if names else ""
