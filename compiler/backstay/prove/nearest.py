"""What comes nearest to protecting a resource as a requirement wants it, and what it lacks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from backstay.explain.resource import Resource, judge
from backstay.prove.answer import Nearest

if TYPE_CHECKING:
    from backstay import ir
    from backstay.prove.answer import Witness
    from backstay.prove.lacks import Lack, Need
    from backstay_contract.findings import Span


class Judging(Protocol):
    """What says what a rule lacks: `prove.lacks.Judge`, or one that asks for more."""

    @property
    def need(self) -> Need:
        """What is asked of a rule."""

    def lacks(self, rule: ir.Rule) -> tuple[Lack, ...]:
        """Everything that a rule lacks."""


def nearest(shape: ir.Shape, judged: Judging, witness: Witness) -> Nearest | None:
    """A plan that takes the resource and whose best rule lacks least; else the selection that refuses it by least."""
    protected = judge(shape, Resource(witness.arn, witness.type, witness.tags))
    rules = [(judged.lacks(rule), taken, rule) for taken in protected.taken for rule in taken.plan.rules]
    if rules:
        lacks, taken, rule = min(rules, key=lambda one: (len(one[0]), one[1].plan.name, one[2].name))
        reasons = tuple((lack.text, lack.place) for lack in lacks) or _untested(judged, rule)
        return Nearest(taken.plan.name, taken.selection.name, rule.name, reasons)
    refused = [one for one in protected.refused if one.selection is not None]
    if not refused:
        return None
    best = min(refused, key=lambda one: (len(one.failed) or 99, one.plan.name))
    terms = tuple((f"asks for {term.text}; {term.has}", term.place) for term in best.failed)
    return Nearest(
        best.plan.name, best.selection.name if best.selection else None, None, terms or ((best.reason, None),)
    )


def _untested(judged: Judging, rule: ir.Rule) -> tuple[tuple[str, Span | None], ...]:
    """What a rule that lacks nothing else still has not: restore tests of its recovery points, often enough."""
    within = judged.need.tested_within
    if within is None:
        return ()
    return (
        (
            f"makes recovery points of which no restore test takes one at least every {within.days} days",
            rule.where.span,
        ),
    )
