"""Restore testing plans: made, changed, deleted, and their place in the agenda."""

from __future__ import annotations

import uuid
from datetime import datetime

from backstay_aws import arns, catalog
from backstay_local.backup import errors, rules, tags, tokens
from backstay_local.backup.restore_testing import documents
from backstay_local.backup.restore_testing.rows import Plan
from backstay_local.backup.rows import changed
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing


def need(state: State, call: Call, name: str) -> Plan:
    """The caller's restore testing plan of that name, or ResourceNotFoundException."""
    found = state.tables.restore_testing.plans.get(call.account, call.region, name)
    if found is None:
        raise errors.not_found(f"Cannot find restore testing plan {name}.")
    return found


def schedule(state: State, plan: Plan, after: datetime) -> None:
    """Put the next run of a plan into the agenda; a plan without selections never runs."""
    at = rules.next_run(plan.body, after)
    if at is None or state.tables.restore_testing.selections.first("plan_arn = ?", plan.arn) is None:
        state.agenda.drop(plan.arn, "test-run")
    else:
        state.agenda.put("test-run", plan.arn, at)


def _check(state: State, plan: Plan) -> None:
    problem = documents.plan_problem(plan.body, hourly=state.settings.restore_test_hourly)
    if problem is not None:
        raise problem


def _create(state: State, call: Call, params: Facts) -> Facts:
    given, token = params["RestoreTestingPlan"], tokens.token_of(params)
    name = given["RestoreTestingPlanName"]
    known = state.tables.restore_testing.plans.get(call.account, call.region, name)
    earlier = tokens.used(state, call, params)
    if earlier is not None:
        if known is not None and known.arn == earlier.subject and tokens.same_call(earlier, params):
            return _made(known)
        raise errors.exists("The CreatorRequestId was used before with another plan.", arn=earlier.subject, token=token)
    if known is not None:
        raise errors.exists(f"Restore testing plan {name} already exists.", arn=known.arn, token=known.token)
    documents.check_name("RestoreTestingPlanName", name)
    row = _new(call, name, given, token)
    _check(state, row)
    own = params.get("Tags") or {}
    tags.check(own)
    most = catalog.limit("restore_plans")
    if state.tables.restore_testing.plans.count("account = ? AND region = ?", call.account, call.region) >= most:
        raise errors.too_many(f"An account cannot have more than {most} restore testing plans in a Region.")
    state.tables.restore_testing.plans.put(row)
    tags.put(state, row.arn, own)
    tokens.remember(state, call, params, row.arn)
    return _made(row)


def _new(call: Call, name: str, given: Facts, token: str | None) -> Plan:
    owner = f"{arns.partition_of(call.region)}:backup:{call.region}:{call.account}"
    arn = f"arn:{owner}:restore-testing-plan:{name}-{uuid.uuid4()}"
    body = {member: value for member, value in given.items() if member != "RestoreTestingPlanName"}
    return Plan(call.account, call.region, name, arn, documents.plan(body), call.now, token)


def _made(row: Plan) -> Facts:
    return {"CreationTime": row.created, "RestoreTestingPlanArn": row.arn, "RestoreTestingPlanName": row.name}


def _update(state: State, call: Call, params: Facts) -> Facts:
    old = need(state, call, params["RestoreTestingPlanName"])
    body = documents.plan(documents.merged(old.body, params["RestoreTestingPlan"]))
    row = changed(old, body=body, updated=call.now)
    _check(state, row)
    state.tables.restore_testing.plans.put(row)
    schedule(state, row, call.now)
    return _made(row) | {"UpdateTime": call.now}


def _delete(state: State, call: Call, params: Facts) -> Facts:
    name = params["RestoreTestingPlanName"]
    row = state.tables.restore_testing.plans.get(call.account, call.region, name)
    if row is None:
        if state.settings.absent_test_plan == "refuse":
            raise errors.refused(f"Cannot find restore testing plan {name}.")
        return {}
    if state.tables.restore_testing.selections.first("plan_arn = ?", row.arn) is not None:
        raise errors.refused(
            f"Restore testing plan {name} cannot be deleted: its restore testing selections must be deleted first."
        )
    state.tables.restore_testing.plans.remove(call.account, call.region, name)
    state.agenda.drop(row.arn, "test-run")
    tags.put(state, row.arn, {})
    tokens.forget(state, row.arn)
    return {}


def _facts(row: Plan) -> Facts:
    facts: Facts = _made(row) | {
        "ScheduleExpression": row.body["ScheduleExpression"],
        "ScheduleExpressionTimezone": row.body["ScheduleExpressionTimezone"],
        "StartWindowHours": row.body["StartWindowHours"],
        "LastExecutionTime": row.last_run,
        "LastUpdateTime": row.updated,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _get(state: State, call: Call, params: Facts) -> Facts:
    row = need(state, call, params["RestoreTestingPlanName"])
    facts = _facts(row) | {"RecoveryPointSelection": row.body["RecoveryPointSelection"]}
    return {"RestoreTestingPlan": facts | ({"CreatorRequestId": row.token} if row.token else {})}


def _list(state: State, call: Call, _params: Facts) -> Listing:
    scope = ("account = ? AND region = ?", call.account, call.region)
    found = state.tables.restore_testing.plans.scan("name", call.after, *scope)
    return Listing("RestoreTestingPlans", ((key, _facts(row)) for key, row in found))


OPERATIONS: Operations = {
    "CreateRestoreTestingPlan": _create,
    "GetRestoreTestingPlan": _get,
    "ListRestoreTestingPlans": _list,
    "UpdateRestoreTestingPlan": _update,
    "DeleteRestoreTestingPlan": _delete,
}
