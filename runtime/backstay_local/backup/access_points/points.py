"""Backup access points as the API shows them: made, deleted, described, listed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from backstay_aws import arns, catalog
from backstay_local.backup import errors, moments, tags
from backstay_local.backup.access_points import alias
from backstay_local.backup.access_points.rows import AccessPoint
from backstay_local.backup.rows import RecoveryPoint, newest_first
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing

_TIME = "AccessPointInTime"
_READABLE = frozenset({"AVAILABLE", "STOPPED", "COMPLETED"})
_MOST_TAGS = 200  # the model's TagMap


def _create(state: State, call: Call, params: Facts) -> Facts:
    point = _point(state, call, params["RecoveryPointArn"])
    metadata, policy = params.get("AccessPointMetadata") or {}, params.get("AccessPointPolicy")
    if policy is not None:
        _check_policy(policy)
    tags.check(params.get("Tags") or {}, most=_MOST_TAGS)
    manifest, since = _data(state, point, metadata.get(_TIME), call.now)
    arn = str(arns.Arn(arns.partition_of(call.region), "backup", call.region, call.account, _resource(params["Name"])))
    _check_free(state, call, params["Name"], arn, point)
    row = AccessPoint(
        arn=arn,
        sort=newest_first(call.now, arn),
        account=call.account,
        region=call.region,
        name=params["Name"],
        point_arn=point.arn,
        vault_arn=point.vault_arn,
        vault_name=point.vault_name,
        resource_arn=point.resource_arn,
        resource_type=point.resource_type,
        status="CREATING",
        created=call.now,
        alias=alias.make(params["Name"], arn, call.now),
        manifest=manifest,
        data_since=since,
        metadata=metadata,
        policy=policy,
    )
    state.tables.access.points.put(row)
    state.agenda.put("access-ready", row.arn, call.now + state.settings.start_delay)
    tags.put(state, row.arn, params.get("Tags") or {})
    return {"AccessPointArn": row.arn, "Status": row.status}


def _point(state: State, call: Call, arn: str) -> RecoveryPoint:
    """The S3 recovery point that an access point is asked for, in a state to be read."""
    found = state.tables.points.get(arn)
    if found is None or (found.account, found.region) != (call.account, call.region):
        raise errors.not_found(f"Cannot find recovery point {arn}.")
    if found.resource_type != "S3":
        raise errors.invalid(f"Recovery point {arn} is of {found.resource_type}; access points are for S3 only.")
    if found.status not in _READABLE:
        raise errors.invalid(f"Recovery point {arn} is {found.status}, not {', '.join(sorted(_READABLE))}.")
    return found


def _check_policy(text: str) -> None:
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise errors.invalid("AccessPointPolicy is not a valid JSON document.")


def _data(state: State, point: RecoveryPoint, asked: str | None, now: datetime) -> tuple[str, datetime]:
    """The backup that an access point shows, and since when the vault has had it."""
    if not point.continuous:
        if asked is not None:
            raise errors.invalid(f"{_TIME} is for continuous recovery points only; {point.arn} is a snapshot.")
        return point.manifest, point.completed or point.created
    if asked is None:
        raise errors.missing(f"AccessPointMetadata must have {_TIME} for a continuous recovery point.")
    try:
        at = moments.time_of(asked)
    except ValueError:
        raise errors.invalid(f"{_TIME} must be a time like 2021-11-27T03:30:27Z, but is {asked!r}.") from None
    oldest = now - timedelta(days=point.lifecycle.get("DeleteAfterDays", 0))
    found = moments.last_before(state, point, at) if oldest <= at <= now else None
    if found is None:
        raise errors.invalid(f"{_TIME} {asked} is outside the times that recovery point {point.arn} goes back to.")
    return found.manifest, found.at


def _check_free(state: State, call: Call, name: str, arn: str, point: RecoveryPoint) -> None:
    """Refuse a name that is taken, or was until a moment ago, and one access point too many."""
    tables = state.tables.access
    if tables.points.get(arn) is not None:
        raise errors.exists(f"Backup access point {name} already exists.", arn=arn, token=None)
    used = tables.used_names.get(call.account, call.region, name)
    if used is not None and call.now < used.until:
        raise errors.conflict(f"The access point name {name} was in use until a short while ago. Try again later.")
    most = catalog.limit("access_points_per_point")
    if tables.points.count("point_arn = ? AND account = ?", point.arn, call.account) >= most:
        raise errors.too_many(f"A recovery point cannot have more than {most} backup access points in an account.")


def _resource(name: str) -> str:
    return f"accesspoint/{name}"


def _need(state: State, call: Call, params: Facts) -> AccessPoint:
    found = state.tables.access.points.get(params["AccessPointArn"])
    if found is None or (found.account, found.region) != (call.account, call.region):
        raise errors.not_found(f"Cannot find backup access point {params['AccessPointArn']}.")
    return found


def _delete(state: State, call: Call, params: Facts) -> Facts:
    row = _need(state, call, params)
    if row.status != "DELETING":
        state.tables.access.points.put(replace(row, status="DELETING"))
        state.agenda.drop(row.arn, "access-ready")
        state.agenda.put("access-gone", row.arn, call.now + state.settings.delete_delay)
    return {}


def _facts(row: AccessPoint) -> Facts:
    metadata = dict(row.metadata)
    if row.status == "AVAILABLE":
        s3 = arns.Arn(arns.partition_of(row.region), "s3", row.region, row.account, _resource(row.name))
        metadata |= {"S3AccessPointArn": str(s3), "S3AccessPointAlias": row.alias}
    return {
        "AccessPointArn": row.arn,
        "AccessPointMetadata": metadata,
        "BackupVaultArn": row.vault_arn,
        "BackupVaultName": row.vault_name,
        "CreationTime": row.created,
        "Name": row.name,
        "RecoveryPointArn": row.point_arn,
        "ResourceArn": row.resource_arn,
        "ResourceType": row.resource_type,
        "Status": row.status,
        "StatusMessage": row.message,
    }


def _describe(state: State, call: Call, params: Facts) -> Facts:
    return _facts(_need(state, call, params))


def _list(state: State, call: Call, params: Facts) -> Listing:
    """All access points of an account and Region, those of a recovery point, or those of a resource."""
    condition, arguments = "account = ? AND region = ?", [call.account, call.region]
    for member, column in (("RecoveryPointArn", "point_arn"), ("ResourceArn", "resource_arn")):
        if member in params:
            condition, arguments = f"{condition} AND {column} = ?", [*arguments, params[member]]
    found = state.tables.access.points.scan("sort", call.after, condition, *arguments)
    return Listing("BackupAccessPoints", ((key, _facts(row)) for key, row in found))


OPERATIONS: Operations = {
    "CreateBackupAccessPoint": _create,
    "DeleteBackupAccessPoint": _delete,
    "DescribeBackupAccessPoint": _describe,
    "ListBackupAccessPoints": _list,
    "ListBackupAccessPointsByRecoveryPoint": _list,
    "ListBackupAccessPointsByResource": _list,
}
