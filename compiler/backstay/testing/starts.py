"""When the rules of a plan really make backups: where start windows meet, AWS makes one, by the rule that keeps longer.

Source: Backup developer guide "Backup plan options and configuration", read 2026-11. Rules that keep equally long are
all counted, since AWS does not say which it takes; so are continuous ones, which the guide does not speak of.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfoNotFoundError

from backstay_aws import cron

if TYPE_CHECKING:
    from backstay import ir

_MINUTE = timedelta(minutes=1)
_FOR_EVER = 10**9


def starts(plan: ir.Plan, since: datetime, until: datetime) -> Mapping[str, tuple[datetime, ...]]:
    """By rule, the starts (UTC) from one instant on up to another, both included, without those that AWS leaves out."""
    widest = max((rule.start_window for rule in plan.rules), default=0) * _MINUTE
    found: dict[str, tuple[datetime, ...]] = {}
    longer: list[tuple[timedelta, tuple[datetime, ...]]] = []
    ordered = sorted(plan.rules, key=lambda rule: -_kept(rule))
    for kept in dict.fromkeys(map(_kept, ordered)):
        alike = [rule for rule in ordered if _kept(rule) == kept]
        made = {rule.name: tuple(_made(rule, since - widest, until + widest, longer)) for rule in alike}
        longer += [(rule.start_window * _MINUTE, made[rule.name]) for rule in alike if not rule.continuous]
        found.update(made)
    return {rule.name: tuple(one for one in found[rule.name] if since <= one <= until) for rule in plan.rules}


def _made(
    rule: ir.Rule, since: datetime, until: datetime, longer: Sequence[tuple[timedelta, tuple[datetime, ...]]]
) -> Iterator[datetime]:
    own = rule.start_window * _MINUTE
    for start in _fires(rule.schedule, rule.timezone, since, until):
        if rule.continuous or not any(_meets(start, own, window, others) for window, others in longer):
            yield start


def _meets(start: datetime, own: timedelta, window: timedelta, others: Sequence[datetime]) -> bool:
    """Whether a start's window meets that of one of some ascending starts."""
    first = bisect_right(others, start - window)
    return first < len(others) and others[first] < start + own


def _kept(rule: ir.Rule) -> int:
    return _FOR_EVER if rule.lifecycle.delete_after is None else rule.lifecycle.delete_after


@lru_cache(maxsize=256)
def _fires(schedule: str, timezone: str, since: datetime, until: datetime) -> tuple[datetime, ...]:
    """The firings of a schedule; none for one that AWS refuses, of which the linter tells."""
    found = []
    try:
        for start in cron.parse(schedule).fires(since - _MINUTE, timezone):
            if start > until:
                break
            if start >= since:
                found.append(start)
    except (cron.CronError, ZoneInfoNotFoundError, ValueError):
        return ()
    return tuple(found)
