"""Each rule and copy with its first and its last day, and each vault with the day on which it can be empty. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backstay.forecast.series import Weights
from backstay.forecast.streams import Stream
from backstay.forecast.tally import Tally
from backstay_aws import catalog


@dataclass(frozen=True, slots=True)
class Line:
    """A rule, or a copy of it; None for a day that does not come."""

    stream: Stream
    resources: int
    accounts: int
    points: int
    """At the end of the forecast."""
    first: date | None
    deletes: date | None
    """The day on which the first recovery point is deleted, at the earliest."""


@dataclass(frozen=True, slots=True)
class Held:
    """A vault. `most`: recovery points at most, an upper bound; `empty`: if backups ended with the forecast."""

    account: str
    region: str
    name: str
    mode: str
    points: int
    most: int
    limit: int
    deletes: date | None
    empty: date | None
    """The first day on which it can be empty though nobody may delete; None for never."""


def lines(tally: Tally) -> tuple[Line, ...]:
    """Every rule and copy that makes recovery points, in the order of their names."""
    kinds: dict[tuple[object, ...], list[Stream]] = {}
    for one in tally.rules:
        key = one.label, one.schedule, one.timezone, one.vault.name, one.cold_after, one.delete_after, one.continuous
        kinds.setdefault(key, []).append(one)
    found = [_line(tally, same) for same in kinds.values()]
    return tuple(sorted(found, key=lambda one: (one.stream.label, one.stream.schedule, one.stream.cold_after or 0)))


def _line(tally: Tally, same: Sequence[Stream]) -> Line:
    """Streams that differ in the Region, and in what types can do, only."""
    weights = [tally.rules[one] for one in same]
    return Line(
        same[0],
        sum(int(sums[0]) for one in weights for sums in one.of.values()),
        len({account for one in same for account in tally.accounts[one]}),
        sum(_points(tally, one) for one in weights),
        _first(tally, same[0]),
        _deletes(tally, same[0]),
    )


def held(tally: Tally) -> tuple[Held, ...]:
    """Every vault that holds something."""
    limit = catalog.limit("points_per_vault")
    found = []
    for spot, weights in tally.vaults.items():
        streams = tally.modes[spot]
        most = sum(int(sums[0]) * tally.most[curve] for (curve, _), sums in weights.of.items())
        mode = next((one.mode for one in streams if one.mode), "")
        deletes = [day for one in streams if (day := _deletes(tally, one)) is not None]
        empty = _empty(tally, streams)
        points = _points(tally, weights)
        found.append(Held(*spot, mode, points, most, limit, min(deletes, default=None), empty))
    return tuple(sorted(found, key=lambda one: (-one.points, one.name, one.account, one.region)))


def _deletes(tally: Tally, stream: Stream) -> date | None:
    first = _first(tally, stream)
    if first is None or stream.delete_after is None:
        return None
    return first + timedelta(days=stream.delete_after)


def _empty(tally: Tally, streams: Iterable[Stream]) -> date | None:
    last = tally.calendar.start
    for one in streams:
        fired = tally.calendar.fired(one.schedule, one.timezone)
        if fired and one.delete_after is None:
            return None
        if fired:
            last = max(last, tally.calendar.day(fired[-1]) + timedelta(days=one.delete_after or 0))
    return last


def _first(tally: Tally, stream: Stream) -> date | None:
    fired = tally.calendar.fired(stream.schedule, stream.timezone)
    return tally.calendar.day(fired[0]) if fired else None


def _points(tally: Tally, weights: Weights) -> int:
    months = ((tally.months[curve][-1], int(sums[0])) for (curve, _), sums in weights.of.items())
    return sum(count * (month.warm + month.cold) for month, count in months)
