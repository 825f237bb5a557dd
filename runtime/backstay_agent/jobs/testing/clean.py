"""Deletes what a restore test has made, and nothing else.

Deleted is only what a restore job of this run says it created, that is not the source, and that carries the mark of
this very job: either its name is one that only restore tests choose, or its tag could be set and is read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.jobs.work import TEST_NAMES, Trial
from backstay_agent.observed import OWNER_TAG
from backstay_aws import arns
from backstay_aws.arns import Arn

TEST_TAG = "backstay:restore-test"
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class _Way:
    """How resources of one kind are deleted."""

    service: str
    operation: str
    members: Callable[[Arn], Mapping[str, Any]]


def _last(arn: Arn) -> str:
    return arn.resource.rpartition("/")[2]


def _name(arn: Arn) -> str:
    return arn.resource.partition(":")[2]


# Service and beginning of the resource part of the ARN → how to delete it. A bucket is emptied before.
# Source: botocore's models of the services' delete operations, read 2026-11.
_WAYS: Mapping[tuple[str, str], _Way] = {
    ("s3", ""): _Way("s3", "DeleteBucket", lambda arn: {"Bucket": arn.resource}),
    ("dynamodb", "table/"): _Way("dynamodb", "DeleteTable", lambda arn: {"TableName": _last(arn)}),
    ("ec2", "volume/"): _Way("ec2", "DeleteVolume", lambda arn: {"VolumeId": _last(arn)}),
    ("ec2", "instance/"): _Way("ec2", "TerminateInstances", lambda arn: {"InstanceIds": [_last(arn)]}),
    ("rds", "db:"): _Way(
        "rds",
        "DeleteDBInstance",
        lambda arn: {"DBInstanceIdentifier": _name(arn), "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True},
    ),
    ("rds", "cluster:"): _Way(
        "rds", "DeleteDBCluster", lambda arn: {"DBClusterIdentifier": _name(arn), "SkipFinalSnapshot": True}
    ),
    ("elasticfilesystem", "file-system/"): _Way("efs", "DeleteFileSystem", lambda arn: {"FileSystemId": _last(arn)}),
    ("fsx", "file-system/"): _Way("fsx", "DeleteFileSystem", lambda arn: {"FileSystemId": _last(arn)}),
    ("fsx", "volume/"): _Way("fsx", "DeleteVolume", lambda arn: {"VolumeId": _last(arn)}),
}


def mark(aws: Aws, trial: Trial, created: str, job: str, organization: str) -> bool:
    """Tag what a test made; whether AWS took the tags."""
    tags = {TEST_TAG: job, OWNER_TAG: organization}
    place = trial.account, trial.region
    try:
        answer = aws.call(*place, "resourcegroupstaggingapi", "TagResources", ResourceARNList=[created], Tags=tags)
    except AwsProblem:
        return False
    return not answer.get("FailedResourcesMap")


def clean(aws: Aws, trial: Trial, created: str, job: str) -> str | None:
    """Delete what a test made; None when it is gone, else why it was left."""
    arn = arns.parse(created)
    if arn is None or _way(arn) is None:
        return "Backstay does not know how to delete this type"
    if created == trial.resource:
        return "the restore job names the source itself"
    if not (_named(arn) or _marked(aws, trial, created, job)):
        return f"it does not carry the tag {TEST_TAG} of this restore job"
    try:
        delete(aws, (trial.account, trial.region), arn)
    except AwsProblem as problem:
        return str(problem)
    return None


def delete(aws: Aws, place: tuple[str, str], arn: Arn) -> None:
    """Delete a resource of a kind that has a way; raises AwsProblem."""
    way = _way(arn)
    if way is None:
        raise ValueError(f"there is no way to delete {arn}")
    if arn.service == "s3":
        _empty(aws, place, arn.resource)
    aws.call(*place, way.service, way.operation, **way.members(arn))


def _way(arn: Arn) -> _Way | None:
    ways = (way for (service, begin), way in _WAYS.items() if arn.service == service and arn.resource.startswith(begin))
    return next(ways, None)


def _named(arn: Arn) -> bool:
    """Whether it has a name that only restore tests of ours choose."""
    return any(name.startswith(TEST_NAMES) for name in (arn.resource, _last(arn), _name(arn)))


def _marked(aws: Aws, trial: Trial, created: str, job: str) -> bool:
    place = trial.account, trial.region
    try:
        answer = aws.call(*place, "resourcegroupstaggingapi", "GetResources", ResourceARNList=[created])
    except AwsProblem:
        return False
    tags = {
        tag["Key"]: tag["Value"] for item in answer.get("ResourceTagMappingList", ()) for tag in item.get("Tags", ())
    }
    return tags.get(TEST_TAG) == job


def _empty(aws: Aws, place: tuple[str, str], bucket: str) -> None:
    """Delete every version of every object."""
    while batch := list(_versions(aws, place, bucket)):
        aws.call(*place, "s3", "DeleteObjects", Bucket=bucket, Delete={"Objects": batch, "Quiet": True})


def _versions(aws: Aws, place: tuple[str, str], bucket: str) -> Iterator[dict[str, str]]:
    answer = aws.call(*place, "s3", "ListObjectVersions", Bucket=bucket, MaxKeys=_BATCH)
    for item in (*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())):
        yield {"Key": item["Key"], "VersionId": item["VersionId"]}
