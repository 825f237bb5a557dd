"""The runs of rules: at the time of a rule, one job for each resource that the plan's selections take."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from backstay_local.backup import actions, backup_runs, kinds, overlap, rules, selections, vaults
from backstay_local.backup.composite import chosen
from backstay_local.backup.rows import Json, Plan, Selection, Vault, changed
from backstay_local.backup.state import Happenings, State
from backstay_local.data import DataError, Resource

_log = logging.getLogger(__name__)


def run_rule(state: State, key: str, at: datetime) -> None:
    """Run a rule, whose name in the agenda is `key`, and set its next run."""
    plan_id, _, rule_id = key.rpartition("/")
    plan = state.tables.plans.get(plan_id)
    if plan is None or plan.deleted is not None:
        return
    rule = next((one for one in plan.body["Rules"] if one["RuleId"] == rule_id), None)
    if rule is None:
        return
    following = rules.next_run(rule, at)
    if following is not None:
        state.agenda.put("rule", key, following)
    vault = vaults.find(state, plan.account, plan.region, rule["TargetBackupVaultName"])
    if vault is None:
        _log.warning(
            "rule %s of plan %s: vault %s does not exist", rule["RuleName"], plan.name, rule["TargetBackupVaultName"]
        )
        return
    alike: dict[tuple[str, str], backup_runs.Wanted] = {}
    for selection, resource in _taken(state, plan, rule, at):
        like = alike.get((selection.id, resource.type))
        if like is None:
            like = alike[selection.id, resource.type] = _wanted(plan, rule, vault, selection, resource)
        backup_runs.create(state, changed(like, resource=resource), at)
    state.tables.plans.put(changed(plan, last_run=at))


def _taken(state: State, plan: Plan, rule: Json, at: datetime) -> Iterator[tuple[Selection, Resource]]:
    """Each resource that a run of a rule backs up, once, with the first selection that takes it."""
    gives_way = overlap.shadowed(plan.body["Rules"], rule, at)
    if gives_way and not rule["EnableContinuousBackup"]:
        return
    assigned = selections.of_plan(state, plan.id)
    try:
        found = [(selection, resource) for selection in assigned for resource in selections.taken(state, selection)]
        seen = _nested(state, found) if state.settings.nested_once else set()
    except DataError as error:
        _log.warning("plan %s: resources of %s in %s: %s", plan.name, plan.account, plan.region, error)
        return
    for selection, resource in found:
        if resource.arn in seen or (gives_way and not _streams(state, plan, resource)):
            continue
        seen.add(resource.arn)
        yield selection, resource


def _nested(state: State, found: list[tuple[Selection, Resource]]) -> set[str]:
    """What is backed up as a part of a stack or cluster already."""
    nested: set[str] = set()
    composites = kinds.composites()
    for selection, resource in found:
        if resource.type in composites:
            nested.update(one.resource.arn for one in chosen.by_selection(state, selection, resource).parts[1:])
    return nested


def _streams(state: State, plan: Plan, resource: Resource) -> bool:
    """Whether a continuous rule keeps a stream of a resource, which no snapshot of another rule replaces."""
    return kinds.of_type(state, plan.account, plan.region, resource.type).continuous == "yes"


def _wanted(plan: Plan, rule: Json, vault: Vault, selection: Selection, resource: Resource) -> backup_runs.Wanted:
    return backup_runs.Wanted(
        vault=vault,
        resource=resource,
        role_arn=selection.role_arn,
        start_minutes=rule["StartWindowMinutes"],
        complete_minutes=rule["CompletionWindowMinutes"],
        lifecycle={name: value for name, value in (rule.get("Lifecycle") or {}).items() if value is not None},
        tags=rule["RecoveryPointTags"],
        options=actions.options(plan.body, resource.type),
        copies=rule["CopyActions"],
        created_by={
            "BackupPlanId": plan.id,
            "BackupPlanArn": plan.arn,
            "BackupPlanName": plan.name,
            "BackupPlanVersion": plan.version,
            "BackupRuleId": rule["RuleId"],
            "BackupRuleName": rule["RuleName"],
            "BackupRuleCron": rule["ScheduleExpression"],
            "BackupRuleTimezone": rule["ScheduleExpressionTimezone"],
        },
        continuous=rule["EnableContinuousBackup"],
        air_gap_arn=rule.get("TargetLogicallyAirGappedBackupVaultArn"),
        indexed=actions.indexes(rule, resource.type),
        scans=actions.scans(plan.body, rule, resource.type),
    )


HAPPENINGS: Happenings = {"rule": run_rule}
