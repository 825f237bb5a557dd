"""Looks one resource up in its own service: whether it is there, and in which state. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_aws import arns
from backstay_aws.arns import Arn

Present = bool | None
"""Whether a resource is there; None where nobody can say."""


@dataclass(frozen=True, slots=True)
class Description:
    """A resource as its service tells of it; `state` in the service's word, None where it has none."""

    state: str | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Way:
    """How a service describes one resource: the call, where the answer holds it, and where its state stands."""

    service: str
    operation: str
    members: Callable[[Arn], dict[str, Any]]
    inside: str = ""
    state: str = ""


def _after_slash(arn: Arn) -> str:
    return arn.resource.rpartition("/")[2]


def _after_colon(arn: Arn) -> str:
    return arn.resource.rpartition(":")[2]


# How each type is looked up: service and resource part of the ARN → call. Source: botocore's models, 2026-11.
_WAYS: Mapping[tuple[str, str], _Way] = {
    ("s3", ""): _Way("s3", "HeadBucket", lambda arn: {"Bucket": arn.resource}),
    ("dynamodb", "table/"): _Way(
        "dynamodb", "DescribeTable", lambda arn: {"TableName": _after_slash(arn)}, "Table", "TableStatus"
    ),
    ("ec2", "volume/"): _Way(
        "ec2", "DescribeVolumes", lambda arn: {"VolumeIds": [_after_slash(arn)]}, "Volumes", "State"
    ),
    ("ec2", "instance/"): _Way(
        "ec2",
        "DescribeInstances",
        lambda arn: {"InstanceIds": [_after_slash(arn)]},
        "Reservations.Instances",
        "State.Name",
    ),
    ("rds", "db:"): _Way(
        "rds",
        "DescribeDBInstances",
        lambda arn: {"DBInstanceIdentifier": _after_colon(arn)},
        "DBInstances",
        "DBInstanceStatus",
    ),
    ("rds", "cluster:"): _Way(
        "rds", "DescribeDBClusters", lambda arn: {"DBClusterIdentifier": _after_colon(arn)}, "DBClusters", "Status"
    ),
    ("elasticfilesystem", "file-system/"): _Way(
        "efs",
        "DescribeFileSystems",
        lambda arn: {"FileSystemId": _after_slash(arn)},
        "FileSystems",
        "LifeCycleState",
    ),
    ("fsx", "file-system/"): _Way(
        "fsx", "DescribeFileSystems", lambda arn: {"FileSystemIds": [_after_slash(arn)]}, "FileSystems", "Lifecycle"
    ),
    ("fsx", "volume/"): _Way(
        "fsx", "DescribeVolumes", lambda arn: {"VolumeIds": [_after_slash(arn)]}, "Volumes", "Lifecycle"
    ),
    ("redshift", "cluster:"): _Way(
        "redshift",
        "DescribeClusters",
        lambda arn: {"ClusterIdentifier": _after_colon(arn)},
        "Clusters",
        "ClusterStatus",
    ),
    ("eks", "cluster/"): _Way("eks", "DescribeCluster", lambda arn: {"name": _after_slash(arn)}, "cluster", "status"),
    ("cloudformation", "stack/"): _Way(
        "cloudformation", "DescribeStacks", lambda arn: {"StackName": str(arn)}, "Stacks", "StackStatus"
    ),
}

# What the services say of something that is not there. Source: botocore's models; a HEAD of S3 answers by status only.
_GONE = frozenset(
    {
        "404",
        "ClusterNotFound",
        "ClusterNotFoundFault",
        "DBClusterNotFound",
        "DBClusterNotFoundFault",
        "DBInstanceNotFound",
        "DBInstanceNotFoundFault",
        "FileSystemNotFound",
        "InvalidInstanceID.NotFound",
        "InvalidVolume.NotFound",
        "NoSuchBucket",
        "NotFound",
        "ResourceNotFoundException",
        "VolumeNotFound",
    }
)
_OVER = frozenset({"terminated", "shutting-down", "deleted", "DELETE_COMPLETE"})


def can_describe(arn: str) -> bool:
    """Whether this module knows how to look such a resource up."""
    return _way(arn) is not None


def describe(aws: Aws, account: str, region: str, arn: str) -> Description | None:
    """The resource, or None when it is not there; raises AwsProblem, and ValueError where `can_describe` says no."""
    way, parsed = _way(arn), arns.parse(arn)
    if way is None or parsed is None:
        raise ValueError(f"there is no way to describe {arn}")
    try:
        answer = aws.call(account, region, way.service, way.operation, **way.members(parsed))
    except AwsProblem as problem:
        if problem.code in _GONE or (way.service == "cloudformation" and "does not exist" in problem.message):
            return None
        raise
    facts = _inside(answer, way.inside)
    if facts is None:
        return None
    state = _inside(facts, way.state) if way.state else None
    return None if state in _OVER else Description(state, facts)


def present(aws: Aws, account: str, region: str, arn: str) -> Present:
    """Whether a resource is there; None where it cannot be looked up, or the agent may not look."""
    if not can_describe(arn):
        return None
    try:
        return describe(aws, account, region, arn) is not None
    except AwsProblem:
        return None


def _way(arn: str) -> _Way | None:
    parsed = arns.parse(arn)
    if parsed is None:
        return None
    ways = (way for (service, prefix), way in _WAYS.items() if _is(parsed, service, prefix))
    return next(ways, None)


def _is(arn: Arn, service: str, prefix: str) -> bool:
    return arn.service == service and arn.resource.startswith(prefix)


def _inside(answer: Any, path: str) -> Any:
    """What stands at a dotted path, the first element of every list on the way; None where nothing does."""
    found = answer
    for name in filter(None, path.split(".")):
        found = found.get(name) if isinstance(found, Mapping) else None
        if isinstance(found, list):
            found = found[0] if found else None
    return found
