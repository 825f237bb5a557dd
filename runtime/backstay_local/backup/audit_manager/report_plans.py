"""Report plans: made, changed, described, listed and deleted."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace
from datetime import datetime

from backstay_aws import arns, catalog
from backstay_local.backup import errors, tags, tokens
from backstay_local.backup.audit_manager.deployment import CREATING, DELETING, DONE, UPDATING, refuse_busy
from backstay_local.backup.audit_manager.report_settings import problems, shown
from backstay_local.backup.audit_manager.reports import subject
from backstay_local.backup.audit_manager.rows import ReportPlan
from backstay_local.backup.rows import Json
from backstay_local.backup.state import Facts, Happenings, Operations, State
from backstay_local.wire.call import Call, Listing

_HERE = "account = ? AND region = ?"


def find(state: State, account: str, region: str, name: str) -> ReportPlan | None:
    """A report plan by its name."""
    return state.tables.audits.report_plans.first(f"{_HERE} AND name = ?", account, region, name)


def need(state: State, call: Call, params: Facts) -> ReportPlan:
    """The caller's report plan of that name, or ResourceNotFoundException."""
    found = find(state, call.account, call.region, params["ReportPlanName"])
    if found is None:
        raise errors.not_found(f"Report plan {params['ReportPlanName']} does not exist.")
    return found


def _check(state: State, call: Call, setting: Json, channel: Json) -> None:
    found = next(problems(state, call, setting, channel), None)
    if found is not None:
        raise errors.invalid(found)


def _channel(given: Json) -> Json:
    """A delivery channel as it is kept: without doubles, and with the format that AWS assumes."""
    return given | {"Formats": list(dict.fromkeys(given.get("Formats") or ["CSV"]))}


def _create(state: State, call: Call, params: Facts) -> Facts:
    earlier = tokens.used(state, call, params)
    known = state.tables.audits.report_plans.get(earlier.subject) if earlier is not None else None
    if earlier is not None and known is not None and tokens.same_call(earlier, params):
        return _made(known)
    if earlier is not None:
        raise errors.exists(
            "The IdempotencyToken was used before for another report plan.", arn=earlier.subject, token=earlier.token
        )
    name, own_tags = params["ReportPlanName"], params.get("ReportPlanTags") or {}
    setting, channel = params["ReportSetting"], _channel(params["ReportDeliveryChannel"])
    _check(state, call, setting, channel)
    tags.check(own_tags)
    twin = find(state, call.account, call.region, name)
    if twin is not None:
        raise errors.exists(f"A report plan named {name} already exists.", arn=twin.arn, token=twin.token)
    most = catalog.limit("report_plans")
    if state.tables.audits.report_plans.count("account = ?", call.account) >= most:
        raise errors.too_many(f"An account cannot have more than {most} report plans.")
    own = f"report-plan:{name}-{uuid.uuid4()}"
    row = ReportPlan(
        str(arns.Arn(arns.partition_of(call.region), "backup", call.region, call.account, own)),
        call.account,
        call.region,
        name,
        params.get("ReportPlanDescription"),
        channel,
        setting,
        call.now,
        CREATING,
        tokens.token_of(params),
    )
    _deploy(state, row, call.now)
    tags.put(state, row.arn, own_tags)
    tokens.remember(state, call, params, row.arn)
    return _made(row)


def _deploy(state: State, row: ReportPlan, at: datetime) -> None:
    state.tables.audits.report_plans.put(row)
    state.agenda.put("report-plan-deployed", row.arn, at + state.settings.deploy_time)


def _made(row: ReportPlan) -> Facts:
    return {"ReportPlanName": row.name, "ReportPlanArn": row.arn, "CreationTime": row.created}


def _update(state: State, call: Call, params: Facts) -> Facts:
    old = need(state, call, params)
    earlier = tokens.used(state, call, params)
    if earlier is not None:
        if tokens.same_call(earlier, params):
            return _made(old)
        raise errors.invalid("The IdempotencyToken was used before for another update.")
    refuse_busy(old.deployment, "report plan", old.name)
    setting = params.get("ReportSetting", old.setting)
    channel = _channel(params.get("ReportDeliveryChannel", old.channel))
    _check(state, call, setting, channel)
    description = params.get("ReportPlanDescription", old.description)
    new = replace(old, description=description, setting=setting, channel=channel, deployment=UPDATING)
    _deploy(state, new, call.now)
    tokens.remember(state, call, params, old.arn)
    return _made(old)


def _delete(state: State, call: Call, params: Facts) -> Facts:
    row = need(state, call, params)
    refuse_busy(row.deployment, "report plan", row.name)
    state.agenda.drop(row.arn, "report-daily")
    _deploy(state, replace(row, deployment=DELETING), call.now)
    return {}


def _facts(row: ReportPlan) -> Facts:
    facts: Facts = _made(row) | {
        "ReportPlanDescription": row.description,
        "ReportSetting": shown(row.setting),
        "ReportDeliveryChannel": row.channel,
        "DeploymentStatus": row.deployment,
        "LastAttemptedExecutionTime": row.attempted,
        "LastSuccessfulExecutionTime": row.succeeded,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _describe(state: State, call: Call, params: Facts) -> Facts:
    return {"ReportPlan": _facts(need(state, call, params))}


def _list(state: State, call: Call, _params: Facts) -> Listing:
    rows = state.tables.audits.report_plans.scan("name", call.after, _HERE, call.account, call.region)
    return Listing("ReportPlans", ((key, _facts(row)) for key, row in rows))


def deployed(state: State, arn: str, at: datetime) -> None:
    """End the creation or update of a report plan, whose reports are then made daily, or its deletion for good."""
    row = state.tables.audits.report_plans.get(arn)
    if row is None:
        return
    if row.deployment == DELETING:
        state.tables.audits.report_plans.remove(arn)
        tags.put(state, arn, {})
        tokens.forget(state, arn)
        return
    state.tables.audits.report_plans.put(replace(row, deployment=DONE))
    if not state.agenda.has("report-daily", arn):
        state.agenda.put("report-daily", arn, subject.next_daily(at, lot(row)))


def lot(row: ReportPlan) -> int:
    """The number that draws the minute of a plan's daily reports: the same for the same plan."""
    return int(hashlib.sha256(f"{row.account} {row.region} {row.name}".encode()).hexdigest()[:8], 16)


OPERATIONS: Operations = {
    "CreateReportPlan": _create,
    "UpdateReportPlan": _update,
    "DeleteReportPlan": _delete,
    "DescribeReportPlan": _describe,
    "ListReportPlans": _list,
}

HAPPENINGS: Happenings = {"report-plan-deployed": deployed}
