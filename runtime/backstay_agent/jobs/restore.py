"""Restores one recovery point and follows the job to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.describe import present
from backstay_agent.jobs.follow import PATIENCE, pauses_of
from backstay_agent.jobs.locate import Point, Where, theirs
from backstay_agent.jobs.renaming import Metadata
from backstay_aws import arns
from backstay_contract.canonical import digest

_DEFAULT_ROLE = "service-role/AWSBackupDefaultServiceRole"
_GOING_ON = frozenset({"PENDING", "RUNNING", "CREATED"})
_TOKEN_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Restored:
    """How a restore job ended. `created` is the ARN of what it made, `message` AWS's sentence."""

    job: str
    status: str
    created: str | None
    message: str | None

    @property
    def completed(self) -> bool:
        """Whether something was restored."""
        return self.status == "COMPLETED"


def kept_metadata(aws: Aws, point: Point) -> dict[str, str]:
    """What AWS keeps with a recovery point to restore it by; raises AwsProblem."""
    answer = aws.call(
        point.where.account,
        point.where.region,
        "backup",
        "GetRecoveryPointRestoreMetadata",
        BackupVaultName=point.vault,
        RecoveryPointArn=point.facts["RecoveryPointArn"],
        **theirs(point.owner),
    )
    return dict(answer.get("RestoreMetadata", {}))


def role_of(point: Point, asked: str | None) -> str:
    """The role to restore in: as asked, else the one that made the backup, else the account's default one.

    A copied recovery point still names the role of the account that it came from, which is of no use here.
    """
    made_by = point.facts.get("IamRoleArn")
    parsed = arns.parse(made_by) if made_by else None
    if asked:
        return asked
    if parsed is not None and parsed.account == point.where.account:
        return str(made_by)
    return arns.role(arns.partition_of(point.where.region), point.where.account, _DEFAULT_ROLE)


# How the ARN of a restored resource is made of its name, by the key of the metadata that gives it the name.
_FORMS: Mapping[str, str] = {
    "DestinationBucketName": "arn:{partition}:s3:::{name}",
    "targetTableName": "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    "DBInstanceIdentifier": "arn:{partition}:rds:{region}:{account}:db:{name}",
    "DBClusterIdentifier": "arn:{partition}:rds:{region}:{account}:cluster:{name}",
}


def free(aws: Aws, where: Where, key: str, name: str) -> bool:
    """Whether nothing has a new name yet, as far as that can be asked; AWS itself refuses a name that is taken.

    `key` is the key of the restore metadata that gives the name.
    """
    form = _FORMS.get(key)
    if form is None:
        return True
    partition = arns.partition_of(where.region)
    arn = form.format(partition=partition, region=where.region, account=where.account, name=name)
    return not present(aws, where.account, where.region, arn)


def start(aws: Aws, point: Point, metadata: Metadata, role: str, *, copy_tags: bool) -> str:
    """Start the restore and give the job's id; raises AwsProblem. The same restore is never started twice."""
    arn = str(point.facts["RecoveryPointArn"])
    token = digest([arn, dict(metadata.values), role, copy_tags])[:_TOKEN_LENGTH]
    tags = {"CopySourceTagsToRestoredResource": True} if copy_tags else {}
    answer = aws.call(
        point.where.account,
        point.where.region,
        "backup",
        "StartRestoreJob",
        RecoveryPointArn=arn,
        Metadata=dict(metadata.values),
        IamRoleArn=role,
        ResourceType=point.type,
        IdempotencyToken=f"backstay-{token}",
        **tags,
    )
    return str(answer["RestoreJobId"])


def follow(
    aws: Aws,
    point: Point,
    job: str,
    tick: Callable[[int, int], None],
    sleep: Callable[[float], None] = time.sleep,
) -> Restored:
    """Wait for the job's end; raises AwsProblem when AWS did not answer a few times in a row."""
    failures = 0
    for pause in pauses_of():
        sleep(pause)
        try:
            told = aws.call(point.where.account, point.where.region, "backup", "DescribeRestoreJob", RestoreJobId=job)
        except AwsProblem:
            failures += 1
            if failures >= PATIENCE:
                raise
            continue
        failures = 0
        tick(percent(told), 100)
        if told["Status"] not in _GOING_ON:
            break
    return Restored(job, told["Status"], told.get("CreatedResourceArn"), told.get("StatusMessage"))


def percent(job: Mapping[str, Any]) -> int:
    """How far a job says it is; AWS writes `50.00%`, and sometimes nothing."""
    text = str(job.get("PercentDone") or "0").rstrip("%")
    try:
        return max(0, min(100, int(float(text))))
    except ValueError:
        return 0
