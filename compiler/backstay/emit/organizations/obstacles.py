"""Why a plan cannot stand in a backup policy, and so goes to the accounts target whole.

What the grammar has no words for is said here with its place; what Organizations would refuse or mark invalid for
any other cause, the effective engine says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain

from backstay import ir
from backstay.emit.organizations.plan_body import ADVANCED, Body, plan_body
from backstay.emit.organizations.selection_groups import groups
from backstay_aws import catalog
from backstay_aws.effective import Attached, Effective, Invalid, Level, Refused, evaluate
from backstay_aws.selection import type_patterns
from backstay_contract.findings import Span

ZONE = "UTC"
"""The one time zone that a backup policy knows."""

JUDGED_FROM = datetime(2026, 1, 1, tzinfo=UTC)
"""Organizations looks at a schedule's next two times; here from a fixed date, so that the same input gives the same."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason, said of the plan, and the place of what stands in the way."""

    reason: str
    span: Span | None


def obstacles(plan: ir.Plan, region: str, partition: str) -> tuple[Obstacle, ...]:
    """Everything about a plan that the grammar has no words for; `region` is where the plan runs."""
    return tuple(
        chain(
            _rules(plan, region),
            _selections(plan, partition),
            _advanced(plan),
            _tags("the plan", plan.tags, plan.where),
        )
    )


def refusals(plan: ir.Plan, region: str, partition: str) -> tuple[Obstacle, ...]:
    """What Organizations has against a plan that the grammar has words for."""
    body: Body = {"plans": {plan.name.lower(): {"regions": {"@@assign": [region]}, **plan_body(plan)}}}
    answer = evaluate([Level("ROOT", "root", (Attached("plan", body),))], now=JUDGED_FROM, partition=partition)
    match answer:
        case Effective():
            return ()
        case Refused():
            return tuple(_refused(plan, one.path, one.reason) for one in answer.refusals)
        case Invalid():
            return tuple(_refused(plan, one.path, one.reason or one.message) for one in answer.errors)


def _refused(plan: ir.Plan, path: str, reason: str) -> Obstacle:
    """The reason at the rule or the selection that the path leads to."""
    named = [(rule.name.lower(), rule.where) for rule in plan.rules] if "/rules/" in path else []
    if "/selections/" in path:
        named = [(group.name, chosen.where) for chosen in plan.selections for group in groups(chosen)]
    where = next((where for name, where in named if name in path.split("/")), plan.where)
    place = f"`{path}`" if path else "it"
    return Obstacle(f"Organizations would not take {place}: {reason}", where.span)


def _rules(plan: ir.Plan, region: str) -> Iterator[Obstacle]:
    yield from _alike("rules", ((rule.name, rule.where) for rule in plan.rules))
    for rule in plan.rules:
        if rule.timezone != ZONE:
            reason = f"rule `{rule.name}` runs by the time of {rule.timezone}, and a backup policy knows only {ZONE}"
            yield Obstacle(reason, rule.where.field("tz" if "tz" in rule.where.fields else "at"))
        if rule.air_gapped is not None and (rule.air_gapped.account, rule.air_gapped.region) != (ir.ACCOUNT, region):
            reason = f"rule `{rule.name}` backs up into `{rule.air_gapped.arn}`; a backup policy can name only an"
            yield Obstacle(
                f"{reason} air-gapped vault of the account and Region it runs in", rule.where.field("into_air_gapped")
            )
        yield from _alike(f"copies of rule `{rule.name}`", ((copy.destination.arn, copy.where) for copy in rule.copies))
        yield from _tags(f"rule `{rule.name}`", rule.tags, rule.where)


def _selections(plan: ir.Plan, partition: str) -> Iterator[Obstacle]:
    if not plan.selections:
        yield Obstacle("it selects nothing, and a backup policy must have a selection", plan.where.span)
    named = ((group.name, chosen.where) for chosen in plan.selections for group in groups(chosen))
    yield from _alike("selections", named)
    for chosen in plan.selections:
        yield from _role(chosen, partition)
        yield from _patterns(chosen, partition)
        if chosen.selection.list_of_tags and chosen.selection.not_resources:
            reason = f"selection `{chosen.name}` leaves types out of what it takes by tags"
            yield Obstacle(f"{reason}, which a backup policy cannot", chosen.where.field("where"))


def _role(chosen: ir.PlanSelection, partition: str) -> Iterator[Obstacle]:
    if not chosen.role_arn.startswith(f"arn:{partition}:iam::{ir.ACCOUNT}:role/"):
        reason = f"selection `{chosen.name}` uses `{chosen.role_arn}`, and a backup policy can name only a role of"
        yield Obstacle(f"{reason} the account it runs in", chosen.where.field("role"))


def _patterns(chosen: ir.PlanSelection, partition: str) -> Iterator[Obstacle]:
    known = _known(partition)
    lists = {"Resources": chosen.selection.resources, "NotResources": chosen.selection.not_resources}
    for member, listed in lists.items():
        for number, text in enumerate(listed):
            if text not in known:
                reason = f"selection `{chosen.name}` names `{text}`, and a backup policy can name only whole types"
                place = f"/{member}/{number}"
                yield Obstacle(reason, chosen.where.field(place if place in chosen.where.fields else "where"))


@cache
def _known(partition: str) -> frozenset[str]:
    """The patterns that `resource_types` takes: those of the catalogue's types, and `*`."""
    rows = catalog.resource_types()
    return frozenset({"*", *(text for row in rows for text in type_patterns(row.name, partition))})


def _advanced(plan: ir.Plan) -> Iterator[Obstacle]:
    for kind, options in plan.advanced:
        for option, _ in options:
            if (kind, option) not in ADVANCED:
                yield Obstacle(f"a backup policy has no option `{option}` of {kind}", plan.where.span)


def _tags(of: str, pairs: tuple[tuple[str, str], ...], where: ir.Where) -> Iterator[Obstacle]:
    place = where.field("tags")
    yield from (Obstacle(one.reason, place) for one in _alike(f"tags of {of}", ((key, where) for key, _ in pairs)))
    for key, _ in pairs:
        if key.startswith("@@"):
            yield Obstacle(f"the tag `{key}` of {of} begins like an operator of a backup policy", place)


def _alike(what: str, named: Iterable[tuple[str, ir.Where]]) -> Iterator[Obstacle]:
    """Names that a backup policy cannot tell apart, since it reads them in lower case."""
    listed = list(named)
    count = Counter(name.lower() for name, _ in listed)
    for folded in sorted(name for name, times in count.items() if times > 1):
        names = sorted({name for name, _ in listed if name.lower() == folded})
        second = [where for name, where in listed if name.lower() == folded][1]
        shown = " and ".join(f"`{name}`" for name in names)
        differ = "differ only in case" if len(names) > 1 else "stands twice"
        yield Obstacle(f"{what}: {shown} {differ}, which a backup policy cannot hold", second.span)
