"""How far apart the backups of a rule are."""

from __future__ import annotations

import datetime

from backstay.ir import Rule
from backstay.lint.context import readable
from backstay_aws.cron import known_zone, worst_gap

_DAY = datetime.timedelta(days=1)
_YEARS = 2


def interval(rule: Rule, start: datetime.datetime) -> float | None:
    """The longest time between two starts, in days; None without a bound, or if AWS cannot read the schedule."""
    cron = readable(rule)
    if cron is None or not known_zone(rule.timezone):
        return None
    gap = worst_gap(cron, rule.timezone, start, _YEARS)
    return None if gap is None else round(gap / _DAY, 2)
