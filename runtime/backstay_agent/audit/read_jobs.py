"""The backup, copy and restore jobs of a place, as far back as AWS lists them (30 days).

Source: Backup developer guide, "Monitoring AWS Backup jobs", read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from backstay_agent.aws import Aws
from backstay_agent.controls.facts import Job, Point, Restore

_LISTS: Mapping[Literal["backup", "copy"], tuple[str, str, str]] = {
    "backup": ("ListBackupJobs", "BackupJobs", "BackupJobId"),
    "copy": ("ListCopyJobs", "CopyJobs", "CopyJobId"),
}


def read_jobs(aws: Aws, account: str, region: str) -> list[Job]:
    """Every backup and copy job, by kind and id; raises AwsProblem."""
    return sorted(_jobs(aws, account, region), key=lambda job: (job.kind, job.id))


def read_restores(aws: Aws, account: str, region: str, points: Sequence[Point]) -> list[Restore]:
    """Every restore job, by id; the resource of one that AWS does not name is that of its point. Raises AwsProblem."""
    resources = {point.arn: point.resource for point in points}
    listed = aws.pages(account, region, "backup", "ListRestoreJobs", "RestoreJobs")
    return sorted((_restore(item, resources) for item in listed), key=lambda restore: restore.id)


def _jobs(aws: Aws, account: str, region: str) -> Iterator[Job]:
    for kind, (operation, member, identity) in _LISTS.items():
        for item in aws.pages(account, region, "backup", operation, member):
            yield Job(
                id=item[identity],
                kind=kind,
                state=item["State"],
                resource=item.get("ResourceArn", ""),
                resource_type=item.get("ResourceType", ""),
                created=item["CreationDate"].astimezone(UTC),
                completed=_moment(item.get("CompletionDate")),
                message=item.get("StatusMessage") or None,
            )


def _restore(item: Mapping[str, Any], resources: Mapping[str, str]) -> Restore:
    point = item["RecoveryPointArn"]
    return Restore(
        id=item["RestoreJobId"],
        resource=item.get("SourceResourceArn") or resources.get(point, ""),
        resource_type=item.get("ResourceType", ""),
        point=point,
        status=item["Status"],
        created=item["CreationDate"].astimezone(UTC),
        completed=_moment(item.get("CompletionDate")),
        plan=(item.get("CreatedBy") or {}).get("RestoreTestingPlanArn"),
    )


def _moment(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
