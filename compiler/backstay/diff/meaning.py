"""Compares what two shapes give to every resource that there could be. Pure and exact.

For each rule of one side: is there a resource that it takes, and that no rule of the other side serves as well? The
question is put for backups at all, for how often and how long, for the lock of the vault, and for each copy; and for
the backups that stay, whether they go into another vault, to cold storage at another time, or start at another time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from backstay import ir
from backstay.diff.offers import CopyOffer, Offer, Offers
from backstay.prove.answer import Witness
from backstay.prove.ground import of_forms, own_patterns
from backstay.prove.search import Box, Point, outside
from backstay.prove.takes import ARN, Space, boxes, meet, space
from backstay_aws import catalog

if TYPE_CHECKING:
    from backstay_aws.catalog import ResourceType
    from backstay_aws.selection import Selection

Aspect = Literal["backup", "plan", "points", "lock", "copy", "vault", "cold", "schedule"]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Something that one side gives to a resource, and the other does not: `offer` gives it, `best` comes nearest."""

    aspect: Aspect
    selection: ir.PlanSelection
    offer: Offer
    copy: CopyOffer | None
    best: Offer | None
    types: tuple[str, ...]
    witness: Witness
    serving: tuple[Selection, ...]
    """The selections of the other side that would do: a resource that one of them takes has lost nothing."""
    kept: tuple[Selection, ...] | None
    """Only resources that one of these takes are meant; None: all."""


@dataclass(frozen=True)
class Side:
    """One side's shape with its selections as boxes, for one group of types."""

    model: ir.Model
    shape: ir.Shape
    offers: Offers

    def given(self, row: ResourceType) -> list[tuple[ir.PlanSelection, tuple[Offer, ...]]]:
        """Each selection with what it gives to a type."""
        return [(one, self.offers.of(plan, row)) for plan in self.shape.plans for one in plan.selections]

    def opted_in(self, row: ResourceType) -> bool:
        """Whether a type is backed up without being named; settings that no policy makes are taken to be on."""
        return dict(self.shape.opt_in).get(row.opt_in) is not False


def side(model: ir.Model, shape: ir.Shape, now: date) -> Side:
    """A side of a comparison."""
    return Side(model, shape, Offers(model, shape, now))


def shortfalls(giving: Side, other: Side, *, absent: bool = True) -> Iterator[Shortfall]:
    """All that `giving` gives and `other` does not. Raises `TooManyError` and `LostError`.

    `absent`: whether `!=` and `not like` take a resource without the tag, on both sides.
    """
    taken = [one.selection for here in (giving, other) for plan in here.shape.plans for one in plan.selections]
    rows = catalog.resource_types()
    region, partition = giving.shape.region, giving.model.partition
    patterns = {row.name: own_patterns(row, region, partition) for row in rows}
    whole = space(taken, [], *of_forms(patterns.values()))
    for group in _groups(giving, other):
        yield from _Comparison(giving, other, whole, group, patterns, absent=absent).shortfalls()


def _groups(giving: Side, other: Side) -> list[tuple[ResourceType, ...]]:
    """Types to which both sides give the same, so that they are one question."""
    found: dict[object, list[ResourceType]] = {}
    for row in catalog.resource_types():
        sides = [(tuple(offers for _, offers in one.given(row)), one.opted_in(row)) for one in (giving, other)]
        alone = row.name if row.opt_in_always == "yes" or not all(told for _, told in sides) else ""
        found.setdefault((tuple(sides), alone), []).append(row)
    return [tuple(rows) for rows in found.values()]


def _any(_offer: Offer) -> bool:
    return True


class _Comparison:
    def __init__(
        self,
        giving: Side,
        other: Side,
        whole: Space,
        rows: Sequence[ResourceType],
        patterns: dict[str, tuple[str, ...]],
        *,
        absent: bool,
    ) -> None:
        self._absent = absent
        self._giving = giving
        self._rows = rows
        self._space = whole
        self._every = whole.every
        cells = whole.keys[ARN]
        self._domains: dict[str, int] = {}
        for row in rows:
            self._domains[row.name] = 0
            for text in patterns[row.name]:
                self._domains[row.name] |= cells.sets_of(text)
        self._own = {ARN: _joined(self._domains.values())}
        self._given = giving.given(rows[0])
        self._other = other.given(rows[0])
        self._boxes = {
            side: {one.selection: self._taken(here, one) for one, _ in given}
            for side, here, given in (("giving", giving, self._given), ("other", other, self._other))
        }

    def _taken(self, here: Side, one: ir.PlanSelection) -> list[Box]:
        row = self._rows[0]
        found = boxes(one.selection, self._space, row, opted_in=here.opted_in(row), absent=self._absent)
        return [both for box in found if (both := meet(box, self._own)) is not None]

    def shortfalls(self) -> Iterator[Shortfall]:
        """In the order of what matters most; what is not backed up at all is told once."""
        for selection, offers in self._given:
            if not offers:
                continue
            yield from self._missing(selection, offers[0], "backup", None, _any, within_kept=False)
            lost = [one for offer in offers for one in self._points(selection, offer)]
            if len(lost) == len(offers) > 1 and all(
                one.best is None or one.best.plan != one.offer.plan for one in lost
            ):
                yield replace(lost[0], aspect="plan")
                continue
            yield from lost
            for offer in offers:
                yield from self._of(selection, offer)

    def _points(self, selection: ir.PlanSelection, offer: Offer) -> Iterator[Shortfall]:
        return self._missing(selection, offer, "points", None, lambda one: one.as_often(offer))

    def _of(self, selection: ir.PlanSelection, offer: Offer) -> Iterator[Shortfall]:
        """What a rule gives besides recovery points: the lock of their vault, copies, and how it goes about it."""
        for copy in offer.copies:
            lost = list(self._missing(selection, offer, "copy", copy, lambda one, copy=copy: one.has(copy)))  # type: ignore[misc]
            yield from lost or self._missing(
                selection,
                offer,
                "copy",
                copy,
                lambda one, copy=copy: one.as_often(offer) and one.has(copy),  # type: ignore[misc]
                among=lambda one: one.as_often(offer),
            )
        yield from self._missing(
            selection,
            offer,
            "lock",
            None,
            lambda one: one.as_often(offer) and one.lock >= offer.lock,
            among=lambda one: one.as_often(offer),
        )
        for aspect, same in _SAME.items():
            yield from self._missing(
                selection,
                offer,
                aspect,
                None,
                lambda one, same=same: one.equals(offer) and same(one) == same(offer),  # type: ignore[misc]
                among=lambda one: one.equals(offer),
            )

    def _missing(
        self,
        selection: ir.PlanSelection,
        offer: Offer,
        aspect: Aspect,
        copy: CopyOffer | None,
        good: Callable[[Offer], bool],
        *,
        among: Callable[[Offer], bool] = _any,
        within_kept: bool = True,
    ) -> Iterator[Shortfall]:
        """A resource of the selection that no good offer of the other side serves; at most one.

        With `within_kept`, among those that an offer of the other side that is `among` still serves.
        """
        enough = [one for one, offers in self._other if any(good(it) for it in offers)]
        if any(one.selection == selection.selection for one in enough):
            return
        serving = self._boxes_of(enough)
        still = [one for one, offers in self._other if any(among(it) for it in offers)]
        kept = self._boxes_of(still)
        for box in self._boxes["giving"][selection.selection]:
            for inside in (both for one in kept if (both := meet(box, one)) is not None) if within_kept else [box]:
                found = outside(inside, serving, self._every)
                if isinstance(found, Point):
                    yield replace(
                        self._shortfall(selection, offer, aspect, copy, found),
                        serving=tuple(one.selection for one in enough),
                        kept=tuple(one.selection for one in still) if within_kept else None,
                    )
                    return

    def _boxes_of(self, chosen: Sequence[ir.PlanSelection]) -> list[Box]:
        return [box for one in chosen for box in self._boxes["other"][one.selection]]

    def _shortfall(
        self, selection: ir.PlanSelection, offer: Offer, aspect: Aspect, copy: CopyOffer | None, point: Point
    ) -> Shortfall:
        cells = self._space.keys[ARN]
        row = next(one for one in self._rows if self._domains[one.name] & point.domain[ARN])
        arn = cells.witness(self._domains[row.name] & point.domain[ARN])
        assert arn is not None
        tags = {key: self._space.keys[key].witness(own) for key, own in point.domain.items() if key != ARN}
        facts = self._giving.model.accounts[self._giving.shape.accounts[0]]
        kept = {key: value for key, value in sorted(tags.items()) if value is not None}
        own = arn.replace(ir.ACCOUNT, facts.id)
        witness = Witness(facts.id, facts.name, facts.unit, self._giving.shape.region, row.name, own, kept)
        best = self._best(offer, point)
        return Shortfall(aspect, selection, offer, copy, best, tuple(one.name for one in self._rows), witness, (), None)

    def _best(self, offer: Offer, point: Point) -> Offer | None:
        """What the other side gives to the witness that is most like it."""
        taking = [
            offers
            for one, offers in self._other
            if any(
                all(point.domain[key] & cells for key, cells in box.items())
                for box in self._boxes["other"][one.selection]
            )
        ]
        every = [one for offers in taking for one in offers]
        return min(every, key=lambda one: _distance(one, offer), default=None)


_SAME: dict[Aspect, Callable[[Offer], object]] = {
    "vault": lambda one: one.vault,
    "cold": lambda one: one.cold,
    "schedule": lambda one: one.schedule,
}


def _distance(one: Offer, offer: Offer) -> tuple[bool, bool, bool, bool, int, str]:
    """How unlike two offers are: by name first, since people compare rules of one name."""
    return (
        one.rule.name != offer.rule.name,
        one.schedule != offer.schedule,
        one.gap > offer.gap,
        one.kept < offer.kept,
        -len(set(one.copies) & set(offer.copies)),
        one.plan,
    )


def _joined(sets: object) -> int:
    whole = 0
    for cells in sets:  # type: ignore[attr-defined]
        whole |= cells
    return whole
