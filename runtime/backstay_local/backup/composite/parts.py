"""What a composite resource consists of: the resources of a stack, nested stacks among them; the storage of a cluster.

Sources: developer guide "CloudFormation stack backups" and "Amazon EKS backups", quotas page; read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from backstay_aws import arns, catalog
from backstay_aws.catalog import ResourceType
from backstay_local.backup import kinds
from backstay_local.backup.state import State
from backstay_local.data import DataError, Resource
from backstay_local.data.errors import in_aws_words

TOO_MANY = "The cluster has {} persistent volumes; a backup can have {}."
_STORAGE = ("EBS", "EFS", "S3")  # what a backup of a cluster takes of its persistent volumes
_GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")


@dataclass(frozen=True, slots=True)
class Part:
    """One resource of a composite, and its logical id in the stack that it is in."""

    resource: Resource
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """A composite resource, taken apart: the first part is its own template or state."""

    parts: tuple[Part, ...]
    unsupported: tuple[str, ...]
    """Logical ids of resources that AWS Backup does not support."""


def of(state: State, resource: Resource) -> Parts:
    """The parts of a stack or cluster as it is now; a `DataError` in its service's words when it cannot be read."""
    return state.standing.ask(("parts", resource.arn), lambda: _taken_apart(state, resource))


def arn_of(row: ResourceType, physical_id: str, account: str, region: str) -> str | None:
    """The ARN of a resource of a stack; None where its physical id does not name something that can be backed up."""
    pattern = row.arn.format(partition=arns.partition_of(region), region=region, account=account)
    if physical_id.startswith("arn:"):
        return physical_id if fnmatchcase(physical_id, pattern) else None
    made = pattern
    for piece in physical_id.split("|"):  # a table of Timestream is database|table
        made = made.replace("*", piece, 1)
    return None if "*" in made else made


def _taken_apart(state: State, resource: Resource) -> Parts:
    unsupported: list[str] = []
    return Parts(tuple(_walk(state, Part(resource), 0, unsupported)), tuple(unsupported))


def _walk(state: State, part: Part, depth: int, unsupported: list[str]) -> Iterator[Part]:
    resource = part.resource
    composite = kinds.of_type(state, resource.account, resource.region, resource.type).composite
    if composite == "stack" and depth > catalog.limit("nested_stacks"):
        unsupported.append(part.member or resource.name)
        return
    yield part
    if composite == "cluster":
        yield from _storage(state, resource)
    elif composite == "stack":
        for one in _of_stack(state, resource, unsupported):
            yield from _walk(state, one, depth + 1, unsupported)


def _of_stack(state: State, stack: Resource, unsupported: list[str]) -> Iterator[Part]:
    """The resources of a stack that can be backed up."""
    with in_aws_words():
        client = state.world.client("cloudformation", stack.account, stack.region)
        listed = client.describe_stack_resources(StackName=stack.arn)["StackResources"]
    for one in listed:
        if one["ResourceStatus"] in _GONE or not one.get("PhysicalResourceId"):
            continue
        found = _resource(state, stack, one["ResourceType"], one["PhysicalResourceId"])
        if found is None:
            unsupported.append(one["LogicalResourceId"])
        else:
            yield Part(found, one["LogicalResourceId"])


def _resource(state: State, stack: Resource, cfn_type: str, physical_id: str) -> Resource | None:
    """A resource of a stack; one that is not there any more fails its nested job later."""
    row = _supported().get(cfn_type)
    arn = arn_of(row, physical_id, stack.account, stack.region) if row else None
    if row is None or arn is None:
        return None
    found = state.discovery.one(arn, stack.account, stack.region)
    return found or Resource(arn, row.name, stack.account, stack.region, physical_id, {})


def _storage(state: State, cluster: Resource) -> Iterator[Part]:
    """The persistent volumes of a cluster.

    Nothing runs in a cluster here that could be asked for its volume claims; the tags that the CSI drivers and the
    cloud provider put on volumes say whose they are.
    """
    listed = [
        one
        for one in state.discovery.all(cluster.account, cluster.region)
        if one.type in _STORAGE and _belongs(cluster.name, one.tags)
    ]
    most = catalog.limit("eks_volumes")
    if len(listed) > most:
        raise DataError(TOO_MANY.format(len(listed), most))
    yield from map(Part, listed)


def _belongs(cluster: str, tags: Mapping[str, str]) -> bool:
    return f"kubernetes.io/cluster/{cluster}" in tags or tags.get("KubernetesCluster") == cluster


@cache
def _supported() -> Mapping[str, ResourceType]:
    """The resource types by their CloudFormation names; where several share one, the type that is not a kind."""
    every = [kind for row in catalog.resource_types() for kind in (row, *row.kinds)]
    return {row.cfn_type: row for row in sorted(every, key=lambda row: row.kind == "")}
