"""Jobs as a list tells them: which have ended, which failed and why, and from when the next look has to list. Pure.

A look lists by creation. It cannot begin where the last one ended, since a job that was created before may have ended
after; it begins with the oldest job that was still going on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from backstay_agent.jobs.ending import GOING_ON, in_words

Kind = Literal["backup", "copy", "restore"]
_SLACK = timedelta(minutes=5)
"""A list may lag behind, so that a job shows up that was created before the last look."""
_OLDEST = timedelta(days=14)
"""Nothing goes on for longer than the greatest completion window and what may come on top of it."""


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind of job is listed: the operation, the answer's member, the members of a job, and what it is called."""

    operation: str
    member: str
    id: str
    state: str
    noun: str
    resource: tuple[str, ...]


KINDS: Mapping[Kind, Words] = {
    # API ListBackupJobs, ListCopyJobs, ListRestoreJobs; read 2026-11.
    "backup": Words("ListBackupJobs", "BackupJobs", "BackupJobId", "State", "the backup", ("ResourceArn",)),
    "copy": Words(
        "ListCopyJobs", "CopyJobs", "CopyJobId", "State", "the copy", ("ResourceArn", "DestinationBackupVaultArn")
    ),
    "restore": Words(
        "ListRestoreJobs",
        "RestoreJobs",
        "RestoreJobId",
        "Status",
        "the restore",
        ("SourceResourceArn", "RecoveryPointArn"),
    ),
}


@dataclass(frozen=True, slots=True)
class Job:
    """A job: `resource` is what a person knows it by, `rule` the plan and rule that asked for it."""

    kind: Kind
    id: str
    account: str
    region: str
    state: str
    created: datetime
    resource: str
    reason: str
    rule: str | None = None

    @property
    def failed(self) -> bool:
        """Whether it ended in any other way than it should."""
        return self.state not in GOING_ON and self.state != "COMPLETED"


@dataclass(frozen=True, slots=True)
class Look:
    """What one list gave: the jobs that have ended, how many go on, and from when the next look has to list."""

    account: str
    region: str
    kind: Kind
    ended: tuple[Job, ...]
    running: int
    following: datetime


def look(account: str, region: str, kind: Kind, jobs: Sequence[Job], since: datetime, now: datetime) -> Look:
    """Judge one list of a place that was asked from `since` on."""
    running = [job for job in jobs if job.state in GOING_ON]
    following = min([now - _SLACK, *(job.created for job in running)])
    following = max(following, since, now - _OLDEST) if since <= now else following
    ended = tuple(job for job in jobs if job.state not in GOING_ON)
    return Look(account, region, kind, ended, len(running), following)


def key_of(job: Job) -> str:
    """The key of the trouble: the same resource failing in the same way of working is the same trouble."""
    return f"jobs/{job.kind}/{job.account}/{job.region}/{job.resource}"


def read_job(kind: Kind, account: str, region: str, item: Mapping[str, Any]) -> Job:
    """A job of one of the three lists."""
    words = KINDS[kind]
    state = str(item.get(words.state, "UNKNOWN"))
    resource = next((str(item[name]) for name in words.resource if item.get(name)), "an unknown resource")
    created = item["CreationDate"]
    return Job(
        kind,
        str(item[words.id]),
        account,
        region,
        state,
        created.astimezone(UTC),
        resource if kind != "copy" else _copied(item),
        in_words(state, item.get("StatusMessage")) or "AWS gives no reason",
        _rule(item.get("CreatedBy") or {}),
    )


def _copied(item: Mapping[str, Any]) -> str:
    source, destination = item.get("ResourceArn", "an unknown resource"), item.get("DestinationBackupVaultArn")
    return f"{source} to {destination}" if destination else str(source)


def _rule(created_by: Mapping[str, Any]) -> str | None:
    """The plan and rule that asked for a job, as far as AWS tells."""
    plan = created_by.get("BackupPlanName") or created_by.get("BackupPlanId")
    rule = created_by.get("BackupRuleName") or created_by.get("BackupRuleId")
    return " / ".join(str(one) for one in (plan, rule) if one) or None
