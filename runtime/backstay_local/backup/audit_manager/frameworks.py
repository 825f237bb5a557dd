"""Frameworks: made, changed, described, listed and deleted."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from backstay_aws import arns, catalog
from backstay_local.backup import errors, tags, tokens
from backstay_local.backup.audit_manager import evaluations, parameters, recording, scopes
from backstay_local.backup.audit_manager.controls import CONTROLS
from backstay_local.backup.audit_manager.deployment import CREATING, DELETING, DONE, UPDATING, refuse_busy
from backstay_local.backup.audit_manager.rows import Framework
from backstay_local.backup.rows import Json
from backstay_local.backup.state import Facts, Happenings, Operations, State
from backstay_local.wire.call import Call, Listing

_EVERY = timedelta(hours=24)  # how often the periodic controls are evaluated ("Controls and remediation")
_HERE = "account = ? AND region = ?"


def find(state: State, account: str, region: str, name: str) -> Framework | None:
    """A framework by its name."""
    return state.tables.audits.frameworks.first(f"{_HERE} AND name = ?", account, region, name)


def _need(state: State, call: Call, params: Facts) -> Framework:
    found = find(state, call.account, call.region, params["FrameworkName"])
    if found is None:
        raise errors.not_found(f"Framework {params['FrameworkName']} does not exist.")
    return found


def _check(controls: list[Json]) -> None:
    """Refuse controls that AWS Backup does not take."""
    if not controls:
        raise errors.invalid("A framework must have at least one control.")
    for one in controls:
        known = catalog.control(one["ControlName"])
        if known is None:
            raise errors.invalid(f"{one['ControlName']} is not a control of AWS Backup Audit Manager.")
        found = parameters.problem(known, one.get("ControlInputParameters") or ())
        found = found or scopes.problem(known, CONTROLS[known.name].own, one.get("ControlScope"))
        if found is not None:
            raise errors.invalid(found)


def _digest(controls: list[Json]) -> str:
    """The same for the same controls, parameters (defaults spelt out) and scopes, in whatever order."""
    return tokens.digest_of(sorted(tokens.digest_of(_canonical(one)) for one in controls))


def _canonical(control: Json) -> list[object]:
    known = catalog.control(control["ControlName"])
    given = control.get("ControlInputParameters") or ()
    scope = scopes.read(control.get("ControlScope"))
    values = parameters.completed(known, given) if known else {}
    return [control["ControlName"], values, sorted(scope.types), sorted(scope.ids), scope.tag]


def _check_room(state: State, call: Call, controls: list[Json], own: str) -> None:
    """Refuse the twin of another framework, and more controls than an account may have in a Region."""
    others = state.tables.audits.frameworks.where(f"{_HERE} AND arn != ?", call.account, call.region, own)
    digest = _digest(controls)
    twin = next((other for other in others if other.digest == digest), None)
    if twin is not None:
        raise errors.exists("A framework with the same controls already exists.", arn=twin.arn, token=twin.token)
    most = catalog.limit("controls_per_region")
    if sum(len(other.controls) for other in others) + len(controls) > most:
        raise errors.too_many(f"An account cannot have more than {most} controls in a Region.")


def _create(state: State, call: Call, params: Facts) -> Facts:
    earlier = tokens.used(state, call, params)
    known = state.tables.audits.frameworks.get(earlier.subject) if earlier is not None else None
    if earlier is not None and known is not None and tokens.same_call(earlier, params):
        return _made(known)
    if earlier is not None:
        raise errors.exists(
            "The IdempotencyToken was used before for another framework.", arn=earlier.subject, token=earlier.token
        )
    controls, name = params["FrameworkControls"], params["FrameworkName"]
    _check(controls)
    tags.check(params.get("FrameworkTags") or {})
    twin = find(state, call.account, call.region, name)
    if twin is not None:
        raise errors.exists(f"A framework named {name} already exists.", arn=twin.arn, token=twin.token)
    _check_room(state, call, controls, "")
    most = catalog.limit("frameworks")
    if state.tables.audits.frameworks.count(_HERE, call.account, call.region) >= most:
        raise errors.too_many(f"An account cannot have more than {most} frameworks in a Region.")
    row = _new(state, call, params)
    _deploy(state, row, call.now)
    tags.put(state, row.arn, params.get("FrameworkTags") or {})
    tokens.remember(state, call, params, row.arn)
    return _made(row)


def _new(state: State, call: Call, params: Facts) -> Framework:
    name, controls = params["FrameworkName"], params["FrameworkControls"]
    own = f"framework{state.settings.framework_arn}{name}-{uuid.uuid4()}"
    arn = str(arns.Arn(arns.partition_of(call.region), "backup", call.region, call.account, own))
    return Framework(
        arn,
        call.account,
        call.region,
        name,
        params.get("FrameworkDescription"),
        controls,
        _digest(controls),
        call.now,
        CREATING,
        tokens.token_of(params),
    )


def _deploy(state: State, row: Framework, at: datetime) -> None:
    state.tables.audits.frameworks.put(row)
    state.agenda.put("framework-deployed", row.arn, at + state.settings.deploy_time)


def _made(row: Framework) -> Facts:
    return {"FrameworkName": row.name, "FrameworkArn": row.arn}


def _update(state: State, call: Call, params: Facts) -> Facts:
    old = _need(state, call, params)
    answer = _made(old) | {"CreationTime": old.created}
    earlier = tokens.used(state, call, params)
    if earlier is not None:
        if tokens.same_call(earlier, params):
            return answer
        raise errors.exists("The IdempotencyToken was used before for another update.", arn=old.arn, token=old.token)
    refuse_busy(old.deployment, "framework", old.name)
    controls = params.get("FrameworkControls", old.controls)
    _check(controls)
    _check_room(state, call, controls, old.arn)
    description = params.get("FrameworkDescription", old.description)
    new = replace(old, description=description, controls=controls, digest=_digest(controls), deployment=UPDATING)
    if controls != old.controls:
        evaluations.forget(state, old.arn)
    _deploy(state, new, call.now)
    tokens.remember(state, call, params, old.arn)
    return answer


def _delete(state: State, call: Call, params: Facts) -> Facts:
    row = _need(state, call, params)
    refuse_busy(row.deployment, "framework", row.name)
    state.agenda.drop(row.arn, "framework-evaluate")
    _deploy(state, replace(row, deployment=DELETING), call.now)
    return {}


def _facts(row: Framework) -> Facts:
    facts = _made(row) | {
        "FrameworkDescription": row.description,
        "CreationTime": row.created,
        "DeploymentStatus": row.deployment,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _describe(state: State, call: Call, params: Facts) -> Facts:
    row = _need(state, call, params)
    token = {"IdempotencyToken": row.token} if row.token else {}
    return _facts(row) | {"FrameworkControls": row.controls, "FrameworkStatus": recording.status(state, row)} | token


def _list(state: State, call: Call, _params: Facts) -> Listing:
    rows = state.tables.audits.frameworks.scan("name", call.after, _HERE, call.account, call.region)
    return Listing("Frameworks", ((key, _facts(row) | {"NumberOfControls": len(row.controls)}) for key, row in rows))


def deployed(state: State, arn: str, at: datetime) -> None:
    """End the creation or update of a framework with its first evaluation, or its deletion for good."""
    row = state.tables.audits.frameworks.get(arn)
    if row is None:
        return
    if row.deployment == DELETING:
        state.tables.audits.frameworks.remove(arn)
        evaluations.forget(state, arn)
        tags.put(state, arn, {})
        tokens.forget(state, arn)
        return
    state.tables.audits.frameworks.put(replace(row, deployment=DONE))
    evaluated(state, arn, at)


def evaluated(state: State, arn: str, at: datetime) -> None:
    """Evaluate a framework, and again a day later."""
    row = state.tables.audits.frameworks.get(arn)
    if row is not None and row.deployment != DELETING:
        evaluations.evaluate(state, row, at)
        state.agenda.put("framework-evaluate", arn, at + _EVERY)


OPERATIONS: Operations = {
    "CreateFramework": _create,
    "UpdateFramework": _update,
    "DeleteFramework": _delete,
    "DescribeFramework": _describe,
    "ListFrameworks": _list,
}

HAPPENINGS: Happenings = {"framework-deployed": deployed, "framework-evaluate": evaluated}
