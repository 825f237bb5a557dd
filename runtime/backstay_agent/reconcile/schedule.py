"""When a task is due: every so often, or by an AWS cron expression, by AWS's time. Pure.

Agents of many organizations that start together do not all knock at the same second: each task has a shift that follows
from a seed, and is the same every time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from backstay_aws import cron
from backstay_aws.cron import Cron, CronError

_INTERVAL = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_UNITS: Mapping[str, int] = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(days=31)
_SHIFT = 0.1
"""The greatest shift, as a part of the interval."""
_MOST_OF_A_CRON = timedelta(seconds=60)


class ScheduleError(ValueError):
    """Words that are no schedule; the message says what one is."""


@dataclass(frozen=True, slots=True)
class Every:
    """At equal distances, from the first time on."""

    interval: timedelta
    text: str


@dataclass(frozen=True, slots=True)
class At:
    """At the times of a cron expression, UTC."""

    cron: Cron

    @property
    def text(self) -> str:
        """The expression as it was written."""
        return self.cron.text


Schedule = Every | At


def read(text: str) -> Schedule:
    """`15m`, `1h`, `2d`, or `cron(0 3 ? * * *)`; raises ScheduleError."""
    if text.startswith("cron("):
        try:
            return At(cron.parse(text))
        except CronError as error:
            raise ScheduleError(f"{text} is no cron expression of AWS's: {error}") from error
    match = _INTERVAL.fullmatch(text)
    if match is None:
        raise ScheduleError(f"{text!r} is no schedule: say 15m, 1h, 2d, or cron(0 3 ? * * *)")
    interval = timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    if not SHORTEST <= interval <= LONGEST:
        raise ScheduleError(f"{text} is outside of what makes sense: 10s to 31d")
    return Every(interval, text)


def period(schedule: Schedule, after: datetime) -> timedelta:
    """How far apart two rounds are: the interval, or the distance of the next two times of a cron expression."""
    match schedule:
        case Every():
            return schedule.interval
        case At():
            times = schedule.cron.fires(after)
            first, second = next(times, None), next(times, None)
            return second - first if first and second else LONGEST
        case _:
            assert_never(schedule)


def shift(schedule: Schedule, seed: str) -> timedelta:
    """How much later than exactly a task runs: up to a tenth of its interval, at most a minute."""
    draw = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") / 2**32
    match schedule:
        case Every():
            most = min(schedule.interval * _SHIFT, _MOST_OF_A_CRON)
        case At():
            most = _MOST_OF_A_CRON
        case _:
            assert_never(schedule)
    return timedelta(seconds=int(most.total_seconds() * draw))


def due_at(schedule: Schedule, last: datetime | None, now: datetime, seed: str) -> datetime:
    """When a task is due next, given when it began last (None: never, so now).

    Rounds that were missed (the machine slept, AWS's clock went on) are made up for by one. A `last` that lies in the
    future (another AWS, a clock set back) counts as never.
    """
    if last is None or last > now:
        return now
    match schedule:
        case Every():
            return last + schedule.interval + (shift(schedule, f"{seed} {last.isoformat()}"))
        case At():
            late = shift(schedule, seed)
            coming = schedule.cron.next(last - late)
            return coming + late if coming else now + LONGEST
        case _:
            assert_never(schedule)
