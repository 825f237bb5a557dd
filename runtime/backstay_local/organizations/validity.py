"""Whether a merged backup policy can be put into effect; one fault withholds all of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .grammar import MAX_RULES

_CONTINUOUS_MAX_DAYS = 35


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason, as ListEffectivePolicyValidationErrors tells it."""

    code: str
    message: str
    path: str


def faults(plans: Mapping[str, Any]) -> list[Fault]:
    """Everything that is wrong with the document below `plans`."""
    return [fault for name, plan in sorted(plans.items()) for fault in _plan(plan, f"plans/{name}")]


def _plan(plan: Mapping[str, Any], path: str) -> Iterator[Fault]:
    yield from _required(plan, ("regions", "rules", "selections"), path)
    if plan.get("regions") == []:
        yield Fault("ELEMENTS_TOO_FEW", "'regions' must have at least 1 element", f"{path}/regions")
    rules = plan.get("rules", {})
    if len(rules) > MAX_RULES:
        yield Fault("ELEMENTS_TOO_MANY", f"'rules' must have at most {MAX_RULES} elements", f"{path}/rules")
    for name, rule in sorted(rules.items()):
        yield from _rule(rule, f"{path}/rules/{name}")
    for kind, groups in sorted(plan.get("selections", {}).items()):
        for name, selection in sorted(groups.items()):
            yield from _selection(selection, kind, f"{path}/selections/{kind}/{name}")


def _rule(rule: Mapping[str, Any], path: str) -> Iterator[Fault]:
    yield from _required(rule, ("target_backup_vault_name",), path)
    days = rule.get("lifecycle", {}).get("delete_after_days", "0")
    if rule.get("enable_continuous_backup") == "true" and int(days) > _CONTINUOUS_MAX_DAYS:
        text = f"'delete_after_days' must be at most {_CONTINUOUS_MAX_DAYS} with continuous backup"
        yield Fault("CROSS_ATTRIBUTE_VALIDATION", text, path)


def _selection(selection: Mapping[str, Any], kind: str, path: str) -> Iterator[Fault]:
    if kind == "tags":
        yield from _required(selection, ("iam_role_arn", "tag_key", "tag_value"), path)
        return
    wanted = ("iam_role_arn",) if "conditions" in selection else ("iam_role_arn", "resource_types")
    yield from _required(selection, wanted, path)


def _required(node: Mapping[str, Any], keys: tuple[str, ...], path: str) -> Iterator[Fault]:
    for key in keys:
        if key not in node:
            yield Fault("KEY_REQUIRED", f"'{key}' is missing", path)
