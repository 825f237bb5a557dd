"""Two rules of a plan whose start windows meet, so that AWS makes one backup for both: that which is kept longer."""

from __future__ import annotations

import datetime
from functools import lru_cache
from itertools import islice

from backstay.ir import Rule
from backstay.lint.context import readable
from backstay_aws.cron import Cron, known_zone

_LOOKED_AT = 60
_LOOKED_AT_FOR_ALL = 200  # of a rule that starts hourly more than a week, so every weekday
_MINUTE = datetime.timedelta(minutes=1)

Clock = tuple[Cron, str, int]
"""A schedule that AWS can read, its time zone, and the start window in minutes."""


def clock(rule: Rule) -> Clock | None:
    """When a rule's jobs may start; None if AWS cannot read it."""
    cron = readable(rule)
    return (cron, rule.timezone, rule.start_window) if cron and known_zone(rule.timezone) else None


@lru_cache(maxsize=1024)
def first_meeting(rare: Clock, often: Clock, start: datetime.datetime) -> datetime.datetime | None:
    """The first start of one rule at which its window meets one of the other."""
    starts = islice(rare[0].fires(start, rare[1]), _LOOKED_AT)
    return next((at for at in starts if _meets(at, rare, often)), None)


@lru_cache(maxsize=1024)
def always_meet(rare: Clock, often: Clock, start: datetime.datetime) -> bool:
    """Whether the first rule never starts without meeting a window of the other."""
    starts = islice(rare[0].fires(start, rare[1]), _looked_at(rare, often, start))
    return rare[0].next(start, rare[1]) is not None and all(_meets(at, rare, often) for at in starts)


def _looked_at(rare: Clock, often: Clock, start: datetime.datetime) -> int:
    """How many starts show what all are like: those of two days, where each day is like the other."""
    alike = all(cron.every_day(start.year - 1, start.year + 1) and zone == "UTC" for cron, zone, _ in (rare, often))
    return 2 * len(rare[0].hours) * len(rare[0].minutes) if alike else _LOOKED_AT_FOR_ALL


def unreached(winner: Rule, loser: Rule) -> tuple[str, ...]:
    """The vaults that get nothing when one rule's backup is made in the other's place."""
    reached = {winner.vault, *(copy.destination.arn for copy in winner.copies)}
    vault = () if loser.vault in reached else (loser.vault,)
    return vault + tuple(copy.destination.name for copy in loser.copies if copy.destination.arn not in reached)


def _meets(at: datetime.datetime, mine: Clock, other: Clock) -> bool:
    found = other[0].next(at - other[2] * _MINUTE, other[1])
    return found is not None and found < at + mine[2] * _MINUTE
