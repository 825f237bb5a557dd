"""Backup plans and their versions."""

from __future__ import annotations

import base64
import heapq
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from backstay_aws import arns, catalog
from backstay_local.backup import errors, events, plan_documents, rules, tags, tokens
from backstay_local.backup.rows import Json, Plan, PlanVersion, newest_first
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing

MANAGED = "orgs/"
"""How ids of plans begin that come from a backup policy of AWS Organizations."""


def need(state: State, call: Call, plan_id: str, *, deleted: bool = False) -> Plan:
    """The caller's plan with that id, or ResourceNotFoundException."""
    found = state.tables.plans.get(plan_id)
    if found is None or (found.account, found.region) != (call.account, call.region):
        raise errors.not_found(f"Cannot find Backup plan with id {plan_id}")
    if found.deleted is not None and not deleted:
        raise errors.not_found(f"Cannot find Backup plan with id {plan_id}: it was deleted")
    return found


def refuse_managed(plan_id: str) -> None:
    """Refuse to change a plan that is not the account's own: AWS Organizations makes and takes it.

    InvalidParameterValueException, which every operation that changes a plan declares; AWS's own is not documented.
    """
    if plan_id.startswith(MANAGED):
        raise errors.invalid(f"Backup plan {plan_id} is managed by AWS Organizations and cannot be changed here.")


def rule_key(plan_id: str, rule_id: str) -> str:
    """Under what name the next run of a rule stands in the agenda."""
    return f"{plan_id}/{rule_id}"


def schedule(state: State, plan: Plan, after: datetime) -> None:
    """Put the next run of every rule of a plan into the agenda; a plan without selections never runs."""
    if plan.deleted is not None or state.tables.selections.first("plan_id = ?", plan.id) is None:
        return
    for rule in plan.body["Rules"]:
        at = rules.next_run(rule, after)
        if at is not None:
            state.agenda.put("rule", rule_key(plan.id, rule["RuleId"]), at)


def unschedule(state: State, plan: Plan) -> None:
    """Take all runs of a plan out of the agenda."""
    for rule in plan.body["Rules"]:
        state.agenda.drop(rule_key(plan.id, rule["RuleId"]), "rule")


def _version() -> str:
    return base64.b64encode(uuid.uuid4().hex.encode()).decode()


def _create(state: State, call: Call, params: Facts) -> Facts:
    plan, token = params["BackupPlan"], tokens.token_of(params)
    earlier = tokens.used(state, call, params)
    if earlier is not None:
        known = state.tables.plans.get(earlier.subject)
        lenient = state.settings.plan_token == "return"  # AWS's text asks for no more than the same token
        if known is not None and (lenient or tokens.same_call(earlier, params)):
            return _made(known)
        arn = known.arn if known is not None else earlier.subject
        raise errors.exists("The CreatorRequestId was used before with another plan.", arn=arn, token=token)
    plan_documents.check(state, call, plan)
    digest = plan_documents.digest(plan)
    here = ("account = ? AND region = ? AND digest = ? AND deleted IS NULL", call.account, call.region)
    twin = state.tables.plans.first(*here, digest)
    if twin is not None:
        raise errors.exists("Backup plan with the same plan document already exists", arn=twin.arn, token=twin.token)
    most = catalog.limit("plans_per_region")
    if state.tables.plans.count("account = ? AND region = ? AND deleted IS NULL", *here[1:]) >= most:
        raise errors.too_many(f"An account cannot have more than {most} backup plans in a Region.")
    tags.check(params.get("BackupPlanTags") or {})
    row = _new(call, plan, token, digest)
    keep(state, row, call.now)
    tags.put(state, row.arn, params.get("BackupPlanTags") or {})
    tokens.remember(state, call, params, row.id)
    events.plan(state, row, "CREATED", call.now)
    return _made(row)


def _new(call: Call, plan: Mapping[str, Any], token: str | None, digest: str) -> Plan:
    identity = str(uuid.uuid4())
    arn = f"arn:{arns.partition_of(call.region)}:backup:{call.region}:{call.account}:backup-plan:{identity}"
    body, name = plan_documents.kept(plan), plan["BackupPlanName"]
    return Plan(identity, arn, call.account, call.region, name, token, call.now, _version(), body, digest)


def keep(state: State, row: Plan, at: datetime) -> None:
    """Store a plan in its newest version."""
    state.tables.plans.put(row)
    state.tables.versions.put(
        PlanVersion(row.id, newest_first(at, row.version), row.version, at, row.body, row.deleted)
    )


def _made(row: Plan) -> Facts:
    facts: Facts = {
        "BackupPlanId": row.id,
        "BackupPlanArn": row.arn,
        "CreationDate": row.created,
        "VersionId": row.version,
    }
    if row.body.get("AdvancedBackupSettings"):
        facts["AdvancedBackupSettings"] = row.body["AdvancedBackupSettings"]
    return facts


def _update(state: State, call: Call, params: Facts) -> Facts:
    old = need(state, call, params["BackupPlanId"])
    refuse_managed(old.id)
    plan = params["BackupPlan"]
    plan_documents.check(
        state, call, plan, quotas=errors.invalid
    )  # UpdateBackupPlan declares no LimitExceededException
    if plan["BackupPlanName"] != old.name and state.settings.plan_rename == "refuse":
        raise errors.invalid(f"The name of backup plan {old.name} cannot be changed.")
    most = catalog.limit("versions_per_plan")
    if state.tables.versions.count("plan_id = ?", old.id) >= most:
        raise errors.invalid(f"A backup plan cannot have more than {most} versions.")
    row = replace(
        old,
        name=plan["BackupPlanName"],
        created=call.now,
        version=_version(),
        body=plan_documents.kept(plan, old.body["Rules"]),
        digest=plan_documents.digest(plan),
    )
    keep(state, row, call.now)
    unschedule(state, old)
    schedule(state, row, call.now)
    events.plan(state, row, "MODIFIED", call.now)
    made = _made(row)
    if row.body.get("ScanSettings"):
        made["ScanSettings"] = row.body["ScanSettings"]
    return made


def _delete(state: State, call: Call, params: Facts) -> Facts:
    row = need(state, call, params["BackupPlanId"])
    refuse_managed(row.id)
    if state.tables.selections.first("plan_id = ?", row.id) is not None:
        raise errors.refused("Related backup plan selections must be deleted prior to backup plan deletion")
    end(state, row, call.now)
    return {
        "BackupPlanId": row.id,
        "BackupPlanArn": row.arn,
        "DeletionDate": call.now,
        "VersionId": row.version,
    }


def end(state: State, row: Plan, at: datetime) -> None:
    """Mark a plan as deleted, so that it never runs again; its versions stay readable."""
    unschedule(state, row)
    gone = replace(row, deleted=at)
    state.tables.plans.put(gone)
    newest = state.tables.versions.first("plan_id = ?", row.id, order="sort")
    if newest is not None:
        state.tables.versions.put(replace(newest, deleted=at))
    tags.put(state, row.arn, {})
    tokens.forget(state, row.id)
    events.plan(state, gone, "DELETED", at)


def _get(state: State, call: Call, params: Facts) -> Facts:
    row = need(state, call, params["BackupPlanId"], deleted=True)
    body, version, created, deleted = row.body, row.version, row.created, row.deleted
    if params.get("VersionId"):
        found = state.tables.versions.first("plan_id = ? AND version = ?", row.id, params["VersionId"])
        if found is None:
            raise errors.not_found("Failed reading Backup plan with provided version")
        body, version, created, deleted = found.body, found.version, found.created, found.deleted
    facts = _member(row, body, version, created, deleted) | {"BackupPlan": body}
    facts.pop("BackupPlanName")
    length = params.get("MaxScheduledRunsPreview", state.settings.preview_length)
    if length and row.deleted is None:
        facts["ScheduledRunsPreview"] = list(islice(_preview(body, call.now), length))
    return facts


def _preview(body: Json, after: datetime) -> Iterator[Facts]:
    def of_rule(number: int, rule: Json) -> Iterator[tuple[datetime, int, Json]]:
        return ((at, number, rule) for at in rules.runs(rule, after))

    each = [of_rule(number, rule) for number, rule in enumerate(body["Rules"])]
    for at, _, rule in heapq.merge(*each, key=lambda run: run[:2]):
        kind = "CONTINUOUS_AND_SNAPSHOTS" if rule["EnableContinuousBackup"] else "SNAPSHOTS"
        yield {"ExecutionTime": at, "RuleId": rule["RuleId"], "RuleExecutionType": kind}


def _member(row: Plan, body: Json, version: str, created: datetime, deleted: datetime | None) -> Facts:
    facts: Facts = {
        "BackupPlanArn": row.arn,
        "BackupPlanId": row.id,
        "BackupPlanName": body["BackupPlanName"],
        "CreationDate": created,
        "DeletionDate": deleted,
        "VersionId": version,
        "CreatorRequestId": row.token,
        "LastExecutionDate": row.last_run,
        "AdvancedBackupSettings": body.get("AdvancedBackupSettings"),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _list(state: State, call: Call, params: Facts) -> Listing:
    condition = "account = ? AND region = ?" + ("" if params.get("IncludeDeleted") else " AND deleted IS NULL")
    found = state.tables.plans.scan("id", call.after, condition, call.account, call.region)
    members = ((key, _member(row, row.body, row.version, row.created, row.deleted)) for key, row in found)
    return Listing("BackupPlansList", members)


def _versions(state: State, call: Call, params: Facts) -> Listing:
    plan = need(state, call, params["BackupPlanId"], deleted=True)
    found = state.tables.versions.scan("sort", call.after, "plan_id = ?", plan.id)
    members = ((key, _member(plan, row.body, row.version, row.created, row.deleted)) for key, row in found)
    return Listing("BackupPlanVersionsList", members)


OPERATIONS: Operations = {
    "CreateBackupPlan": _create,
    "UpdateBackupPlan": _update,
    "DeleteBackupPlan": _delete,
    "GetBackupPlan": _get,
    "ListBackupPlans": _list,
    "ListBackupPlanVersions": _versions,
}
