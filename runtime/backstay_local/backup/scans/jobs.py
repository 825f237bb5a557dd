"""Malware scans through the API: started on demand, described, listed."""

from __future__ import annotations

from datetime import datetime

from backstay_local.backup import actions, errors, filters, recovery_points, roles, tokens, vaults
from backstay_local.backup.rows import RecoveryPoint
from backstay_local.backup.scans import extent, runs, shown
from backstay_local.backup.scans.rows import ScanJob
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing

_FILTERS = {
    "ByBackupVaultName": "vault_name = ?",
    "ByCompleteAfter": "completed > ?",
    "ByCompleteBefore": "completed < ?",
    "ByMalwareScanner": "scanner = ?",
    "ByRecoveryPointArn": "point_arn = ?",
    "ByResourceArn": "resource_arn = ?",
    "ByResourceType": "resource_type = ?",
    "ByScanResultStatus": "result = ?",
    "ByState": "state = ?",
}


def _start(state: State, call: Call, params: Facts) -> Facts:
    earlier = tokens.repeated(state, call, params)
    if earlier is not None and (known := state.tables.scans.jobs.get(earlier.subject)) is not None:
        return _started(known)
    vault = vaults.need(state, call, params["BackupVaultName"])
    point = recovery_points.need(state, vault, params["RecoveryPointArn"])
    roles.need(state, params["IamRoleArn"], call.account)
    roles.need_scanner(state, params["ScannerRoleArn"], call.account)
    if point.resource_type not in actions.scannable():
        raise errors.refused(f"Recovery points of resource type {point.resource_type} cannot be scanned for malware.")
    if point.status in ("DELETING", "EXPIRED"):
        raise errors.refused(f"Recovery point {point.arn} cannot be scanned because it is {point.status}.")
    _check_mode(state, params, point)
    _check_base(state, params, point)
    job = runs.create(
        state,
        point,
        role_arn=params["IamRoleArn"],
        scanner_role_arn=params["ScannerRoleArn"],
        scanner_name=params["MalwareScanner"],
        mode=params["ScanMode"],
        at=call.now,
        base_arn=params.get("ScanBaseRecoveryPointArn"),
        until=_until(state, params, point, call.now),
    )
    tokens.remember(state, call, params, job.id)
    return _started(job)


def _started(job: ScanJob) -> Facts:
    return {"ScanJobId": job.id, "CreationDate": job.created}


def _check_mode(state: State, params: Facts, point: RecoveryPoint) -> None:
    if params["ScanMode"] == "FULL_SCAN":
        if params.get("ScanBaseRecoveryPointArn"):
            raise errors.invalid("ScanBaseRecoveryPointArn is for incremental scans only.")
    elif point.continuous:
        raise errors.refused("On-demand scans of a continuous backup cannot be incremental.")
    elif not extent.incremental(state, point):
        raise errors.refused(f"Recovery point {point.arn} does not support incremental scans.")


def _check_base(state: State, params: Facts, point: RecoveryPoint) -> None:
    """Refuse a base that is of another resource, newer, or never scanned; one that is gone makes the scan full."""
    base = state.tables.points.get(params.get("ScanBaseRecoveryPointArn"))
    if base is None:
        return
    place = (base.account, base.region, base.resource_arn)
    if place != (point.account, point.region, point.resource_arn) or base.continuous:
        raise errors.invalid(f"Base recovery point {base.arn} is not a backup of the same resource.")
    if base.created >= point.created:
        raise errors.invalid(f"Base recovery point {base.arn} is not older than recovery point {point.arn}.")
    if extent.scanned(state, base.arn) is None:
        raise errors.refused(f"Base recovery point {base.arn} was never scanned.")


def _until(state: State, params: Facts, point: RecoveryPoint, now: datetime) -> datetime | None:
    """Up to what point in time a scan of a continuous recovery point looks."""
    asked: datetime | None = params.get("ContinuousScanEndTime")
    if not point.continuous:
        if asked is not None:
            raise errors.invalid("ContinuousScanEndTime is for continuous backups only.")
        return None
    if asked is None:
        return extent.newest(state, point)
    oldest = state.tables.moments.first("point_arn = ?", point.arn, order="at")
    if oldest is None or not oldest.at <= asked < now + extent.TICK:
        raise errors.invalid(f"ContinuousScanEndTime {asked.isoformat()} is not within the continuous backup.")
    return asked


def _describe(state: State, call: Call, params: Facts) -> Facts:
    job = state.tables.scans.jobs.get(params["ScanJobId"])
    if job is None or (job.account, job.region) != (call.account, call.region):
        raise errors.not_found(f"Cannot find scan job with id {params['ScanJobId']}")
    return shown.facts_of(job)


def _list(state: State, call: Call, params: Facts) -> Listing:
    sql, arguments = filters.jobs(state, call, params, _FILTERS)
    found = state.tables.scans.jobs.scan("sort", call.after, sql, *arguments)
    return Listing("ScanJobs", ((key, shown.facts_of(job)) for key, job in found))


OPERATIONS: Operations = {"StartScanJob": _start, "DescribeScanJob": _describe, "ListScanJobs": _list}
