"""The whole answer of `backstay explain`, as plain data: what `--format json` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from backstay.explain.upcoming import upcoming

if TYPE_CHECKING:
    from backstay import ir
    from backstay.explain.account import Reach
    from backstay.explain.resource import Protected, Refusal, Resource, Taken
    from backstay.explain.terms import Term
    from backstay_contract.findings import Span

Answer = dict[str, Any]


def answer(
    account: ir.AccountFacts,
    reached: Sequence[Reach],
    shapes: Mapping[str, ir.Shape | None],
    resource: Resource | None,
    judged: Mapping[str, Protected],
    today: date,
) -> Answer:
    """Account, policies, and by Region either everything that the account gets or what happens to the resource.

    `today` is the day from which the next starts of rules are looked for.
    """
    said: Answer = {
        "account": {"id": account.id, "name": account.name, "unit": account.unit, "tags": dict(account.tags)},
        "policies": [_reach(one) for one in reached],
        "regions": {region: _region(shape) for region, shape in sorted(shapes.items())},
    }
    if resource is not None:
        said["resource"] = {"arn": resource.arn, "type": resource.type, "tags": dict(resource.tags)}
        said["protected"] = any(one.taken for one in judged.values())
        said["plans"] = {region: _judged(one) for region, one in sorted(judged.items())}
        said["next"] = {region: _next(one, today) for region, one in sorted(judged.items())}
    return said


def _next(one: Protected, today: date) -> list[Answer]:
    starts = upcoming((taken.plan for taken in one.taken), today)
    return [{"at": at, "rules": rules} for at, rules in starts]


def _reach(one: Reach) -> Answer:
    return {
        "policy": one.policy,
        "target": one.target,
        "reaches": one.holds,
        "because": list(one.because),
        "regions": None if one.regions is None else list(one.regions),
        "extends": one.extends,
        "place": place(one.place),
    }


def _region(shape: ir.Shape | None) -> Answer:
    if shape is None:
        return {"plans": [], "vaults": [], "opt_ins": {}}
    air_gapped = [
        {"name": vault.name, "air_gapped": True, "place": place(vault.where.span), "policy": vault.where.policy}
        for vault in shape.air_gapped_vaults
    ]
    return {
        "plans": [plan(one) for one in shape.plans],
        "vaults": [_vault(one) for one in shape.vaults] + air_gapped,
        "opt_ins": dict(shape.opt_in),
    }


def plan(one: ir.Plan) -> Answer:
    """A plan with its rules: what brought it, and where it is written."""
    return {
        "name": one.name,
        "policy": one.where.policy,
        "target": one.where.target,
        "place": place(one.where.span),
        "rules": [_rule(rule) for rule in one.rules],
        "selections": [{"name": it.name, "place": place(it.where.span)} for it in one.selections],
    }


def _rule(rule: ir.Rule) -> Answer:
    return {
        "name": rule.name,
        "schedule": rule.schedule,
        "timezone": rule.timezone,
        "vault": rule.vault,
        "air_gapped_vault": rule.air_gapped.arn if rule.air_gapped is not None else None,
        "keep_days": rule.lifecycle.delete_after,
        "cold_after_days": rule.lifecycle.cold_after,
        "continuous": rule.continuous,
        "place": place(rule.where.span),
        "copies": [
            {"to": copy.destination.arn, "keep_days": copy.lifecycle.delete_after, "place": place(copy.where.span)}
            for copy in rule.copies
        ],
    }


def _vault(vault: ir.Vault) -> Answer:
    lock = vault.lock
    return {
        "name": vault.name,
        "air_gapped": False,
        "policy": vault.where.policy,
        "place": place(vault.where.span),
        "key": vault.key_arn,
        "lock": None
        if lock is None
        else {"mode": lock.mode, "min_days": lock.minimum, "max_days": lock.maximum, "place": place(lock.where.span)},
    }


def _judged(one: Protected) -> Answer:
    return {"taken": [_taken(it) for it in one.taken], "refused": [_refused(it) for it in one.refused]}


def _taken(one: Taken) -> Answer:
    return {
        "plan": one.plan.name,
        "selection": one.selection.name,
        "sure": one.sure,
        "terms": _terms(one.terms),
        "notes": list(one.notes),
    }


def _refused(one: Refusal) -> Answer:
    return {
        "plan": one.plan.name,
        "selection": one.selection.name if one.selection is not None else None,
        "failed": _terms(one.failed),
        "reason": one.reason,
    }


def _terms(terms: Iterable[Term]) -> list[Answer]:
    return [{"term": it.text, "holds": it.holds, "resource": it.has, "place": place(it.place)} for it in terms]


def place(span: Span | None) -> str | None:
    """`file:line:column`, or None."""
    return None if span is None else f"{span.path}:{span.line}:{span.column}"
