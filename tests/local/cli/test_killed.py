"""A server that is killed right after an answer: what it answered is there when the next one starts."""

from __future__ import annotations

import json
from typing import Any

import pytest

BUCKET, ACCOUNT = "to-be-kept", "123456789012"
CONTENT = {"a": b"", "b/c d": bytes(range(256)) * 999}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@pytest.fixture
def furnished(machine: Any) -> Any:
    """A running server with a versioned bucket in it."""
    s3 = machine.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for key, body in CONTENT.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    machine.client("iam").create_role(RoleName="backup", AssumeRolePolicyDocument=json.dumps(TRUST))
    return machine


@pytest.mark.parametrize("own_key", [True, False])
def test_a_backup_can_be_restored_after_a_kill(furnished: Any, own_key: bool) -> None:
    """The KMS key that wraps a backup's data key is as durable as the backup; so is what a restore made."""
    machine = furnished
    key = machine.client("kms").create_key()["KeyMetadata"]["Arn"] if own_key else None
    role = f"arn:aws:iam::{ACCOUNT}:role/backup"
    backup = machine.client("backup")
    backup.create_backup_vault(BackupVaultName="safe", **({"EncryptionKeyArn": key} if key else {}))
    started = backup.start_backup_job(BackupVaultName="safe", ResourceArn=f"arn:aws:s3:::{BUCKET}", IamRoleArn=role)
    job = machine.ended(lambda: backup.describe_backup_job(BackupJobId=started["BackupJobId"]), "State")
    machine.kill()
    assert job["State"] == "COMPLETED", job

    machine.up()
    backup = machine.client("backup")
    [point] = backup.list_recovery_points_by_backup_vault(BackupVaultName="safe")["RecoveryPoints"]
    assert point["RecoveryPointArn"] == job["RecoveryPointArn"]
    restore = backup.start_restore_job(
        RecoveryPointArn=point["RecoveryPointArn"],
        Metadata={"DestinationBucketName": "restored", "NewBucket": "true"},
        IamRoleArn=role,
        ResourceType="S3",
    )
    done = machine.ended(lambda: backup.describe_restore_job(RestoreJobId=restore["RestoreJobId"]), "Status")
    machine.kill()
    assert done["Status"] == "COMPLETED", done

    machine.up()
    assert machine.contents("restored") == CONTENT
