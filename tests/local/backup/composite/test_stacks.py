"""Backups of stacks: one nested job and recovery point for each resource, and a composite that groups them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backstay_aws import catalog
from backstay_local.backup import Settings
from backstay_local.backup.composite import nested, parts

from .conftest import BUCKET, DISK, KEY, TABLE, Ground


def test_a_stack_is_backed_up_as_a_composite_of_its_resources(ground: Any) -> None:
    """Template and resources of the stack and of the stacks in it, whether opted in or not, as far as supported."""
    ground.backup.update_region_settings(ResourceTypeOptInPreference={"EBS": False})
    arn = ground.stack({"Files": BUCKET, "Orders": TABLE, "Key": KEY, "Inner": ground.inner({"Disk": DISK})})
    started = ground.backup.start_backup_job(
        BackupVaultName="v1", ResourceArn=arn, IamRoleArn=ground.site.role(), Lifecycle={"DeleteAfterDays": 9}
    )
    assert started["IsParent"] is True
    ground.site.settle()
    job = ground.site.job(started["BackupJobId"])
    assert (job["State"], job["PercentDone"]) == ("COMPLETED", "100.0")
    assert (job["NumberOfChildJobs"], job["ChildJobsInState"]) == (5, {"COMPLETED": 5})
    children = ground.site.jobs(ByParentJobId=job["BackupJobId"])
    assert sorted(one["ResourceType"] for one in children) == ["CloudFormation"] * 2 + ["DynamoDB", "EBS", "S3"]
    assert {(one["IsParent"], one["ParentJobId"]) for one in children} == {(False, job["BackupJobId"])}
    assert ground.site.job(children[0]["BackupJobId"])["ParentJobId"] == job["BackupJobId"]
    parent, points = ground.parent(), ground.site.points()
    assert (parent["RecoveryPointArn"], parent["Status"]) == (job["RecoveryPointArn"], "COMPLETED")
    nested_in = [one for one in points if one.get("ParentRecoveryPointArn") == parent["RecoveryPointArn"]]
    named = sorted(
        (one["ResourceType"], one.get("CompositeMemberIdentifier")) for one in nested_in if one["ResourceArn"] != arn
    )
    assert named == [("CloudFormation", "Inner"), ("DynamoDB", "Orders"), ("EBS", "Disk"), ("S3", "Files")]
    of_stack = ground.backup.list_recovery_points_by_resource(ResourceArn=arn)["RecoveryPoints"]
    assert sorted(one["IsParent"] for one in of_stack) == [False, True]
    described = ground.backup.describe_recovery_point(
        BackupVaultName="v1", RecoveryPointArn=ground.children()["EBS"]["RecoveryPointArn"]
    )
    assert (described["ParentRecoveryPointArn"], described["CompositeMemberIdentifier"]) == (
        parent["RecoveryPointArn"],
        "Disk",
    )


def test_stacks_are_taken_apart_ten_layers_deep(ground: Any) -> None:
    """What lies deeper is not backed up."""
    layer: dict[str, Any] = {"Disk": DISK}
    for depth in range(11, 0, -1):
        layer = {"Inner": ground.inner(layer, f"layer-{depth}")} | ({"Disk": DISK} if depth == 11 else {})
    job = ground.take(ground.stack(layer))
    assert job["State"] == "COMPLETED"
    types = [one["ResourceType"] for one in ground.site.jobs(ByParentJobId=job["BackupJobId"])]
    assert sorted(types) == ["CloudFormation"] * 11 + ["EBS"]


def test_a_partial_backup_is_told_to_whoever_listens(ground: Any, heard: Any) -> None:
    """An event of every change of parent and children, and a message with the end of each."""
    ground.backup.put_backup_vault_notifications(
        BackupVaultName="v1", SNSTopicArn=heard.topic, BackupVaultEvents=["BACKUP_JOB_COMPLETED"]
    )
    arn = ground.stack({"Disk": DISK})
    client = ground.site.client("ec2")
    client.delete_volume(VolumeId=client.describe_volumes()["Volumes"][0]["VolumeId"])
    heard()
    job = ground.take(arn)
    told = heard()
    states = [one["detail"]["state"] for one in told if one.get("detail", {}).get("backupJobId") == job["BackupJobId"]]
    assert states == ["CREATED", "RUNNING", "PARTIAL"]
    statuses = [one["detail"]["status"] for one in told if one.get("detail-type") == "Recovery Point State Change"]
    assert statuses == ["COMPLETED", "PARTIAL"]
    words = [one["Message"] for one in told if "Message" in one]
    assert len(words) == 3
    assert "was completed partially" in words[-1]


def test_tags_of_the_stack_are_on_what_is_nested(ground: Any) -> None:
    """Tags of the stack and of the job are on every nested recovery point that can have some, and on the composite."""
    arn = ground.stack({"Orders": TABLE}, Tags=[{"Key": "tier", "Value": "gold"}])
    ground.take(arn, RecoveryPointTags={"by": "hand"})
    points = [ground.parent(), ground.children()["DynamoDB"]]
    kept = [ground.backup.list_tags(ResourceArn=one["RecoveryPointArn"])["Tags"] for one in points]
    assert kept == [{"tier": "gold", "by": "hand"}] * 2


def test_a_resource_that_fails_makes_the_backup_partial(ground: Any) -> None:
    """What is left of the stack is backed up; job and composite are PARTIAL, and the lost resource's job says why."""
    arn = ground.stack({"Disk": DISK, "Orders": TABLE})
    client = ground.site.client("ec2")
    client.delete_volume(VolumeId=client.describe_volumes()["Volumes"][0]["VolumeId"])
    job = ground.take(arn)
    assert (job["State"], job["ChildJobsInState"]) == ("PARTIAL", {"COMPLETED": 2, "FAILED": 1})
    assert job["StatusMessage"] == "1 of 3 nested backup jobs were not completed."
    assert ground.parent()["Status"] == "PARTIAL"
    [failed] = ground.site.jobs(ByParentJobId=job["BackupJobId"], ByState="FAILED")
    assert "was not found" in failed["StatusMessage"]
    assert len(ground.site.jobs(ByState="PARTIAL")) == 1


def test_a_backup_of_which_nothing_is_completed_fails(ground: Any) -> None:
    """No composite is left when the stack is gone, or when the role is gone before the nested jobs begin."""
    gone = ground.stack({"Disk": DISK}, name="gone")
    ground.site.client("cloudformation").delete_stack(StackName=gone)
    assert "was not found" in ground.take(gone)["StatusMessage"]
    arn = ground.stack({"Disk": DISK})
    job = ground.site.start(arn)
    ground.site.advance(seconds=0.4)
    ground.site.client("iam").delete_role(RoleName="AWSBackupRole")
    ground.site.settle()
    ended = ground.site.job(job)
    assert (ended["State"], ended["ChildJobsInState"]) == ("FAILED", {"FAILED": 2})
    assert ended["StatusMessage"].startswith("None of the nested backup jobs was completed.")
    assert ground.site.points() == []


def test_stopping_a_backup_stops_what_is_nested(slow_site: Any) -> None:
    """The nested jobs end with their parent; nothing is a member of a composite that never came to be."""
    ground = Ground(slow_site)
    arn = ground.stack({"Disk": DISK})
    job = ground.site.start(arn)
    ground.site.advance(minutes=5)
    ground.backup.stop_backup_job(BackupJobId=job)
    ground.site.settle()
    ended = ground.site.job(job)
    assert (ended["State"], ended["ChildJobsInState"]) == ("ABORTED", {"ABORTED": 2})
    assert ground.site.points() == []


def test_stopping_a_nested_job_leaves_a_partial_backup(slow_site: Any) -> None:
    """The others go on."""
    ground = Ground(slow_site)
    arn = ground.stack({"Disk": DISK})
    job = ground.site.start(arn)
    ground.site.advance(minutes=5)
    [disk] = ground.site.jobs(ByParentJobId=job, ByResourceType="EBS")
    ground.backup.stop_backup_job(BackupJobId=disk["BackupJobId"])
    ground.site.settle()
    assert ground.site.job(job)["ChildJobsInState"] == {"ABORTED": 1, "COMPLETED": 1}
    assert list(ground.children()) == ["CloudFormation"]


def test_one_backup_of_a_stack_waits_for_the_other(ground: Any) -> None:
    """Two jobs of one stack follow one another, and both come to their end."""
    arn = ground.stack({"Disk": DISK})
    jobs = [ground.site.start(arn) for _ in range(2)]
    ground.site.settle()
    first, second = map(ground.site.job, jobs)
    assert (first["State"], second["State"]) == ("COMPLETED", "COMPLETED")
    assert first["CompletionDate"] <= second["InitiationDate"]


def test_what_is_not_supported_can_make_a_backup_partial(open_ground: Callable[..., Any]) -> None:
    """The guide says that it may; the setting says whether it does."""
    ground = open_ground(settings=Settings(unsupported_makes_partial=True))
    job = ground.take(ground.stack({"Disk": DISK, "Key": KEY}))
    assert (job["State"], "Key" in job["StatusMessage"]) == ("PARTIAL", True)


@pytest.mark.parametrize(
    ("name", "physical", "arn"),
    [
        ("EBS", "vol-1", "arn:aws:ec2:r:1:volume/vol-1"),
        ("S3", "acme", "arn:aws:s3:::acme"),
        ("RDS", "ledger", "arn:aws:rds:r:1:db:ledger"),
        ("Timestream", "meters|power", "arn:aws:timestream:r:1:database/meters/table/power"),
        ("CloudFormation", "arn:aws:cloudformation:r:1:stack/a/b", "arn:aws:cloudformation:r:1:stack/a/b"),
        ("Storage Gateway", "vol-1", None),
        ("VirtualMachine", "arn:aws:backup-gateway:r:1:hypervisor/hype-1", None),
    ],
)
def test_a_physical_id_gives_the_arn_of_its_type(name: str, physical: str, arn: str | None) -> None:
    """By the form of the type's ARN; what does not fit names nothing that can be backed up."""
    row = catalog.resource_type(name)
    assert row is not None
    assert parts.arn_of(row, physical, "1", "r") == arn


@pytest.mark.parametrize(
    ("states", "ending"),
    [
        (["COMPLETED"], "COMPLETED"),
        (["COMPLETED", "EXPIRED"], "PARTIAL"),
        (["FAILED", "ABORTED"], "FAILED"),
    ],
)
def test_a_parent_ends_as_its_children_did(states: list[str], ending: str) -> None:
    """Good when all are, partial when some are, failed when none is."""
    assert nested.verdict(states) == ending
