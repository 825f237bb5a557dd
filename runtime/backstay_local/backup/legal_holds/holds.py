"""Legal holds: made, cancelled, read."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from backstay_aws import arns, catalog
from backstay_local.backup import errors, expiry, tags, tokens
from backstay_local.backup.legal_holds import scope
from backstay_local.backup.legal_holds.rows import Held, LegalHold
from backstay_local.backup.rows import Json, RecoveryPoint, newest_first
from backstay_local.backup.state import Facts, Happenings, Operations, State
from backstay_local.wire.call import Call, Listing

_LONGEST = 280  # characters of Description and CancelDescription (developer guide, legalhold)
_RECORD_DAYS = 180  # how long the record of a cancelled hold is kept unless told (the same page)


def _create(state: State, call: Call, params: Facts) -> Facts:
    earlier = tokens.used(state, call, params)
    if earlier is not None:
        known = state.tables.holds.holds.get(earlier.subject)
        if known is not None and tokens.same_call(earlier, params):
            return _made(known)
        raise errors.invalid("The IdempotencyToken was used before for another legal hold.")
    _check(call, params)
    most = catalog.limit("legal_holds")
    if state.tables.holds.holds.count("account = ? AND status <> 'CANCELED'", call.account) >= most:
        raise errors.too_many(f"An account cannot have more than {most} active legal holds.")
    hold = _new(call, params)
    state.tables.holds.holds.put(hold)
    for point in _taken(state, hold):
        state.tables.holds.held.put(Held(hold.id, point.arn))
    state.agenda.put("hold-active", hold.id, call.now + state.settings.start_delay)
    tags.put(state, hold.arn, params.get("Tags") or {})
    tokens.remember(state, call, params, hold.id)
    return _made(hold)


def _check(call: Call, params: Facts) -> None:
    _check_length("Description", params["Description"])
    tags.check(params.get("Tags") or {})
    dates = (params.get("RecoveryPointSelection") or {}).get("DateRange")
    if dates is None:
        return
    if dates["FromDate"] > call.now or dates["ToDate"] > call.now:
        raise errors.invalid("FromDate and ToDate of a DateRange cannot be in the future.")
    if dates["FromDate"] > dates["ToDate"]:
        raise errors.invalid("FromDate of a DateRange cannot be after its ToDate.")


def _check_length(name: str, text: str) -> None:
    if len(text) > _LONGEST:
        raise errors.invalid(f"{name} must have at most {_LONGEST} characters, but has {len(text)}.")


def _new(call: Call, params: Facts) -> LegalHold:
    identity, selection = str(uuid.uuid4()), params.get("RecoveryPointSelection")
    chosen: Json = selection or {}
    dates = chosen.get("DateRange") or {}
    arn = arns.Arn(arns.partition_of(call.region), "backup", call.region, call.account, f"legal-hold:{identity}")
    return LegalHold(
        id=identity,
        sort=newest_first(call.now, identity),
        arn=str(arn),
        account=call.account,
        region=call.region,
        title=params["Title"],
        description=params["Description"],
        status="CREATING",
        created=call.now,
        selects=selection is not None,
        vault_names=chosen.get("VaultNames"),
        resources=chosen.get("ResourceIdentifiers"),
        first_day=dates.get("FromDate"),
        last_day=dates.get("ToDate"),
    )


def _taken(state: State, hold: LegalHold) -> list[RecoveryPoint]:
    """The recovery points that there are and that a new hold takes; what comes later is not held."""
    here = state.tables.points.where("account = ? AND region = ?", hold.account, hold.region)
    return [point for point in here if scope.takes(hold, point)]


def _cancel(state: State, call: Call, params: Facts) -> Facts:
    hold = _need(state, call, params["LegalHoldId"])
    if hold.status != "ACTIVE":
        raise errors.busy(f"Legal hold {hold.id} cannot be cancelled because it is {hold.status}.")
    _check_length("CancelDescription", params["CancelDescription"])
    leaving = replace(
        hold,
        status="CANCELING",
        cancel_description=params["CancelDescription"],
        cancelled=call.now,
        retain_until=_retained(call.now, params.get("RetainRecordInDays", _RECORD_DAYS)),
    )
    state.tables.holds.holds.put(leaving)
    state.agenda.put("hold-release", hold.id, call.now + state.settings.delete_delay)
    return {}


def _retained(now: datetime, days: int) -> datetime:
    """Until when the record of a hold that is cancelled now is kept."""
    if days < 0:
        raise errors.invalid(f"RetainRecordInDays cannot be negative, but is {days}.")
    try:
        return now + timedelta(days=days)
    except OverflowError:
        raise errors.invalid(f"RetainRecordInDays is too large: {days}.") from None


def activate(state: State, hold_id: str, _at: datetime) -> None:
    """Let a hold that is being made be in force."""
    hold = state.tables.holds.holds.get(hold_id)
    if hold is not None and hold.status == "CREATING":
        state.tables.holds.holds.put(replace(hold, status="ACTIVE"))


def release(state: State, hold_id: str, at: datetime) -> None:
    """End a hold: what no other hold has is subject to its lifecycle again."""
    hold = state.tables.holds.holds.get(hold_id)
    if hold is None or hold.retain_until is None:
        return
    state.tables.holds.holds.put(replace(hold, status="CANCELED"))
    points = [row.point_arn for row in state.tables.holds.held.where("hold_id = ?", hold_id)]
    state.tables.holds.held.drop_where("hold_id = ?", hold_id)
    for arn in points:
        expiry.resume(state, arn, at, within=state.settings.release_spread)
    state.agenda.put("hold-forget", hold_id, max(hold.retain_until, at))


def forget(state: State, hold_id: str, _at: datetime) -> None:
    """Drop the record of a hold that was cancelled long enough ago."""
    hold = state.tables.holds.holds.get(hold_id)
    if hold is not None:
        state.tables.holds.holds.remove(hold_id)
        tags.put(state, hold.arn, {})
        tokens.forget(state, hold_id)


def _find(state: State, call: Call, hold_id: str) -> LegalHold | None:
    found = state.tables.holds.holds.get(hold_id)
    return found if found is not None and (found.account, found.region) == (call.account, call.region) else None


def _need(state: State, call: Call, hold_id: str) -> LegalHold:
    found = _find(state, call, hold_id)
    if found is None:
        raise errors.not_found(f"Cannot find legal hold with id {hold_id}")
    return found


def _selection(hold: LegalHold) -> Facts | None:
    if not hold.selects:
        return None
    dates = {"FromDate": hold.first_day, "ToDate": hold.last_day} if hold.first_day else None
    chosen = {"VaultNames": hold.vault_names, "ResourceIdentifiers": hold.resources, "DateRange": dates}
    return {name: value for name, value in chosen.items() if value is not None}


def _member(hold: LegalHold) -> Facts:
    return {
        "Title": hold.title,
        "Status": hold.status,
        "Description": hold.description,
        "LegalHoldId": hold.id,
        "LegalHoldArn": hold.arn,
        "CreationDate": hold.created,
    }


def _made(hold: LegalHold) -> Facts:
    return _member(hold) | {"RecoveryPointSelection": _selection(hold)}


def _get(state: State, call: Call, params: Facts) -> Facts:
    hold = _need(state, call, params["LegalHoldId"])
    return _made(hold) | {
        "CancelDescription": hold.cancel_description,
        "CancellationDate": hold.cancelled,
        "RetainRecordUntil": hold.retain_until,
    }


def _list(state: State, call: Call, _params: Facts) -> Listing:
    here = ("account = ? AND region = ?", call.account, call.region)
    found = state.tables.holds.holds.scan("sort", call.after, *here)
    return Listing("LegalHolds", ((key, _member(row) | {"CancellationDate": row.cancelled}) for key, row in found))


def _points(state: State, call: Call, params: Facts) -> Listing:
    hold = _find(state, call, params["LegalHoldId"])
    if hold is None:  # the operation declares no ResourceNotFoundException
        raise errors.invalid(f"Cannot find legal hold with id {params['LegalHoldId']}")
    held = "arn IN (SELECT point_arn FROM held_points WHERE hold_id = ?)"
    found = state.tables.points.scan("sort", call.after, held, hold.id)
    return Listing("RecoveryPoints", ((key, _point(row)) for key, row in found))


def _point(point: RecoveryPoint) -> Facts:
    return {
        "RecoveryPointArn": point.arn,
        "ResourceArn": point.resource_arn,
        "ResourceType": point.resource_type,
        "BackupVaultName": point.vault_name,
    }


OPERATIONS: Operations = {
    "CreateLegalHold": _create,
    "CancelLegalHold": _cancel,
    "GetLegalHold": _get,
    "ListLegalHolds": _list,
    "ListRecoveryPointsByLegalHold": _points,
}

HAPPENINGS: Happenings = {"hold-active": activate, "hold-release": release, "hold-forget": forget}
