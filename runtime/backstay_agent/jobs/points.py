"""Reads the recovery points of a place that rules with copies made, and which copies of them there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from backstay_agent.aws import Aws
from backstay_agent.jobs.copies import Pair, Point, is_copied
from backstay_agent.jobs.work import PLAN_TAG, RULE_TAG
from backstay_aws import arns

_LISTED = timedelta(days=29)
"""AWS lists the jobs of 30 days; about an older recovery point the destination is asked."""
_ON_DEMAND = 10
"""How many of the newest recovery points made on demand are looked at, of each resource: their tags say the rule."""
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Going:
    """A copy job that has not ended yet."""

    point: str
    destination: str
    job: str
    created: datetime


def read_points(aws: Aws, account: str, region: str, rule_vaults: Sequence[str]) -> list[Point]:
    """The finished recovery points of vaults, each with the plan and rule that made it; raises AwsProblem.

    A scheduled one says it by itself, one made on demand by its tags. Copies from elsewhere are left out, and so are
    continuous ones, which AWS copies for rules only.
    """
    found: list[Point] = []
    for vault in rule_vaults:
        listed = aws.pages(
            account, region, "backup", "ListRecoveryPointsByBackupVault", "RecoveryPoints", BackupVaultName=vault
        )
        found += [_point(vault, item) for item in listed if _counts(item)]
    untold = [point for point in found if point.plan is None]
    told = _by_tags(aws, account, region, list(_latest(untold)))
    return [point for point in found if point.plan is not None] + told


def read_copies(
    aws: Aws, account: str, region: str, wanted: Sequence[tuple[Point, str]], now: datetime
) -> tuple[set[Pair], list[Going]]:
    """Which of the wanted copies are there, and which are being made; raises AwsProblem."""
    if not wanted:
        return set(), []
    since = min(point.created for point, _ in wanted)
    listed = aws.pages(account, region, "backup", "ListCopyJobs", "CopyJobs", ByCreatedAfter=since)
    asked = {(point.arn, destination) for point, destination in wanted}
    copied: set[Pair] = set()
    going: list[Going] = []
    for job in listed:
        pair = job["SourceRecoveryPointArn"], job["DestinationBackupVaultArn"]
        if pair in asked and job["State"] == "COMPLETED":
            copied.add(pair)
        elif pair in asked and job["State"] in ("CREATED", "RUNNING"):
            going.append(Going(*pair, job["CopyJobId"], job["CreationDate"]))
    old = [(point, there) for point, there in wanted if now - point.created > _LISTED]
    copied |= {(point.arn, there) for point, there in old if _is_there(aws, account, region, point, there)}
    return copied, going


def _is_there(aws: Aws, account: str, region: str, point: Point, destination: str) -> bool:
    """Whether the destination itself holds a copy."""
    target = arns.parse(destination)
    if target is None:
        return False
    source = arns.vault(target.partition, region, account, point.vault)
    name = target.resource.partition(":")[2]
    listed = aws.pages(
        target.account,
        target.region,
        "backup",
        "ListRecoveryPointsByBackupVault",
        "RecoveryPoints",
        BackupVaultName=name,
        ByResourceArn=point.resource,
    )
    return is_copied(point, source, listed)


def _counts(item: Mapping[str, Any]) -> bool:
    return item["Status"] == "COMPLETED" and not item.get("SourceBackupVaultArn") and not item.get("IsParent")


def _point(vault: str, item: Mapping[str, Any]) -> Point:
    maker = item.get("CreatedBy") or {}
    return Point(
        item["RecoveryPointArn"],
        vault,
        item["ResourceArn"],
        item["CreationDate"],
        item.get("IamRoleArn"),
        maker.get("BackupPlanName"),
        maker.get("BackupRuleName"),
        item.get("ResourceType", ""),
    )


def _latest(points: Sequence[Point]) -> Iterator[Point]:
    ordered = sorted(points, key=lambda point: (point.vault, point.resource))
    for _, group in groupby(ordered, key=lambda point: (point.vault, point.resource)):
        yield from sorted(group, key=lambda point: point.created, reverse=True)[:_ON_DEMAND]


def _by_tags(aws: Aws, account: str, region: str, points: Sequence[Point]) -> list[Point]:
    """Those of the recovery points whose tags name a plan and a rule."""
    tags = tags_of(aws, account, region, [point.arn for point in points])
    named = ((point, tags.get(point.arn, {})) for point in points)
    return [
        replace(point, plan=own[PLAN_TAG], rule=own[RULE_TAG])
        for point, own in named
        if {PLAN_TAG, RULE_TAG} <= set(own)
    ]


def tags_of(aws: Aws, account: str, region: str, points: Sequence[str]) -> dict[str, dict[str, str]]:
    """Tags of recovery points: AWS Backup tells them of its own ones, EC2 of snapshots and images (whose ARNs here name
    no account, those of the tagging service do), the tagging service of the others."""
    tags: dict[str, dict[str, str]] = {}
    others, snapshots = [], {}
    for arn in points:
        parsed = arns.parse(arn)
        if parsed is not None and parsed.service == "backup":
            answers = aws.answers(account, region, "backup", "ListTags", ResourceArn=arn)
            tags[arn] = {key: value for answer in answers for key, value in answer.get("Tags", {}).items()}
        elif parsed is not None and parsed.service == "ec2":
            snapshots[parsed.resource.rpartition("/")[2]] = arn
        else:
            others.append(arn)
    for first in range(0, len(snapshots), _BATCH):
        asked = [{"Name": "resource-id", "Values": list(snapshots)[first : first + _BATCH]}]
        for tag in aws.pages(account, region, "ec2", "DescribeTags", "Tags", Filters=asked):
            tags.setdefault(snapshots[tag["ResourceId"]], {})[tag["Key"]] = tag["Value"]
    for first in range(0, len(others), _BATCH):
        batch = others[first : first + _BATCH]
        answer = aws.call(account, region, "resourcegroupstaggingapi", "GetResources", ResourceARNList=batch)
        for item in answer.get("ResourceTagMappingList", ()):
            tags[item["ResourceARN"]] = {tag["Key"]: tag["Value"] for tag in item.get("Tags", ())}
    return tags
