"""What the tests of jobs share: accounts with data in them, the vaults that a build speaks of, and a runner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

CENTRAL, PAYMENTS, RISK = "100000000002", "100000000010", "100000000011"
MANAGEMENT, REGION, FAR = "100000000001", "eu-central-1", "eu-west-1"
CENTRAL_VAULT = f"arn:aws:backup:{REGION}:{CENTRAL}:backup-vault:central"


@pytest.fixture
def copying() -> Callable[[dict[str, Any]], None]:
    """Changes a build: the rule copies to the central account, and keeps the copies for 90 days."""

    def change(body: dict[str, Any]) -> None:
        body["plans"][0]["BackupPlan"]["Rules"][0]["CopyActions"] = [
            {"DestinationBackupVaultArn": CENTRAL_VAULT, "Lifecycle": {"DeleteAfterDays": 90}}
        ]

    return change


@pytest.fixture
def ready(cloud: Any) -> Any:
    """The cloud with the vaults of the build in the two member accounts, and a central one that takes copies."""
    for account in (PAYMENTS, RISK):
        cloud.client("backup", account).create_backup_vault(BackupVaultName="primary")
    key = cloud.client("kms", CENTRAL).create_key()["KeyMetadata"]["Arn"]
    central = cloud.client("backup", CENTRAL)
    central.create_backup_vault(BackupVaultName="central", EncryptionKeyArn=key)
    central.put_backup_vault_access_policy(
        BackupVaultName="central",
        Policy='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",'
        ' "Action": "backup:CopyIntoBackupVault", "Resource": "*"}]}',
    )
    cloud.client("backup", MANAGEMENT).update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})
    return cloud


@pytest.fixture
def bucket(ready: Any) -> Callable[..., str]:
    """Makes a versioned bucket with objects and tags and gives its ARN."""

    def make(name: str, objects: dict[str, bytes], account: str = PAYMENTS, **tags: str) -> str:
        client = ready.client("s3", account)
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        if tags:
            pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
            client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs})
        for key, content in objects.items():
            client.put_object(Bucket=name, Key=key, Body=content)
        return f"arn:aws:s3:::{name}"

    return make


@pytest.fixture
def table(ready: Any) -> Callable[..., str]:
    """Makes a table with items and tags and gives its ARN."""

    def make(name: str, items: dict[str, str], account: str = PAYMENTS, **tags: str) -> str:
        client = ready.client("dynamodb", account)
        made = client.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
        for key, value in items.items():
            client.put_item(TableName=name, Item={"id": {"S": key}, "value": {"S": value}})
        arn: str = made["TableDescription"]["TableArn"]
        return arn

    return make


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs one of the three commands in an empty working directory: `job("backup", "build")`."""
    monkeypatch.chdir(tmp_path)

    def invoke(name: str, *arguments: str | Path) -> Result:
        from backstay_agent.cli.backup import backup
        from backstay_agent.cli.copy import copy
        from backstay_agent.cli.restore import restore

        command = {"backup": backup, "copy": copy, "restore": restore}[name]
        result = CliRunner().invoke(command, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke
