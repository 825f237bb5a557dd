"""The longest time between two starts of a schedule, on the wall clock: daylight saving makes nothing rarer."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from backstay.ir import Rule
from backstay.lint.context import reading
from backstay_aws.cron import Cron, worst_gap

DAY = 24.0
_HOUR = datetime.timedelta(hours=1)
_YEARS = 2


def gap(expression: str, start: datetime.datetime) -> float | None:
    """Hours; None without a bound, or if AWS cannot read the schedule."""
    cron = reading(expression)
    longest = worst_gap(cron, "UTC", start, _YEARS) if isinstance(cron, Cron) else None
    return None if longest is None else longest / _HOUR


def shortest_gap(rules: Iterable[Rule], start: datetime.datetime) -> float | None:
    """The gap of the rule that starts most often; None if there is none, or if one of them cannot be read."""
    gaps = [gap(rule.schedule, start) for rule in rules]
    known = [one for one in gaps if one is not None]
    return min(known) if known and len(known) == len(gaps) else None
