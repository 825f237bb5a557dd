"""How many recovery points one resource has of each stream on each day, and how much they hold, in closed form. Pure.

The number of points at a time is a difference of ranks in the sorted list of firings: those up to now, less those that
are older than the lifecycle lets them become. Lifecycles are whole days, so the ranks at the end of every day, counted
once for each schedule, say everything; no event is simulated.

What they hold is in parts of the resource's size and in days of its changes, so that resources of any size share a
curve: the warm points of one resource in one vault are a chain, which holds the resource once and what changed between
its oldest and its newest point; a point in cold storage is full; a continuous backup holds what it can go back to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import sub
from typing import NamedTuple

from backstay.forecast.calendar import DAY, Calendar
from backstay.forecast.streams import Stream


class Month(NamedTuple):
    """A month: points at its end; means of what is held over its days; sums of what is moved."""

    warm: int
    cold: int
    whole: float
    changes: float
    cold_whole: float
    moved_whole: float
    moved_changes: float


@dataclass(frozen=True, slots=True)
class Unit:
    """One resource's curve of a stream, a value for the end of each day from the first one on.

    `whole` are sizes of the resource in warm storage, `changes` days of its changes there; in cold storage every point
    is whole. `moved` are the same two for what goes to another Region on that day.
    """

    warm: list[int]
    cold: list[int]
    whole: list[float]
    changes: list[float]
    moved_whole: list[float]
    moved_changes: list[float]

    def months(self, ends: Sequence[int]) -> Iterator[Month]:
        """The curve in months that end with these days."""
        for begin, end in pairwise((0, *ends)):
            count = end - begin
            yield Month(
                self.warm[end - 1],
                self.cold[end - 1],
                sum(self.whole[begin:end]) / count,
                sum(self.changes[begin:end]) / count,
                sum(self.cold[begin:end]) / count,
                sum(self.moved_whole[begin:end]),
                sum(self.moved_changes[begin:end]),
            )


def units(chain: Sequence[Stream], calendar: Calendar) -> tuple[Unit, ...]:
    """The curves of a resource's streams into one vault, in their order.

    They share a chain, which is counted with the stream that reaches back furthest.
    """
    shared = [one for one in chain if not one.continuous and not one.full]
    bearer = max(shared, key=lambda one: one.warm_days, default=None)
    return tuple(
        _continuous(one, calendar) if one.continuous else _snapshots(one, shared if one is bearer else (), calendar)
        for one in chain
    )


def _snapshots(one: Stream, borne: Sequence[Stream], calendar: Calendar) -> Unit:
    """The curve of a stream; of all that share its chain, where it is the one with which that is counted."""
    made = calendar.ranks(one.schedule, one.timezone)
    aged = _shifted(made, one.warm_days)
    gone = _shifted(made, one.delete_after)
    warm, cold = list(map(sub, made, aged))[1:], list(map(sub, aged, gone))[1:]
    none = [0.0] * calendar.days
    if one.full:
        moved = [float(after - before) for before, after in pairwise((0, *made[1:]))] if one.abroad else none
        return Unit(warm, cold, list(map(float, warm)), none, moved, none)
    whole, changes = _chain(borne, calendar) if borne else (none, none)
    return Unit(warm, cold, whole, changes, *(_moved(borne, calendar) if borne and one.abroad else (none, none)))


def _shifted(ranks: list[int], days: float | None) -> list[int]:
    """The ranks as they were so many days ago; none of what is kept for ever."""
    count = len(ranks)
    if days is None or days >= count:
        return [0] * count
    return [0] * int(days) + ranks[: count - int(days)]


def _continuous(one: Stream, calendar: Calendar) -> Unit:
    """One point from the first firing on, which goes back as far as it is kept."""
    fired = calendar.fired(one.schedule, one.timezone)
    there = [int(rank > 0) for rank in calendar.ranks(one.schedule, one.timezone)[1:]]
    kept = float("inf") if one.delete_after is None else float(one.delete_after)
    changes = [min(day - fired[0] / DAY, kept) if found else 0.0 for day, found in enumerate(there, 1)]
    none = [0.0] * calendar.days
    return Unit(there, [0] * calendar.days, list(map(float, there)), changes, none, none)


def _chain(streams: Sequence[Stream], calendar: Calendar) -> tuple[list[float], list[float]]:
    """Whether there is a warm point at all, and the days between the oldest and the newest one."""
    spans = [_ends(one, calendar) for one in streams]
    whole, changes = [], []
    for ends in zip(*spans, strict=True):
        there = [end for end in ends if end is not None]
        whole.append(1.0 if there else 0.0)
        first, last = min((one for one, _ in there), default=0.0), max((one for _, one in there), default=0.0)
        changes.append((last - first) / DAY)
    return whole, changes


def _ends(one: Stream, calendar: Calendar) -> list[tuple[float, float] | None]:
    """The instants of the oldest and of the newest warm point of each day."""
    fired, made = calendar.fired(one.schedule, one.timezone), calendar.ranks(one.schedule, one.timezone)
    aged = _shifted(made, one.warm_days)
    return [(fired[old], fired[new - 1]) if new > old else None for old, new in zip(aged[1:], made[1:], strict=True)]


def _moved(streams: Sequence[Stream], calendar: Calendar) -> tuple[list[float], list[float]]:
    """What goes to another Region: the whole resource first, then what changed since the last copy."""
    every = sorted({at for one in streams for at in calendar.fired(one.schedule, one.timezone)})
    whole, changes = [], []
    last: float | None = None
    for day in range(1, calendar.days + 1):
        rank = bisect_right(every, day * DAY)
        latest = every[rank - 1] if rank else None
        whole.append(1.0 if last is None and latest is not None else 0.0)
        since = every[0] if last is None and every else last
        changes.append((latest - since) / DAY if latest is not None and since is not None else 0.0)
        last = latest
    return whole, changes
