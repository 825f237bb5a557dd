"""AWS's six-field cron: when a schedule fires, how far apart, and the days and hours that it silently skips.

Source: EventBridge "Cron expressions reference"; Backup developer guide "Backup plan options and configuration" (at
most hourly; a local time that does not exist may be skipped); read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from backstay_aws.cron_days import DayRule, days_in, names_numbers
from backstay_aws.cron_text import FIELDS, CronError, Part, Reading, read
from backstay_aws.local_time import Gap, instants, known_zone, missing, seconds, steady

__all__ = [
    "FIELDS",
    "Cron",
    "CronError",
    "Part",
    "in_dst_gap",
    "known_zone",
    "never_fires",
    "parse",
    "per_hour_max",
    "skips_months",
    "worst_gap",
]

_COMMON_YEAR = 2023
_DAY = timedelta(days=1)
_MONTHS, _LONGEST_MONTH = 12, 31
_STEADY = ("UTC", "Etc/UTC", "Etc/GMT")
"""Zones whose clock never changes, as far as anybody uses them."""


@dataclass(frozen=True)
class Cron:
    """A schedule: its text, and the minutes, hours, days, months and years that follow from it."""

    text: str
    reading: Reading = field(repr=False, compare=False)

    @property
    def minutes(self) -> tuple[int, ...]:
        """The minutes of an hour at which it fires, ascending."""
        return self.reading.minutes

    @property
    def hours(self) -> tuple[int, ...]:
        """The hours of a day in which it fires, ascending."""
        return self.reading.hours

    @property
    def days(self) -> DayRule:
        """Which days of a month it means (`cron_days.days_in` lists them)."""
        return self.reading.days

    @property
    def months(self) -> tuple[int, ...]:
        """The months in which it fires, ascending."""
        return self.reading.months

    @property
    def years(self) -> tuple[int, ...]:
        """The years in which it fires, ascending."""
        return self.reading.years

    def every_day(self, first: int, last: int) -> bool:
        """Whether it fires on every day of some years, both included."""
        whole = len(self.months) == _MONTHS and self.years[0] <= first and last <= self.years[-1]
        return whole and _every_day(self.days) and len(self.years) == self.years[-1] - self.years[0] + 1

    def part(self, name: str) -> Part:
        """Give one field as it was written, by its name in `FIELDS`, with its place in the text."""
        return self.reading.parts[FIELDS.index(name)]

    def fires(self, after: datetime, tz: str = "UTC", gap: Gap = "skip") -> Iterator[datetime]:
        """Give the instants (UTC) strictly after `after`, ascending, until the last year that AWS knows (2199).

        `after` must be aware. `tz` is an IANA name; an unknown one raises `zoneinfo.ZoneInfoNotFoundError`.
        A local time that occurs twice fires once, the first time; `gap` says what one that does not exist does.
        """
        if after.tzinfo is None:
            raise ValueError("`after` needs a time zone")
        zone = ZoneInfo(tz)
        after = after.astimezone(UTC)
        last = after  # a gap's end may be a scheduled time itself, even of the next day: fire there once
        for day in self._days_from(_earlier(after.date())):
            for instant in instants(day, self._times(), zone, gap):
                if instant > last:
                    last = instant
                    yield instant

    def spread(self, after: datetime, tz: str = "UTC", gap: Gap = "skip") -> Iterator[list[float]]:
        """Give what `fires` gives as seconds since 1970, a day's in one list: for those who want very many."""
        if after.tzinfo is None:
            raise ValueError("`after` needs a time zone")
        zone, times, last = ZoneInfo(tz), self._times(), after.timestamp()
        for day in self._days_from(_earlier(after.astimezone(UTC).date())):
            found = seconds(day, times, zone, gap)
            if found and found[0] <= last:
                found = [instant for instant in found if instant > last]
            if found:
                last = found[-1]
                yield found

    def next(self, after: datetime, tz: str = "UTC") -> datetime | None:
        """Give the first instant (UTC) strictly after `after`, or None when it never fires again."""
        return next(self.fires(after, tz), None)

    def _times(self) -> tuple[time, ...]:
        return _times(self.hours, self.minutes)

    def _days_from(self, first: date) -> Iterator[date]:
        for year in self.years:
            if year < first.year:
                continue
            for month in self.months:
                if (year, month) < (first.year, first.month):
                    continue
                for number in days_in(self.days, year, month):
                    day = date(year, month, number)
                    if day >= first:
                        yield day


def parse(text: str) -> Cron:
    """Read an AWS cron expression, `cron(...)` included; raises CronError with the characters that are wrong."""
    return Cron(text, read(text))


def never_fires(cron: Cron, after: datetime) -> bool:
    """Say whether a schedule never fires after an instant: its years are past, or its day does not exist."""
    return cron.next(after) is None


def per_hour_max(cron: Cron) -> int:
    """Count how often a schedule fires within one hour at most; AWS Backup refuses more than once."""
    return len(cron.minutes)


@lru_cache(maxsize=1024)
def worst_gap(cron: Cron, tz: str, start: datetime, years: int = 2) -> timedelta | None:
    """Give the longest time between two consecutive firings, daylight saving included.

    Looks at the firings after `start` up to the first one that is `years` later (and at least at two). None when
    there is no bound: the schedule fires less than twice, or stops for good within those years.
    """
    end, zone, times = _years_later(start, years), ZoneInfo(tz), cron._times()
    inside = max((_apart(one, other) for one, other in pairwise(times)), default=timedelta())
    if tz in _STEADY and years > 0 and cron.every_day(start.year - 1, end.year + 1):
        return max(inside, _DAY - _apart(times[0], times[-1]))  # each day is like the other
    worst, last, count = timedelta(), start, 0
    for day in cron._days_from(_earlier(start.astimezone(UTC).date())):
        whole = steady(day, times, zone)
        if whole is not None and last < whole[0] and whole[1] < end:  # all days without a change of the clock are alike
            worst = max(worst, inside, whole[0] - last if count else timedelta())
            last, count = whole[1], count + len(times)
            continue
        for instant in instants(day, times, zone, "skip"):
            if instant > last:
                worst = max(worst, instant - last if count else timedelta())
                last, count = instant, count + 1
                if instant >= end and count > 1:
                    return worst
    return None


def _apart(one: time, other: time) -> timedelta:
    return timedelta(hours=other.hour - one.hour, minutes=other.minute - one.minute)


def skips_months(cron: Cron) -> tuple[int, ...]:
    """List the months of the schedule in which it does not fire because they lack its day (29, 30, 31, `L-30`).

    February counts as having 28 days: a schedule on the 29th skips it in three years of four.
    """
    if not names_numbers(cron.days):
        return ()
    return tuple(month for month in cron.months if not days_in(cron.days, _COMMON_YEAR, month))


def in_dst_gap(cron: Cron, tz: str, start: datetime, years: int = 2) -> tuple[datetime, ...]:
    """List the local times (naive) of the schedule that do not exist, in the years that follow `start`."""
    zone = ZoneInfo(tz)
    first, last = start.astimezone(zone).date(), _years_later(start, years).astimezone(zone).date()
    found: list[datetime] = []
    for day in cron._days_from(first):
        if day >= last:
            break
        found.extend(missing(day, cron._times(), zone))
    return tuple(found)


@lru_cache(maxsize=64)
def _every_day(days: DayRule) -> bool:
    """Whether a rule means every day of a month: of one that begins on a Sunday, and so has each weekday everywhere."""
    return len(days_in(days, _COMMON_YEAR, 1)) == len(days_in(days, _COMMON_YEAR, 10)) == _LONGEST_MONTH


@lru_cache(maxsize=1024)
def _times(hours: tuple[int, ...], minutes: tuple[int, ...]) -> tuple[time, ...]:
    return tuple(time(hour, minute) for hour in hours for minute in minutes)


def _earlier(day: date) -> date:
    """Go back a day or two where the calendar allows: no zone is further than that from UTC."""
    return day - 2 * _DAY if day.toordinal() > 2 else day


def _years_later(start: datetime, years: int) -> datetime:
    try:
        return start.replace(year=start.year + years)
    except ValueError:  # 29 February
        return start.replace(year=start.year + years, day=28)
