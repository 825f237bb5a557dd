"""One question: are all resources of some types, in one shape, that it is about, protected as it is needed? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Protocol

from backstay import ir
from backstay.prove.answer import Certificate, Status, Witness
from backstay.prove.ground import Ground
from backstay.prove.lacks import Judge, Lack, Need
from backstay.prove.search import Box, Covered, LostError, Point, outside
from backstay.prove.takes import meet
from backstay.prove.tested import often_enough, tested_boxes
from backstay_aws import catalog

if TYPE_CHECKING:
    from backstay_aws.catalog import ResourceType
    from backstay_aws.selection import Selection

HANGS = {
    True: "it holds only if a resource that lacks a tag counts as one whose tag differs, which AWS does not say",
    False: "it holds only if a resource that lacks a tag does not count as one whose tag differs: AWS does not say",
}
"""What a promise hangs on that holds under one reading only, by the reading."""
BEYOND = "there are more combinations of tags than the search looks at; narrow `every`, `types` or `regions`"
"""What is said where the search gives up."""
_ASSUMED = "resource types whose opt-in no policy sets are taken to be opted in"


class Subject(Protocol):
    """What a question is about."""

    @property
    def types(self) -> Sequence[str] | None:
        """Resource types, None for all."""

    @property
    def by_type(self) -> bool:
        """Whether it tells types apart that share a form of ARN."""

    def boxes(self, here: Ground, group: Group, domains: dict[str, int], *, absent: bool) -> Iterator[About]:
        """What it is about, in the ARNs of a group's types (`domains`)."""


@dataclass(frozen=True, slots=True)
class About:
    """Some resources that a question is about; `taken`: all that this selection takes, else what `every` says."""

    box: Box
    taken: Selection | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Types for which the same selections are good, so that they are one question."""

    rows: tuple[ResourceType, ...]
    opted_in: bool
    sure: tuple[int, ...]
    maybe: tuple[int, ...]
    enough: frozenset[int]
    """The selections all of whose resources are well protected by being taken."""


@dataclass(frozen=True, slots=True)
class Part:
    """The answer for one group of one shape."""

    status: Status
    accounts: tuple[str, ...]
    witness: tuple[Ground, Witness, Judge] | None = None
    notes: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    types: tuple[str, ...] = ()


def groups(here: Ground, subject: Subject, need: Need, now: date) -> list[Group]:
    """The types that a subject means, together where the same selections are good for them."""
    found: dict[tuple[bool, tuple[int, ...], tuple[int, ...], str], list[ResourceType]] = {}
    for row in catalog.resource_types():
        if (subject.types is not None and row.name not in subject.types) or not here.domains[row.name]:
            continue
        judge = Judge(here.model, here.shape, row, need, now)
        sure, maybe = _good(here, judge)
        opted_in = dict(here.shape.opt_in).get(row.opt_in) is not False
        apart = subject.by_type or need.tested_within is not None or not opted_in or row.opt_in_always == "yes"
        found.setdefault((opted_in, sure, maybe, row.name if apart else ""), []).append(row)
    tested = need.tested_within is not None
    return [
        Group(tuple(rows), key[0], key[1], key[2], frozenset() if tested else frozenset(key[1]))
        for key, rows in found.items()
    ]


def may_serve(model: ir.Model, shape: ir.Shape, subject: Subject, need: Need, now: date) -> frozenset[str]:
    """The plans that have a rule which is good, or may be, for some type of a subject."""
    rows: dict[tuple[str, ...], Judge] = {}
    for row in catalog.resource_types():
        if subject.types is None or row.name in subject.types:
            judge = Judge(model, shape, row, need, now)
            rows.setdefault(judge.abilities, judge)
    return frozenset(plan.name for plan in shape.plans for judge in rows.values() if any(_verdict(judge, plan)))


def _good(here: Ground, judge: Judge) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The selections of plans that have a rule without a lack, and of those that may have one."""
    key = judge.need, judge.now, judge.abilities
    if key not in here.verdicts:
        here.verdicts[key] = _sorted_out(here, judge)
    return here.verdicts[key]


def _sorted_out(here: Ground, judge: Judge) -> tuple[tuple[int, ...], tuple[int, ...]]:
    verdicts = {plan.name: _verdict(judge, plan) for plan in here.shape.plans}
    indices = range(len(here.selections))
    sure = tuple(one for one in indices if verdicts[here.selections[one][0].name][0])
    return sure, tuple(one for one in indices if verdicts[here.selections[one][0].name][1])


def _verdict(judge: Judge, plan: ir.Plan) -> tuple[bool, bool]:
    """Whether a rule of a plan is good, and whether one may be."""
    lacks = [judge.lacks(rule) for rule in plan.rules]
    return any(not one for one in lacks), any(all(not it.sure for it in one) for one in lacks)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: are all resources of some types, in one shape, that a subject means, well protected?"""

    here: Ground
    subject: Subject
    need: Need
    group: Group
    accounts: tuple[str, ...]
    now: date

    def answer(self) -> Part:
        """The answer under both readings."""
        return replace(self._answer(), types=tuple(row.name for row in self.group.rows))

    def _answer(self) -> Part:
        try:
            outcomes = {absent: self._under(absent=absent) for absent in (True, False)}
        except LostError:
            return Part("UNKNOWN", self.accounts, notes=(BEYOND,))
        certificates = tuple(one for outcome in outcomes.values() for one in outcome.certificates)
        refuted = [outcome for outcome in outcomes.values() if outcome.status == "COUNTEREXAMPLE"]
        if len(refuted) == len(outcomes):
            return Part("COUNTEREXAMPLE", self.accounts, refuted[0].witness)
        notes = tuple(note for outcome in outcomes.values() for note in outcome.notes)
        if refuted:
            holds = next(absent for absent, outcome in outcomes.items() if outcome.status != "COUNTEREXAMPLE")
            return Part("UNKNOWN", self.accounts, refuted[0].witness, (HANGS[holds], *notes))
        if any(outcome.status == "UNKNOWN" for outcome in outcomes.values()):
            shown = next(outcome.witness for outcome in outcomes.values() if outcome.witness is not None)
            return Part("UNKNOWN", self.accounts, shown, tuple(dict.fromkeys(notes)))
        return Part("PROVED", self.accounts, notes=self._assumed(), certificates=certificates)

    def _assumed(self) -> tuple[str, ...]:
        said = dict(self.here.shape.opt_in)
        return () if all(row.opt_in in said for row in self.group.rows) else (_ASSUMED,)

    def _under(self, *, absent: bool) -> Part:
        """The answer under one reading."""
        used: dict[Selection | None, set[int]] = {}
        for about in self._about(absent=absent):
            sure = self._outside(about.box, self.group.sure, absent=absent)
            if isinstance(sure, Point):
                return self._refuted(about.box, sure, absent=absent)
            used.setdefault(about.taken, set()).update(sure.used)
        certificates = tuple(self._certificate(taken, own, absent=absent) for taken, own in used.items())
        return Part("PROVED", self.accounts, certificates=certificates)

    def _certificate(self, about: Selection | None, used: set[int], *, absent: bool) -> Certificate:
        """What the proof for all that a subject means rests on, or for all that one selection takes."""
        core = tuple((self.here.selections[one][0].name, self.here.selections[one][1].name) for one in sorted(used))
        types = tuple(row.name for row in self.group.rows)
        return Certificate(self.here.shape, types, self.group.opted_in, absent, core, about, self._often_enough(used))

    def _often_enough(self, used: Iterable[int]) -> dict[str, tuple[ir.RestoreSelection, ...]] | None:
        """What restore tests take in time of the plans that a proof rests on; None where no tests are asked for."""
        if self.need.tested_within is None:
            return None
        where = self.here.model, self.here.shape
        return {
            name: often_enough(*where, plan, self.need.tested_within, self.now)
            for name, plan in self._plans(used).items()
        }

    def _refuted(self, about: Box, point: Point, *, absent: bool) -> Part:
        """A refutation, unless a rule that may be good covers all that the good ones leave open."""
        maybe = self._outside(about, self.group.maybe, absent=absent)
        if isinstance(maybe, Point):
            return Part("COUNTEREXAMPLE", self.accounts, self._witness(maybe))
        notes = sorted({lack.text for lacks in self._unsure(maybe) for lack in lacks})
        return Part("UNKNOWN", self.accounts, self._witness(point), tuple(f"a rule {note}" for note in notes))

    def _unsure(self, covered: Covered) -> Iterator[tuple[Lack, ...]]:
        judge = self._judge(self.group.rows[0])
        for plan in self._plans(covered.used).values():
            lacks = [judge.lacks(rule) for rule in plan.rules]
            yield from (one for one in lacks if one and all(not it.sure for it in one))

    def _about(self, *, absent: bool) -> Iterator[About]:
        """What the question is about, in the ARNs of the group's types."""
        names = {row.name for row in self.group.rows}
        domains = {name: cells if name in names else 0 for name, cells in self.here.domains.items()}
        return self.subject.boxes(self.here, self.group, domains, absent=absent)

    def _outside(self, about: Box, good: tuple[int, ...], *, absent: bool) -> Point | Covered:
        taken, owners = self._taken(good, absent=absent)
        found = outside(about, taken, self.here.space.every)
        return Covered(frozenset(owners[one] for one in found.used)) if isinstance(found, Covered) else found

    def _taken(self, good: tuple[int, ...], *, absent: bool) -> tuple[list[Box], list[int]]:
        """What the good selections take, and beside each box whose it is; where tests are asked for, what is tested."""
        row = self.group.rows[0]
        taken, owners = self.here.together(good, row, opted_in=self.group.opted_in, absent=absent)
        if self.need.tested_within is None:
            return taken, owners
        tested = {name: self._tested(plan, row) for name, plan in self._plans(good).items()}
        pairs = [
            (both, owner)
            for one, owner in zip(taken, owners, strict=True)
            for other in tested[self.here.selections[owner][0].name]
            if (both := meet(one, other)) is not None
        ]
        return [box for box, _ in pairs], [owner for _, owner in pairs]

    def _plans(self, indices: Iterable[int]) -> dict[str, ir.Plan]:
        return {plan.name: plan for plan in (self.here.selections[one][0] for one in indices)}

    def _tested(self, plan: ir.Plan, row: ResourceType) -> list[Box]:
        """What of a plan's recovery points restore tests take in time."""
        where = self.here.model, self.here.shape, plan, row, self.here.space
        assert self.need.tested_within is not None
        return list(tested_boxes(*where, self.need.tested_within, self.now))

    def _witness(self, point: Point) -> tuple[Ground, Witness, Judge]:
        witness = self.here.witness(point.domain, self.accounts[0], self.group.rows)
        row = next(one for one in self.group.rows if one.name == witness.type)
        return self.here, witness, self._judge(row)

    def _judge(self, row: ResourceType) -> Judge:
        return Judge(self.here.model, self.here.shape, row, self.need, self.now)
