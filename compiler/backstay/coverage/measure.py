"""Holds what there is to reach against what was looked at. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backstay.coverage import items
from backstay.coverage.items import Item, Key
from backstay.explain.resource import Resource, judge
from backstay.explain.terms import terms
from backstay.prove.concrete import Thing, holds
from backstay.resolve import targets
from backstay.resolve.tree import Member, account_place

if TYPE_CHECKING:
    from backstay import ir
    from backstay.coverage.reached import Reached, Seen
    from backstay.org import OrgFile
    from backstay_contract.findings import Span
    from backstay_contract.organization import Root, Unit


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every item with whether it was reached, by place; and the accounts that get a plan, looked at or not (ids)."""

    items: tuple[tuple[Item, bool], ...]
    looked_at: tuple[str, ...]
    not_looked_at: tuple[str, ...]


def measure(model: ir.Model, org: OrgFile, reached: Reached) -> Coverage:
    """What of the policies was reached. Resources of accounts or Regions that there are not reach nothing."""
    given = [shape for shape in model.shapes if shape.plans]
    every = _every(model, given, org)
    shapes = {(account, shape.region): shape for shape in given for account in shape.accounts}
    hit = {key for one, shape in _alike(reached, shapes) for key in _hit_by(model, shape, one)}
    seen = {(one.account, one.region) for one in reached.resources}
    seen |= {(account, region) for account, region in shapes if account in reached.accounts}
    looked = {account for account, _ in seen}
    hit |= {item.key for item, accounts in _places(model, given, org) if accounts & seen}
    hit |= {items.promise_item(one).key for one in model.requirements if _is_asked(model, one, reached)}
    getting = {account for account, _ in shapes}
    having = [account for account in model.accounts if account in getting]
    return Coverage(
        tuple((item, item.key in hit) for item in sorted(every.values(), key=_order)),
        tuple(account for account in having if account in looked),
        tuple(account for account in having if account not in looked),
    )


def _order(item: Item) -> tuple[object, ...]:
    place = item.place
    return ("", 0, 0, *item.key) if place is None else (place.path, place.line, place.column, *item.key)


def _every(model: ir.Model, given: list[ir.Shape], org: OrgFile) -> Mapping[Key, Item]:
    """Each item once, in however many shapes it is."""
    found: dict[Key, Item] = {}
    for shape in given:
        for plan in shape.plans:
            found.update((item.key, item) for item in items.of_plan(plan, model.partition))
    found.update((item.key, item) for item, _ in _places(model, given, org))
    found.update((item.key, item) for item in map(items.promise_item, model.requirements))
    return found


def _places(model: ir.Model, given: list[ir.Shape], org: OrgFile) -> Iterator[tuple[Item, set[tuple[str, str]]]]:
    """Units and classes of accounts that get a plan, each with those of its accounts and Regions in which they do."""
    getting = {(account, shape.region) for shape in given for account in shape.accounts}
    whole = org.organization
    assert whole is not None
    units = dict(_unit_places(whole.root, org, ("root",), ""))
    by_unit: dict[str, set[tuple[str, str]]] = {}
    for account, region in getting:
        by_unit.setdefault(model.accounts[account].unit, set()).add((account, region))
    for path, own in sorted(by_unit.items()):
        yield items.unit_item(path, units.get(path)), own
    for shape in given:
        names = tuple(model.accounts[account].name for account in shape.accounts)
        place = account_place(whole, org.spans, shape.accounts[0])
        yield items.accounts_item(shape, names, place), {(account, shape.region) for account in shape.accounts}


def _unit_places(
    node: Root | Unit, org: OrgFile, at: tuple[str | int, ...], path: str
) -> Iterator[tuple[str, Span | None]]:
    yield path, org.spans.get((*at, "name"), org.spans.get(at))
    for number, unit in enumerate(node.units):
        below = f"{path}/{unit.name}" if path else unit.name
        yield from _unit_places(unit, org, (*at, "units", number), below)


def _alike(reached: Reached, shapes: Mapping[tuple[str, str], ir.Shape]) -> Iterator[tuple[Resource, ir.Shape]]:
    """The resources, of those that no selection can tell apart one only."""
    known = set()
    by_tags = {id(shape): _is_by_tags(shape) for shape in shapes.values()}
    for one in sorted(reached.resources):
        shape = shapes.get((one.account, one.region))
        if shape is None:
            continue
        mark = (id(shape), one.type, one.tags, "" if by_tags[id(shape)] else one.arn)
        if mark not in known:
            known.add(mark)
            yield _resource(one), shape


def _is_by_tags(shape: ir.Shape) -> bool:
    chosen = [one.selection for plan in shape.plans for one in plan.selections]
    return all(set(one.resources) <= {"*"} and not one.not_resources for one in chosen)


def _resource(one: Seen) -> Resource:
    return Resource(one.arn, one.type, dict(one.tags))


def _hit_by(model: ir.Model, shape: ir.Shape, resource: Resource) -> Iterator[Key]:
    """The rules and parts of selections that a resource reaches."""
    taking = {one.plan.name for one in judge(shape, resource).taken if one.sure}
    for plan in shape.plans:
        if plan.name in taking:
            yield from (items.rule_item(plan, rule).key for rule in plan.rules)
        for chosen in plan.selections:
            asked = terms(chosen, resource)
            failed = [term for term in asked if not term.holds]
            if not failed and plan.name in taking:
                yield items.selection_item(plan, chosen).key
                yield from (one.key for one in items.alternatives(plan, chosen, model.partition, met_by=resource))
            if len(failed) == 1 and failed[0].holds is False:
                yield from (item.key for item, term in items.conditions(plan, chosen, resource) if term == failed[0])


def _is_asked(model: ir.Model, requirement: ir.Requirement, reached: Reached) -> bool:
    """Whether a test asked for a requirement, or one of the resources is one that it is about."""
    return requirement.name in reached.promises or any(_is_about(model, requirement, one) for one in reached.resources)


def _is_about(model: ir.Model, requirement: ir.Requirement, one: Seen) -> bool:
    node, facts = requirement.node, model.accounts.get(one.account)
    assert node.every is not None
    assert node.under is not None
    if facts is None or (node.types is not None and one.type not in node.types):
        return False
    if node.regions is not None and one.region not in node.regions:
        return False
    path = tuple(facts.unit.split("/")) if facts.unit else ()
    member = Member(facts.id, facts.name, path, dict(facts.tags), facts.regions)
    thing = Thing(one.arn, one.type, dict(one.tags))
    return targets.holds(node.under, member) and holds(node.every, thing, absent=False)
