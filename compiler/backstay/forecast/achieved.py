"""The longest that a resource is without a new recovery point, by all the rules that take it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from backstay.forecast.calendar import Calendar
from backstay.forecast.streams import Stream
from backstay_aws.lifecycle import CONTINUOUS_RPO

ENDS = timedelta.max
"""No bound: the schedules end."""


def achieved(streams: Sequence[Stream], calendar: Calendar) -> timedelta | None:
    """The worst gap within the calendar, daylight saving and start windows included; None without any stream.

    A job may start anywhere in its window: the first backup may be early, the next one late.
    """
    if not streams:
        return None
    if any(one.continuous for one in streams):
        return CONTINUOUS_RPO
    starts = sorted({at for one in streams for at in calendar.fired(one.schedule, one.timezone)})
    ends = [
        (at, at + one.window * 60)
        for one in streams
        for at in (*calendar.fired(one.schedule, one.timezone), *calendar.beyond(one.schedule, one.timezone))
    ]
    ends.sort()
    after = [at for one in streams for at in calendar.beyond(one.schedule, one.timezone)]
    if not after:
        return ENDS
    starts = starts or [min(after)]
    worst, soonest, place = 0.0, float("inf"), len(ends) - 1
    for start in reversed(starts):
        while place >= 0 and ends[place][0] > start:
            soonest = min(soonest, ends[place][1])
            place -= 1
        worst = max(worst, soonest - start)
    return timedelta(seconds=worst) if worst != float("inf") else ENDS
