"""Search indexes of recovery points: asked for in three ways, made, told of, deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backstay_local.backup import Settings

OBJECTS = {f"key-{number}": b"x" for number in range(3)}
COLD = {"MoveToColdStorageAfterDays": 10, "DeleteAfterDays": 100, "OptInToArchiveForSupportedResources": True}


def details(site: Any, point: str) -> dict[str, Any]:
    """The index of a recovery point in the vault v1."""
    return dict(site.backup.get_recovery_point_index_details(BackupVaultName="v1", RecoveryPointArn=point))


def switch(site: Any, point: str, index: str = "ENABLED", **members: Any) -> dict[str, Any]:
    """Switch the index of a recovery point in the vault v1."""
    if index == "ENABLED" and "IamRoleArn" not in members:
        members["IamRoleArn"] = site.role()
    update = site.backup.update_recovery_point_index_settings
    return dict(update(BackupVaultName="v1", RecoveryPointArn=point, Index=index, **members))


def shown(site: Any, point: str) -> list[str | None]:
    """The index status that a description and both lists tell."""
    described = site.backup.describe_recovery_point(BackupVaultName="v1", RecoveryPointArn=point)
    of_resource = site.backup.list_recovery_points_by_resource(ResourceArn=described["ResourceArn"])["RecoveryPoints"]
    listed = [one for one in (*site.points(), *of_resource) if one["RecoveryPointArn"] == point]
    return [one.get("IndexStatus") for one in (described, *listed)]


def test_index_of_a_bucket(slow_site: Any) -> None:
    """An index made with a backup is PENDING, then ACTIVE, and counts the objects that the backup holds."""
    site = slow_site
    site.vault()
    bucket = site.bucket("bucket-one", objects=OBJECTS)
    site.start(bucket, Index="ENABLED")
    site.advance(minutes=12)
    [point] = [one["RecoveryPointArn"] for one in site.points()]
    assert shown(site, point) == ["PENDING"] * 3
    assert "TotalItemsIndexed" not in details(site, point)
    site.settle()
    assert shown(site, point) == ["ACTIVE"] * 3
    found = details(site, point)
    assert (found["IndexStatus"], found["TotalItemsIndexed"]) == ("ACTIVE", 3)
    assert found["IndexStatusMessage"].endswith(point)
    assert (found["SourceResourceArn"], found["BackupVaultArn"].endswith(":v1")) == (bucket, True)
    assert found["IndexCreationDate"] < found["IndexCompletionDate"]
    assert "IndexDeletionDate" not in found


def test_switching(slow_site: Any, refusal: Any) -> None:
    """An index is added later with a role, is DELETING and gone after DISABLED; both may be asked for again."""
    site = slow_site
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    assert refusal(lambda: details(site, point))[0] == "ResourceNotFoundException"
    assert shown(site, point) == [None] * 3
    asked = switch(site, point)
    assert (asked["Index"], asked["IndexStatus"], asked["BackupVaultName"]) == ("ENABLED", "PENDING", "v1")
    site.settle()
    assert switch(site, point)["IndexStatus"] == "ACTIVE"
    assert switch(site, point, "DISABLED")["IndexStatus"] == "DELETING"
    assert details(site, point)["IndexDeletionDate"] >= details(site, point)["IndexCompletionDate"]
    assert refusal(lambda: switch(site, point))[0] == "InvalidRequestException"
    site.settle()
    assert shown(site, point) == [None] * 3
    assert "IndexStatus" not in switch(site, point, "DISABLED")
    switch(site, point)
    assert switch(site, point, "DISABLED")["IndexStatus"] == "DELETING"  # before it was made
    site.settle()
    assert shown(site, point) == [None] * 3


def test_refusals(site: Any, refusal: Any) -> None:
    """A role is needed and must exist; types without indexes and points in cold storage have none."""
    site.vault()
    bucket = site.take(site.bucket("bucket-one"))
    table = _table(site)
    other, volume = site.take(table), site.take(site.volume(), Lifecycle=COLD)
    update = site.backup.update_recovery_point_index_settings
    without = refusal(lambda: update(BackupVaultName="v1", RecoveryPointArn=bucket, Index="ENABLED"))
    assert without[0] == "MissingParameterValueException"
    absent = f"arn:aws:iam::{site.account}:role/absent"
    assert refusal(lambda: switch(site, bucket, IamRoleArn=absent))[0] == "InvalidParameterValueException"
    assert refusal(lambda: switch(site, other))[0] == "InvalidRequestException"
    assert refusal(lambda: site.start(table, Index="ENABLED"))[0] == "InvalidParameterValueException"
    site.advance(days=11)
    code, message = refusal(lambda: switch(site, volume))
    assert (code, "cold storage" in message) == ("InvalidRequestException", True)
    assert refusal(lambda: switch(site, bucket + "x"))[0] == "ResourceNotFoundException"


def test_unsupported_may_be_ignored(open_site: Any) -> None:
    """On request the wish for an index is ignored for types that have none."""
    site = open_site(settings=Settings(index_unsupported="ignore"))
    site.vault()
    point = site.take(_table(site), Index="ENABLED")
    assert shown(site, point) == [None] * 3


@pytest.mark.parametrize("ending", ["ACTIVE", "FAILED"])
def test_index_of_a_volume(open_site: Any, ending: Any) -> None:
    """The index of a volume holds no items and says why; on request it fails, and can be asked for again."""
    site = open_site(settings=Settings(volume_index=ending))
    site.vault()
    point = site.take(site.volume(), Index="ENABLED")
    site.settle()
    found = details(site, point)
    assert (found["IndexStatus"], found.get("TotalItemsIndexed")) == (ending, 0 if ending == "ACTIVE" else None)
    assert "looks into no file system" in found["IndexStatusMessage"]
    assert switch(site, point)["IndexStatus"] == ("ACTIVE" if ending == "ACTIVE" else "PENDING")


def test_what_cannot_be_read_cannot_be_indexed(site: Any) -> None:
    """An index fails, with the reason, when the key of the vault is off or the role is gone."""
    key = site.key()
    site.vault(EncryptionKeyArn=key)
    point = site.take(site.bucket("bucket-one"))
    site.client("kms").disable_key(KeyId=key)
    switch(site, point)
    site.settle()
    assert details(site, point)["IndexStatus"] == "FAILED"
    site.client("kms").enable_key(KeyId=key)
    leaving = site.role(name="Leaving")
    switch(site, point, IamRoleArn=leaving)
    site.client("iam").delete_role(RoleName="Leaving")
    site.settle()
    found = details(site, point)
    assert (found["IndexStatus"], "cannot be assumed" in found["IndexStatusMessage"]) == ("FAILED", True)


@pytest.mark.parametrize(
    ("actions", "good"),
    [
        ([{"ResourceTypes": ["S3"]}], True),
        ([{"ResourceTypes": ["S3", "EBS"]}], True),
        ([], True),
        ([{"ResourceTypes": ["EFS"]}], False),
        ([{"ResourceTypes": ["S3"]}, {"ResourceTypes": ["EBS"]}], False),
    ],
)
def test_index_actions_of_a_rule(site: Any, rule: Any, refusal: Any, actions: Any, good: bool) -> None:
    """One index action of EBS and S3 is taken, nothing else."""

    def make() -> object:
        return site.plan(rule(IndexActions=actions))

    if good:
        make()
    else:
        code, message = refusal(make)
        assert (code, "Error in rule daily" in message) == ("InvalidParameterValueException", True)


def test_two_types_may_be_too_many(open_site: Any, rule: Any, refusal: Any) -> None:
    """On request a rule names one type only, as the API reference says."""
    site = open_site(settings=Settings(index_types_per_rule=1))
    both = rule(IndexActions=[{"ResourceTypes": ["S3", "EBS"]}])
    assert refusal(lambda: site.plan(both))[0] == "InvalidParameterValueException"


def test_rules_make_indexes(site: Any, rule: Any) -> None:
    """The backups of a rule get indexes, of the types it names; indexes go with their recovery points."""
    site.vault()
    bucket, volume = site.bucket("bucket-one", objects=OBJECTS), site.volume()
    site.plan(rule(keep=2, IndexActions=[{"ResourceTypes": ["S3"]}]), select={"Resources": [bucket, volume]})
    site.advance(days=1)
    status = {point["ResourceType"]: point.get("IndexStatus") for point in site.points()}
    assert status == {"S3": "ACTIVE", "EBS": None}
    site.advance(days=5)
    held = {point["RecoveryPointArn"] for point in site.points() if point["ResourceType"] == "S3"}
    listed = site.backup.list_indexed_recovery_points()["IndexedRecoveryPoints"]
    assert {one["RecoveryPointArn"] for one in listed} == held
    assert {one["IamRoleArn"] for one in listed} == {site.role()}


def test_continuous_backups_are_indexed_once_a_day(site: Any, rule: Any) -> None:
    """A continuous backup has one index, made anew each day: it counts what came in the meantime."""
    site.vault()
    bucket = site.bucket("bucket-one")
    hourly = rule(schedule="cron(0 * ? * * *)", EnableContinuousBackup=True, IndexActions=[{"ResourceTypes": ["S3"]}])
    site.plan(hourly, select={"Resources": [bucket]})
    site.advance(hours=1)
    [point] = [one["RecoveryPointArn"] for one in site.points()]
    first = details(site, point)
    site.client("s3").put_object(Bucket="bucket-one", Key="two", Body=b"2")
    site.advance(hours=10)
    same = details(site, point)
    assert (same["IndexCreationDate"], same["TotalItemsIndexed"]) == (first["IndexCreationDate"], 1)
    site.advance(hours=14)
    later = details(site, point)
    assert later["TotalItemsIndexed"] == 2
    assert later["IndexCreationDate"].date() == first["IndexCreationDate"].date() + timedelta(days=1)


def test_cold_storage_ends_an_index(site: Any) -> None:
    """A snapshot that is archived loses its index."""
    site.vault()
    point = site.take(site.volume(), Lifecycle=COLD, Index="ENABLED")
    site.settle()
    assert shown(site, point) == ["ACTIVE"] * 3
    site.advance(days=11)
    assert shown(site, point) == [None] * 3


def test_list_filters(slow_site: Any) -> None:
    """ListIndexedRecoveryPoints filters by resource, type, status and age, in pages, newest first."""
    site = slow_site
    site.vault()
    bucket, volume = site.bucket("bucket-one"), site.volume()
    first = site.take(bucket, Index="ENABLED")
    site.advance(hours=1)
    second, third = site.take(volume, Index="ENABLED"), site.take(bucket)
    site.advance(hours=1)
    switch(site, third)

    def found(**filters: Any) -> list[str]:
        pages = site.backup.get_paginator("list_indexed_recovery_points").paginate(
            **filters, PaginationConfig={"PageSize": 1}
        )
        return [one["RecoveryPointArn"] for page in pages for one in page["IndexedRecoveryPoints"]]

    hour = site.aws.clock.now() - timedelta(minutes=135)
    assert found() == [third, second, first]
    assert found(SourceResourceArn=bucket) == [third, first]
    assert found(ResourceType="EBS") == [second]
    assert (found(IndexStatus="PENDING"), found(IndexStatus="FAILED")) == ([third], [])
    assert (found(CreatedBefore=hour), found(CreatedAfter=hour)) == ([first], [third, second])


def test_one_on_demand_index_of_a_resource_at_a_time(slow_site: Any) -> None:
    """The second index that is asked for on demand waits for the first."""
    site = slow_site
    site.vault()
    bucket = site.bucket("bucket-one")
    points = [site.take(bucket), site.take(bucket)]
    for point in points:
        switch(site, point)
    site.advance(minutes=12)
    assert sorted(details(site, point)["IndexStatus"] for point in points) == ["ACTIVE", "PENDING"]
    site.settle()
    assert {details(site, point)["IndexStatus"] for point in points} == {"ACTIVE"}


def test_what_the_world_hears(site: Any, heard: Any) -> None:
    """EventBridge and the vault's topic are told of completed, failed and deleted indexes, in AWS's shapes."""
    site.vault()
    names = ["RECOVERY_POINT_INDEX_COMPLETED", "RECOVERY_POINT_INDEX_DELETED", "RECOVERY_POINT_INDEXING_FAILED"]
    site.backup.put_backup_vault_notifications(BackupVaultName="v1", SNSTopicArn=heard.topic, BackupVaultEvents=names)
    point = site.take(site.bucket("bucket-one"))
    leaving = site.role(name="Leaving")
    switch(site, point, IamRoleArn=leaving)
    site.client("iam").delete_role(RoleName="Leaving")
    site.settle()
    switch(site, point)
    site.settle()
    site.backup.delete_recovery_point(BackupVaultName="v1", RecoveryPointArn=point)
    site.settle()
    told = heard()
    events = [one["detail"] for one in told if one.get("detail-type") == "Recovery Point Index State Change"]
    assert [one["indexStatus"] for one in events] == ["FAILED", "ACTIVE", "DELETED"]
    assert {one["isIndexingContinuous"] for one in events} == {False}
    assert [sorted(name for name in one if name.endswith("Time")) for one in events] == [
        ["backupCreationTime", "indexCreationTime"],
        ["backupCreationTime", "indexCompletionTime", "indexCreationTime"],
        ["backupCreationTime", "indexCreationTime", "indexDeletionTime"],
    ]
    notes = [one["MessageAttributes"] for one in told if one.get("Type") == "Notification"]
    assert [(one["EventType"]["Value"], one["IndexStatus"]["Value"]) for one in notes] == [
        ("RECOVERY_POINT_INDEXING_FAILED", "FAILED"),
        ("RECOVERY_POINT_INDEXING_COMPLETED", "ACTIVE"),
        ("RECOVERY_POINT_INDEX_DELETED", "DELETED"),
    ]
    assert {(one["RecoveryPointArn"]["Value"], one["IsIndexingContinuous"]["Value"]) for one in notes} == {
        (point, "false")
    }
    assert not any({"Id", "State", "StartTime"} & set(one) for one in notes)


def _table(site: Any) -> str:
    """A table, whose type has no indexes."""
    made = site.client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return str(made["TableDescription"]["TableArn"])
