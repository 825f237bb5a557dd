"""The difference of meaning between two models of an organization, as changes that a reviewer reads. Pure.

Accounts that are in the same pair of shapes are compared once; a pair of shapes that say the same, places in the source
apart, is not compared at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from backstay import ir
from backstay.diff import rest, vaults, words
from backstay.diff.change import Change, Direction
from backstay.diff.counting import affected
from backstay.diff.meaning import Shortfall, shortfalls, side
from backstay.diff.reasons import reason
from backstay.diff.sided import Document, Sided
from backstay.diff.vaults import Places
from backstay.prove.patterns import TooManyError
from backstay.prove.search import LostError

Inventory = Sequence[Mapping[str, Any]]
_CHANGED = ("vault", "cold", "schedule")
_KINDS = {
    "backup": "backup",
    "plan": "points",
    "points": "points",
    "lock": "lock",
    "copy": "copy",
    "vault": "rule",
    "cold": "rule",
    "schedule": "rule",
}
_ORDER: dict[Direction, int] = {"lost": 0, "changed": 1, "gained": 2}


@dataclass(frozen=True)
class Difference:
    """What a change means, locks that get looser first.

    `beyond`: accounts whose plans have more combinations of tags than are looked at.
    """

    changes: tuple[Change, ...]
    accounts: int
    joined: tuple[str, ...]
    left: tuple[str, ...]
    beyond: tuple[str, ...] = ()


def difference(before: Sided, after: Sided, now: date, inventory: Inventory | None = None) -> Difference:
    """Everything that changes for somebody. Renames, moves and other ways of saying the same are no change."""
    old, new = before.model, after.model
    pairs: dict[tuple[int | None, int | None], list[str]] = {}
    shared = sorted(old.accounts.keys() & new.accounts.keys())
    for account in shared:
        for region in sorted({*old.accounts[account].regions, *new.accounts[account].regions}):
            pair = (before.by_place.get((account, region)), after.by_place.get((account, region)))
            pairs.setdefault(pair, []).append(account)
    found: list[Change] = list(rest.organization(old, new))
    beyond: set[str] = set()
    for (one, other), accounts in pairs.items():
        same = one is not None and other is not None and before.said[one] == after.said[other]
        if same or (one is None and other is None):
            continue
        shapes = _shape(old, one, new, other), _shape(new, other, old, one)
        documents = _document(before, one), _document(after, other)
        try:
            found += _Pair(old, new, *shapes, *documents, tuple(accounts), now, inventory).changes()
        except (TooManyError, LostError):
            beyond |= set(accounts)
    merged = sorted(_merged(found), key=_weight)
    return Difference(
        tuple(merged),
        len(shared),
        tuple(sorted(new.accounts.keys() - old.accounts.keys())),
        tuple(sorted(old.accounts.keys() - new.accounts.keys())),
        tuple(sorted(beyond)),
    )


def _shape(model: ir.Model, number: int | None, other: ir.Model, there: int | None) -> ir.Shape:
    """A shape by number; where there is none, one without anything, in the place of the other side's."""
    if number is not None:
        return model.shapes[number]
    assert there is not None
    return ir.Shape(other.shapes[there].region, other.shapes[there].accounts, (), (), (), ())


def _document(side: Sided, number: int | None) -> Document:
    return side.documents[number] if number is not None else {}


@dataclass(frozen=True)
class _Pair:
    """Two shapes that some accounts had and have."""

    old: ir.Model
    new: ir.Model
    before: ir.Shape
    after: ir.Shape
    said_before: Document
    said_after: Document
    accounts: tuple[str, ...]
    now: date
    inventory: Inventory | None

    def changes(self) -> Iterator[Change]:
        at = Places(self.accounts, self.after.region, self.now)
        before = replace(self.before, accounts=self.accounts)
        after = replace(self.after, accounts=self.accounts)
        one, other = side(self.old, before, self.now), side(self.new, after, self.now)
        if self.before.plans or self.after.plans:
            for short in shortfalls(one, other):
                yield self._change(short, "changed" if short.aspect in _CHANGED else "lost")
            for short in shortfalls(other, one):
                if short.aspect not in _CHANGED:
                    yield self._change(short, "gained")
        yield from vaults.compare(at, before, after)
        yield from rest.compare(at, before, after, self.said_before, self.said_after)

    def _change(self, short: Shortfall, direction: Direction) -> Change:
        lost = direction != "gained"
        why, place = reason(self.after, short, lost=lost)
        resources = affected(short, self.inventory or (), self.accounts, self.after.region)
        return Change(
            _KINDS[short.aspect],  # type: ignore[arg-type]
            direction,
            words.what(short, lost=lost),
            words.terms(short.selection.selection),
            self.accounts,
            (self.after.region,),
            short.witness,
            why,
            place,
            types=short.types,
            resources=resources,
            counted=self.inventory is not None,
        )


def _merged(changes: Iterable[Change]) -> Iterator[Change]:
    """Equal changes of several places as one."""
    found: dict[tuple[object, ...], list[Change]] = {}
    for one in changes:
        found.setdefault(
            (one.kind, one.direction, one.what, one.who, one.why, one.place, one.forever, one.breaks), []
        ).append(one)
    for same in found.values():
        accounts = tuple(sorted({account for one in same for account in one.accounts}))
        regions = tuple(sorted({region for one in same for region in one.regions}))
        types = tuple(sorted({kind for one in same for kind in one.types}))
        resources = tuple(sorted({arn for one in same for arn in one.resources}))
        yield replace(same[0], accounts=accounts, regions=regions, types=types, resources=resources)


def _weight(one: Change) -> tuple[object, ...]:
    return one.breaks is None, _ORDER[one.direction], not one.forever, -len(one.accounts), one.kind, one.who, one.what
