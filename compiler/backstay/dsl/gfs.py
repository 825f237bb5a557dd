"""Grandfather, father, son: when the rules of such a plan start, and which of them may get cold."""

from __future__ import annotations

from backstay.dsl import schedule
from backstay.dsl.duration import Days
from backstay.dsl.node import PolicyError, expect
from backstay.dsl.param import Param
from backstay.dsl.schedule import Schedule

COLD_AT_LEAST = 90  # days in cold storage; Backup API `Lifecycle`, read 2026-11

# What the words for schedules call an argument → what `Plan.gfs` calls it.
_WEEKLY = {"day": "weekday"}
_MONTHLY = {"day": "month_day"}


def kept(**said: Days | None) -> dict[str, Days]:
    """How long each rule that there is keeps, by its name."""
    found = {name: keep for name, keep in said.items() if keep is not None}
    for name, keep in found.items():
        if not isinstance(keep, Param):
            expect(keep, Days, "a duration in days, such as days(35)", name)
    if not found:
        raise PolicyError("say how long something is kept: `daily=days(35)`, `weekly=…`, `monthly=…`, `yearly=…`")
    return found


def starts(at: str, tz: str, weekday: str, month_day: int | str, month: str) -> dict[str, Schedule]:
    """The schedule of each rule by its name."""
    try:
        often = {"daily": schedule.daily(at, tz=tz), "weekly": schedule.weekly(weekday, at, tz=tz)}
    except PolicyError as error:
        raise _of(error, _WEEKLY) from None
    try:
        yearly = schedule.yearly(month, month_day, at, tz=tz)
        return {**often, "monthly": schedule.monthly(month_day, at, tz=tz), "yearly": yearly}
    except PolicyError as error:
        raise _of(error, _MONTHLY) from None


def _of(error: PolicyError, names: dict[str, str]) -> PolicyError:
    """The same complaint, of the argument as the author named it."""
    field = None if error.field is None else names.get(error.field, error.field)
    return PolicyError(error.message, field=field, help=error.help)


def cold(cold_after: Days | None, keep: Days) -> Days | None:
    """When what is kept so long moves to cold storage: `cold_after`, or never where too little time would be left.

    Where either is a parameter, nobody knows yet: `cold_after` is taken at its word.
    """
    known = isinstance(cold_after, Days) and isinstance(keep, Days)
    if cold_after is None or (known and keep.count < cold_after.count + COLD_AT_LEAST):
        return None
    return cold_after
