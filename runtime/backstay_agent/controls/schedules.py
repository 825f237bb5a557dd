"""How long a schedule leaves between two runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfoNotFoundError

from backstay_aws import cron

NEVER, UNREADABLE = "never again", "unreadable"


def gap(schedule: str, now: datetime, zone: str = "UTC") -> timedelta | str:
    """The longest time between two runs from a day on, or why there is none.

    In UTC this is the time on the wall clock: there the hour of daylight saving makes no rule too rare.
    """
    return _gap(schedule, zone, now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))


@lru_cache(maxsize=10_000)
def _gap(schedule: str, zone: str, day: datetime) -> timedelta | str:
    try:
        return cron.worst_gap(cron.parse(schedule), zone, day) or NEVER
    except (cron.CronError, ZoneInfoNotFoundError, ValueError):
        return UNREADABLE
