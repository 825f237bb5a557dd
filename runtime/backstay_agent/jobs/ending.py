"""How a job ended, read from what AWS tells of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from backstay_agent.jobs.work import Backup, Copy, Outcome, Started, Trial

GOING_ON = frozenset({"CREATED", "PENDING", "RUNNING", "ABORTING"})
_IN_WORDS = {
    # Ends of jobs for which AWS gives no sentence of its own; API BackupJobState, CopyJobState; read 2026-11.
    "EXPIRED": "it did not start, or end, within its window",
    "ABORTED": "it was stopped",
    "PARTIAL": "only part of the resource was taken",
}


def outcome(started: Started, job: Mapping[str, Any], *, earlier: bool = False) -> Outcome | None:
    """What became of a started job, or None while it goes on."""
    state = str(job["Status" if isinstance(started.work, Trial) else "State"])
    if state in GOING_ON:
        return None
    message = job.get("StatusMessage")
    if state == "COMPLETED":
        point, seconds = _point(started, job), _seconds(job)
        return Outcome(started.work, "completed", started.job, message, point, earlier, seconds=seconds)
    told = in_words(state, message)
    return Outcome(started.work, "failed", started.job, f"{state}: {told}" if told else state, earlier=earlier)


def _seconds(job: Mapping[str, Any]) -> float | None:
    """How long a job took, by AWS's own dates."""
    began, ended = job.get("CreationDate"), job.get("CompletionDate")
    return (ended - began).total_seconds() if began and ended else None


def in_words(state: str, message: str | None) -> str | None:
    """Why a job ended as it did: AWS's sentence, or ours for an end of which AWS says nothing."""
    return message or _IN_WORDS.get(state)


def _point(started: Started, job: Mapping[str, Any]) -> str | None:
    match started.work:
        case Backup():
            return job.get("RecoveryPointArn")
        case Copy():
            return job.get("DestinationRecoveryPointArn")
        case Trial():
            return job.get("CreatedResourceArn")
        case _:
            assert_never(started.work)
