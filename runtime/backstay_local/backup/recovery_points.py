"""Recovery points: kept, described, listed, changed, and given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from backstay_local.backup import (
    belongings,
    errors,
    events,
    filters,
    kinds,
    lifecycles,
    moments,
    notifications,
    protected_resources,
    protection,
    streams,
    tags,
    vaults,
)
from backstay_local.backup.composite import members as composites
from backstay_local.backup.composite import nested, wishes
from backstay_local.backup.composite import shown as composite
from backstay_local.backup.protection import Deed
from backstay_local.backup.rows import Json, RecoveryPoint, Vault, changed
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.backup.trail import derived
from backstay_local.data import DataError
from backstay_local.wire.call import Call, Listing

_SMALLEST_RDS_PAGE = 20  # API reference, ListRecoveryPointsByResource
_NO_LIFECYCLE = -1  # both members -1: remove the lifecycle (semantics §2.5)
_FILTERS = {
    "ByResourceArn": "resource_arn = ?",
    "ByResourceType": "resource_type = ?",
    "ByBackupPlanId": "json_extract(created_by, '$.BackupPlanId') = ?",
    "ByCreatedBefore": "created < ?",
    "ByCreatedAfter": "created > ?",
    "ByParentRecoveryPointArn": "parent_arn = ?",
}


def add(state: State, point: RecoveryPoint, own_tags: Mapping[str, str], at: datetime, *, fresh: bool = False) -> None:
    """Keep a new recovery point, or a continuous one that has moved on; `fresh`: its ARN never was another's."""
    state.tables.points.put(point)
    if fresh:
        state.agenda.begin(point.arn)
    if own_tags or not fresh:
        tags.put(state, point.arn, own_tags)
    if point.continuous:
        moments.keep(state, point, at)
    watch(state, point)
    protected_resources.backed_up(state, point, at)
    events.recovery_point(state, point, point.status, at)


def watch(state: State, point: RecoveryPoint) -> None:
    """Put what time will do to a recovery point into the agenda."""
    for kind, at in (("point-cold", point.cold_at), ("point-delete", point.delete_at)):
        if at is None or (kind == "point-cold" and point.storage_class != "WARM"):
            state.agenda.drop(point.arn, kind)
        else:
            state.agenda.put(kind, point.arn, at)


def latest(state: State, vault: Vault, resource_arn: str) -> RecoveryPoint | None:
    """The newest recovery point of a resource in a vault: the base of the next incremental one."""
    here = "account = ? AND region = ? AND resource_arn = ? AND vault_arn = ?"
    return state.tables.points.first(here, vault.account, vault.region, resource_arn, vault.arn, order="sort")


def need(state: State, vault: Vault, arn: str) -> RecoveryPoint:
    """The recovery point of that ARN in a vault, or ResourceNotFoundException."""
    found = state.tables.points.get(arn)
    if found is None or found.vault_arn != vault.arn:
        raise errors.not_found(f"Cannot find recovery point {arn} in backup vault {vault.name}.")
    return found


def drop(state: State, point: RecoveryPoint, at: datetime) -> None:
    """Let go of a recovery point, of what belongs to it, and of the bytes it holds."""
    state.trail.happened(point.account, point.region, "BackupDeleted", point.arn, derived.point_facts(point), at)
    state.tables.points.remove(point.arn)
    tags.put(state, point.arn, {})
    state.agenda.drop(point.arn, "point-delete", *(("point-cold",) if point.cold_at is not None else ()))
    belongings.gone(state, point, at)
    protected_resources.forgotten(state, point)
    moments.drop(state, point)


def in_use(state: State, point: RecoveryPoint) -> bool:
    """Whether a copy, a restore or a malware scan is working on a recovery point."""
    copies = state.tables.copy_jobs.unfinished("source_point_arn", point.arn)
    restores = state.tables.restore_jobs.unfinished("point_arn", point.arn)
    scans = state.tables.scans.jobs.unfinished("point_arn", point.arn)
    return bool(copies or restores or any(scan.state == "RUNNING" for scan in scans))


def refuse_if_busy(state: State, point: RecoveryPoint) -> None:
    """Refuse to touch a recovery point that something else is working on, its own deletion included."""
    if point.status == "DELETING":
        raise errors.busy(f"Recovery point {point.arn} is being deleted.")
    if in_use(state, point):
        raise errors.busy(f"Recovery point {point.arn} is in use by a copy, restore or scan job.")


def _facts(state: State, point: RecoveryPoint) -> Facts:
    facts: Facts = vaults.placed(state, point) | {
        "RecoveryPointArn": point.arn,
        "BackupVaultName": point.vault_name,
        "BackupVaultArn": point.vault_arn,
        "SourceBackupVaultArn": point.source_vault_arn,
        "ResourceArn": point.resource_arn,
        "ResourceType": point.resource_type,
        "ResourceName": point.resource_name,
        "CreatedBy": point.created_by,
        "IamRoleArn": point.role_arn,
        "Status": point.status,
        "StatusMessage": point.message,
        "CreationDate": point.created,
        "InitiationDate": point.created,
        "CompletionDate": point.completed,
        "BackupSizeInBytes": point.size,
        "CalculatedLifecycle": lifecycles.calculated(point.cold_at, point.delete_at) or None,
        "Lifecycle": point.lifecycle or None,
        "IsEncrypted": point.encrypted,
        "LastRestoreTime": point.last_restore,
        **composite.of_point(point),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _describe(state: State, call: Call, params: Facts) -> Facts:
    point = need(state, vaults.open_contents(state, call, params), params["RecoveryPointArn"])
    return _facts(state, point) | {"StorageClass": point.storage_class} | belongings.in_full(state, point)


def _list(state: State, call: Call, params: Facts) -> Listing:
    vault = vaults.open_contents(state, call, params)
    sql, arguments = filters.condition(params, _FILTERS)
    scope, here = "vault_arn = ?", [vault.arn]
    if params.get("ByResourceArn") is not None:  # the index of a resource's points begins with its account and Region
        scope, here = f"{scope} AND account = ? AND region = ?", [vault.arn, vault.account, vault.region]
    found = state.tables.points.scan("sort", filters.begin(call, params), f"{scope} AND {sql}", *here, *arguments)
    members = ((key, _facts(state, point) | belongings.in_short(state, point)) for key, point in found)
    return Listing("RecoveryPoints", members)


def _list_by_resource(state: State, call: Call, params: Facts) -> Listing:
    if call.page_size is not None and call.page_size < _SMALLEST_RDS_PAGE and ":rds:" in params["ResourceArn"]:
        raise errors.invalid(f"Amazon RDS requires a value of at least {_SMALLEST_RDS_PAGE} for MaxResults.")
    scope = ("account = ? AND region = ? AND resource_arn = ?", call.account, call.region, params["ResourceArn"])
    found = state.tables.points.scan("sort", call.after, *scope)
    members = ((key, _short(state, point) | belongings.in_short(state, point)) for key, point in found)
    return Listing("RecoveryPoints", members)


def _short(state: State, point: RecoveryPoint) -> Facts:
    facts: Facts = vaults.placed(state, point) | {
        "RecoveryPointArn": point.arn,
        "CreationDate": point.created,
        "Status": point.status,
        "StatusMessage": point.message,
        "BackupSizeBytes": point.size,
        "BackupVaultName": point.vault_name,
        "IsParent": point.is_parent,
        "ParentRecoveryPointArn": point.parent_arn,
        "ResourceName": point.resource_name,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _delete(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    point = need(state, vault, params["RecoveryPointArn"])
    protection.refuse_if_protected(state, point, Deed.DELETE)
    refuse_if_busy(state, point)
    leaving = changed(point, status="DELETING")
    state.tables.points.put(leaving)
    state.agenda.put("point-delete", point.arn, call.now + state.settings.delete_delay)
    events.recovery_point(state, leaving, "DELETING", call.now)
    return {}


def _update(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    point = need(state, vault, params["RecoveryPointArn"])
    wanted = _wanted(params.get("Lifecycle") or {})
    for one in nested.of(state, point.arn) if point.is_parent else ():  # a composite has the longest lifecycle of them
        _change_lifecycle(state, one, wanted, call.now)
    later = _change_lifecycle(state, point, wanted, call.now)
    if point.is_parent or point.parent_arn is not None:
        composites.settle(state, point.parent_arn or point.arn, call.now)
    return {
        "BackupVaultArn": vault.arn,
        "RecoveryPointArn": point.arn,
        "Lifecycle": later.lifecycle,
        "CalculatedLifecycle": lifecycles.calculated(later.cold_at, later.delete_at),
    }


def _change_lifecycle(state: State, point: RecoveryPoint, wanted: Json, at: datetime) -> RecoveryPoint:
    """Give a recovery point another lifecycle, unless something is against it."""
    protection.refuse_if_protected(state, point, Deed.CHANGE_LIFECYCLE)
    reason = _frozen(point)
    if reason is not None:
        raise errors.refused(reason)
    reason = lifecycles.problem(wanted) or _too_early(point, wanted, at)
    if reason is not None:
        raise errors.invalid(reason)
    event = {"DeleteAfterEvent": point.lifecycle["DeleteAfterEvent"]} if point.temporary else {}
    cold = not point.is_parent and kinds.goes_cold(kinds.of_point(point), wanted)
    dates = lifecycles.dates(point.created, wanted, goes_cold=cold)
    later = changed(point, lifecycle=wanted | event, cold_at=dates.cold_at, delete_at=dates.delete_at)
    state.tables.points.put(later)
    watch(state, later)
    _tell_modified(state, later, at)
    return later


def _wanted(given: Json) -> Json:
    """The lifecycle that an update asks for; -1 in both members asks for none."""
    both = ("MoveToColdStorageAfterDays", "DeleteAfterDays")
    if all(given.get(name) == _NO_LIFECYCLE for name in both):
        return {}
    return {name: value for name, value in given.items() if value is not None}


def _frozen(point: RecoveryPoint) -> str | None:
    if point.continuous:
        return "The lifecycle of a continuous backup cannot be changed."
    if point.status == "DELETING":
        return f"Recovery point {point.arn} is being deleted."
    return None


def _too_early(point: RecoveryPoint, lifecycle: Json, now: datetime) -> str | None:
    """Why a lifecycle does not fit the age and the place of a recovery point."""
    cold = lifecycle.get("MoveToColdStorageAfterDays")
    if point.storage_class == "COLD":
        same = cold == point.lifecycle.get("MoveToColdStorageAfterDays")
        return None if same else "MoveToColdStorageAfterDays cannot be changed after the transition to cold storage."
    if cold is not None and point.created + timedelta(days=cold) < now + timedelta(days=1):
        return "MoveToColdStorageAfterDays must be at least the age of the recovery point in days plus 1."
    return None


def _tell_modified(state: State, point: RecoveryPoint, at: datetime) -> None:
    notifications.send(
        state,
        point.vault_arn,
        "RECOVERY_POINT_MODIFIED",
        kind="RECOVERY_POINT",
        status="MODIFIED",
        identity=point.arn,
        start=at,
        text=f"The lifecycle of a recovery point was modified. Recovery point ARN: {point.arn}.",
    )


def _restore_metadata(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.open_contents(state, call, params)
    point = need(state, vault, params["RecoveryPointArn"])
    try:
        metadata = wishes.shown(state, point) if point.is_parent else state.data.restore_metadata(point.manifest)
    except DataError as error:
        raise errors.invalid(str(error)) from error
    return {
        "BackupVaultArn": vault.arn,
        "RecoveryPointArn": point.arn,
        "RestoreMetadata": metadata,
        "ResourceType": point.resource_type,
    }


def _disassociate(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    point = need(state, vault, params["RecoveryPointArn"])
    if not point.continuous:
        raise errors.refused("Only continuous recovery points can be disassociated.")
    protection.refuse_if_protected(state, point, Deed.DISASSOCIATE)
    refuse_if_busy(state, point)
    if point.resource_type == "S3":
        streams.stop(state, point, None, call.now)
    else:
        drop(state, point, call.now)
    return {}


OPERATIONS: Operations = {
    "DescribeRecoveryPoint": _describe,
    "ListRecoveryPointsByBackupVault": _list,
    "ListRecoveryPointsByResource": _list_by_resource,
    "DeleteRecoveryPoint": _delete,
    "UpdateRecoveryPointLifecycle": _update,
    "GetRecoveryPointRestoreMetadata": _restore_metadata,
    "DisassociateRecoveryPoint": _disassociate,
}
