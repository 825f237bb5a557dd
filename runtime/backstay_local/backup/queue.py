"""One job at a time for each resource: who has to wait, and who comes next (semantics §6.1)."""

from __future__ import annotations

from datetime import datetime

from backstay_aws import arns, catalog
from backstay_local.backup.rows import CopyJob
from backstay_local.backup.state import State


def busy(state: State, resource_arn: str) -> bool:
    """Whether a backup or copy job of a resource is running."""
    running = ("resource_arn = ? AND state IN ('RUNNING', 'ABORTING')", resource_arn)
    return state.tables.backup_jobs.first(*running) is not None or state.tables.copy_jobs.first(*running) is not None


def freed(state: State, resource_arn: str, at: datetime) -> None:
    """Let the job that waits longest for a resource start now."""
    waiting = ("resource_arn = ? AND state = 'CREATED'", resource_arn)
    candidates = [("backup-start", job.sort, job.id) for job in state.tables.backup_jobs.where(*waiting)]
    candidates += [("copy-start", job.sort, job.id) for job in state.tables.copy_jobs.where(*waiting)]
    for kind, _, identity in sorted(candidates, key=lambda one: one[1], reverse=True):
        if not state.agenda.has(kind, identity):
            state.agenda.put(kind, identity, at)
            return


def room_for_copy(state: State, job: CopyJob) -> bool:
    """Whether one more copy may run from an account into a Region; a few more may into a vault that has hardly any."""
    target = arns.parse(job.target_vault_arn)
    if target is None:
        return True
    running = "account = ? AND state = 'RUNNING' AND target_vault_arn LIKE ?"
    region = f"arn:{target.partition}:backup:{target.region}:%"
    if state.tables.copy_jobs.count(running, job.account, region) < catalog.limit("concurrent_copies_per_region"):
        return True
    own = state.tables.copy_jobs.count(running, job.account, job.target_vault_arn)
    return own < catalog.limit("extra_copies_per_vault")


def copy_ended(state: State, account: str, at: datetime) -> None:
    """Let the copy job of an account start that waits longest and whose resource is free."""
    waiting = state.tables.copy_jobs.where("account = ? AND state = 'CREATED'", account, order="sort DESC")
    for job in waiting:
        if not state.agenda.has("copy-start", job.id) and not busy(state, job.resource_arn):
            state.agenda.put("copy-start", job.id, at)
            return
