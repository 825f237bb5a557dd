"""Backup access points: where they can be, what they keep from people and from time, and how they end."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from backstay_local.backup import Settings

INVALID = "InvalidParameterValueException"


def create(site: Any, point: str, name: str = "reader", **members: Any) -> str:
    """Make an access point; gives its ARN."""
    made = site.backup.create_backup_access_point(Name=name, RecoveryPointArn=point, **members)
    assert made["Status"] == "CREATING"
    return str(made["AccessPointArn"])


def ready(site: Any, point: str, name: str = "reader", **members: Any) -> str:
    """Make an access point and wait until it can be used; gives its ARN."""
    arn = create(site, point, name, **members)
    site.settle()
    assert describe(site, arn)["Status"] == "AVAILABLE"
    return arn


def describe(site: Any, arn: str) -> dict[str, Any]:
    """An access point as it is."""
    found = dict(site.backup.describe_backup_access_point(AccessPointArn=arn))
    del found["ResponseMetadata"]
    return found


def delete(site: Any, arn: str) -> None:
    """Delete an access point, and wait until it is gone."""
    site.backup.delete_backup_access_point(AccessPointArn=arn)
    site.settle()


def names(answer: dict[str, Any]) -> set[str]:
    """The names in the answer of a list operation."""
    return {row["Name"] for row in answer["BackupAccessPoints"]}


@pytest.fixture
def point(site: Any) -> str:
    """A snapshot of a bucket, kept for ten days."""
    site.vault()
    objects = {"a.txt": b"first", "dir/b.txt": b"second", "dir/c d+é.txt": b"third"}
    return str(site.take(site.bucket("bucket-one", objects=objects), Lifecycle={"DeleteAfterDays": 10}))


def stream(site: Any, rule: Any) -> str:
    """A continuous recovery point with a state at 5:00 of two days."""
    site.vault()
    site.bucket("bucket-one", objects={"file": b"old"})
    site.plan(rule(keep=35, EnableContinuousBackup=True))
    site.advance(hours=12)
    site.client("s3").put_object(Bucket="bucket-one", Key="file", Body=b"new")
    site.advance(hours=24)
    [found] = site.points()
    return str(found["RecoveryPointArn"])


def test_the_life_of_an_access_point(site: Any, point: str, refusal: Any) -> None:
    """CREATING, AVAILABLE with what S3 needs to know, DELETING, and gone with its tags."""
    arn = create(site, point, Tags={"team": "a"})
    assert arn == f"arn:aws:backup:us-east-1:{site.account}:accesspoint/reader"
    assert describe(site, arn)["AccessPointMetadata"] == {}
    site.settle()
    found = describe(site, arn)
    metadata = found.pop("AccessPointMetadata")
    assert metadata["S3AccessPointArn"] == f"arn:aws:s3:us-east-1:{site.account}:accesspoint/reader"
    assert metadata["S3AccessPointAlias"].startswith("reader-")
    assert metadata["S3AccessPointAlias"].endswith("-ext-s3alias")
    assert isinstance(found.pop("CreationTime"), datetime)
    assert found == {
        "AccessPointArn": arn,
        "BackupVaultArn": f"arn:aws:backup:us-east-1:{site.account}:backup-vault:v1",
        "BackupVaultName": "v1",
        "Name": "reader",
        "RecoveryPointArn": point,
        "ResourceArn": "arn:aws:s3:::bucket-one",
        "ResourceType": "S3",
        "Status": "AVAILABLE",
    }
    assert site.backup.list_tags(ResourceArn=arn)["Tags"] == {"team": "a"}
    answer = site.backup.delete_backup_access_point(AccessPointArn=arn)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert describe(site, arn)["Status"] == "DELETING"
    site.settle()
    for act in (
        lambda: describe(site, arn),
        lambda: site.backup.delete_backup_access_point(AccessPointArn=arn),
        lambda: site.backup.list_tags(ResourceArn=arn),
    ):
        assert refusal(act)[0] == "ResourceNotFoundException"


def test_lists(site: Any, point: str, refusal: Any) -> None:
    """All of an account and Region, those of a recovery point, those of a resource: in pages."""
    other = site.take(site.bucket("bucket-two"))
    for number in range(3):
        create(site, point, f"first-{number}")
    create(site, other, "second-0")
    first, second = {f"first-{number}" for number in range(3)}, {"second-0"}
    assert names(site.backup.list_backup_access_points()) == first | second
    by_point, by_resource = (
        site.backup.list_backup_access_points_by_recovery_point,
        site.backup.list_backup_access_points_by_resource,
    )
    assert names(by_point(RecoveryPointArn=other)) == second
    assert names(by_resource(ResourceArn="arn:aws:s3:::bucket-one")) == first
    assert names(by_resource(ResourceArn="arn:aws:s3:::never-was")) == set()
    page = by_point(RecoveryPointArn=point, MaxResults=2)
    rest = by_point(RecoveryPointArn=point, MaxResults=2, NextToken=page["NextToken"])
    assert names(page) | names(rest) == first
    assert "NextToken" not in rest
    mixed = {"RecoveryPointArn": other, "NextToken": page["NextToken"]}
    assert refusal(lambda: by_point(**mixed))[0] == INVALID
    assert names(site.client("backup", region="eu-west-1").list_backup_access_points()) == set()


def test_people_cannot_delete_the_point(site: Any, point: str, refusal: Any) -> None:
    """A point with access points is not deleted, in whatever state they are, but its lifecycle can be changed."""
    where = {"BackupVaultName": "v1", "RecoveryPointArn": point}
    arns = [create(site, point, "one"), create(site, point, "two")]
    for arn in arns:
        code, message = refusal(lambda: site.backup.delete_recovery_point(**where))
        assert (code, "access points" in message) == ("InvalidRequestException", True)
        delete(site, arn)
    create(site, point, "three")
    site.backup.update_recovery_point_lifecycle(**where, Lifecycle={"DeleteAfterDays": 5})
    delete(site, f"arn:aws:backup:us-east-1:{site.account}:accesspoint/three")
    site.backup.delete_recovery_point(**where)
    site.settle()
    assert site.points() == []


def test_time_cannot_delete_the_point(site: Any, point: str) -> None:
    """The lifecycle waits until the last access point is gone, and for a legal hold, too."""
    arns = [ready(site, point, "one"), ready(site, point, "two")]
    held = site.backup.create_legal_hold(Title="case", Description="a case")["LegalHoldId"]
    site.advance(days=30)
    for arn in arns:
        assert len(site.points()) == 1
        delete(site, arn)
    assert len(site.points()) == 1
    site.backup.cancel_legal_hold(LegalHoldId=held, CancelDescription="closed")
    site.settle()
    assert site.points() == []
    assert not list((site.aws.folder / "data").rglob("manifests/*"))


def test_five_for_a_point(site: Any, point: str, refusal: Any) -> None:
    """A point has at most five access points, whatever their state; another point has its own five."""
    arns = [create(site, point, f"reader-{number}") for number in range(5)]
    assert refusal(lambda: create(site, point, "reader-5"))[0] == "LimitExceededException"
    create(site, site.take(site.bucket("bucket-two")), "reader-5")
    delete(site, arns[0])
    create(site, point, "reader-6")


def test_names(open_site: Any, refusal: Any) -> None:
    """A name is given once in an account and Region, and again only a while after its access point is gone."""
    site = open_site(settings=Settings(access_point_name_rest=timedelta(minutes=10)))
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    arn = create(site, point)
    assert refusal(lambda: create(site, point))[0] == "AlreadyExistsException"
    delete(site, arn)
    assert refusal(lambda: create(site, point))[0] == "ConflictException"
    create(site, point, "another")
    site.advance(minutes=11)
    assert create(site, point) == arn
    for bad in ("UPPER", "-begins", "ends-", "with_underscore", "some-s3alias", "some-ext-s3alias", "x" * 51):
        assert refusal(lambda bad=bad: create(site, point, bad))[0] == INVALID


def test_points_that_cannot_be_read(site: Any, point: str, refusal: Any) -> None:
    """Only S3 points that are complete, of the caller, and without a time if they are snapshots."""
    volume = site.take(site.volume())
    assert refusal(lambda: create(site, volume))[0] == INVALID
    unknown = f"arn:aws:backup:us-east-1:{site.account}:recovery-point:none"
    assert refusal(lambda: create(site, unknown))[0] == "ResourceNotFoundException"
    timed = {"AccessPointMetadata": {"AccessPointInTime": "2026-11-22T00:30:00Z"}}
    assert refusal(lambda: create(site, point, **timed))[0] == INVALID
    assert refusal(lambda: create(site, point, AccessPointPolicy="not JSON"))[0] == INVALID
    assert refusal(lambda: create(site, point, Tags={"aws:x": "y"}))[0] == INVALID
    site.backup.delete_recovery_point(BackupVaultName="v1", RecoveryPointArn=point)
    assert refusal(lambda: create(site, point))[0] == INVALID


def test_a_vault_policy_can_forbid_it(site: Any, point: str, refusal: Any) -> None:
    """A vault access policy denies access points to its points, as it denies other operations."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "backup:CreateBackupAccessPoint", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    site.backup.put_backup_vault_access_policy(BackupVaultName="v1", Policy=policy)
    assert refusal(lambda: create(site, point))[0] == "AccessDeniedException"


def test_a_continuous_point_needs_a_time(site: Any, rule: Any, refusal: Any) -> None:
    """AccessPointInTime is required, within what the point goes back to, and shown again."""
    point = stream(site, rule)
    assert refusal(lambda: create(site, point))[0] == "MissingParameterValueException"
    for bad in ("yesterday", "2026-11-20T05:00:00Z", "2027-11-22T05:00:00Z"):
        metadata = {"AccessPointInTime": bad}
        assert refusal(lambda metadata=metadata: create(site, point, AccessPointMetadata=metadata))[0] == INVALID
    arn = ready(site, point, AccessPointMetadata={"AccessPointInTime": "2026-11-22T20:00:00Z"})
    assert describe(site, arn)["AccessPointMetadata"]["AccessPointInTime"] == "2026-11-22T20:00:00Z"


def test_a_key_that_is_off(site: Any, refusal: Any) -> None:
    """An access point to what cannot be decrypted fails, says why, and can be deleted."""
    key = site.key()
    site.vault(EncryptionKeyArn=key)
    point = site.take(site.bucket("bucket-one"))
    site.client("kms").disable_key(KeyId=key)
    arn = create(site, point)
    site.settle()
    resource = "arn:aws:s3:::bucket-one"
    lists = (
        site.backup.list_backup_access_points(),
        site.backup.list_backup_access_points_by_recovery_point(RecoveryPointArn=point),
        site.backup.list_backup_access_points_by_resource(ResourceArn=resource),
    )
    for found in (describe(site, arn), *(row for answer in lists for row in answer["BackupAccessPoints"])):
        assert (found["Status"], "KMS key" in found["StatusMessage"]) == ("FAILED", True)
    assert [len(answer["BackupAccessPoints"]) for answer in lists] == [1, 1, 1]
    assert found["AccessPointMetadata"] == {}
    delete(site, arn)
    site.backup.delete_recovery_point(BackupVaultName="v1", RecoveryPointArn=point)


def test_notifications(site: Any, point: str) -> None:
    """The topic of the vault hears when an access point is available and when it is deleted."""
    sns, sqs = site.client("sns"), site.client("sqs")
    topic = sns.create_topic(Name="backups")["TopicArn"]
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    wanted = ["ACCESS_POINT_AVAILABLE", "ACCESS_POINT_DELETED"]
    site.backup.put_backup_vault_notifications(BackupVaultName="v1", SNSTopicArn=topic, BackupVaultEvents=wanted)
    arn = ready(site, point)
    delete(site, arn)
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    told = [json.loads(one["Body"])["MessageAttributes"] for one in messages]
    assert [one["EventType"]["Value"] for one in told] == wanted
    assert {(one["AccessPointArn"]["Value"], one["AccountId"]["Value"]) for one in told} == {(arn, site.account)}
    assert [one["Status"]["Value"] for one in told] == ["AVAILABLE", "DELETING"]
