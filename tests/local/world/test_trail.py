"""CloudTrail's LookupEvents: the calls made to AWS Backup, and what AWS Backup did by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backstay_local.app import LocalAws
from backstay_local.backup import Settings

Refused = Callable[[str], AbstractContextManager[None]]


def look(aws: LocalAws, key: str | None = None, value: str = "", **members: Any) -> list[dict[str, Any]]:
    """The events, newest first, with the record read."""
    if key is not None:
        members["LookupAttributes"] = [{"AttributeKey": key, "AttributeValue": value}]
    pages = aws.client("cloudtrail").get_paginator("lookup_events").paginate(**members)
    return [one | {"record": json.loads(one["CloudTrailEvent"])} for page in pages for one in page["Events"]]


def test_a_call_is_told_in_cloudtrails_words(planned: LocalAws) -> None:
    """Who, what, when, with which parameters and which answer; keys of tags stay as they were written."""
    [event] = look(planned, "EventName", "CreateBackupPlan")
    record = event["record"]
    assert (event["EventSource"], event["Username"], event["ReadOnly"]) == ("backup.amazonaws.com", "root", "false")
    assert record["userIdentity"] == {
        "type": "Root",
        "principalId": planned.management_account,
        "arn": f"arn:aws:iam::{planned.management_account}:root",
        "accountId": planned.management_account,
    }
    assert record["requestParameters"]["backupPlan"]["rules"][0]["ruleName"] == "daily"
    assert record["requestParameters"]["backupPlanTags"] == {"Team": "core"}
    plan = record["responseElements"]["backupPlanId"]
    assert {"ResourceType": "AWS::Backup::BackupPlan", "ResourceName": plan} in event["Resources"]
    assert (record["eventType"], record["awsRegion"]) == ("AwsApiCall", "us-east-1")
    assert "Botocore/" in record["userAgent"]
    assert [one["EventName"] for one in look(planned, "ResourceName", plan)] == [
        "CreateBackupSelection",
        "CreateBackupPlan",
    ]


def test_refusals_and_reads_are_told_too(planned: LocalAws) -> None:
    """A refused call has its code and message; reads are marked as such."""
    backup = planned.client("backup")
    with suppress(ClientError):
        backup.create_backup_vault(BackupVaultName="v1")
    planned.advance(timedelta(seconds=1))  # of two calls in the same millisecond nobody can say which was first
    backup.list_backup_plans()
    newest = look(planned)[:2]
    assert [(one["EventName"], one["ReadOnly"]) for one in newest] == [
        ("ListBackupPlans", "true"),
        ("CreateBackupVault", "false"),
    ]
    assert newest[1]["record"]["errorCode"] == "AlreadyExistsException"
    assert newest[1]["record"]["responseElements"] is None
    assert [one["EventName"] for one in look(planned, "ReadOnly", "true")] == ["ListBackupPlans"]


def test_the_service_tells_what_it_did(planned: LocalAws) -> None:
    """Jobs, recovery points, deletions and matchings of selections, at their own times."""
    planned.advance(timedelta(days=3))
    events = look(planned, StartTime=planned.clock.now() - timedelta(days=3), EndTime=planned.clock.now())
    told: dict[str, list[dict[str, Any]]] = {}
    for one in events:
        told.setdefault(one["EventName"], []).append(one)
    assert {name: len(found) for name, found in told.items() if not name.startswith("Create")} == {
        "BackupJobStarted": 6,
        "BackupJobCompleted": 6,
        "RecoveryPointCreated": 6,
        "ProcessBackupPlanSelection": 3,
        "BackupDeleted": 2,
    }
    ended = told["BackupJobCompleted"][0]
    assert (ended["record"]["eventType"], ended["record"]["userIdentity"]["invokedBy"]) == (
        "AwsServiceEvent",
        "backup.amazonaws.com",
    )
    details = ended["record"]["serviceEventDetails"]
    assert (details["state"], details["resourceType"], details["backupVaultName"]) == ("COMPLETED", "S3", "v1")
    assert [one["EventTime"] for one in events] == sorted((one["EventTime"] for one in events), reverse=True)
    assert len({one["EventId"] for one in events}) == len(events)
    by_bucket = look(planned, "ResourceName", "arn:aws:s3:::bucket-one")
    assert {one["EventName"] for one in by_bucket} == {
        "BackupJobStarted",
        "BackupJobCompleted",
        "RecoveryPointCreated",
    }


def test_restores_copies_and_cold_storage(planned: LocalAws) -> None:
    """Copies and restores begin and end; a copy's recovery point is created where it arrives."""
    backup = planned.client("backup")
    planned.advance(timedelta(hours=6))
    point = backup.list_recovery_points_by_backup_vault(BackupVaultName="v1")["RecoveryPoints"][0]
    planned.client("backup", region="eu-west-1").create_backup_vault(BackupVaultName="far")
    backup.start_copy_job(
        RecoveryPointArn=point["RecoveryPointArn"],
        SourceBackupVaultName="v1",
        DestinationBackupVaultArn=f"arn:aws:backup:eu-west-1:{planned.management_account}:backup-vault:far",
        IamRoleArn=point["IamRoleArn"],
    )
    backup.start_restore_job(
        RecoveryPointArn=point["RecoveryPointArn"], Metadata={"DestinationBucketName": "new", "NewBucket": "true"}
    )
    planned.advance(timedelta(minutes=1))
    names = {one["EventName"] for one in look(planned)}
    assert {"CopyJobStarted", "CopyJobCompleted", "RestoreStarted", "RestoreCompleted"} <= names
    far = planned.client("cloudtrail", region="eu-west-1").lookup_events()["Events"]
    assert [one["EventName"] for one in far] == ["RecoveryPointCreated", "CreateBackupVault"]


def test_pages_end_where_the_next_begin(planned: LocalAws, refused: Refused) -> None:
    """Small pages give every event once, also where many happen at one instant; foreign tokens are refused."""
    planned.advance(timedelta(days=3))
    whole = [one["EventId"] for one in look(planned)]
    assert [one["EventId"] for one in look(planned, PaginationConfig={"PageSize": 3})] == whole
    trail = planned.client("cloudtrail")
    token = trail.lookup_events(MaxResults=3)["NextToken"]
    with refused("InvalidNextTokenException"):
        trail.lookup_events(
            NextToken=token, LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "BackupDeleted"}]
        )
    with refused("InvalidNextTokenException"):
        trail.lookup_events(NextToken="what")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        (
            {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "a"}] * 2},
            "InvalidLookupAttributesException",
        ),
        ({"StartTime": 2_000_000_000, "EndTime": 1_900_000_000}, "InvalidTimeRangeException"),
    ],
)
def test_questions_without_an_answer(planned: LocalAws, refused: Refused, members: dict[str, Any], code: str) -> None:
    """Two attributes, or a time that ends before it begins."""
    with refused(code):
        planned.client("cloudtrail").lookup_events(**members)


def test_ninety_days_are_remembered(planned: LocalAws) -> None:
    """What is older is gone, of calls and of what the service did; other sources have nothing here."""
    planned.advance(timedelta(days=89))
    assert look(planned, "EventName", "CreateBackupPlan")
    planned.advance(timedelta(days=2))
    assert not look(planned, "EventName", "CreateBackupPlan")
    oldest = look(planned, "EventName", "BackupJobCompleted")[-1]["EventTime"]
    assert oldest >= planned.clock.now() - timedelta(days=90)
    assert look(planned, "EventSource", "s3.amazonaws.com") == []
    assert planned.client("cloudtrail").lookup_events(EventCategory="insight")["Events"] == []


def test_roles_and_users_have_their_names(planned: LocalAws) -> None:
    """A session is looked up by its name, and tells its role; a user by the user's name."""
    iam, account = planned.client("iam"), planned.management_account
    iam.create_user(UserName="jane")
    key = iam.create_access_key(UserName="jane")["AccessKey"]
    jane = planned.session(key["AccessKeyId"], key["SecretAccessKey"])
    jane.client("backup", region_name="us-east-1").list_backup_vaults()
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": account}}]}
    role = iam.create_role(RoleName="Operators", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    keys = planned.client("sts").assume_role(RoleArn=role, RoleSessionName="night-shift")["Credentials"]
    shift = planned.session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    shift.client("backup", region_name="us-east-1").list_backup_plans()
    [one] = look(planned, "Username", "jane")
    assert (one["EventName"], one["record"]["userIdentity"]["type"]) == ("ListBackupVaults", "IAMUser")
    [two] = look(planned, "Username", "night-shift")
    assert two["record"]["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == "Operators"


def test_the_trail_outlives_the_process_and_can_be_off(tmp_path: Path) -> None:
    """Calls are there after a restart, reads as well; with the setting off nothing is kept, and trails still work."""
    with LocalAws(tmp_path / "data") as aws:
        aws.client("backup").create_backup_vault(BackupVaultName="v1")
        aws.client("backup").list_backup_vaults()
    with LocalAws(tmp_path / "data") as aws:
        assert [one["EventName"] for one in look(aws)] == ["ListBackupVaults", "CreateBackupVault"]
    with LocalAws(settings=Settings(trail=False)) as aws:
        aws.client("backup").create_backup_vault(BackupVaultName="v1")
        assert look(aws) == []
        aws.client("s3").create_bucket(Bucket="logs")
        aws.client("cloudtrail").create_trail(Name="trail-1", S3BucketName="logs")
        assert [one["Name"] for one in aws.client("cloudtrail").describe_trails()["trailList"]] == ["trail-1"]
