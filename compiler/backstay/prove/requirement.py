"""Proves or refutes promises, shape by shape, type by type, under both readings of what AWS leaves open. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from backstay import ir
from backstay.prove.answer import STATUSES, Answer
from backstay.prove.ground import Ground, ground
from backstay.prove.lacks import Need, need_of
from backstay.prove.patterns import TooManyError
from backstay.prove.question import BEYOND, Asked, Part, Subject, groups, may_serve
from backstay.prove.subjects import Every

if TYPE_CHECKING:
    from backstay.dsl.target import Target

_VACUOUS = "it speaks of no account, Region or type of the organization, so there is nothing to refute"


@dataclass(frozen=True)
class Promise:
    """What is to hold for all resources that a subject means, in some accounts and Regions (None: in all)."""

    name: str
    where: ir.Where
    subject: Subject
    need: Need
    under: Target | None = None
    regions: Sequence[str] | None = None


def prove(model: ir.Model, now: date) -> tuple[Answer, ...]:
    """The answer to every requirement of a model, in the order in which they were written."""
    return answers(model, [_promise(one) for one in model.requirements], now)


def answers(model: ir.Model, promises: Sequence[Promise], now: date) -> tuple[Answer, ...]:
    """The answer to each promise."""
    laid = _Laid(model)
    return tuple(_answer(laid, one, now) for one in promises)


def _promise(requirement: ir.Requirement) -> Promise:
    node = requirement.node
    assert node.every is not None
    subject = Every(node.every, node.types)
    return Promise(requirement.name, requirement.where, subject, need_of(node), node.under, node.regions)


@dataclass(frozen=True)
class _Laid:
    """The grounds of a model's shapes, each laid when it is first asked about; None where there are too many cells."""

    model: ir.Model
    whole: dict[int, Ground | None] = field(default_factory=dict)

    def ground(self, number: int, promise: Promise, now: date) -> Ground | None:
        """A shape's ground; where its cells are too many, one of what matters to this promise alone."""
        if number not in self.whole:
            every = [one.node.every for one in self.model.requirements if one.node.every is not None]
            self.whole[number] = self._try(number, every, None)
        return self.whole[number] or self._alone(number, promise, now)

    def _alone(self, number: int, promise: Promise, now: date) -> Ground | None:
        if not isinstance(promise.subject, Every):
            return None
        shape = self.model.shapes[number]
        serving = may_serve(self.model, shape, promise.subject, promise.need, now)
        return self._try(number, [promise.subject.condition], serving)

    def _try(self, number: int, every: Sequence[object], plans: frozenset[str] | None) -> Ground | None:
        try:
            return ground(self.model, self.model.shapes[number], every, plans)  # type: ignore[arg-type]
        except TooManyError:
            return None


def _answer(laid: _Laid, promise: Promise, now: date) -> Answer:
    parts = [part for one in _scope(laid.model, promise) for part in _parts(laid, promise, one, now)]
    if not parts:
        return Answer(promise.name, "PROVED", promise.where, 0, notes=(_VACUOUS,))
    status = min((part.status for part in parts), key=STATUSES.index)
    worst = [part for part in parts if part.status == status]
    accounts = len({account for part in worst for account in part.accounts})
    shown = next((part.witness for part in worst if part.witness is not None), None)
    notes = tuple(dict.fromkeys(note for part in worst for note in part.notes))
    certificates = tuple(one for part in parts for one in part.certificates)
    types = {
        kind: tuple(sorted({name for part in parts if part.status == kind for name in part.types})) for kind in STATUSES
    }
    found = Answer(promise.name, status, promise.where, accounts, None, None, notes, certificates, types)
    if shown is None:
        return found
    from backstay.prove.nearest import nearest

    where, witness, judge = shown
    return found.shown(witness, nearest(where.shape, judge, witness))


def _scope(model: ir.Model, promise: Promise) -> Iterator[tuple[int, ir.Shape, tuple[str, ...]]]:
    """The shapes that a promise speaks of, each with those of its accounts."""
    from backstay.resolve.targets import holds
    from backstay.resolve.tree import Member

    meant = set()
    for facts in model.accounts.values():
        path = tuple(facts.unit.split("/")) if facts.unit else ()
        member = Member(facts.id, facts.name, path, dict(facts.tags), facts.regions)
        if promise.under is None or holds(promise.under, member):
            meant.add(facts.id)
    for number, shape in enumerate(model.shapes):
        accounts = tuple(account for account in shape.accounts if account in meant)
        if accounts and (promise.regions is None or shape.region in promise.regions):
            yield number, shape, accounts


def _parts(laid: _Laid, promise: Promise, scope: tuple[int, ir.Shape, tuple[str, ...]], now: date) -> Iterator[Part]:
    number, _, accounts = scope
    here = laid.ground(number, promise, now)
    if here is None:
        yield Part("UNKNOWN", accounts, notes=(BEYOND,))
        return
    for group in groups(here, promise.subject, promise.need, now):
        yield Asked(here, promise.subject, promise.need, group, accounts, now).answer()
