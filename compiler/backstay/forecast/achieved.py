"""The longest that a resource is without a new recovery point, by all the rules that take it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain
from operator import sub

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
    after = sorted(at for one in streams for at in calendar.beyond(one.schedule, one.timezone))
    if not after:
        return ENDS
    starts = sorted(chain.from_iterable(calendar.fired(one.schedule, one.timezone) for one in streams))
    if len({one.window for one in streams}) > 1:
        return timedelta(seconds=_by_window(streams, calendar, starts or after[:1]))
    window = streams[0].window * 60
    if not starts:  # the first two are both beyond the end
        return timedelta(seconds=after[1] - after[0] + window) if len(after) > 1 else ENDS
    gaps = map(sub, [*starts[1:], after[0]], starts)
    return timedelta(seconds=max(gaps) + window)


def _by_window(streams: Sequence[Stream], calendar: Calendar, starts: Sequence[float]) -> float:
    """The worst gap where windows differ: a later firing with a short window may be the first to begin for certain."""
    ends = [
        (at, at + one.window * 60)
        for one in streams
        for at in (*calendar.fired(one.schedule, one.timezone), *calendar.beyond(one.schedule, one.timezone))
    ]
    ends.sort()
    worst, soonest, place = 0.0, float("inf"), len(ends) - 1
    for start in reversed(starts):
        while place >= 0 and ends[place][0] > start:
            soonest = min(soonest, ends[place][1])
            place -= 1
        worst = max(worst, soonest - start)
    return worst
