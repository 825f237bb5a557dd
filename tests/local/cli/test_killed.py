"""A server that is killed right after an answer: what it answered is there when the next one starts."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import Result

from backstay_local import running

BUCKET, ACCOUNT, REGION = "to-be-kept", "123456789012", "us-east-1"
CONTENT = {"a": b"", "b/c d": bytes(range(256)) * 999}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class Machine:
    """A server on one data folder, started, used with plain boto3, and killed."""

    def __init__(self, run: Callable[..., Result], folder: Path) -> None:
        self._run, self._folder = run, folder

    def up(self) -> None:
        result = self._run("up", "--data", str(self._folder))
        assert result.exit_code == 0, result.output
        self._server = running.find(self._folder)
        assert self._server is not None

    def kill(self) -> None:
        os.kill(self._server.pid, signal.SIGKILL)
        while not running.free(self._folder):
            time.sleep(0.01)

    def client(self, service: str) -> Any:
        server = self._server
        session = boto3.Session(server.access_key, server.secret_key, region_name=REGION)
        return session.client(service, endpoint_url=server.endpoint)

    def ended(self, describe: Callable[[], dict[str, Any]], key: str) -> dict[str, Any]:
        until = time.monotonic() + 60
        while (job := describe())[key] not in ("COMPLETED", "FAILED", "ABORTED", "EXPIRED"):
            assert time.monotonic() < until, job
            time.sleep(0.02)
        return job

    def contents(self, bucket: str) -> dict[str, bytes]:
        s3 = self.client("s3")
        keys = [row["Key"] for row in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


@pytest.fixture
def machine(run: Callable[..., Result], tmp_path: Path) -> Machine:
    """A running server with a versioned bucket in it."""
    made = Machine(run, tmp_path / "data")
    made.up()
    s3 = made.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for key, body in CONTENT.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    made.client("iam").create_role(RoleName="backup", AssumeRolePolicyDocument=json.dumps(TRUST))
    return made


@pytest.mark.parametrize("own_key", [True, False])
def test_a_backup_can_be_restored_after_a_kill(machine: Machine, own_key: bool) -> None:
    """The KMS key that wraps a backup's data key is as durable as the backup; so is what a restore made."""
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
