"""When schedules fire within a span of days, each of them read once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfoNotFoundError

from backstay_aws import cron

DAY = 86_400.0
_MONTHS = 12


class Calendar:
    """Some years from the beginning of a day (UTC) on; instants are seconds after it, days are numbers from 1."""

    def __init__(self, start: date, years: int) -> None:
        """A calendar of whole years."""
        self.start = start
        self.months = tuple(_later(start, month) for month in range(1, years * _MONTHS + 1))
        self.ends = tuple((month - start).days for month in self.months)
        """The number of the last day of each month; months begin on the day of the month on which all begins."""
        self.days = self.ends[-1]
        self._fired: dict[tuple[str, str], tuple[float, ...]] = {}
        self._beyond: dict[tuple[str, str], tuple[float, ...]] = {}
        self._ranks: dict[tuple[str, str], list[int]] = {}

    def fired(self, schedule: str, timezone: str) -> tuple[float, ...]:
        """The firings within the calendar, ascending; none for a schedule that cannot be read."""
        self._read(schedule, timezone)
        return self._fired[schedule, timezone]

    def beyond(self, schedule: str, timezone: str) -> tuple[float, ...]:
        """The first two firings after the calendar's end; fewer where the schedule ends."""
        self._read(schedule, timezone)
        return self._beyond[schedule, timezone]

    def ranks(self, schedule: str, timezone: str) -> list[int]:
        """How many firings there are up to the end of each day, from day 0 (the very first instant) on."""
        key = schedule, timezone
        if key not in self._ranks:
            fired = self.fired(schedule, timezone)
            self._ranks[key] = [bisect_right(fired, day * DAY) for day in range(self.days + 1)]
        return self._ranks[key]

    def day(self, instant: float) -> date:
        """The day of an instant."""
        return self.start + timedelta(seconds=instant)

    def _read(self, schedule: str, timezone: str) -> None:
        key = schedule, timezone
        if key in self._fired:
            return
        last = self.days * DAY
        found: list[float] = []
        inside = 0
        for instants in self._instants(schedule, timezone):
            found += instants
            inside = bisect_right(found, last)
            if len(found) > inside + 1:
                break
        self._fired[key], self._beyond[key] = tuple(found[:inside]), tuple(found[inside : inside + 2])

    def _instants(self, schedule: str, timezone: str) -> Iterator[list[float]]:
        """The instants, a day at a time."""
        start = datetime.combine(self.start, time(), UTC)
        zero = start.timestamp()
        try:
            for instants in cron.parse(schedule).spread(start - timedelta(seconds=1), timezone):
                yield [instant - zero for instant in instants]
        except (cron.CronError, ZoneInfoNotFoundError, ValueError):
            return


def _later(start: date, months: int) -> date:
    """A date so many months later; the last of a month that has no such day."""
    year, month = divmod(start.month - 1 + months, _MONTHS)
    for day in range(start.day, 27, -1):
        try:
            return date(start.year + year, month + 1, day)
        except ValueError:
            continue
    return date(start.year + year, month + 1, start.day)
