"""How many recovery points of a schedule there are on each day, by tier, in closed form. Pure.

The number of points at a time is a difference of ranks in the sorted list of firings: those up to now, less those that
are older than the lifecycle lets them become. No event is simulated; three searches a day say everything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfoNotFoundError

from backstay_aws import cron

DAY = 86_400.0
_LONGEST = 40_000 * DAY
"""Longer than any retention that AWS takes: stands for `for ever`."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One value a day, at the end of the day: points in warm and in cold storage, ages of the warm ones."""

    warm: tuple[int, ...]
    cold: tuple[int, ...]
    oldest: tuple[float, ...]
    """Age of the oldest point in warm storage, in days; 0 where there is none."""
    newest: tuple[float, ...]


@lru_cache(maxsize=512)
def firings(schedule: str, timezone: str, start: datetime, days: int) -> tuple[float, ...]:
    """When a schedule fires within some days, in seconds after `start`; nothing for one that cannot be read."""
    end = start + timedelta(days=days)
    found = []
    try:
        for instant in cron.parse(schedule).fires(start, timezone):
            if instant > end:
                break
            found.append((instant - start).total_seconds())
    except (cron.CronError, ZoneInfoNotFoundError, ValueError):
        return ()
    return tuple(found)


@lru_cache(maxsize=2048)
def curve(fired: tuple[float, ...], cold_after: int | None, delete_after: int | None, days: int) -> Curve:
    """The curve of one rule's points, or of one of its copies; a point counts from its instant on, till its last."""
    kept = delete_after * DAY if delete_after is not None else _LONGEST
    warm = min(cold_after * DAY, kept) if cold_after is not None else kept
    counts, colds, oldest, newest = [], [], [], []
    for day in range(1, days + 1):
        now = day * DAY
        made = bisect_right(fired, now)
        aged = bisect_right(fired, now - warm)
        counts.append(made - aged)
        colds.append(aged - bisect_right(fired, now - kept))
        oldest.append((now - fired[aged]) / DAY if made > aged else 0.0)
        newest.append((now - fired[made - 1]) / DAY if made > aged else 0.0)
    return Curve(tuple(counts), tuple(colds), tuple(oldest), tuple(newest))


def together(curves: Sequence[Curve]) -> Curve:
    """Several rules' points of the same resource in the same vault: they share one chain of changes."""
    if len(curves) == 1:
        return curves[0]
    warm = tuple(map(sum, zip(*(one.warm for one in curves), strict=True)))
    cold = tuple(map(sum, zip(*(one.cold for one in curves), strict=True)))
    oldest = tuple(map(max, zip(*(one.oldest for one in curves), strict=True)))
    newest = tuple(min((one.newest[day] for one in curves if one.warm[day]), default=0.0) for day in range(len(warm)))
    return Curve(warm, cold, oldest, newest)
