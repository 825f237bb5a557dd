"""What the catalogue says about the resource types, as it holds for one account in one Region."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache

from backstay_aws import arns, catalog
from backstay_aws.catalog import ResourceType
from backstay_local.backup import settings
from backstay_local.backup.rows import BackupJob, RecoveryPoint
from backstay_local.backup.state import State
from backstay_local.data import Resource


def of_type(state: State, account: str, region: str, resource_type: str) -> ResourceType:
    """The row of a type, in the kind that this account has chosen (DynamoDB: with advanced features or without)."""
    advanced = resource_type == "DynamoDB" and settings.advanced_dynamodb(state, account, region)
    return _row(resource_type, "advanced" if advanced else "")


def of_point(point: RecoveryPoint) -> ResourceType:
    """The row of the type of a recovery point, in the kind it was made as."""
    if point.resource_type == "FSx" and ":volume/" in point.resource_arn:
        return _row("FSx", "ontap")
    return _row(point.resource_type, "advanced" if point.resource_type == "DynamoDB" and point.fully_managed else "")


def of_arn(arn: str) -> str | None:
    """The resource type that an ARN has the form of; None when AWS Backup knows none such."""
    parsed = arns.parse(arn)
    if parsed is None:
        return None
    for row in catalog.resource_types():
        known = arns.parse(row.arn.replace("{partition}", parsed.partition))
        if known is None or known.service != parsed.service:
            continue
        prefix = known.resource.split("*")[0]
        if parsed.resource.startswith(prefix) and (prefix or row.name == "S3"):
            return row.name
    return None


def fully_managed(row: ResourceType) -> bool:
    """Whether recovery points of this type belong to AWS Backup: its ARNs, the vault's key, its tags."""
    return row.full_management == "yes"


def has_own_key(row: ResourceType) -> bool:
    """Whether recovery points of this type are encrypted with the vault's key, whatever their source was."""
    return fully_managed(row) or row.own_encryption == "yes"


@cache
def composites() -> frozenset[str]:
    """The types whose backups are parents of nested recovery points."""
    return frozenset(row.name for row in catalog.resource_types() if row.composite)


def composite(row: ResourceType) -> bool:
    """Whether a backup of this type is a parent of nested recovery points."""
    return row.name in composites()


def supports(row: ResourceType, column: str, region: str) -> bool:
    """Whether a type can do something in a Region; what AWS leaves open counts as yes."""
    return catalog.cell(row, column, region) != "no"


def incremental(state: State, job: BackupJob) -> bool:
    """Whether the backup of a job takes only what changed since the last: by its type, or as its account has chosen."""
    row = of_type(state, job.account, job.region, job.resource_type)
    return row.incremental == "yes" or settings.incremental(state, job.account, job.region, row.name)


def goes_cold(row: ResourceType, lifecycle: dict[str, object]) -> bool:
    """Whether recovery points of a type take part in MoveToColdStorageAfterDays; all others ignore it silently."""
    if row.cold_storage == "no":
        return False
    return row.archive_opt_in != "yes" or bool(lifecycle.get("OptInToArchiveForSupportedResources"))


def point_arn(row: ResourceType, resource: Resource, region: str, account: str, job: str, at: datetime) -> str:
    """The ARN of a new recovery point, in the form of its type; `job` is the id of the job that makes it."""
    partition = arns.partition_of(region)
    short = hashlib.sha256(job.encode()).hexdigest()
    match row.point:
        case "ec2-image":
            return f"arn:{partition}:ec2:{region}::image/ami-{short[:17]}"
        case "ec2-snapshot":
            return f"arn:{partition}:ec2:{region}::snapshot/snap-{short[:17]}"
        case "rds-snapshot":
            return f"arn:{partition}:rds:{region}:{account}:snapshot:awsbackup:job-{job}"
        case "rds-cluster-snapshot":
            return f"arn:{partition}:rds:{region}:{account}:cluster-snapshot:awsbackup:job-{job}"
        case "fsx-backup":
            return f"arn:{partition}:fsx:{region}:{account}:backup/backup-{short[:17]}"
        case "dynamodb-backup":
            number = int(at.timestamp() * 1000)
            return f"arn:{partition}:dynamodb:{region}:{account}:table/{resource.name}/backup/{number:014d}-{short[:8]}"
        case "redshift-snapshot" | "redshift-serverless-snapshot":
            service = "redshift" if row.point == "redshift-snapshot" else "redshift-serverless"
            return f"arn:{partition}:{service}:{region}:{account}:snapshot:{resource.name}/awsbackup:job-{job}"
        case "backup" if row.name == "S3":
            return f"{_own(region, account)}{resource.name}-{at:%Y%m%d%H%M%S}-{short[:8]}"
        case "backup" if row.composite == "cluster":
            return f"{_own(region, account)}{_of_cluster(resource, job, at)}"
        case "backup" | "unknown":
            return own_point_arn(region, account, job)


def parent_arn(row: ResourceType, resource: Resource, region: str, account: str, job: str, at: datetime) -> str:
    """The ARN of a new composite recovery point."""
    if row.composite == "cluster":
        return f"{_own(region, account)}composite:{_of_cluster(resource, job, at)}"
    return own_point_arn(region, account, job)


def own_point_arn(region: str, account: str, job: str) -> str:
    """The ARN of a new recovery point in AWS Backup's own form, which every type has in an air-gapped vault."""
    return _own(region, account) + job.upper()


def _of_cluster(resource: Resource, job: str, at: datetime) -> str:
    """The cluster's name and a timestamp, whose last digits the job decides: two jobs may be made at one time."""
    parsed = arns.parse(resource.arn)
    service = parsed.service if parsed else ""
    fraction = int(hashlib.sha256(job.encode()).hexdigest()[:8], 16) % 1_000_000
    return f"{service}/{resource.name}-{at:%Y%m%d%H%M%S}{fraction:06d}"


def _own(region: str, account: str) -> str:
    return f"arn:{arns.partition_of(region)}:backup:{region}:{account}:recovery-point:"


def stream_arn(snapshot_arn: str, at: datetime) -> str:
    """The ARN of a new continuous recovery point, from that of a snapshot: the same, for S3 without the date."""
    return snapshot_arn.replace(f"-{at:%Y%m%d%H%M%S}-", "-")


def _row(name: str, kind: str) -> ResourceType:
    row = catalog.resource_type(name, kind)
    if row is None:
        raise ValueError(f"the catalogue has no resource type {name} {kind}".rstrip())
    return row
