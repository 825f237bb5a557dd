"""Proves or refutes requirements, shape by shape, type by type, under both readings of what AWS leaves open. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from backstay import ir
from backstay.dsl.condition import ResourceType as OfType
from backstay.prove.answer import Answer, Certificate, Status, Witness
from backstay.prove.ground import Ground, ground
from backstay.prove.lacks import Judge, Lack, Need, need_of
from backstay.prove.nearest import nearest
from backstay.prove.patterns import TooManyError
from backstay.prove.search import Box, Covered, LostError, Point, outside
from backstay.prove.takes import ARN, form_boxes, meet
from backstay.prove.tested import tested_boxes
from backstay.resolve.conditions import comparisons, normal
from backstay_aws import catalog

if TYPE_CHECKING:
    from backstay.dsl.requirement import Require
    from backstay_aws.catalog import ResourceType

_HANGS = {
    True: "it holds only if a resource that lacks a tag counts as one whose tag differs, which AWS does not say",
    False: "it holds only if a resource that lacks a tag does not count as one whose tag differs: AWS does not say",
}
_ASSUMED = "resource types whose opt-in no policy sets are taken to be opted in"
_VACUOUS = "it speaks of no account, Region or type of the organization, so there is nothing to refute"
_BEYOND = "there are more combinations of tags than the search looks at; narrow `every`, `types` or `regions`"


@dataclass(frozen=True, slots=True)
class _Group:
    """Types for which the same selections are good, so that they are one question."""

    rows: tuple[ResourceType, ...]
    opted_in: bool
    sure: tuple[int, ...]
    maybe: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """The answer for one group of one shape."""

    status: Status
    accounts: tuple[str, ...]
    witness: tuple[Ground, Witness, Judge] | None = None
    notes: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()


def prove(model: ir.Model, now: date) -> tuple[Answer, ...]:
    """The answer to every requirement of a model, in the order in which they were written."""
    if not model.requirements:
        return ()
    laid: dict[int, Ground | None] = {}
    return tuple(_answer(model, one, laid, now) for one in model.requirements)


def _answer(model: ir.Model, requirement: ir.Requirement, laid: dict[int, Ground | None], now: date) -> Answer:
    parts = [part for one in _scope(model, requirement.node) for part in _parts(model, requirement, one, laid, now)]
    if not parts:
        return Answer(requirement.name, "PROVED", requirement.where, 0, notes=(_VACUOUS,))
    status = min((part.status for part in parts), key=_WORST.index)
    worst = [part for part in parts if part.status == status]
    accounts = len({account for part in worst for account in part.accounts})
    shown = next((part.witness for part in worst if part.witness is not None), None)
    notes = tuple(dict.fromkeys(note for part in worst for note in part.notes))
    certificates = tuple(one for part in parts for one in part.certificates)
    if shown is None:
        return Answer(requirement.name, status, requirement.where, accounts, notes=notes, certificates=certificates)
    where, witness, judge = shown
    near = nearest(where.shape, judge, witness)
    return Answer(requirement.name, status, requirement.where, accounts, witness, near, notes, certificates)


_WORST: tuple[Status, ...] = ("COUNTEREXAMPLE", "UNKNOWN", "PROVED")


def _scope(model: ir.Model, node: Require) -> Iterator[tuple[int, ir.Shape, tuple[str, ...]]]:
    """The shapes that a requirement speaks of, each with those of its accounts."""
    from backstay.resolve.targets import holds
    from backstay.resolve.tree import Member

    assert node.under is not None
    meant = set()
    for facts in model.accounts.values():
        path = tuple(facts.unit.split("/")) if facts.unit else ()
        if holds(node.under, Member(facts.id, facts.name, path, dict(facts.tags), facts.regions)):
            meant.add(facts.id)
    for number, shape in enumerate(model.shapes):
        accounts = tuple(account for account in shape.accounts if account in meant)
        if accounts and (node.regions is None or shape.region in node.regions):
            yield number, shape, accounts


def _parts(
    model: ir.Model,
    requirement: ir.Requirement,
    scope: tuple[int, ir.Shape, tuple[str, ...]],
    laid: dict[int, Ground | None],
    now: date,
) -> Iterator[_Part]:
    number, shape, accounts = scope
    if number not in laid:
        try:
            laid[number] = ground(model, shape)
        except TooManyError:
            laid[number] = None
    here = laid[number]
    if here is None:
        yield _Part("UNKNOWN", accounts, notes=(_BEYOND,))
        return
    need = need_of(requirement.node)
    for group in _groups(here, requirement.node, need, now):
        yield _Asked(here, requirement.node, need, group, accounts, now).answer()


def _groups(here: Ground, node: Require, need: Need, now: date) -> list[_Group]:
    assert node.every is not None
    by_type = any(isinstance(one, OfType) for one in comparisons(node.every))  # several types may share a form of ARN
    found: dict[tuple[bool, tuple[int, ...], tuple[int, ...], str], list[ResourceType]] = {}
    for row in catalog.resource_types():
        if (node.types is not None and row.name not in node.types) or not here.domains[row.name]:
            continue
        judge = Judge(here.model, here.shape, row, need, now)
        sure, maybe = _good(here, judge)
        opted_in = dict(here.shape.opt_in).get(row.opt_in) is not False
        apart = by_type or need.tested_within is not None or not opted_in or row.opt_in_always == "yes"
        alone = row.name if apart else ""
        found.setdefault((opted_in, sure, maybe, alone), []).append(row)
    return [_Group(tuple(rows), key[0], key[1], key[2]) for key, rows in found.items()]


def _good(here: Ground, judge: Judge) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The selections of plans that have a rule without a lack, and of those that may have one."""
    verdicts = {}
    for plan in here.shape.plans:
        lacks = [judge.lacks(rule) for rule in plan.rules]
        verdicts[plan.name] = (any(not one for one in lacks), any(all(not it.sure for it in one) for one in lacks))
    indices = range(len(here.selections))
    sure = tuple(one for one in indices if verdicts[here.selections[one][0].name][0])
    return sure, tuple(one for one in indices if verdicts[here.selections[one][0].name][1])


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question: are all resources of some types, in one shape, that a requirement is about, well protected?"""

    here: Ground
    node: Require
    need: Need
    group: _Group
    accounts: tuple[str, ...]
    now: date

    def answer(self) -> _Part:
        try:
            outcomes = {absent: self._under(absent=absent) for absent in (True, False)}
        except LostError:
            return _Part("UNKNOWN", self.accounts, notes=(_BEYOND,))
        certificates = tuple(one for outcome in outcomes.values() for one in outcome.certificates)
        refuted = [outcome for outcome in outcomes.values() if outcome.status == "COUNTEREXAMPLE"]
        if len(refuted) == len(outcomes):
            return _Part("COUNTEREXAMPLE", self.accounts, refuted[0].witness)
        notes = tuple(note for outcome in outcomes.values() for note in outcome.notes)
        if refuted:
            holds = next(absent for absent, outcome in outcomes.items() if outcome.status != "COUNTEREXAMPLE")
            return _Part("UNKNOWN", self.accounts, refuted[0].witness, (_HANGS[holds], *notes))
        if any(outcome.status == "UNKNOWN" for outcome in outcomes.values()):
            shown = next(outcome.witness for outcome in outcomes.values() if outcome.witness is not None)
            return _Part("UNKNOWN", self.accounts, shown, tuple(dict.fromkeys(notes)))
        return _Part("PROVED", self.accounts, notes=self._assumed(), certificates=certificates)

    def _assumed(self) -> tuple[str, ...]:
        said = dict(self.here.shape.opt_in)
        return () if all(row.opt_in in said for row in self.group.rows) else (_ASSUMED,)

    def _under(self, *, absent: bool) -> _Part:
        """The answer under one reading."""
        certificates = []
        for about in self._about(absent=absent):
            sure = self._outside(about, self.group.sure, absent=absent)
            if isinstance(sure, Point):
                return self._refuted(about, sure, absent=absent)
            core = tuple(
                (self.here.selections[one][0].name, self.here.selections[one][1].name) for one in sorted(sure.used)
            )
            types = tuple(row.name for row in self.group.rows)
            certificates.append(Certificate(self.here.shape, types, self.group.opted_in, absent, core))
        return _Part("PROVED", self.accounts, certificates=tuple(certificates))

    def _refuted(self, about: Box, point: Point, *, absent: bool) -> _Part:
        """A refutation, unless a rule that may be good covers all that the good ones leave open."""
        maybe = self._outside(about, self.group.maybe, absent=absent)
        if isinstance(maybe, Point):
            return _Part("COUNTEREXAMPLE", self.accounts, self._witness(maybe))
        notes = sorted({lack.text for lacks in self._unsure(maybe) for lack in lacks})
        return _Part("UNKNOWN", self.accounts, self._witness(point), tuple(f"a rule {note}" for note in notes))

    def _unsure(self, covered: Covered) -> Iterator[tuple[Lack, ...]]:
        judge = self._judge(self.group.rows[0])
        for plan in {self.here.selections[one][0].name: self.here.selections[one][0] for one in covered.used}.values():
            lacks = [judge.lacks(rule) for rule in plan.rules]
            yield from (one for one in lacks if one and all(not it.sure for it in one))

    def _about(self, *, absent: bool) -> list[dict[str, int]]:
        """What the requirement is about, in the ARNs of the group's types."""
        assert self.node.every is not None
        names = {row.name for row in self.group.rows}
        domains = {name: cells if name in names else 0 for name, cells in self.here.domains.items()}
        own = {ARN: reduce(or_, domains.values())}
        forms = form_boxes(normal(self.node.every), self.here.space, domains, absent=absent)
        return [both for one in forms if (both := meet(one, own)) is not None]

    def _outside(self, about: Box, good: Sequence[int], *, absent: bool) -> Point | Covered:
        taken: list[Box] = []
        owners: list[int] = []
        for index in good:
            for box in self._boxes(index, absent=absent):
                taken.append(box)
                owners.append(index)
        found = outside(about, taken, self.here.space.every)
        return Covered(frozenset(owners[one] for one in found.used)) if isinstance(found, Covered) else found

    def _boxes(self, index: int, *, absent: bool) -> list[Box]:
        row = self.group.rows[0]
        taken = self.here.boxes(index, row, opted_in=self.group.opted_in, absent=absent)
        if self.need.tested_within is None:
            return taken
        plan = self.here.selections[index][0]
        where = self.here.model, self.here.shape, plan, row, self.here.space
        tested = list(tested_boxes(*where, self.need.tested_within, self.now))
        return [both for one in taken for other in tested if (both := meet(one, other)) is not None]

    def _witness(self, point: Point) -> tuple[Ground, Witness, Judge]:
        arns = self.here.space.keys[ARN]
        row = next(one for one in self.group.rows if self.here.domains[one.name] & point.domain[ARN])
        arn = arns.witness(self.here.domains[row.name] & point.domain[ARN])
        assert arn is not None
        tags = {key: self.here.space.keys[key].witness(cells) for key, cells in point.domain.items() if key != ARN}
        facts = self.here.model.accounts[self.accounts[0]]
        kept = {key: value for key, value in sorted(tags.items()) if value is not None}
        own = arn.replace(ir.ACCOUNT, facts.id)
        witness = Witness(facts.id, facts.name, facts.unit, self.here.shape.region, row.name, own, kept)
        return self.here, witness, self._judge(row)

    def _judge(self, row: ResourceType) -> Judge:
        return Judge(self.here.model, self.here.shape, row, self.need, self.now)
