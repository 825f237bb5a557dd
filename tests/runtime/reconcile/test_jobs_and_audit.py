"""Jobs and audits of `backstay run --once` against the embedded AWS: what failed, and what is well again."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.runtime.reconcile.conftest import Run, alerts, events

MANAGEMENT, PAYMENTS = "100000000001", "100000000010"
ROLE = f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole"


def _table(cloud: Any) -> str:
    made = cloud.client("dynamodb").create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": "backup", "Value": "gold"}],
    )
    arn: str = made["TableDescription"]["TableArn"]
    return arn


def _back_up(cloud: Any, arn: str, days: int) -> None:
    """A backup kept for so many days, followed to its end; the vault takes 7 to 400."""
    backup = cloud.client("backup")
    job = backup.start_backup_job(
        BackupVaultName="primary", ResourceArn=arn, IamRoleArn=ROLE, Lifecycle={"DeleteAfterDays": days}
    )["BackupJobId"]
    for _ in range(200):
        if backup.describe_backup_job(BackupJobId=job)["State"] in ("COMPLETED", "FAILED"):
            return
        time.sleep(0.05)
    raise AssertionError("the backup did not end")


def test_a_failed_job_is_told_once_with_its_reason_and_is_over_when_the_next_one_works(
    agent: Run, applied: Path, cloud: Any
) -> None:
    """Seen by one look only, however often it is listed; the same resource backed up again ends it."""
    arn = _table(cloud)
    _back_up(cloud, arn, 1)
    first, second = agent(applied, "--task", "jobs"), agent(applied, "--task", "jobs")
    assert (first.exit_code, second.exit_code) == (1, 0)
    (told,) = events(first, "alert")
    assert told["title"] == f"the backup of {arn} failed"
    assert told["lines"][0].startswith("FAILED: ")
    assert "lifecycle" in told["lines"][0]
    assert "backstay rules " in told["lines"][1]
    assert alerts(second) == []
    _back_up(cloud, arn, 35)
    third = agent(applied, "--task", "jobs")
    assert (third.exit_code, alerts(third)) == (0, [("resolved", f"the backup of {arn} works again")])


def test_a_scheduled_backup_that_fails_names_its_plan_and_rule(
    agent: Run, cloud: Any, builds: Any, run: Any, tmp_path: Path
) -> None:
    """Three days go by; each failed job is counted, the resource is told once."""

    def change(body: dict[str, Any]) -> None:
        body["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 3

    build = builds.write(tmp_path / "build", change, accounts=(PAYMENTS,))
    assert run("apply", build, "--yes").exit_code == 0
    arn = _table(cloud)
    agent(build, "--task", "jobs")
    cloud.local.advance(timedelta(days=3))
    result = agent(build, "--task", "jobs")
    (told,) = events(result, "alert")
    assert told["title"] == f"the backup of {arn} failed"
    assert any("by gold / daily" in line for line in told["lines"])
    assert told["lines"][-1] == "3 such jobs have failed since the last look"


def test_an_audit_tells_what_is_new_and_repaired(agent: Run, applied: Path, cloud: Any) -> None:
    """Compared with the audit before, through the state, and only for the controls that were asked for."""
    arn = _table(cloud)
    only = ("--task", "audit", "--control", "BACKUP_LAST_RECOVERY_POINT_CREATED")
    first = agent(applied, *only)
    assert (first.exit_code, len(alerts(first))) == (1, 1)
    assert events(first, "alert")[0]["lines"][1].startswith(arn)
    _back_up(cloud, arn, 35)
    second = agent(applied, *only)
    assert second.exit_code == 0
    assert second.stdout.endswith("since the audit before 0 new, 1 repaired\n")
    assert alerts(second) == [("resolved", "control does not hold: recent recovery point")]
    third = agent(applied, *only, "--set", "BACKUP_LAST_RECOVERY_POINT_CREATED.recoveryPointAgeValue=2")
    assert (third.exit_code, alerts(third)) == (0, [])


def test_an_owner_hears_of_what_is_theirs_and_of_nothing_else(agent: Run, applied: Path, cloud: Any) -> None:
    """A subscription that filters by owner gets that owner's findings; the log gets all, each with its owner."""
    arn = _table(cloud)
    cloud.client("dynamodb").tag_resource(ResourceArn=arn, Tags=[{"Key": "Owner", "Value": "orders-team"}])
    cloud.client("s3").create_bucket(Bucket="nobodys", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    sns, sqs = cloud.client("sns", MANAGEMENT), cloud.client("sqs", MANAGEMENT)
    topic = sns.create_topic(Name="audit")["TopicArn"]
    queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
    heard = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    wanted = {"FilterPolicy": json.dumps({"owner": ["orders-team"]}), "RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=heard, Attributes=wanted)
    told = agent(applied, "--task", "audit", "--control", "BACKUP_LAST_RECOVERY_POINT_CREATED", "--sns-topic", topic)
    assert told.exit_code == 1
    assert {event.get("owner") for event in events(told, "alert")} == {"orders-team", None}
    (message,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert "For orders-team, who owns what follows." in message["Body"]
    assert arn in message["Body"]
    assert "nobodys" not in message["Body"]
