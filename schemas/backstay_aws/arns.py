"""Amazon Resource Names: taken apart, and put together for the few kinds that Backstay writes."""

from __future__ import annotations

from dataclasses import dataclass

_PARTITION_PREFIXES = (
    # Region prefix → partition; source: botocore data/partitions.json (regionRegex of each partition), 2026-11.
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)


@dataclass(frozen=True, slots=True)
class Arn:
    """One ARN, field by field; `region` and `account` are empty where the service has none (S3, IAM)."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


def parse(text: str) -> Arn | None:
    """Take an ARN apart; None when the text is not one (six fields; partition, service and resource not empty)."""
    fields = text.split(":", 5)
    if len(fields) != 6 or fields[0] != "arn":
        return None
    _, partition, service, region, account, resource = fields
    if not (partition and service and resource):
        return None
    return Arn(partition, service, region, account, resource)


def vault(partition: str, region: str, account: str, name: str) -> str:
    """Name a backup vault, standard or logically air-gapped."""
    return str(Arn(partition, "backup", region, account, f"backup-vault:{name}"))


def kms_alias(partition: str, region: str, account: str, alias: str) -> str:
    """Name a KMS alias, given with or without its `alias/` prefix."""
    return str(Arn(partition, "kms", region, account, f"alias/{alias.removeprefix('alias/')}"))


def role(partition: str, account: str, path_and_name: str) -> str:
    """Name an IAM role by its path and name (`service-role/AWSBackupDefaultServiceRole`)."""
    return str(Arn(partition, "iam", "", account, f"role/{path_and_name.lstrip('/')}"))


def sns_topic(partition: str, region: str, account: str, name: str) -> str:
    """Name an SNS topic."""
    return str(Arn(partition, "sns", region, account, name))


def partition_of(region: str) -> str:
    """Say which partition a Region belongs to, by its prefix; a Region of no special prefix is in `aws`."""
    for prefix, partition in _PARTITION_PREFIXES:
        if region.startswith(prefix):
            return partition
    return "aws"
