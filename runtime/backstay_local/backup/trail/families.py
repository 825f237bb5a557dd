"""Service events of malware scans and of Audit Manager's reports, derived like those of jobs."""

from __future__ import annotations

from backstay_local.backup.audit_manager.rows import ReportJob
from backstay_local.backup.scans.rows import ScanJob
from backstay_local.backup.state import Facts
from backstay_local.backup.trail import derived
from backstay_local.backup.trail.derived import Source, of_rows


def _scan(job: ScanJob, state: str) -> tuple[str, Facts, tuple[str, ...]]:
    facts: Facts = {
        "scanJobId": job.id,
        "state": state,
        "backupVaultArn": job.vault_arn,
        "backupVaultName": job.vault_name,
        "recoveryPointArn": job.point_arn,
        "resourceArn": job.resource_arn,
        "resourceType": job.resource_type,
        "malwareScanner": job.scanner,
        "scanMode": job.mode,
        "creationDate": job.created,
        "completionDate": job.completed if state == job.state else None,
        "scanResult": job.result if state == job.state else None,
        "statusMessage": job.message if state == job.state else None,
    }
    return job.id, facts, (job.point_arn, job.vault_arn)


def _report(job: ReportJob, *, ended: bool) -> tuple[str, Facts, tuple[str, ...]]:
    facts: Facts = {
        "reportJobId": job.id,
        "reportPlanArn": job.plan_arn,
        "reportTemplate": job.template,
        "status": job.status if ended else "RUNNING",
        "creationTime": job.created,
        "completionTime": job.completed if ended else None,
        "statusMessage": job.message if ended else None,
    }
    return job.id, facts, (job.plan_arn,)


SOURCES: tuple[Source, ...] = (
    *derived.SOURCES,
    of_rows("ScanJobCreated", lambda s: s.tables.scans.jobs, "created", lambda row: _scan(row, "CREATED")),
    of_rows("ScanJobStarted", lambda s: s.tables.scans.jobs, "started", lambda row: _scan(row, "RUNNING")),
    of_rows(
        "ScanJobCompleted",
        lambda s: s.tables.scans.jobs,
        "completed",
        lambda row: _scan(row, row.state),
        where="state LIKE 'COMPLETED%'",
    ),
    of_rows(
        "ScanJobFailed",
        lambda s: s.tables.scans.jobs,
        "completed",
        lambda row: _scan(row, row.state),
        where="state NOT LIKE 'COMPLETED%'",
    ),
    of_rows(
        "ReportJobStarted", lambda s: s.tables.audits.report_jobs, "created", lambda row: _report(row, ended=False)
    ),
    of_rows(
        "ReportJobCompleted", lambda s: s.tables.audits.report_jobs, "completed", lambda row: _report(row, ended=True)
    ),
)
"""Where all service events come from that are not stored."""
