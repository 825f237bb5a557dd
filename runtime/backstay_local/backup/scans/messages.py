"""Events about malware scans, in the shape of AWS's samples (semantics §11.1)."""

from __future__ import annotations

from datetime import datetime

from backstay_local.backup import events
from backstay_local.backup.rows import Json
from backstay_local.backup.scans.rows import ScanJob
from backstay_local.backup.state import Facts, State
from backstay_local.backup.times import iso


@events.heard
def tell(state: State, job: ScanJob, at: datetime) -> None:
    """Tell that a scan changed its state."""
    detail: Facts = {
        "accountId": job.account,
        "backupVaultArn": job.vault_arn,
        "backupVaultName": job.vault_name,
        "completionDate": iso(job.completed),
        "createdBy": _created_by(job.created_by),
        "creationDate": iso(job.created),
        "iamRoleArn": job.role_arn,
        "scannerRoleArn": job.scanner_role_arn,
        "recoveryPointArn": job.point_arn,
        "resourceArn": job.resource_arn,
        "resourceType": job.resource_type,
        "scanId": job.scan_id,
        "scanJobId": job.id,
        "scanBaseRecoveryPointArn": job.base_arn,
        "malwareScanner": job.scanner,
        "scanResult": {"scanResultStatus": job.result} if job.result else None,
        "state": job.state,
        "statusMessage": job.message,
    }
    events.emit(state, job, "Scan Job State Change", detail, [job.point_arn], at)


def _created_by(created_by: Json | None) -> Facts | None:
    """Which plan made a scan; the rule is called otherwise than in all other events."""
    return None if created_by is None else {name[0].lower() + name[1:]: value for name, value in created_by.items()}
