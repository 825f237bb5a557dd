"""What policies require of resources and the exceptions that they make, for the audit: `promises.json`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from backstay import ir
from backstay.dsl.condition import AllOf, AnyOf, Condition, Everything, NotOf, Resource, ResourceType, Tag, TagIn
from backstay.dsl.duration import Minutes
from backstay_contract.build import FORMAT

Shown = Callable[[str], str]


def promises(model: ir.Model, relative: Shown) -> dict[str, Any] | None:
    """The document, `relative` making paths relative to the policy folder; None where nothing is promised."""
    if not model.requirements and not model.waivers:
        return None
    return {
        "format": FORMAT,
        "requirements": [_required(model, one, relative) for one in model.requirements],
        "waivers": [_waiver(one, relative) for one in model.waivers],
    }


def _required(model: ir.Model, requirement: ir.Requirement, relative: Shown) -> dict[str, Any]:
    node = requirement.node
    assert node.every is not None
    found = {
        "name": requirement.name,
        "accounts": list(_accounts(model, requirement)),
        "every": _condition(node.every),
        "types": list(node.types) if node.types is not None else None,
        "regions": list(node.regions) if node.regions is not None else None,
        "keep_days": node.keep.count if node.keep else None,
        "rpo_seconds": None if node.rpo is None else node.rpo.count * (60 if isinstance(node.rpo, Minutes) else 86_400),
        "other_region": node.copy_to_other_region,
        "other_account": node.copy_to_other_account,
        "air_gapped": node.air_gapped,
        "locked": node.locked,
        "immutable": node.immutable,
        "tested_days": node.restore_tested_within.count if node.restore_tested_within else None,
        "origin": _origin(requirement.where, relative),
    }
    return {name: value for name, value in found.items() if value is not None}


def _accounts(model: ir.Model, requirement: ir.Requirement) -> Iterator[str]:
    from backstay.resolve.targets import holds
    from backstay.resolve.tree import Member

    for facts in sorted(model.accounts.values(), key=lambda it: it.id):
        path = tuple(facts.unit.split("/")) if facts.unit else ()
        member = Member(facts.id, facts.name, path, dict(facts.tags), facts.regions)
        if requirement.node.under is None or holds(requirement.node.under, member):
            yield facts.id


def _condition(condition: Condition) -> dict[str, Any]:
    match condition:
        case Tag():
            return {"tag": {"key": condition.key, "operator": condition.operator, "value": condition.value}}
        case TagIn():
            return {"tag_in": {"key": condition.key, "values": list(condition.values)}}
        case Resource():
            return {"arn": condition.arn}
        case ResourceType():
            return {"type": condition.type}
        case Everything():
            return {"everything": True}
        case AllOf():
            return {"all_of": [_condition(item) for item in condition.items]}
        case AnyOf():
            return {"any_of": [_condition(item) for item in condition.items]}
        case NotOf():
            return {"not_of": _condition(condition.item)}
    raise AssertionError(f"no such condition: {condition!r}")


def _waiver(waiver: ir.Waiver, relative: Shown) -> dict[str, Any]:
    found = {
        "rule": waiver.rule,
        "on": waiver.on,
        "owner": waiver.owner,
        "reason": waiver.reason,
        "expires": waiver.expires,
        "origin": _origin(waiver.where, relative),
    }
    return {name: value for name, value in found.items() if value is not None}


def _origin(where: ir.Where, relative: Shown) -> str | None:
    return f"{relative(where.span.path)}:{where.span.line}" if where.span is not None else None
