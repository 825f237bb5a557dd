"""An embedded AWS at a time of its own, with a vault, a plan and buckets that it backs up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from backstay_local.app import LocalAws

START = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@pytest.fixture
def planned() -> Iterator[LocalAws]:
    """Two buckets, backed up every day at five and kept for two days, into the vault `v1`."""
    with LocalAws(start=START) as aws:
        s3, backup = aws.client("s3"), aws.client("backup")
        for name in ("bucket-one", "bucket-two"):
            s3.create_bucket(Bucket=name)
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
            s3.put_object(Bucket=name, Key="one", Body=b"1")
        backup.create_backup_vault(BackupVaultName="v1", BackupVaultTags={"team": "core"})
        rule: dict[str, Any] = {
            "RuleName": "daily",
            "TargetBackupVaultName": "v1",
            "ScheduleExpression": "cron(0 5 ? * * *)",
            "Lifecycle": {"DeleteAfterDays": 2},
        }
        plan = backup.create_backup_plan(
            BackupPlan={"BackupPlanName": "plan", "Rules": [rule]}, BackupPlanTags={"Team": "core"}
        )["BackupPlanId"]
        role = aws.client("iam").create_role(RoleName="AWSBackupRole", AssumeRolePolicyDocument=json.dumps(TRUST))
        selection = {"SelectionName": "all", "IamRoleArn": role["Role"]["Arn"], "Resources": ["*"]}
        backup.create_backup_selection(BackupPlanId=plan, BackupSelection=selection)
        yield aws
