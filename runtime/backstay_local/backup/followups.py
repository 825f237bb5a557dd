"""What follows when a backup is there, or a restore has ended: copies of a rule, the validation of a test."""

from __future__ import annotations

from datetime import datetime

from backstay_local.backup import copy_runs
from backstay_local.backup.restore_testing import endings
from backstay_local.backup.rows import BackupJob, RecoveryPoint, RestoreJob
from backstay_local.backup.state import State


def after_backup(state: State, job: BackupJob, point: RecoveryPoint, at: datetime) -> None:
    """Set off everything that a job asks for beyond its recovery point."""
    for action in job.copies:
        copy_runs.from_rule(state, job, point, action, at)


def after_restore(state: State, job: RestoreJob, at: datetime) -> None:
    """Set off everything that follows the end of a restore, good or bad."""
    endings.restore_ended(state, job, at)
