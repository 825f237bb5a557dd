"""Copies as arrows, from the accounts and Regions that they come from to those that hold them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backstay_agent.audit import tally
from backstay_agent.controls.facts import Facts, Place
from backstay_aws import arns

WIDTH, LEFT, RIGHT, ROW, TOP = 960, 290, 670, 46, 16
_MOST_PLACES = 12
Spot = tuple[str, str]
"""An account (or a unit, in a large organization) and a Region, by their names."""


@dataclass(frozen=True, slots=True)
class Node:
    """A place at one end of an arrow."""

    name: str
    region: str
    y: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """Copies from one place to another; `count` 0 where a plan asks for them and none is there yet."""

    path: str
    width: float
    count: int
    x: float
    y: float
    source: Spot
    target: Spot

    @property
    def told(self) -> str:
        """The arrow in words."""
        what = (
            f"{self.count} recovery point{'' if self.count == 1 else 's'}" if self.count else "planned, none there yet"
        )
        return f"{' in '.join(self.source)} to {' in '.join(self.target)}: {what}"


@dataclass(frozen=True, slots=True)
class Arrows:
    """The drawing."""

    width: int
    height: int
    sources: tuple[Node, ...]
    targets: tuple[Node, ...]
    arrows: tuple[Arrow, ...]


def view(facts: Facts) -> Arrows | None:
    """The drawing; None when nothing is copied and no plan says so. Many accounts are told by their units."""
    called = tally.names(facts)
    flows = _flows(facts, called, called)
    units = {member.id: member.unit or "Root" for member in facts.members}
    if len({source for source, _ in flows}) > _MOST_PLACES:
        flows = _flows(facts, units, called)
    if len({target for _, target in flows}) > _MOST_PLACES:
        hubs = _hubs(facts)
        named = {account: called[account] for account in hubs & called.keys()} if len(hubs) <= _MOST_PLACES else {}
        flows = _flows(facts, units, units | named)
    if not flows:
        return None
    sources, targets = sorted({source for source, _ in flows}), sorted({target for _, target in flows})
    height = TOP * 2 + ROW * max(len(sources), len(targets))
    left, right = _column(sources, height), _column(targets, height)
    turns: Counter[Spot] = Counter()
    arrows = []
    for (source, target), count in sorted(flows.items()):
        arrows.append(_arrow(source, target, count, left[source], right[target], turns[source]))
        turns[source] += bool(count)
    return Arrows(WIDTH, height, _nodes(left), _nodes(right), tuple(arrows))


def _nodes(column: Mapping[Spot, float]) -> tuple[Node, ...]:
    return tuple(Node(name, region, y) for (name, region), y in column.items())


def _flows(facts: Facts, sources: Mapping[str, str], targets: Mapping[str, str]) -> dict[tuple[Spot, Spot], int]:
    """How many copies lie where, by source and target; 0 for those that plans ask for."""
    flows: Counter[tuple[Spot, Spot]] = Counter()
    for place in facts.places:
        for point in place.points:
            source = arns.parse(point.copied_from or "")
            if source is not None:
                come_from = sources.get(source.account, source.account), source.region
                flows[come_from, (targets.get(place.account, place.account), place.region)] += 1
        for account, region in _asked(place):
            spot = sources.get(place.account, place.account), place.region
            flows[spot, (targets.get(account, account), region)] += 0
    return dict(flows)


def _hubs(facts: Facts) -> set[str]:
    """The accounts that hold, or are asked to hold, copies of other accounts."""
    held = {
        place.account
        for place in facts.places
        for point in place.points
        if (source := arns.parse(point.copied_from or "")) and source.account != place.account
    }
    asked = {account for place in facts.places for account, _ in _asked(place) if account != place.account}
    return held | asked


def _asked(place: Place) -> Iterator[Spot]:
    """The places to which the plans of a place copy."""
    for plan in place.plans:
        for rule in plan.rules:
            yield from ((copy.account, copy.region) for copy in rule.copies)


def _column(spots: list[Spot], height: int) -> dict[Spot, float]:
    """The places one below the other, in the middle of the drawing's height."""
    start = (height - ROW * len(spots)) / 2 + ROW / 2
    return {spot: start + ROW * number for number, spot in enumerate(spots)}


def _arrow(source: Spot, target: Spot, count: int, y1: float, y2: float, turn: int) -> Arrow:
    middle = (LEFT + RIGHT) / 2
    path = f"M{LEFT} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {RIGHT - 8} {y2:g}"
    width = round(1.5 + 1.2 * math.log10(count), 2) if count else 1.5
    # The counts of one source stand at different parts of their ways, so that they do not cover one another.
    t = 0.3 + 0.13 * (turn % 4)
    x = LEFT + (RIGHT - LEFT) * (1.5 * t * (1 - t) ** 2 + 1.5 * t * t * (1 - t) + t**3)
    y = y1 + (y2 - y1) * (3 * t * t * (1 - t) + t**3)
    return Arrow(path, width, count, round(x, 1), round(y, 1), source, target)
