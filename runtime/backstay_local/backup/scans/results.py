"""What scans say about a point in time of a continuous recovery point."""

from __future__ import annotations

from datetime import datetime

from backstay_local.backup import errors, recovery_points, vaults
from backstay_local.backup.scans import extent
from backstay_local.backup.scans.rows import DONE
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call


def _of_moment(state: State, call: Call, params: Facts) -> Facts:
    """The result of the newest scan that looked at a point in time; UNKNOWN when none did."""
    point = recovery_points.need(state, vaults.open_vault(state, call, params), params["RecoveryPointArn"])
    asked: datetime = params["ScanEndTime"]
    if not point.continuous:
        raise errors.invalid(f"Recovery point {point.arn} is not a continuous backup.")
    if not point.created <= asked < call.now + extent.TICK:
        raise errors.invalid(f"ScanEndTime {asked.isoformat()} is not within the continuous backup.")
    job = state.tables.scans.jobs.first(
        "point_arn = ? AND scanner = ? AND state IN (?, ?) AND since <= ? AND until >= ?",
        point.arn,
        params["MalwareScanner"],
        *DONE,
        asked,
        asked,
        order="completed DESC",
    )
    if job is None or job.result is None:
        return {"ScanEndTime": asked, "ScanResult": {"ScanResultStatus": "UNKNOWN"}}
    return {
        "ScanEndTime": asked,
        "ScanResult": {"ScanResultStatus": job.result},
        "LastScanJobTime": job.completed,
        "ScanId": job.scan_id,
        "ScanMode": job.mode,
    }


OPERATIONS: Operations = {"GetPITRMalwareScanResults": _of_moment}
