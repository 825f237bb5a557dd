"""An embedded AWS with what a backup needs, and the few things that the tests do all the time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backstay_local.app import LocalAws
from backstay_local.backup import Settings

START = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class Site:
    """One embedded AWS, seen from its management account unless another is named."""

    def __init__(
        self,
        folder: Path | None = None,
        start: datetime | None = START,
        settings: Settings | None = None,
        patience: timedelta = timedelta(seconds=5),
    ):
        self.patience = patience
        self.aws = LocalAws(folder, start=start, settings=settings)
        self.account = self.aws.management_account

    def client(self, service: str, account: str | None = None, region: str = "us-east-1") -> Any:
        return self.aws.client(service, account, region)

    @property
    def backup(self) -> Any:
        return self.client("backup")

    def advance(self, **delta: float) -> None:
        self.aws.advance(timedelta(**delta))

    def settle(self) -> None:
        """Let jobs that were started come to their end."""
        self.aws.advance(self.patience)

    def role(self, account: str | None = None, trust: Mapping[str, Any] = TRUST, name: str = "AWSBackupRole") -> str:
        iam = self.client("iam", account)
        try:
            return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"])
        except iam.exceptions.EntityAlreadyExistsException:
            return str(iam.get_role(RoleName=name)["Role"]["Arn"])

    def key(self, account: str | None = None, region: str = "us-east-1", shared_with: tuple[str, ...] = ()) -> str:
        owner = account or self.account
        principals = [f"arn:aws:iam::{one}:root" for one in (owner, *shared_with)]
        policy = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": principals}, "Action": "kms:*", "Resource": "*"}],
        }
        kms = self.client("kms", account, region)
        return str(kms.create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"])

    def vault(self, name: str = "v1", account: str | None = None, region: str = "us-east-1", **members: Any) -> str:
        made = self.client("backup", account, region).create_backup_vault(BackupVaultName=name, **members)
        return str(made["BackupVaultArn"])

    def air_gapped(
        self,
        name: str = "lag",
        account: str | None = None,
        region: str = "us-east-1",
        days: tuple[int, int] = (7, 365),
        **members: Any,
    ) -> str:
        """An air-gapped vault that is ready; gives its ARN."""
        made = self.client("backup", account, region).create_logically_air_gapped_backup_vault(
            BackupVaultName=name, MinRetentionDays=days[0], MaxRetentionDays=days[1], **members
        )
        self.advance(seconds=1)
        return str(made["BackupVaultArn"])

    def copy(self, point: str, target: str, source: str = "v1", account: str | None = None, **members: Any) -> Any:
        """Copy a recovery point; gives the copy job at its end."""
        client = self.client("backup", account)
        started = client.start_copy_job(
            RecoveryPointArn=point,
            SourceBackupVaultName=source,
            DestinationBackupVaultArn=target,
            IamRoleArn=self.role(account),
            **members,
        )
        self.settle()
        return client.describe_copy_job(CopyJobId=started["CopyJobId"])["CopyJob"]

    def bucket(
        self,
        name: str,
        tags: Mapping[str, str] | None = None,
        account: str | None = None,
        objects: Mapping[str, bytes] | None = None,
    ) -> str:
        s3 = self.client("s3", account)
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        for key, body in (objects or {"one": b"1"}).items():
            s3.put_object(Bucket=name, Key=key, Body=body)
        if tags:
            pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs})
        return f"arn:aws:s3:::{name}"

    def volume(self, account: str | None = None, **members: Any) -> str:
        made = self.client("ec2", account).create_volume(AvailabilityZone="us-east-1a", Size=1, **members)
        return f"arn:aws:ec2:us-east-1:{account or self.account}:volume/{made['VolumeId']}"

    def start(self, arn: str, vault: str = "v1", account: str | None = None, **members: Any) -> str:
        """Start a backup; gives the id of the job."""
        started = self.client("backup", account).start_backup_job(
            BackupVaultName=vault, ResourceArn=arn, IamRoleArn=self.role(account), **members
        )
        return str(started["BackupJobId"])

    def job(self, job_id: str, account: str | None = None) -> dict[str, Any]:
        return dict(self.client("backup", account).describe_backup_job(BackupJobId=job_id))

    def take(self, arn: str, vault: str = "v1", account: str | None = None, **members: Any) -> str:
        """Take a backup; gives the ARN of the recovery point."""
        job_id = self.start(arn, vault, account, **members)
        self.settle()
        job = self.job(job_id, account)
        assert job["State"] == "COMPLETED", job
        return str(job["RecoveryPointArn"])

    def points(self, vault: str = "v1", account: str | None = None, region: str = "us-east-1") -> list[dict[str, Any]]:
        client = self.client("backup", account, region)
        pages = client.get_paginator("list_recovery_points_by_backup_vault").paginate(BackupVaultName=vault)
        return [point for page in pages for point in page["RecoveryPoints"]]

    def jobs(self, account: str | None = None, **filters: Any) -> list[dict[str, Any]]:
        pages = self.client("backup", account).get_paginator("list_backup_jobs").paginate(**filters)
        return [job for page in pages for job in page["BackupJobs"]]

    def plan(
        self, *rules: Mapping[str, Any], name: str = "plan", select: Mapping[str, Any] | None = None, **members: Any
    ) -> str:
        """Create a plan with one selection (everything, unless told); gives its id."""
        plan = {"BackupPlanName": name, "Rules": [dict(rule) for rule in rules], **members}
        plan_id = str(self.backup.create_backup_plan(BackupPlan=plan)["BackupPlanId"])
        selection = {"SelectionName": "all", "IamRoleArn": self.role(), **(select or {"Resources": ["*"]})}
        self.backup.create_backup_selection(BackupPlanId=plan_id, BackupSelection=selection)
        return plan_id

    def member(self, name: str = "member") -> str:
        """An account of the organization, which is made when there is none."""
        organizations = self.client("organizations")
        with suppress(organizations.exceptions.AlreadyInOrganizationException):
            organizations.create_organization(FeatureSet="ALL")
        made = organizations.create_account(AccountName=name, Email=f"{name}@example.com")
        return str(made["CreateAccountStatus"]["AccountId"])


def rule(
    name: str = "daily", schedule: str = "cron(0 5 ? * * *)", keep: int | None = 35, **members: Any
) -> dict[str, Any]:
    """A rule of a plan into the vault v1."""
    lifecycle = {"Lifecycle": {"DeleteAfterDays": keep}} if keep is not None else {}
    return {
        "RuleName": name,
        "TargetBackupVaultName": "v1",
        "ScheduleExpression": schedule,
        **lifecycle,
        **members,
    }


def refusal(act: Callable[[], object]) -> tuple[str, str]:
    """Code and message of the error that a call gives."""
    with pytest.raises(ClientError) as caught:
        act()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture
def site() -> Iterator[Site]:
    """An empty embedded AWS."""
    made = Site()
    yield made
    made.aws.close()


@pytest.fixture
def open_site() -> Iterator[Callable[..., Site]]:
    """Opens embedded AWSs of any kind, and closes them."""
    opened: list[Site] = []

    def open_one(*arguments: Any, **named: Any) -> Site:
        opened.append(Site(*arguments, **named))
        return opened[-1]

    yield open_one
    for one in opened:
        one.aws.close()


@pytest.fixture
def slow_site(open_site: Callable[..., Site]) -> Site:
    """An empty embedded AWS in which a job waits a minute and runs for ten: what happens meanwhile can be looked at."""
    minute = timedelta(minutes=1)
    slow = Settings(start_delay=minute, run_time=10 * minute, delete_delay=minute)
    return open_site(settings=slow, patience=30 * minute)


@pytest.fixture(scope="session")
def site_type() -> type[Site]:
    """What opens an embedded AWS that several tests share."""
    return Site


@pytest.fixture(name="rule")
def rule_fixture() -> Callable[..., dict[str, Any]]:
    """Makes rules."""
    return rule


@pytest.fixture(name="refusal")
def refusal_fixture() -> Callable[[Callable[[], object]], tuple[str, str]]:
    """Gives code and message of an error."""
    return refusal


@pytest.fixture
def heard(site: Any) -> Any:
    """A topic and the default bus, both heard by one queue; calling it gives what has arrived since."""
    sns, sqs, events = site.client("sns"), site.client("sqs"), site.client("events")
    topic = sns.create_topic(Name="backups")["TopicArn"]
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    events.put_rule(Name="all", EventPattern=json.dumps({"source": ["aws.backup"]}))
    events.put_targets(Rule="all", Targets=[{"Id": "q", "Arn": queue}])

    def receive() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(one["Body"]) for one in messages]
            for one in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return found

    receive.topic = topic  # type: ignore[attr-defined]
    return receive
