"""What selections do to one another: those that take nothing, those that others swallow, resources under two plans.

Exact, over all resources that there could be. A selection is judged by all shapes that have it: it takes nothing if it
takes nothing in any of them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Literal

from backstay import ir
from backstay.prove.ground import Ground, ground
from backstay.prove.overlaps import overlaps
from backstay.prove.patterns import TooManyError
from backstay.prove.question import BEYOND, HANGS
from backstay.prove.search import Box, Covered, LostError, outside
from backstay.prove.takes import ARN, meet
from backstay_aws import catalog

if TYPE_CHECKING:
    from backstay.prove.answer import Witness
    from backstay_aws.catalog import ResourceType
    from backstay_contract.findings import Span

Kind = Literal["dead", "swallowed", "two plans", "unknown"]
Judged = tuple[ir.PlanSelection, str, tuple[str, ...]]
"""A selection, what it is, and the names of those that swallow it."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a selection, or for `two plans` about two; `what` says it in one sentence."""

    kind: Kind
    plan: str
    selection: str
    where: ir.Where
    what: str
    by: tuple[str, ...] = ()
    """What swallows it, or the other one: `plan/selection`."""
    witness: Witness | None = None


def remarks(model: ir.Model) -> tuple[Remark, ...]:
    """Everything that there is to say about the selections of a model: dead ones first, then swallowed, doubles."""
    judged: dict[tuple[str, str, Span | None], list[Judged]] = {}
    doubles: dict[tuple[str, str], Remark] = {}
    lost: list[Remark] = []
    for shape in model.shapes:
        if not any(plan.selections for plan in shape.plans):
            continue
        try:
            here = _Here(ground(model, shape))
            for plan in shape.plans:
                for one, verdict, by in here.judged(plan):
                    key = plan.name, one.name, one.where.span
                    judged.setdefault(key, []).append((one, verdict, by))
            for double in here.doubles():
                doubles.setdefault((double.plan, double.by[0]), double)
        except (TooManyError, LostError):
            lost.append(Remark("unknown", "", "", ir.Where(None), f"{shape.region}: {BEYOND}"))
    return (*_agreed(judged), *doubles.values(), *lost)


def judged(model: ir.Model, shape: ir.Shape, plans: Sequence[ir.Plan]) -> list[tuple[ir.Plan, Judged]]:
    """Each selection of some plans of a shape: `dead`, `swallowed` by which others of its plan, or `needed`.

    Raises `TooManyError` and `LostError` where there is too much to look at.
    """
    here = _Here(ground(model, shape, plans={plan.name for plan in plans}))
    return [(plan, found) for plan in plans for found in here.judged(plan)]


def _agreed(
    judged: dict[tuple[str, str, Span | None], list[Judged]],
) -> Iterator[Remark]:
    """What all shapes that have a selection say of it."""
    for kind in ("dead", "swallowed"):
        for (plan, name, _), verdicts in judged.items():
            one, _, by = verdicts[0]
            said = {verdict for _, verdict, _ in verdicts}
            if kind == "dead" and said == {"dead"}:
                yield Remark("dead", plan, name, one.where, "takes no resource that there could be")
            elif kind == "swallowed" and "swallowed" in said and said <= {"dead", "swallowed"}:
                by = next(by for _, verdict, by in verdicts if verdict == "swallowed")
                what = f"takes nothing but what {_listed(by)} of the same plan takes"
                yield Remark("swallowed", plan, name, one.where, what, tuple(f"{plan}/{other}" for other in by))


def _listed(names: Iterable[str]) -> str:
    return " and ".join(names)


@dataclass(frozen=True)
class _Here:
    """One shape's selections as boxes, by types that are one question."""

    ground: Ground

    @cached_property
    def rows(self) -> list[tuple[ResourceType, bool, int]]:
        """A type for each group that is taken alike, whether it is opted in, and the ARNs of the group."""
        said = dict(self.ground.shape.opt_in)
        found: dict[str, list[ResourceType]] = {}
        for row in catalog.resource_types():
            opted_in = said.get(row.opt_in) is not False
            if self.ground.domains[row.name]:
                found.setdefault("" if opted_in else row.name, []).append(row)
        return [
            (rows[0], not alone, reduce(or_, (self.ground.domains[row.name] for row in rows)))
            for alone, rows in found.items()
        ]

    def boxes(self, index: int, *, absent: bool) -> list[Box]:
        """What a selection takes of any type."""
        found: list[Box] = []
        for row, opted_in, arns in self.rows:
            for box in self.ground.boxes(index, row, opted_in=opted_in, absent=absent):
                both = meet(box, {ARN: arns})
                if both is not None and both not in found:
                    found.append(both)
        return found

    @cached_property
    def _own(self) -> dict[int, list[int]]:
        """The selections of each plan."""
        found: dict[int, list[int]] = {}
        for index, (plan, _) in enumerate(self.ground.selections):
            found.setdefault(id(plan), []).append(index)
        return found

    def judged(self, plan: ir.Plan) -> Iterator[Judged]:
        """Each selection of a plan: dead, swallowed by which others, or needed. Equal ones: the first is needed."""
        own = self._own.get(id(plan), [])
        names = {index: self.ground.selections[index][1] for index in own}
        taken = {absent: {index: self.boxes(index, absent=absent) for index in own} for absent in (True, False)}
        alive = [index for index in own if taken[True][index]]  # what is read most widely takes the most
        yield from ((names[index], "dead", ()) for index in own if index not in alive)
        for index in reversed(list(alive)):
            others = [one for one in alive if one != index]
            by: set[int] | None = set()
            for boxes in taken.values():
                used = self._swallowed(boxes[index], [(one, box) for one in others for box in boxes[one]])
                by = None if used is None or by is None else by | used
            if by is None:
                yield names[index], "needed", ()
            else:
                alive.remove(index)
                yield names[index], "swallowed", tuple(names[one].name for one in sorted(by))

    def _swallowed(self, boxes: list[Box], others: list[tuple[int, Box]]) -> set[int] | None:
        """Whose boxes cover all of some boxes; None if nobody's do."""
        used: set[int] = set()
        for box in boxes:
            found = outside(box, [one for _, one in others], self.ground.space.every)
            if not isinstance(found, Covered):
                return None
            used |= {others[one][0] for one in found.used}
        return used

    def doubles(self) -> Iterator[Remark]:
        """For each pair of plans, a resource that both take: under both readings, else under the wider one."""
        chosen = self.ground.selections
        told: set[tuple[str, str]] = set()
        for absent in (False, True):
            boxes = [(index, box) for index in range(len(chosen)) for box in self.boxes(index, absent=absent)]
            plans = [chosen[index][0].name for index, _ in boxes]
            for first, second in overlaps([box for _, box in boxes], plans, told, self.ground.space.every):
                one, other = boxes[first], boxes[second]
                both = meet(one[1], other[1])
                assert both is not None
                yield self._double(one[0], other[0], both, absent=absent)

    def _double(self, first: int, second: int, both: Box, *, absent: bool) -> Remark:
        (plan, one), (elsewhere, other) = self.ground.selections[first], self.ground.selections[second]
        what = f"may take what {other.name} of plan {elsewhere.name} takes: it is backed up by both"
        if absent:
            what += f" ({HANGS[True].removeprefix('it holds ')})"
        witness = self.ground.witness(both, self.ground.shape.accounts[0])
        return Remark("two plans", plan.name, one.name, one.where, what, (f"{elsewhere.name}/{other.name}",), witness)
