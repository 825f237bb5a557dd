"""An air-gapped vault as the primary target of a backup: which way a backup takes, and the copy that it may need."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from backstay_aws import arns
from backstay_aws.catalog import ResourceType
from backstay_local.backup import copy_runs, kinds, lifecycles, recovery_points, tags
from backstay_local.backup.airgap import copies, eligible
from backstay_local.backup.airgap.eligible import Way
from backstay_local.backup.rows import BackupJob, RecoveryPoint, newest_first
from backstay_local.backup.state import State
from backstay_local.data import Resource

NOT_SUPPORTED = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT_NOT_SUPPORTED"
"""MessageCategory of a job whose backup stays in the standard vault."""


def target_problem(target_arn: str, account: str, region: str) -> str | None:
    """Why this cannot be the ARN of the air-gapped primary vault of an account in a Region."""
    parsed = arns.parse(target_arn)
    if parsed is None or parsed.service != "backup" or not parsed.resource.startswith("backup-vault:"):
        return f"{target_arn} is not the ARN of a logically air-gapped backup vault."
    if (parsed.account, parsed.region) != (account, region):
        return f"Logically air-gapped backup vault {target_arn} must be in the same account and Region."
    return None


def direct(target_arn: str | None, row: ResourceType, region: str) -> bool:
    """Whether backups of a type are made in the air-gapped vault itself."""
    return target_arn is not None and eligible.way(row, region) == "direct"


def way_of(state: State, job: BackupJob, point: RecoveryPoint) -> Way | None:
    """Which way a backup takes into the air-gapped vault of its job; None when the job asked for none."""
    if job.air_gap_arn is None:
        return None
    row = kinds.of_point(point)
    found = eligible.way(row, job.region)
    if found != "copy":
        return found
    unencrypted = state.settings.air_gap_takes_unencrypted
    reason = eligible.problem(row, job.region, copies.key_kind(state, point), unencrypted=unencrypted)
    return "copy" if reason is None else "vault-only"


def on_its_way(point: RecoveryPoint) -> RecoveryPoint:
    """A recovery point that is deleted once it is copied."""
    return replace(point, lifecycle={**point.lifecycle, "DeleteAfterEvent": "DELETE_AFTER_COPY"})


def after_backup(state: State, job: BackupJob, point: RecoveryPoint, at: datetime) -> None:
    """Copy a backup, or a snapshot of a continuous one, into the air-gapped vault that cannot take it directly."""
    if job.air_gap_arn is None or way_of(state, job, point) != "copy":
        return
    source = _snapshot(state, job, point, at) if point.continuous else point
    copy_runs.create(
        state,
        source,
        job.air_gap_arn,
        role_arn=job.role_arn,
        lifecycle=lifecycles.without_event(source.lifecycle),
        at=at,
        created_by=job.created_by,
        backup_job_id=job.id,
    )


def _snapshot(state: State, job: BackupJob, stream: RecoveryPoint, at: datetime) -> RecoveryPoint:
    """The newest state of a continuous recovery point as a temporary snapshot beside it."""
    row = kinds.of_point(stream)
    resource = Resource(stream.resource_arn, stream.resource_type, job.account, job.region, stream.resource_name, {})
    arn = kinds.point_arn(row, resource, job.region, job.account, str(uuid.uuid4()), at)
    dates = lifecycles.dates(job.created, job.lifecycle, goes_cold=False)
    snapshot = on_its_way(
        replace(
            stream,
            arn=arn,
            sort=newest_first(job.created, arn),
            created=job.created,
            status="COMPLETED",
            continuous=False,
            lifecycle=job.lifecycle,
            cold_at=None,
            delete_at=dates.delete_at,
            last_restore=None,
        )
    )
    recovery_points.add(state, snapshot, tags.of(state, stream.arn), at)
    return snapshot
