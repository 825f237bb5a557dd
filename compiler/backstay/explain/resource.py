"""Whether the plans of an account protect a resource, by which rules, and if not, how near they come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backstay.explain.terms import Term, terms
from backstay_aws import catalog

if TYPE_CHECKING:
    from backstay import ir
    from backstay_aws.catalog import ResourceType


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource, or one that might be: `type` as the API names it, "" if nobody said."""

    arn: str
    type: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """A plan that takes the resource, by which selection; `sure` is False where that hangs on what AWS leaves open.

    `notes` say what of the rules a resource of this type does not get.
    """

    plan: ir.Plan
    selection: ir.PlanSelection
    terms: tuple[Term, ...]
    sure: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A plan that does not take the resource: its nearest selection, and the terms of it that fail."""

    plan: ir.Plan
    selection: ir.PlanSelection | None
    failed: tuple[Term, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Protected:
    """What the plans of one Region do with a resource."""

    taken: tuple[Taken, ...]
    refused: tuple[Refusal, ...]


def judge(shape: ir.Shape, resource: Resource) -> Protected:
    """Judge a resource against every plan of a shape. Settings that the policy does not make are assumed to be on."""
    row = catalog.resource_type(resource.type) if resource.type else None
    opted_out = row is not None and dict(shape.opt_in).get(row.opt_in) is False
    taken, refused = [], []
    for plan in shape.plans:
        verdict = _judge(plan, resource, shape.region, row)
        if isinstance(verdict, Taken) and opted_out and row is not None and not _named(verdict, row):
            where = f"{row.opt_in} is opted out in this Region by the policy"
            refused.append(Refusal(plan, verdict.selection, (), where))
        elif isinstance(verdict, Taken):
            taken.append(verdict)
        else:
            refused.append(verdict)
    return Protected(tuple(taken), tuple(refused))


def _named(verdict: Taken, row: ResourceType) -> bool:
    """Whether a selection names type or resource: then AWS asks no opt-in, but of types that always need it."""
    return (
        row.opt_in_always != "yes"
        and bool(verdict.selection.selection.resources)
        and ("*" not in verdict.selection.selection.resources)
    )


def _judge(plan: ir.Plan, resource: Resource, region: str, row: ResourceType | None) -> Taken | Refusal:
    judged = [(selection, terms(selection, resource)) for selection in plan.selections]
    for sure in (True, False):
        for selection, asked in judged:
            if all(term.holds or (term.holds is None and not sure) for term in asked):
                return Taken(plan, selection, asked, sure, tuple(_notes(plan, region, row)))
    if not judged:
        return Refusal(plan, None, (), "the plan selects nothing")
    nearest, asked = min(judged, key=lambda one: sum(term.holds is False for term in one[1]))
    failed = tuple(term for term in asked if term.holds is False)
    return Refusal(plan, nearest, failed, "")


def _notes(plan: ir.Plan, region: str, row: ResourceType | None) -> Iterator[str]:
    """What the type does not get of the plan's rules, as far as AWS says so."""
    if row is None:
        return
    for rule in plan.rules:
        if rule.lifecycle.cold_after is not None and catalog.cell(row, "cold_storage", region) == "no":
            yield f"rule {rule.name}: {row.name} has no cold storage, its recovery points stay warm"
        if rule.continuous and catalog.cell(row, "continuous", region) == "no":
            yield f"rule {rule.name}: {row.name} has no continuous backup, it gets snapshots"
        for copy in rule.copies:
            if catalog.cell(row, copy.column(region), region) == "no":
                yield f"rule {rule.name}: {row.name} cannot be copied to {copy.destination.name}"
