"""Selections of a restore testing plan: which resources of one type it tests, with which role and overrides."""

from __future__ import annotations

from backstay_aws import catalog
from backstay_local.backup import errors, tokens
from backstay_local.backup.restore_testing import documents, plans
from backstay_local.backup.restore_testing.rows import Plan, Selection
from backstay_local.backup.rows import Json, changed
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing


def _check(call: Call, body: Json) -> None:
    problem = documents.selection_problem(body, call.region, call.account)
    if problem is not None:
        raise problem


def _create(state: State, call: Call, params: Facts) -> Facts:
    plan = plans.need(state, call, params["RestoreTestingPlanName"])
    given, token = params["RestoreTestingSelection"], tokens.token_of(params)
    name = given["RestoreTestingSelectionName"]
    table = state.tables.restore_testing.selections
    known, earlier = table.get(plan.arn, name), tokens.used(state, call, params)
    if earlier is not None:
        if known is not None and earlier.subject == _subject(known) and tokens.same_call(earlier, params):
            return _made(plan, known)
        raise errors.exists("The CreatorRequestId was used before with another selection.", arn="", token=token)
    if known is not None:
        raise errors.exists(f"Restore testing selection {name} already exists.", arn="", token=known.token)
    documents.check_name("RestoreTestingSelectionName", name)
    body = {member: value for member, value in given.items() if member != "RestoreTestingSelectionName"}
    row = Selection(plan.arn, name, documents.selection(body), call.now, token)
    _check(call, row.body)
    others, most = table.count("plan_arn = ?", plan.arn), catalog.limit("selections_per_restore_plan")
    if others >= most:
        raise errors.too_many(f"A restore testing plan cannot have more than {most} selections.")
    table.put(row)
    tokens.remember(state, call, params, _subject(row))
    if not others:
        plans.schedule(state, plan, call.now)
    return _made(plan, row)


def _subject(row: Selection) -> str:
    """What the token of a selection is remembered for."""
    return f"{row.plan_arn}/{row.name}"


def _made(plan: Plan, row: Selection) -> Facts:
    return {
        "CreationTime": row.created,
        "RestoreTestingPlanArn": plan.arn,
        "RestoreTestingPlanName": plan.name,
        "RestoreTestingSelectionName": row.name,
    }


def _need(state: State, call: Call, params: Facts) -> tuple[Plan, Selection]:
    plan, name = plans.need(state, call, params["RestoreTestingPlanName"]), params["RestoreTestingSelectionName"]
    row = state.tables.restore_testing.selections.get(plan.arn, name)
    if row is None:
        raise errors.not_found(f"Cannot find restore testing selection {name} of plan {plan.name}.")
    return plan, row


def _update(state: State, call: Call, params: Facts) -> Facts:
    plan, old = _need(state, call, params)
    body = documents.selection(documents.merged(old.body, params["RestoreTestingSelection"]))
    row = changed(old, body=body, updated=call.now)
    _check(call, row.body)
    state.tables.restore_testing.selections.put(row)
    return _made(plan, row) | {"UpdateTime": call.now}


def _delete(state: State, call: Call, params: Facts) -> Facts:
    plan, row = _need(state, call, params)
    state.tables.restore_testing.selections.remove(plan.arn, row.name)
    tokens.forget(state, _subject(row))
    plans.schedule(state, plan, call.now)
    return {}


def _get(state: State, call: Call, params: Facts) -> Facts:
    plan, row = _need(state, call, params)
    facts = row.body | {
        "CreationTime": row.created,
        "RestoreTestingPlanName": plan.name,
        "RestoreTestingSelectionName": row.name,
    }
    return {"RestoreTestingSelection": facts | ({"CreatorRequestId": row.token} if row.token else {})}


def _list(state: State, call: Call, params: Facts) -> Listing:
    plan = plans.need(state, call, params["RestoreTestingPlanName"])
    found = state.tables.restore_testing.selections.scan("name", call.after, "plan_arn = ?", plan.arn)
    return Listing("RestoreTestingSelections", ((key, _member(plan, row)) for key, row in found))


def _member(plan: Plan, row: Selection) -> Facts:
    return {
        "CreationTime": row.created,
        "IamRoleArn": row.body["IamRoleArn"],
        "ProtectedResourceType": row.body["ProtectedResourceType"],
        "RestoreTestingPlanName": plan.name,
        "RestoreTestingSelectionName": row.name,
        "ValidationWindowHours": row.body["ValidationWindowHours"],
    }


OPERATIONS: Operations = {
    "CreateRestoreTestingSelection": _create,
    "GetRestoreTestingSelection": _get,
    "ListRestoreTestingSelections": _list,
    "UpdateRestoreTestingSelection": _update,
    "DeleteRestoreTestingSelection": _delete,
}
