"""Protected resources: everything that has a recovery point."""

from __future__ import annotations

from datetime import datetime

from backstay_local.backup import errors, vaults
from backstay_local.backup.rows import Protected, RecoveryPoint, RestoreJob, changed
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call, Listing


def backed_up(state: State, point: RecoveryPoint, at: datetime) -> None:
    """Keep in mind that a resource has a new recovery point; a copy is as old as what it was copied from."""
    old = state.tables.protected.get(point.account, point.region, point.resource_arn)
    if point.source_vault_arn is not None:
        at = point.created
        if old is not None and old.last_backup >= at:
            return
    new = Protected(
        point.account,
        point.region,
        point.resource_arn,
        point.resource_type,
        point.resource_name,
        at,
        point.vault_arn,
        point.arn,
    )
    if old is not None:
        new = changed(old, last_backup=at, last_vault_arn=point.vault_arn, last_point_arn=point.arn)
    state.tables.protected.put(new)


def restored(state: State, job: RestoreJob, at: datetime) -> None:
    """Keep in mind how long the latest restore of a resource took."""
    found = state.tables.protected.get(job.account, job.region, job.resource_arn)
    if found is not None:
        minutes = -(-int((at - job.created).total_seconds()) // 60)
        state.tables.protected.put(
            changed(
                found,
                restore_minutes=minutes,
                restore_created=job.created,
                restore_point_created=job.point_created,
            )
        )


def forgotten(state: State, point: RecoveryPoint) -> None:
    """Drop a resource whose last recovery point is gone."""
    place = (point.account, point.region, point.resource_arn)
    known = state.tables.protected.get(*place)
    if known is None or state.tables.points.get(known.last_point_arn) is not None:
        return
    if state.tables.points.first("account = ? AND region = ? AND resource_arn = ?", *place) is None:
        state.tables.protected.remove(*place)


def _member(row: Protected) -> Facts:
    return {
        "ResourceArn": row.resource_arn,
        "ResourceType": row.resource_type,
        "LastBackupTime": row.last_backup,
        "ResourceName": row.resource_name,
        "LastBackupVaultArn": row.last_vault_arn,
        "LastRecoveryPointArn": row.last_point_arn,
    }


def _list(state: State, call: Call, _params: Facts) -> Listing:
    scope = ("account = ? AND region = ?", call.account, call.region)
    found = state.tables.protected.scan("resource_arn", call.after, *scope)
    return Listing("Results", ((key, _member(row)) for key, row in found))


def _list_by_vault(state: State, call: Call, params: Facts) -> Listing:
    vault = vaults.open_contents(state, call, params)
    kept = "SELECT 1 FROM recovery_points AS p WHERE p.vault_arn = ? AND p.resource_arn = protected.resource_arn"
    found = state.tables.protected.scan(
        "resource_arn",
        call.after,
        f"account = ? AND region = ? AND EXISTS ({kept})",
        vault.account,
        vault.region,
        vault.arn,
    )
    return Listing("Results", ((key, _member(row)) for key, row in found))


def _describe(state: State, call: Call, params: Facts) -> Facts:
    row = state.tables.protected.get(call.account, call.region, params["ResourceArn"])
    if row is None:
        raise errors.not_found(f"Cannot find protected resource {params['ResourceArn']}")
    facts = _member(row) | {
        "LatestRestoreExecutionTimeMinutes": row.restore_minutes,
        "LatestRestoreJobCreationDate": row.restore_created,
        "LatestRestoreRecoveryPointCreationDate": row.restore_point_created,
    }
    return {name: value for name, value in facts.items() if value is not None}


OPERATIONS: Operations = {
    "ListProtectedResources": _list,
    "DescribeProtectedResource": _describe,
    "ListProtectedResourcesByBackupVault": _list_by_vault,
}
