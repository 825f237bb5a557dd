"""What there is to reach in some policies: rules, selections with their parts, promises, units and accounts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from backstay.explain.resource import Resource
from backstay.explain.terms import Term, terms
from backstay_aws.selection import glob, type_patterns
from backstay_contract.findings import Span

if TYPE_CHECKING:
    from backstay import ir

_NOTHING = Resource("", "")
Kind = Literal["rule", "selection", "alternative", "condition", "promise", "unit", "accounts"]
Key = tuple[str, ...]
"""What an item is known by in all shapes that have it: kind, plan, name and place."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can be reached. `missing`: what to say of it if nothing did."""

    key: Key
    kind: Kind
    name: str
    missing: str
    place: Span | None


def of_plan(plan: ir.Plan, partition: str) -> Iterator[Item]:
    """The rules of a plan, its selections, and of each selection the alternatives and the conditions."""
    for rule in plan.rules:
        yield rule_item(plan, rule)
    for chosen in plan.selections:
        yield selection_item(plan, chosen)
        yield from alternatives(plan, chosen, partition)
        yield from (item for item, _ in conditions(plan, chosen))


def rule_item(plan: ir.Plan, rule: ir.Rule) -> Item:
    """A rule: reached by a resource that it backs up."""
    name = f"rule {rule.name} of plan {plan.name}"
    return _item("rule", name, "backs nothing up", rule.where.span or plan.where.span)


def selection_item(plan: ir.Plan, chosen: ir.PlanSelection) -> Item:
    """A selection as AWS has it, one for each disjunct of the author's: reached by a resource that it takes."""
    return _item("selection", _name(plan, chosen), "takes nothing", chosen.where.field("where"))


def conditions(plan: ir.Plan, chosen: ir.PlanSelection, on: Resource | None = None) -> Iterator[tuple[Item, Term]]:
    """The conditions of a selection, each judged on a resource (or on none in particular).

    One is reached by a resource that it alone keeps out, so that a test would notice if it were gone.
    """
    for term in terms(chosen, on or _NOTHING)[takes_by_something(chosen) :]:
        name = f"{term.text} in {_name(plan, chosen)}"
        yield _item("condition", name, "keeps nothing out by itself", term.place), term


def takes_by_something(chosen: ir.PlanSelection) -> bool:
    """Whether the first term of a selection says what takes a resource in, rather than what keeps it out."""
    selection = chosen.selection
    return "*" not in selection.resources and bool(selection.resources or selection.list_of_tags)


def alternatives(
    plan: ir.Plan, chosen: ir.PlanSelection, partition: str, met_by: Resource | None = None
) -> Iterator[Item]:
    """The tags, types or ARNs of which one is enough, where there are several; all, or those that a resource meets."""
    for text, place, test in _alternatives(chosen, partition):
        if met_by is None or _is_met(test, met_by):
            name = f"{text} in {_name(plan, chosen)}"
            yield _item("alternative", name, "is what nothing is taken by", place)


Test = tuple[Literal["tag", "type", "arn"], str, str]


def _alternatives(chosen: ir.PlanSelection, partition: str) -> list[tuple[str, Span | None, Test]]:
    selection, where = chosen.selection, chosen.where
    found: list[tuple[str, Span | None, Test]] = []
    for number, (key, value) in enumerate(selection.list_of_tags):
        found.append((f'{key} == "{value}"', where.field(f"/ListOfTags/{number}"), ("tag", key, value)))
    arns = {pattern: number for number, pattern in enumerate(selection.resources)}
    for kind in chosen.types:
        number = next((arns[one] for one in type_patterns(kind, partition) if one in arns), 0)
        found.append((f"type {kind}", where.field(f"/Resources/{number}"), ("type", kind, "")))
    if not chosen.types:
        for pattern, number in arns.items():
            if pattern != "*":
                found.append((f"ARN {pattern}", where.field(f"/Resources/{number}"), ("arn", pattern, "")))
    return found if len(found) > 1 else []


def _is_met(test: Test, resource: Resource) -> bool:
    kind, one, other = test
    match kind:
        case "tag":
            return resource.tags.get(one) == other
        case "type":
            return resource.type == one
        case "arn":
            return glob(one, resource.arn)


def promise_item(requirement: ir.Requirement) -> Item:
    """A requirement: reached by a test that asks for it, or by a resource that it is about."""
    missing = "is asked for by no test, and about no resource"
    return _item("promise", f"Require {requirement.name}", missing, requirement.where.span)


def unit_item(path: str, place: Span | None) -> Item:
    """A unit with accounts that get a plan: reached by a look at one of them."""
    return _item("unit", f"unit {path or 'the root'}", "has no account that is looked at", place)


def accounts_item(shape: ir.Shape, names: tuple[str, ...], place: Span | None) -> Item:
    """Accounts that get the same in a Region: reached by a look at one of them."""
    more = f" and {len(names) - 1} alike" if len(names) > 1 else ""
    return _item("accounts", f"{names[0]}{more} in {shape.region}", "is not looked at", place)


def _name(plan: ir.Plan, chosen: ir.PlanSelection) -> str:
    return f"selection {chosen.name} of plan {plan.name}"


def _item(kind: Kind, name: str, missing: str, place: Span | None) -> Item:
    where = "" if place is None else f"{place.path}:{place.line}:{place.column}"
    return Item((kind, name, where), kind, name, missing, place)
