"""When the rules that take a resource start next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfoNotFoundError

from backstay_aws.cron import CronError, parse

if TYPE_CHECKING:
    from backstay import ir

SHOWN = 3


def upcoming(plans: Iterable[ir.Plan], today: date) -> tuple[tuple[str, str], ...]:
    """The next starts from the beginning of a day on: ISO 8601 in UTC, and `plan/rule`; those of one time together."""
    starts: dict[datetime, list[str]] = {}
    for plan in plans:
        for rule in plan.rules:
            for start in _starts(rule, datetime.combine(today, time(), UTC)):
                starts.setdefault(start, []).append(f"{plan.name}/{rule.name}")
    return tuple((f"{start:%Y-%m-%dT%H:%MZ}", ", ".join(starts[start])) for start in sorted(starts)[:SHOWN])


def _starts(rule: ir.Rule, after: datetime) -> Iterator[datetime]:
    """A rule's next starts; none for a schedule that AWS refuses, of which the linter tells."""
    try:
        yield from islice(parse(rule.schedule).fires(after, rule.timezone), SHOWN)
    except (CronError, ZoneInfoNotFoundError, ValueError):
        return
