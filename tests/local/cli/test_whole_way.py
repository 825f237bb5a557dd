"""The whole way with plain boto3: seeded, backed up, destroyed, restored, stopped, started, still there."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import Result

MEMBER, REGION = "100000000010", "eu-central-1"
ROLE = f"arn:aws:iam::{MEMBER}:role/service-role/AWSBackupDefaultServiceRole"
BUCKET = "acme-invoices"


def member() -> Any:
    """A session in the member account, entered as the organization's management account does."""
    role = f"arn:aws:iam::{MEMBER}:role/OrganizationAccountAccessRole"
    keys = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=REGION)


def contents(s3: Any) -> dict[str, bytes]:
    """Every object of the bucket."""
    keys = [row["Key"] for row in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def destroy(s3: Any) -> None:
    """The bucket with every version of everything in it."""
    for row in s3.list_object_versions(Bucket=BUCKET)["Versions"]:
        s3.delete_object(Bucket=BUCKET, Key=row["Key"], VersionId=row["VersionId"])
    s3.delete_bucket(Bucket=BUCKET)


def ended(describe: Callable[[], dict[str, Any]], key: str) -> dict[str, Any]:
    """A job when it is over."""
    until = time.monotonic() + 60
    while (job := describe())[key] not in ("COMPLETED", "FAILED", "ABORTED", "EXPIRED"):
        assert time.monotonic() < until, job
        time.sleep(0.05)
    return job


def test_what_was_destroyed_comes_back(
    run: Callable[..., Result],
    exports: Callable[[str], dict[str, str]],
    tmp_path: Path,
    org_file: Path,
    inventory_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A bucket's bytes survive its destruction in a vault, and the vault's content survives a restart."""
    setup = tmp_path / "setup.yaml"
    setup.write_text(
        "roles: [{name: AWSBackupDefaultServiceRole, path: /service-role/, trust: backup.amazonaws.com}]",
        encoding="utf-8",
    )

    def up() -> None:
        result = run("up", "--data", str(tmp_path / "data"))
        assert result.exit_code == 0, result.output
        for name, value in exports(result.stdout).items():
            monkeypatch.setenv(name, value)
        boto3.setup_default_session()

    up()
    seeded = run("seed", str(org_file), str(inventory_file), str(setup))
    assert seeded.exit_code == 0, seeded.output
    backup, s3 = member().client("backup"), member().client("s3")
    backup.create_backup_vault(BackupVaultName="safe")
    before = contents(s3)
    assert len(before) == 3
    started = backup.start_backup_job(BackupVaultName="safe", ResourceArn=f"arn:aws:s3:::{BUCKET}", IamRoleArn=ROLE)
    job = ended(lambda: backup.describe_backup_job(BackupJobId=started["BackupJobId"]), "State")
    assert job["State"] == "COMPLETED", job
    point = {"BackupVaultName": "safe", "RecoveryPointArn": job["RecoveryPointArn"]}
    destroy(s3)
    metadata = backup.get_recovery_point_restore_metadata(**point)["RestoreMetadata"]
    metadata |= {"DestinationBucketName": BUCKET, "NewBucket": "true"}
    wish = {
        "RecoveryPointArn": point["RecoveryPointArn"],
        "Metadata": metadata,
        "IamRoleArn": ROLE,
        "ResourceType": "S3",
    }
    restore = backup.start_restore_job(**wish)
    done = ended(lambda: backup.describe_restore_job(RestoreJobId=restore["RestoreJobId"]), "Status")
    assert done["Status"] == "COMPLETED", done
    assert contents(s3) == before
    assert run("down").exit_code == 0
    up()
    assert contents(member().client("s3")) == before
    assert member().client("backup").describe_recovery_point(**point)["Status"] == "COMPLETED"
    assert len(member().client("ec2").describe_instances()["Reservations"]) == 1
    assert run("check").exit_code == 0
