"""Lengths of time as reasons tell them, and as parameters give them."""

from __future__ import annotations

from datetime import timedelta

from backstay_agent.controls.parameters import Parameters


def span(parameters: Parameters, value: str, unit: str) -> timedelta:
    """A number of hours or days out of two parameters; 1 where none was given."""
    count = parameters.number(value) or 1
    return timedelta(hours=count) if parameters.word(unit) == "hours" else timedelta(days=count)


def told(parameters: Parameters, value: str, unit: str) -> str:
    """The same in words: `1 day`, `36 hours`."""
    count, word = parameters.number(value), parameters.word(unit)
    return f"{count} {word.removesuffix('s') if count == 1 else word}"


def days(count: int | None) -> str:
    """`1 day`, `35 days`."""
    return f"{count} day{'' if count == 1 else 's'}"


def ago(age: timedelta) -> str:
    """How long ago something was, in the unit that tells most."""
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"{minutes // 60} hours" if minutes < 2 * 24 * 60 else f"{minutes // 1440} days"


def every(gap: timedelta) -> str:
    """What comes after `every`: `day`, `7 days`, `6 hours`."""
    hours = round(gap.total_seconds() / 3600)
    if hours % 24 == 0:
        return "day" if hours == 24 else f"{hours // 24} days"
    return "hour" if hours == 1 else f"{hours} hours"
