"""Every resource type on its way through a plan: found by its tag, backed up, copied or refused, and restored."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

import pytest

from backstay_aws import catalog

A, R = "123456789012", "us-east-1"
ARNS = {
    "Aurora": f"arn:aws:rds:{R}:{A}:cluster:books",
    "DSQL": f"arn:aws:dsql:{R}:{A}:cluster/abcdefghijklmnopqrstuvwxyz",
    "DocumentDB": f"arn:aws:rds:{R}:{A}:cluster:papers",
    "DynamoDB": f"arn:aws:dynamodb:{R}:{A}:table/orders",
    "EBS": f"arn:aws:ec2:{R}:{A}:volume/vol-0123456789abcdef0",
    "EC2": f"arn:aws:ec2:{R}:{A}:instance/i-0123456789abcdef0",
    "EFS": f"arn:aws:elasticfilesystem:{R}:{A}:file-system/fs-0123456789abcdef0",
    "EKS": f"arn:aws:eks:{R}:{A}:cluster/fleet",
    "FSx": f"arn:aws:fsx:{R}:{A}:file-system/fs-0123456789abcdef1",
    "Neptune": f"arn:aws:rds:{R}:{A}:cluster:graph",
    "RDS": f"arn:aws:rds:{R}:{A}:db:ledger",
    "Redshift": f"arn:aws:redshift:{R}:{A}:cluster:wares",
    "Redshift Serverless": f"arn:aws:redshift-serverless:{R}:{A}:namespace/6f5d2a53-0000-4000-8000-000000000001",
    "S3": "arn:aws:s3:::acme-invoices",
    "SAP HANA on Amazon EC2": f"arn:aws:ssm-sap:{R}:{A}:HANA/erp/DB/HDB",
    "Storage Gateway": f"arn:aws:storagegateway:{R}:{A}:gateway/sgw-12345678/volume/vol-1122AABB",
    "Timestream": f"arn:aws:timestream:{R}:{A}:database/meters/table/power",
    "VirtualMachine": f"arn:aws:backup-gateway:{R}:{A}:vm/vm-0123456789ABCDEF0",
    "CloudFormation": f"arn:aws:cloudformation:{R}:{A}:stack/*",
}
KINDS = [(name, "") for name in sorted(ARNS)] + [("DynamoDB", "advanced"), ("FSx", "ontap")]
VOLUME = f"arn:aws:fsx:{R}:{A}:volume/fs-0123456789abcdef1/fsvol-0123456789abcdef1"
NEW = {
    "Aurora": {"DBClusterIdentifier": "again"},
    "CloudFormation": {"StackName": "again", "ChangeSetName": "restored"},
    "DocumentDB": {"DBClusterIdentifier": "again"},
    "DynamoDB": {"targetTableName": "again"},
    "EKS": {"clusterName": "again", "newCluster": "true"},
    "Neptune": {"DBClusterIdentifier": "again"},
    "RDS": {"DBInstanceIdentifier": "again"},
    "Redshift": {"ClusterIdentifier": "again"},
    "S3": {"DestinationBucketName": "again", "NewBucket": "true"},
    "SAP HANA on Amazon EC2": {"TargetDatabaseArn": f"arn:aws:ssm-sap:{R}:{A}:HANA/erp/DB/TST"},
    "Timestream": {"TableName": "again"},
}
SELECT = {"ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "tier", "ConditionValue": "gold"}]}
AN_HOUR_AFTER_THE_RULE = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def _make(site: Any, *names: str) -> None:
    """The resources of these names, with the tag that the plan selects."""
    rows = [
        {"arn": VOLUME if name == "ontap" else ARNS[name], "type": "FSx" if name == "ontap" else name}
        | {"account": A, "region": R, "tags": {"tier": "gold"}, "size_gb": 1}
        for name in names
        if name != "CloudFormation"
    ]
    site.aws.seed_texts([("all.jsonl", "\n".join(map(json.dumps, rows)))])
    if "CloudFormation" in names:
        vault = {"Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": "of-the-stack"}}
        site.client("cloudformation").create_stack(
            StackName="app",
            TemplateBody=json.dumps({"Resources": {"Vault": vault}}),
            Tags=[{"Key": "tier", "Value": "gold"}],
        )


def _run(site: Any, rule: Callable[..., Any], **members: Any) -> None:
    """A plan of one rule that selects by tag, run once."""
    for name in ("v1", "copies"):
        site.vault(name, EncryptionKeyArn=site.key())
    copies = f"arn:aws:backup:{R}:{A}:backup-vault:copies"
    site.plan(rule(keep=None, CopyActions=[{"DestinationBackupVaultArn": copies}], **members), select=SELECT)
    site.aws.advance(AN_HOUR_AFTER_THE_RULE - site.aws.clock.now())


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_a_type_obeys_its_row(site: Any, rule: Callable[..., Any], name: str, kind: str) -> None:
    """Form of its recovery points, encryption, cold storage, copies and restores are as the catalogue has them."""
    row = catalog.resource_type(name, kind)
    assert row is not None
    site.backup.update_region_settings(ResourceTypeManagementPreference={"DynamoDB": kind == "advanced"})
    _make(site, kind if kind == "ontap" else name)
    _run(site, rule, Lifecycle={"MoveToColdStorageAfterDays": 10, "DeleteAfterDays": 120})
    [job] = _outside(site.jobs(), "ParentJobId")
    assert (job["State"], job["ResourceType"]) == ("COMPLETED", name), job
    [point] = [one for one in site.points("v1") if not one["IsParent"]]
    assert fnmatchcase(point["RecoveryPointArn"], re.sub(r"\{\w+\}", "*", row.point_arn))
    own_key = row.full_management == "yes" or row.own_encryption == "yes"
    vault = site.backup.describe_backup_vault(BackupVaultName="v1")
    assert (point.get("EncryptionKeyArn") == vault["EncryptionKeyArn"]) is own_key
    goes_cold = row.cold_storage != "no" and row.archive_opt_in == "no"
    assert ("MoveToColdStorageAt" in point["CalculatedLifecycle"]) is goes_cold
    [copy] = _outside(site.backup.list_copy_jobs()["CopyJobs"], "ParentJobId")
    if catalog.cell(row, "same_region", R) == "no":
        assert (copy["State"], "do not support" in copy["StatusMessage"]) == ("FAILED", True)
    else:
        assert copy["State"] == "COMPLETED", copy
        [point] = [one for one in site.points("copies") if not one["IsParent"]]
        assert fnmatchcase(point["RecoveryPointArn"], re.sub(r"\{\w+\}", "*", row.point_arn))
    _restore(site, point, name, row)


def _outside(jobs: list[dict[str, Any]], member: str) -> list[dict[str, Any]]:
    """The jobs that are nested in no other."""
    return [one for one in jobs if member not in one]


def _restore(site: Any, point: dict[str, Any], name: str, row: Any) -> None:
    """A restore makes a resource of the type; a stack is in review then, and no resource yet."""
    arn = point["RecoveryPointArn"]
    found = site.backup.get_recovery_point_restore_metadata(
        BackupVaultName=point["BackupVaultName"], RecoveryPointArn=arn
    )
    metadata = found["RestoreMetadata"] | NEW.get(name, {})
    job = site.backup.start_restore_job(RecoveryPointArn=arn, Metadata=metadata, IamRoleArn=site.role())
    site.settle()
    restored = site.backup.describe_restore_job(RestoreJobId=job["RestoreJobId"])
    assert restored["Status"] == "COMPLETED", restored
    made = restored["CreatedResourceArn"]
    assert made != point["ResourceArn"]
    assert fnmatchcase(made, re.sub(r"\{\w+\}", "*", row.arn))
    if name == "CloudFormation":
        return
    again = site.aws.data.resource(made, A, R)
    assert (again.type, dict(again.tags)) == (name, {})


def test_the_engine_decides_which_opt_in_counts(site: Any, rule: Callable[..., Any]) -> None:
    """Aurora, DocumentDB and Neptune share one form of ARN, and each is taken only with its own opt-in."""
    _make(site, "Aurora", "DocumentDB", "Neptune")
    site.backup.update_region_settings(ResourceTypeOptInPreference={"Aurora": False, "Neptune": True})
    _run(site, rule)
    assert sorted(job["ResourceType"] for job in site.jobs()) == ["DocumentDB", "Neptune"]
    site.backup.update_region_settings(ResourceTypeOptInPreference={"Aurora": True, "DocumentDB": False})
    site.advance(days=1)
    taken = sorted(job["ResourceType"] for job in site.jobs())
    assert taken == ["Aurora", "DocumentDB", "Neptune", "Neptune"]


def test_the_blocks_of_a_recovery_point_are_its_owners_to_read(site: Any, refusal: Callable[..., Any]) -> None:
    """The id in the ARN of a volume's recovery point is a snapshot to the EBS direct API, in its own account only."""
    ebs = site.client("ebs")
    snapshot = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    block = b"\1" * 524288
    checksum = base64.b64encode(hashlib.sha256(block).digest()).decode()
    ebs.put_snapshot_block(
        SnapshotId=snapshot,
        BlockIndex=1,
        BlockData=block,
        DataLength=len(block),
        Checksum=checksum,
        ChecksumAlgorithm="SHA256",
    )
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=1)
    volume = site.client("ec2").create_volume(AvailabilityZone=f"{R}a", SnapshotId=snapshot)["VolumeId"]
    site.vault()
    point = site.take(f"arn:aws:ec2:{R}:{A}:volume/{volume}").rpartition("/")[2]
    [listed] = ebs.list_snapshot_blocks(SnapshotId=point)["Blocks"]
    assert ebs.get_snapshot_block(SnapshotId=point, **listed)["BlockData"].read() == block
    other = site.client("ebs", site.member())
    assert refusal(lambda: other.list_snapshot_blocks(SnapshotId=point))[0] == "ResourceNotFoundException"
