"""Resource assignments: which resources a plan takes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import lru_cache

import orjson

from backstay_aws import catalog
from backstay_aws import selection as aws
from backstay_local.backup import errors, plans, roles, settings, tokens
from backstay_local.backup.rows import Json, Selection
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.data import Resource
from backstay_local.wire.call import Call, Listing

EMPTY = "Invalid backup selection. Either 'ListOfTags' or 'Resources' section must be non-empty."


def of_plan(state: State, plan_id: str) -> list[Selection]:
    """The selections of a plan, oldest first."""
    return state.tables.selections.where("plan_id = ?", plan_id, order="created, id")


def taken(state: State, row: Selection) -> tuple[Resource, ...]:
    """The resources in the account and Region of a selection that it takes now."""
    chosen = settings.opt_ins(state, _opting(state, row), row.region)
    body = orjson.dumps(row.body)
    question = ("taken", row.account, row.region, body, tuple(sorted(chosen.items())))
    return state.standing.ask(question, lambda: tuple(_taken(state, row, _of_body(body))))


def _taken(state: State, row: Selection, selection: aws.Selection) -> Iterator[Resource]:
    opted_in = settings.opted_in(state, _opting(state, row), row.region)
    for resource in state.discovery.all(row.account, row.region):
        if _matches(state, selection, resource, opted_in):
            yield resource


def _opting(state: State, row: Selection) -> str:
    """Whose opt-ins hold: for a plan of the organization, those of the management account (semantics §2.10)."""
    followed = state.tables.organized.followed.get(row.account) if row.plan_id.startswith(plans.MANAGED) else None
    return followed.manager if followed is not None else row.account


def _matches(state: State, selection: aws.Selection, resource: Resource, opted_in: Callable[[str], bool]) -> bool:
    return aws.matches(
        selection,
        arn=resource.arn,
        resource_type=resource.type,
        tags=resource.tags,
        opted_in=opted_in,
        absent_matches_not=state.settings.absent_matches_not,
    )


def read(row: Selection) -> aws.Selection:
    """What a selection says."""
    return _of_body(orjson.dumps(row.body))


@lru_cache(maxsize=1024)
def _of_body(body: bytes) -> aws.Selection:
    return aws.from_api(orjson.loads(body))


def _is_tagged(body: Json) -> bool:
    return bool(body.get("ListOfTags"))


def _check(state: State, call: Call, body: Json) -> Json:
    """The selection as it is kept, or the refusal that AWS gives."""
    if not body.get("Resources") and not body.get("ListOfTags"):
        if state.settings.empty_selection == "refuse":
            raise errors.invalid(EMPTY)
        body = body | {"Resources": ["*"]}
    problems = aws.problems(body)
    if problems:
        raise errors.invalid(f"Invalid backup selection. {problems[0].value}")
    roles.need(state, body["IamRoleArn"], call.account)
    return body


def _check_quotas(body: Json, others: list[Selection]) -> None:
    most = catalog.limit("selections_per_plan")
    if len(others) >= most:
        raise errors.too_many(f"A backup plan cannot have more than {most} selections.")
    tagged = catalog.limit("tag_selections_per_plan")
    if _is_tagged(body) and sum(_is_tagged(other.body) for other in others) >= tagged:
        raise errors.too_many(f"A backup plan cannot have more than {tagged} selections that use tags.")


def _plan_id(state: State, call: Call, params: Facts) -> str:
    """The plan of a request; CreateBackupSelection declares no ResourceNotFoundException."""
    plan = state.tables.plans.get(params["BackupPlanId"])
    if plan is None or (plan.account, plan.region) != (call.account, call.region) or plan.deleted is not None:
        raise errors.invalid(f"Cannot find Backup plan with id {params['BackupPlanId']}")
    return plan.id


def _create(state: State, call: Call, params: Facts) -> Facts:
    token, earlier = tokens.token_of(params), tokens.used(state, call, params)
    if earlier is not None:
        known = state.tables.selections.get(earlier.subject)
        if known is not None and tokens.same_call(earlier, params):
            return _made(known)
        raise errors.exists("The CreatorRequestId was used before for another selection.", token=token)
    plan_id = _plan_id(state, call, params)
    plans.refuse_managed(plan_id)
    body = _check(state, call, params["BackupSelection"])
    others = of_plan(state, plan_id)
    twin = next((other for other in others if other.body == body), None)
    if twin is not None:
        raise errors.exists("Backup selection with the same selection document already exists", token=twin.token)
    _check_quotas(body, others)
    row = Selection(
        str(uuid.uuid4()),
        plan_id,
        call.account,
        call.region,
        body["SelectionName"],
        body["IamRoleArn"],
        body,
        call.now,
        token,
    )
    state.tables.selections.put(row)
    tokens.remember(state, call, params, row.id)
    if not others:
        plans.schedule(state, plans.need(state, call, plan_id), call.now)
    return _made(row)


def _made(row: Selection) -> Facts:
    return {"SelectionId": row.id, "BackupPlanId": row.plan_id, "CreationDate": row.created}


def _need(state: State, call: Call, params: Facts) -> Selection:
    plan = plans.need(state, call, params["BackupPlanId"])
    row = state.tables.selections.get(params["SelectionId"])
    if row is None or row.plan_id != plan.id:
        raise errors.not_found(f"Cannot find backup selection with id {params['SelectionId']}")
    return row


def _get(state: State, call: Call, params: Facts) -> Facts:
    row = _need(state, call, params)
    facts = _made(row) | {"BackupSelection": row.body}
    return facts | ({"CreatorRequestId": row.token} if row.token else {})


def _list(state: State, call: Call, params: Facts) -> Listing:
    plan = plans.need(state, call, params["BackupPlanId"])
    found = state.tables.selections.scan("id", call.after, "plan_id = ?", plan.id)
    members = (
        (
            key,
            _made(row)
            | {"SelectionName": row.name, "IamRoleArn": row.role_arn}
            | ({"CreatorRequestId": row.token} if row.token else {}),
        )
        for key, row in found
    )
    return Listing("BackupSelectionsList", members)


def _delete(state: State, call: Call, params: Facts) -> Facts:
    row = _need(state, call, params)
    plans.refuse_managed(row.plan_id)
    state.tables.selections.remove(row.id)
    tokens.forget(state, row.id)
    if not of_plan(state, row.plan_id):
        plans.unschedule(state, plans.need(state, call, row.plan_id))
    return {}


OPERATIONS: Operations = {
    "CreateBackupSelection": _create,
    "GetBackupSelection": _get,
    "ListBackupSelections": _list,
    "DeleteBackupSelection": _delete,
}
