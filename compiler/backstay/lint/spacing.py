"""How far apart, in minutes, two starts of a rule are at least and at most."""

from __future__ import annotations

import datetime
from functools import lru_cache
from itertools import islice, pairwise

from backstay.ir import Rule
from backstay.lint.context import readable
from backstay_aws.cron import Cron, known_zone, worst_gap

DAY = 24 * 60
_LOOKED_AT = 60
_YEARS = 2
_MINUTE = datetime.timedelta(minutes=1)


def shortest(rule: Rule, start: datetime.datetime) -> int | None:
    """The shortest time between two starts; None with fewer than two of them, or if AWS cannot read the schedule."""
    cron = readable(rule)
    if cron is None or not known_zone(rule.timezone):
        return None
    return _shortest(cron, rule.timezone, start)


def longest(rule: Rule, start: datetime.datetime) -> int | None:
    """The longest time between two starts; None without a bound, or if AWS cannot read the schedule."""
    cron = readable(rule)
    if cron is None or not known_zone(rule.timezone):
        return None
    gap = worst_gap(cron, rule.timezone, start, _YEARS)
    return None if gap is None else gap // _MINUTE


@lru_cache(maxsize=1024)
def _shortest(cron: Cron, zone: str, start: datetime.datetime) -> int | None:
    alike = zone == "UTC" and cron.every_day(start.year - 1, start.year + 1)
    two_days = 2 * len(cron.hours) * len(cron.minutes) + 1
    times = islice(cron.fires(start, zone), min(_LOOKED_AT, two_days) if alike else _LOOKED_AT)
    return min(((later - earlier) // _MINUTE for earlier, later in pairwise(times)), default=None)
