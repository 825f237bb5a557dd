"""Counts resources with the curves of their points: in total, by what is asked for, by rule, by vault, by hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property

from backstay import ir
from backstay.forecast.achieved import achieved
from backstay.forecast.ask import Ask
from backstay.forecast.calendar import Calendar
from backstay.forecast.peaks import Due, Hours, Peak
from backstay.forecast.series import Key, Rates, Weights
from backstay.forecast.served import Group
from backstay.forecast.streams import Stream, streams
from backstay.forecast.unit import Month, Unit, units
from backstay_aws import catalog

Spot = tuple[str, str, str]
"""Account, Region and name of a vault."""
Served = tuple[tuple[Stream, int], ...]
"""The streams of a resource with the numbers of their curves."""
_PEAKS = 10


class Tally:
    """Counts group after group; what it says is to be read when all are in."""

    def __init__(self, model: ir.Model, ask: Ask) -> None:
        """Counts for a model, as asked."""
        self.model, self.ask = model, ask
        self.calendar = Calendar(ask.start, ask.years)
        self.total, self.parts = Weights(), dict[str, Weights]()
        self.rules, self.accounts = dict[Stream, Weights](), dict[Stream, set[str]]()
        self.vaults, self.modes = dict[Spot, Weights](), dict[Spot, dict[Stream, None]]()
        self.curves: dict[int, Unit] = {}
        self.gaps: list[tuple[Group, timedelta | None, timedelta | None]] = []
        self.refused: Counter[tuple[str, str]] = Counter()
        self._priced: dict[tuple[str, bool], Rates] = {}
        self._gaps: dict[tuple[object, ...], timedelta | None] = {}
        self._numbers: dict[tuple[object, ...], tuple[int, ...]] = {}
        self._served: dict[tuple[object, ...], tuple[Served, timedelta | None, timedelta | None]] = {}
        self._jobs: dict[tuple[str, str, str], Counter[Due]] = {}
        self._limited: dict[tuple[str, str, str], Counter[Due]] = {}

    def add(self, group: Group) -> None:
        """Count a group."""
        served, gap, elsewhere = self._streams(group)
        self.gaps.append((group, gap, elsewhere))
        change = self.ask.change.of(group.size, group.change)
        for stream, curve in served:
            if stream.refused:
                self.refused[stream.label, stream.refused] += group.count
                continue
            holder = group.account if stream.vault.account == ir.ACCOUNT else stream.vault.account
            spot = holder, stream.vault.region, stream.vault.name
            key: Key = curve, self._rates(group.type, continuous=stream.continuous)
            part = self.parts.setdefault(self._part(group, stream, spot), Weights())
            rule = self.rules.setdefault(stream, Weights())
            vault = self.vaults.setdefault(spot, Weights())
            for weights in (self.total, part, rule, vault):
                weights.add(key, group.count, group.size, change)
            self.accounts.setdefault(stream, set()).add(group.account)
            self.modes.setdefault(spot, {})[stream] = None
            self._due(group, stream)

    @cached_property
    def months(self) -> dict[int, tuple[Month, ...]]:
        """The curves in months."""
        return {number: tuple(unit.months(self.calendar.ends)) for number, unit in self.curves.items()}

    @cached_property
    def most(self) -> dict[int, int]:
        """The most points of each curve."""
        return {number: max(map(sum, zip(unit.warm, unit.cold, strict=True))) for number, unit in self.curves.items()}

    def peaks(self) -> tuple[Peak, ...]:
        """The fullest hours, those that most exceed their quota first, then by jobs."""
        dues = sorted({due for jobs in self._jobs.values() for due in jobs})
        hours = Hours(dues, self.calendar)
        found = []
        for (kind, account, region), jobs in self._jobs.items():
            most, at = hours.fullest(jobs)
            limited = self._limited.get((kind, account, region))
            limit = catalog.limit("concurrent_copies_per_region") if limited else None
            counted = hours.fullest(limited)[0] if limited else 0
            found.append(Peak(kind, account, region, most, at, limit, counted))
        found.sort(key=lambda one: (-(one.limit is not None and one.limited > one.limit), -one.jobs, one.account))
        return tuple(found[:_PEAKS])

    def _streams(self, group: Group) -> tuple[Served, timedelta | None, timedelta | None]:
        key = id(group.shape), group.type, tuple(map(id, group.plans))
        if key not in self._served:
            self._served[key] = self._find(group)
        return self._served[key]

    def _find(self, group: Group) -> tuple[Served, timedelta | None, timedelta | None]:
        shape = group.shape
        if shape is None or not group.plans:
            return (), None, None
        every = [one for plan in group.plans for one in streams(self.model, shape, plan, group.type)]
        served: list[tuple[Stream, int]] = [(one, -1) for one in every if one.refused]
        kept = [one for one in every if not one.refused]
        for chain in _chains(kept):
            served += zip(chain, self._curves(chain), strict=True)
        own, away = [one for one in kept if not one.copied], [one for one in kept if one.copied and one.away]
        return tuple(served), self._gap(own), self._gap(away)

    def _gap(self, streams: list[Stream]) -> timedelta | None:
        key = tuple((one.schedule, one.timezone, one.window, one.continuous) for one in streams)
        if key not in self._gaps:
            self._gaps[key] = achieved(streams, self.calendar)
        return self._gaps[key]

    def _curves(self, chain: list[Stream]) -> tuple[int, ...]:
        """The numbers of a chain's curves; chains that grow alike have the same ones."""
        key = tuple(
            (one.schedule, one.timezone, one.cold_after, one.delete_after, one.continuous, one.full, one.abroad)
            for one in chain
        )
        if key not in self._numbers:
            first = len(self.curves)
            made = units(chain, self.calendar)
            self.curves.update(enumerate(made, first))
            self._numbers[key] = tuple(range(first, first + len(made)))
        return self._numbers[key]

    def _rates(self, kind: str, *, continuous: bool) -> Rates:
        key = kind, continuous
        if key not in self._priced:
            prices = self.ask.priced
            warm = prices.of(kind, "continuous" if continuous else "warm")
            self._priced[key] = warm, prices.of(kind, "cold"), prices.of(kind, "transfer")
        return self._priced[key]

    def _part(self, group: Group, stream: Stream, spot: Spot) -> str:
        match self.ask.by:
            case "rule":
                return stream.label
            case "account":
                facts = self.model.accounts.get(spot[0])
                return f"{facts.name} ({spot[0]})" if facts is not None else spot[0]
            case "type":
                return group.type or "any"
            case "vault":
                return f"{spot[2]} in {spot[0]}, {spot[1]}"

    def _due(self, group: Group, stream: Stream) -> None:
        region = stream.vault.region if stream.copied else group.region
        key = "copy" if stream.copied else "backup", group.account, region
        due = stream.schedule, stream.timezone
        self._jobs.setdefault(key, Counter())[due] += group.count
        if stream.copied and stream.managed:
            self._limited.setdefault(key, Counter())[due] += group.count


def _chains(every: list[Stream]) -> Iterator[list[Stream]]:
    """The streams of one resource by vault."""
    vaults: dict[tuple[str, str, str], list[Stream]] = {}
    for one in every:
        vaults.setdefault((one.vault.account, one.vault.region, one.vault.name), []).append(one)
    yield from vaults.values()
