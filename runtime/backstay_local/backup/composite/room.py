"""How many restores of clusters may run at once: one into each cluster, and a few in an account (semantics §12)."""

from __future__ import annotations

from datetime import datetime

from backstay_aws import catalog
from backstay_local.backup import queue
from backstay_local.backup.rows import RestoreJob
from backstay_local.backup.state import State
from backstay_local.data.pieces import Wish

_UNFINISHED = "account = ? AND region = ? AND is_parent AND completed IS NULL"


def target(job: RestoreJob) -> str | None:
    """The name of the cluster that a restore goes into."""
    return Wish(job.account, job.region, {}, job.metadata).get("clusterName")


def for_restore(state: State, job: RestoreJob) -> bool:
    """Whether one more restore of a composite may run now; until then it is PENDING."""
    running = [one for one in _unfinished(state, job) if one.status == "RUNNING"]
    into = sum(target(one) == target(job) for one in running)
    return into < catalog.limit("eks_restores_per_cluster") and len(running) < catalog.limit("eks_restores")


def restore_ended(state: State, job: RestoreJob, at: datetime) -> None:
    """Let the restore of a composite start that waits longest and has room now."""
    waiting = [one for one in _unfinished(state, job) if one.status == "PENDING"]
    queue.call_up(state, "restore-start", waiting, lambda one: for_restore(state, one), at)


def _unfinished(state: State, job: RestoreJob) -> list[RestoreJob]:
    return state.tables.restore_jobs.where(_UNFINISHED, job.account, job.region)
