"""Backup plans as documents: what AWS refuses in one, how it keeps one, and when two are the same."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backstay_local.backup import errors, rules, tags, tokens, vaults
from backstay_local.backup.airgap import primary
from backstay_local.backup.rows import Json
from backstay_local.backup.state import State
from backstay_local.wire.call import AwsError, Call

_RULE_ERROR = "ERROR_3015"  # Code of the observed body for a bad rule (semantics §1)


def check(
    state: State, call: Call, plan: Mapping[str, Any], *, quotas: Callable[[str], AwsError] = errors.too_many
) -> None:
    """Refuse a plan that AWS does not take, with the body that was observed for a bad rule; `quotas` tells of those."""
    found = rules.problems(
        plan,
        name_length=state.settings.plan_name_length,
        index_types=state.settings.index_types_per_rule,
        scan_halves=state.settings.scan_halves,
    )
    for problem in found:
        if problem.quota:
            raise quotas(problem.reason)
        raise _refusal(problem)
    for rule in plan["Rules"]:
        reason = tags.problem(rule.get("RecoveryPointTags") or {})
        if reason is not None:
            raise _refusal(rules.RuleProblem(rule["RuleName"], reason))
        target = rule.get("TargetLogicallyAirGappedBackupVaultArn")
        reason = primary.target_problem(target, call.account, call.region) if target is not None else None
        if reason is not None:
            raise _refusal(rules.RuleProblem(rule["RuleName"], reason))
    if state.settings.plan_needs_vault:
        for rule in plan["Rules"]:
            if vaults.find(state, call.account, call.region, rule["TargetBackupVaultName"]) is None:
                reason = f"Backup vault {rule['TargetBackupVaultName']} does not exist"
                raise _refusal(rules.RuleProblem(rule["RuleName"], reason))


def _refusal(problem: rules.RuleProblem) -> AwsError:
    if problem.rule is None:
        return errors.invalid(problem.reason)
    context = json.dumps([problem.rule, problem.reason])
    members = {"Code": _RULE_ERROR, "Context": context}
    return errors.invalid(f"Error in rule {problem.rule} : {problem.reason}", members)


def kept(plan: Mapping[str, Any], before: Sequence[Json] = ()) -> Json:
    """A plan as AWS keeps it: rules with ids (a rule keeps its id as long as it keeps its name).

    AWS does not say that names are unique in a plan: of several rules of one name each keeps an id of its own.
    """
    known: defaultdict[str, list[str]] = defaultdict(list)
    for rule in reversed(before):
        known[rule["RuleName"]].append(rule["RuleId"])

    def identity(name: str) -> str:
        return known[name].pop() if known[name] else str(uuid.uuid4())

    completed = [rules.completed(rule, identity(rule["RuleName"])) for rule in plan["Rules"]]
    return {name: value for name, value in plan.items() if value is not None} | {"Rules": completed}


def digest(plan: Mapping[str, Any]) -> str:
    """Fingerprint of a plan as it was sent: two equal plans have the same."""
    nameless = [rules.completed(rule, "-") for rule in plan["Rules"]]
    return tokens.digest_of(kept(plan) | {"Rules": nameless})
