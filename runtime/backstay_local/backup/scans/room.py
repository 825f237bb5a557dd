"""How many scans run and wait at a time, and which comes next (semantics §12)."""

from __future__ import annotations

from datetime import datetime

from backstay_aws import catalog
from backstay_local.backup import queue
from backstay_local.backup.scans.rows import ScanJob, ScanState
from backstay_local.backup.state import State


def for_one_more(state: State, job: ScanJob) -> bool:
    """Whether a scan may run now, beside those of its recovery point, its resource and its account."""
    running = _unfinished(state, job, "RUNNING")
    scopes = (
        ([one for one in running if one.point_arn == job.point_arn], "scans_per_point"),
        ([one for one in running if one.resource_arn == job.resource_arn], "scans_per_resource"),
        (running, "scans"),
    )
    return all(len(found) < catalog.limit(limit) for found, limit in scopes)


def overflow(state: State, job: ScanJob) -> list[ScanJob]:
    """The scans of a resource that have waited longest, as many as are too many to wait."""
    waiting = [one for one in _unfinished(state, job, "CREATED") if one.resource_arn == job.resource_arn]
    waiting.sort(key=lambda one: one.sort, reverse=True)
    return waiting[: max(0, len(waiting) - catalog.limit("queued_scans_per_resource"))]


def freed(state: State, job: ScanJob, at: datetime) -> None:
    """Let the scan run that waits longest in the account where one has just ended."""
    waiting = _unfinished(state, job, "CREATED")
    queue.call_up(state, "scan-start", waiting, lambda one: for_one_more(state, one), at)


def _unfinished(state: State, job: ScanJob, condition: ScanState) -> list[ScanJob]:
    """The scans of an account that are in a state other than an end."""
    return [one for one in state.tables.scans.jobs.unfinished("account", job.account) if one.state == condition]
