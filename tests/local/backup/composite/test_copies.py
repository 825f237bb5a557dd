"""Copies of composites: what can be copied is, and the composite in the destination groups it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import DISK, TABLE, Ground

COPIES = "arn:aws:backup:us-east-1:123456789012:backup-vault:copies"


@pytest.fixture
def copied(ground: Any) -> Any:
    """A composite of a stack with a volume and a table, and a vault for copies."""
    ground.take(ground.stack({"Disk": DISK, "Orders": TABLE}), Lifecycle={"DeleteAfterDays": 10})
    ground.site.vault("copies", EncryptionKeyArn=ground.site.key())
    return ground


def _copy(ground: Any, point: dict[str, Any], **more: Any) -> dict[str, Any]:
    return dict(ground.site.copy(point["RecoveryPointArn"], COPIES, **more))


def test_a_composite_is_copied_with_what_is_nested(copied: Any) -> None:
    """One parent job with a nested one each; each copy has its own expiry, or that of its source."""
    job = _copy(copied, copied.parent())
    assert (job["State"], job["IsParent"], job["NumberOfChildJobs"]) == ("COMPLETED", True, 3)
    assert job["ChildJobsInState"] == {"COMPLETED": 3}
    children = copied.backup.list_copy_jobs(ByParentJobId=job["CopyJobId"])["CopyJobs"]
    assert {one["ParentJobId"] for one in children} == {job["CopyJobId"]}
    named = {one["ResourceType"]: one.get("CompositeMemberIdentifier") for one in children}
    assert named == {"CloudFormation": None, "DynamoDB": "Orders", "EBS": "Disk"}
    of_disk = next(one["CopyJobId"] for one in children if one["ResourceType"] == "EBS")
    described = copied.backup.describe_copy_job(CopyJobId=of_disk)["CopyJob"]
    assert (described["ParentJobId"], described["CompositeMemberIdentifier"]) == (job["CopyJobId"], "Disk")
    parent = copied.parent("copies")
    assert parent["RecoveryPointArn"] == job["DestinationRecoveryPointArn"]
    assert (parent["Status"], parent["SourceBackupVaultArn"]) == ("COMPLETED", job["SourceBackupVaultArn"])
    assert {one["Lifecycle"]["DeleteAfterDays"] for one in copied.children("copies").values()} == {10}
    assert copied.children()["EBS"]["ParentRecoveryPointArn"] == copied.parent()["RecoveryPointArn"]


def test_a_copy_has_the_lifecycle_that_was_asked_for(copied: Any) -> None:
    """On the composite and on all that is nested."""
    _copy(copied, copied.parent(), Lifecycle={"DeleteAfterDays": 77})
    every = [copied.parent("copies"), *copied.children("copies").values()]
    assert {one["Lifecycle"]["DeleteAfterDays"] for one in every} == {77}


def test_what_cannot_be_copied_is_dropped(copied: Any) -> None:
    """Tables without advanced features have no copies: no job is made for them, and the copy is partial."""
    copied.backup.update_region_settings(ResourceTypeManagementPreference={"DynamoDB": False})
    for child in copied.children().values():
        copied.delete(child)
    [stack] = copied.site.client("cloudformation").describe_stacks()["Stacks"]
    copied.take(stack["StackId"])
    job = _copy(copied, copied.parent())
    assert (job["State"], job["ChildJobsInState"]) == ("PARTIAL", {"COMPLETED": 2})
    assert job["StatusMessage"] == "1 of 3 nested recovery points were not copied."
    assert copied.parent("copies")["Status"] == "PARTIAL"
    assert sorted(copied.children("copies")) == ["CloudFormation", "EBS"]


def test_a_nested_recovery_point_is_copied_alone(copied: Any) -> None:
    """Its copy belongs to no composite."""
    job = _copy(copied, copied.children()["EBS"])
    assert (job["State"], job["IsParent"]) == ("COMPLETED", False)
    [point] = copied.site.points("copies")
    assert "ParentRecoveryPointArn" not in point


def test_a_copy_that_nothing_comes_of_fails(copied: Any) -> None:
    """The key of the destination is off: no composite is left there."""
    key = copied.backup.describe_backup_vault(BackupVaultName="copies")["EncryptionKeyArn"]
    copied.site.client("kms").disable_key(KeyId=key)
    job = _copy(copied, copied.parent())
    assert (job["State"], job["ChildJobsInState"]) == ("FAILED", {"FAILED": 3})
    assert copied.site.points("copies") == []


def test_a_rule_copies_the_composite(site: Any, rule: Callable[..., Any]) -> None:
    """One parent copy job follows the parent backup job, and the nested ones follow it."""
    ground = Ground(site)
    arn = ground.stack({"Disk": DISK})
    site.vault("copies", EncryptionKeyArn=site.key())
    site.plan(rule(CopyActions=[{"DestinationBackupVaultArn": COPIES}]), select={"Resources": [arn]})
    site.advance(hours=5)
    jobs = site.backup.list_copy_jobs()["CopyJobs"]
    assert sorted((one["ResourceType"], one["IsParent"], one["State"]) for one in jobs) == [
        ("CloudFormation", False, "COMPLETED"),
        ("CloudFormation", True, "COMPLETED"),
        ("EBS", False, "COMPLETED"),
    ]
    assert {one["CreatedByBackupJobId"] for one in jobs} == {
        one["BackupJobId"] for one in site.jobs() if one["IsParent"]
    }
    assert ground.parent("copies")["CreatedBy"]["BackupRuleName"] == "daily"
