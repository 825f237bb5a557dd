"""One job at a time for each resource: who has to wait, and who comes next (semantics §6.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from backstay_aws import arns, catalog
from backstay_local.backup.airgap import copies as air_gap
from backstay_local.backup.rows import CopyJob
from backstay_local.backup.state import State

_BUSY = ("RUNNING", "ABORTING")


class Waiting(Protocol):
    """Anything that waits for its turn."""

    @property
    def id(self) -> str:
        """Under what name its beginning stands in the agenda."""

    @property
    def sort(self) -> str:
        """Its place: what came later sorts first."""


Row = TypeVar("Row", bound=Waiting)


def busy(state: State, resource_arn: str, but: str | None = None) -> bool:
    """Whether a backup or copy job of a resource is running, apart from the parent of the one who asks."""
    backups = state.tables.backup_jobs.unfinished("resource_arn", resource_arn)
    copies = state.tables.copy_jobs.unfinished("resource_arn", resource_arn)
    if any(job.state in _BUSY and job.id != but for job in backups):
        return True
    return any(job.state in _BUSY and job.id != but for job in copies)


def freed(state: State, resource_arn: str, at: datetime) -> None:
    """Let the job that waits longest for a resource start now."""
    backups = state.tables.backup_jobs.unfinished("resource_arn", resource_arn)
    copies = state.tables.copy_jobs.unfinished("resource_arn", resource_arn)
    candidates = [("backup-start", job.sort, job.id) for job in backups if job.state == "CREATED"]
    candidates += [("copy-start", job.sort, job.id) for job in copies if job.state == "CREATED"]
    for kind, _, identity in sorted(candidates, key=lambda one: one[1], reverse=True):
        if not state.agenda.has(kind, identity):
            state.agenda.put(kind, identity, at)
            return


def room_for_copy(state: State, job: CopyJob) -> bool:
    """Whether one more copy may run from an account into a Region; a few more may into a vault that has hardly any."""
    target = arns.parse(job.target_vault_arn)
    if target is None:
        return True
    if not air_gap.room(state, job):
        return False
    if not _counts(job):
        return True
    region = f"arn:{target.partition}:backup:{target.region}:"
    unfinished = state.tables.copy_jobs.unfinished("account", job.account)
    running = [one for one in unfinished if _moves(one) and _counts(one)]
    if sum(one.target_vault_arn.startswith(region) for one in running) < catalog.limit("concurrent_copies_per_region"):
        return True
    own = sum(one.target_vault_arn == job.target_vault_arn for one in running)
    return own < catalog.limit("extra_copies_per_vault")


def _moves(job: CopyJob) -> bool:
    """Whether a copy job is at work itself; the parent of a composite only waits for its children."""
    return job.state == "RUNNING" and not job.is_parent


def _counts(job: CopyJob) -> bool:
    """Whether a copy is limited by what its account may copy at a time: only types with full management are."""
    kind = "advanced" if job.resource_type == "DynamoDB" else ""  # other tables cannot be copied
    row = catalog.resource_type(job.resource_type, kind)
    return row is not None and row.full_management == "yes"


def copy_ended(state: State, account: str, at: datetime) -> None:
    """Let the copy job of an account start that waits longest, whose resource is free and which has room."""
    waiting = [job for job in state.tables.copy_jobs.unfinished("account", account) if job.state == "CREATED"]

    def ready(job: CopyJob) -> bool:
        return not busy(state, job.resource_arn) and room_for_copy(state, job)

    call_up(state, "copy-start", waiting, ready, at)


def call_up(state: State, kind: str, waiting: Iterable[Row], ready: Callable[[Row], bool], at: datetime) -> None:
    """Let that one begin which waits longest, has no entry of this kind in the agenda, and is ready."""
    for row in sorted(waiting, key=lambda one: one.sort, reverse=True):
        if not state.agenda.has(kind, row.id) and ready(row):
            state.agenda.put(kind, row.id, at)
            return
