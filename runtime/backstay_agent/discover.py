"""Which resources an account has in a Region, each of the type that AWS Backup calls it. Reads only.

Found are: resources that have, or once had, a tag (the Resource Groups Tagging API knows those); buckets, tagged or not
(S3 lists them by Region, which has to be asked anyway, since their ARNs do not say it; where S3 may not be asked, the
tagged ones); and, on request, resources that AWS Backup holds a recovery point of. Not found, because no single call
lists them: any other resource that never had a tag and was never backed up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.describe import present
from backstay_agent.paging import pages
from backstay_aws import arns, catalog
from backstay_aws.globs import arn_glob

_RESTORE_TESTS = ("awsbackup-restore-test", "backstay:restore-test")
"""Tags of what restore tests make, AWS's and ours, which nobody wants backed up."""
_ENGINES = {
    # Prefix of a database engine → resource type; RDS API "DBCluster", "DBInstance" (Engine); read 2026-11.
    "aurora": "Aurora",
    "docdb": "DocumentDB",
    "neptune": "Neptune",
}
_DATABASES = {
    # Resource part of the ARN → how the RDS API lists them.
    "cluster:": ("DescribeDBClusters", "DBClusters", "DBClusterArn"),
    "db:": ("DescribeDBInstances", "DBInstances", "DBInstanceArn"),
}
KnownBy = Literal["tags", "list", "recovery points", "selection"]


@dataclass(frozen=True, slots=True)
class Found:
    """A resource; `types` has more than one where its ARN fits several types and its engine could not be read.

    `known_by` says who told of it: the tagging service, its own service, AWS Backup, or a selection that names it.
    """

    arn: str
    types: tuple[str, ...]
    tags: Mapping[str, str]
    known_by: KnownBy = "tags"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the agent may back up in a place: its resources, and the opt-ins of the Region by key."""

    account: str
    region: str
    found: tuple[Found, ...]
    opt_ins: Mapping[str, bool]


def find(
    aws: Aws,
    account: str,
    region: str,
    listed: Mapping[str, str | None] = MappingProxyType({}),
    unlisted: Callable[[AwsProblem], None] | None = None,
) -> list[Found]:
    """Every resource of a type that the catalogue knows, by ARN, as far as tags and S3 tell; raises AwsProblem.

    `listed`: ARNs that somebody else found there, with the engines of databases; they count whether tagged or not.
    `unlisted` is told why S3 does not list the buckets: then those without tags are not among what was found.
    """
    tagged = {item["ResourceARN"]: _tags(item) for item in _tagged(aws, account, region)}
    buckets = _buckets(aws, account, region, unlisted)
    if buckets is not None:
        tagged = {arn: tags for arn, tags in tagged.items() if not _is_bucket(arn) or arn in buckets}
    bare: dict[str, dict[str, str]] = {arn: {} for arn in (*(buckets or ()), *listed) if arn not in tagged}
    told = {arn: engine for arn, engine in listed.items() if engine is not None}
    engines = told | _engines(aws, account, region, [arn for arn in tagged if arn not in told])
    found = (
        Found(arn, types_of(arn, engines), tags, "tags" if arn in tagged else "list")
        for arn, tags in sorted((tagged | bare).items())
    )
    return [one for one in found if one.types and not any(key.startswith(_RESTORE_TESTS) for key in one.tags)]


def surroundings(aws: Aws, account: str, region: str) -> Surroundings:
    """The resources of a place, those that only AWS Backup knows included, and the Region's opt-ins; raises AwsProblem.

    What AWS Backup knows stays there after the resource is gone, so each is looked up; what cannot be is let stand.
    """
    found = find(aws, account, region)
    known = {one.arn for one in found}
    listed = aws.pages(account, region, "backup", "ListProtectedResources", "Results")
    for item in listed:
        arn, type_ = item["ResourceArn"], item["ResourceType"]
        if arn not in known and _lives_in(arn, account, region) and present(aws, account, region, arn) is not False:
            found.append(Found(arn, (type_,), {}, "recovery points"))
    settings = aws.call(account, region, "backup", "DescribeRegionSettings")
    ordered = tuple(sorted(found, key=lambda one: one.arn))
    return Surroundings(account, region, ordered, dict(settings["ResourceTypeOptInPreference"]))


def types_of(arn: str, engines: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The types that an ARN can be of; none for what AWS Backup does not know, such as an instance of a cluster.

    `engines` are the database engines by ARN, as far as they are known.
    """
    fitting = tuple(name for name, patterns in _patterns() if any(arn_glob(pattern, arn) for pattern in patterns))
    engine = (engines or {}).get(arn)
    if engine is None or not fitting:
        return fitting
    named = next((name for prefix, name in _ENGINES.items() if engine.startswith(prefix)), "RDS")
    return (named,) if named in fitting else ()


def _lives_in(arn: str, account: str, region: str) -> bool:
    """Whether an ARN says that it is of this place; a copy makes its resource known where it does not live, too."""
    parsed = arns.parse(arn)
    return parsed is not None and (parsed.account, parsed.region) == (account, region)


def _tags(item: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags", ())}


def _is_bucket(arn: str) -> bool:
    parsed = arns.parse(arn)
    return parsed is not None and parsed.service == "s3"


def _tagged(aws: Aws, account: str, region: str) -> Iterator[dict[str, Any]]:
    def call(**token: str) -> dict[str, Any]:
        return aws.call(account, region, "resourcegroupstaggingapi", "GetResources", **token)

    return pages(call, "ResourceTagMappingList", "PaginationToken", "PaginationToken")


def _buckets(
    aws: Aws, account: str, region: str, unlisted: Callable[[AwsProblem], None] | None
) -> frozenset[str] | None:
    """The ARNs of the buckets that live in the Region; None where S3 does not say."""

    def call(**token: str) -> dict[str, Any]:
        return aws.call(account, region, "s3", "ListBuckets", BucketRegion=region, MaxBuckets=1000, **token)

    partition = arns.partition_of(region)
    try:
        listed = list(pages(call, "Buckets", "ContinuationToken", "ContinuationToken"))
    except AwsProblem as problem:
        if problem.operation == "AssumeRole":
            raise
        if unlisted is not None:
            unlisted(problem)
        return None
    return frozenset(f"arn:{partition}:s3:::{bucket['Name']}" for bucket in listed)


def _engines(aws: Aws, account: str, region: str, tagged: Iterable[str]) -> dict[str, str]:
    """The engines of database clusters and instances, whose ARNs are of one form; empty where AWS does not say."""
    resources = [parsed.resource for arn in tagged if (parsed := arns.parse(arn)) and parsed.service == "rds"]
    engines: dict[str, str] = {}
    for prefix, (operation, member, key) in _DATABASES.items():
        if any(resource.startswith(prefix) for resource in resources):
            try:
                listed = list(_databases(aws, account, region, operation, member))
            except AwsProblem:
                continue
            engines |= {item[key]: item["Engine"] for item in listed}
    return engines


def _databases(aws: Aws, account: str, region: str, operation: str, member: str) -> Iterator[dict[str, Any]]:
    def call(**token: str) -> dict[str, Any]:
        return aws.call(account, region, "rds", operation, **token)

    return pages(call, member, "Marker", "Marker")


@cache
def _patterns() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The ARN patterns of every type, those of its kinds included, for any partition."""
    return tuple(
        (
            row.name,
            tuple(
                dict.fromkeys(text.replace("{partition}", "*") for one in (row, *row.kinds) for text in one.patterns)
            ),
        )
        for row in catalog.resource_types()
    )
