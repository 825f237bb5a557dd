"""Malware scans as the API shows them: the jobs, and what a recovery point tells of them."""

from __future__ import annotations

from backstay_local.backup.scans.rows import ScanJob
from backstay_local.backup.state import Facts, State

_MOST = 5  # a recovery point tells of so many scans (semantics §6.4)


def facts_of(job: ScanJob) -> Facts:
    """A scan job as AWS describes it."""
    facts: Facts = {
        "AccountId": job.account,
        "BackupVaultArn": job.vault_arn,
        "BackupVaultName": job.vault_name,
        "CompletionDate": job.completed,
        "ContinuousScanStartTime": job.since,
        "ContinuousScanEndTime": job.until,
        "CreatedBy": job.created_by,
        "CreationDate": job.created,
        "IamRoleArn": job.role_arn,
        "MalwareScanner": job.scanner,
        "RecoveryPointArn": job.point_arn,
        "ResourceArn": job.resource_arn,
        "ResourceName": job.resource_name,
        "ResourceType": job.resource_type,
        "ScanBaseRecoveryPointArn": job.base_arn,
        "ScanId": job.scan_id,
        "ScanJobId": job.id,
        "ScanMode": job.mode,
        "ScanResult": {"ScanResultStatus": job.result} if job.result else None,
        "ScannerRoleArn": job.scanner_role_arn,
        "State": job.state,
        "StatusMessage": job.message,
    }
    return {name: value for name, value in facts.items() if value is not None}


def one_by_one(state: State, point_arn: str) -> Facts:
    """The newest scans of a recovery point, as its description tells of them; nothing when there was none."""
    ended = _ended(state, point_arn)
    return {"ScanResults": [_result(job) for job in ended]} if ended else {}


def summed_up(state: State, point_arn: str) -> Facts:
    """The newest scans of a recovery point in one, as lists tell of them; nothing when there was none."""
    ended = _ended(state, point_arn)
    if not ended:
        return {}
    facts = {
        "FailedScan": any(job.state == "FAILED" for job in ended),
        "Findings": sorted({finding for job in ended for finding in _findings(job)}),
        "LastComputed": max(job.completed for job in ended if job.completed is not None),
    }
    return {"AggregatedScanResult": facts}


def _ended(state: State, point_arn: str) -> list[ScanJob]:
    return state.tables.scans.jobs.where(
        "point_arn = ? AND completed IS NOT NULL", point_arn, order="sort", limit=_MOST
    )


def _result(job: ScanJob) -> Facts:
    return {
        "MalwareScanner": job.scanner,
        "ScanJobState": job.state,
        "LastScanTimestamp": job.completed,
        "Findings": _findings(job),
    }


def _findings(job: ScanJob) -> list[str]:
    return ["MALWARE"] if job.result == "THREATS_FOUND" else []
