"""What the recorded runs are about, and what notes the calls of each command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

MANAGEMENT, CENTRAL, PAYMENTS, RISK, REGION = (
    "100000000001",
    "100000000002",
    "100000000010",
    "100000000011",
    "eu-central-1",
)
CENTRAL_VAULT = f"arn:aws:backup:{REGION}:{CENTRAL}:backup-vault:central"
BUCKET, TABLE = "arn:aws:s3:::acme-ledger", f"arn:aws:dynamodb:{REGION}:{PAYMENTS}:table/orders"
OTHER = {"Key": "owner", "Value": "payments"}
SETTINGS = {"isCrossAccountBackupEnabled": "true"}
OPT_INS = {"S3": False, "DynamoDB": True}
SERVICE_ROLE = "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole"
"""As a shape names it."""
# One resource of each kind that the agent looks up in its own service.
RESOURCES = (
    "arn:aws:s3:::gone",
    f"arn:aws:dynamodb:{REGION}:{PAYMENTS}:table/gone",
    f"arn:aws:ec2:{REGION}:{PAYMENTS}:volume/vol-0123456789abcdef0",
    f"arn:aws:ec2:{REGION}:{PAYMENTS}:instance/i-0123456789abcdef0",
    f"arn:aws:rds:{REGION}:{PAYMENTS}:db:gone",
    f"arn:aws:rds:{REGION}:{PAYMENTS}:cluster:gone",
    f"arn:aws:elasticfilesystem:{REGION}:{PAYMENTS}:file-system/fs-0123456789abcdef0",
    f"arn:aws:fsx:{REGION}:{PAYMENTS}:file-system/fs-0123456789abcdef0",
    f"arn:aws:fsx:{REGION}:{PAYMENTS}:volume/fs-0123456789abcdef0/fsvol-0123456789abcdef0",
    f"arn:aws:redshift:{REGION}:{PAYMENTS}:cluster:gone",
    f"arn:aws:eks:{REGION}:{PAYMENTS}:cluster/gone",
    f"arn:aws:cloudformation:{REGION}:{PAYMENTS}:stack/gone/1",
)


PLAN = {
    "RestoreTestingPlanName": "often",
    "ScheduleExpression": "cron(0 6 * * ? *)",
    "StartWindowHours": 1,
    "RecoveryPointSelection": {
        "Algorithm": "LATEST_WITHIN_WINDOW",
        "IncludeVaults": ["*"],
        "RecoveryPointTypes": ["SNAPSHOT"],
    },
}
SELECTIONS = [
    {
        "RestoreTestingSelectionName": name,
        "ProtectedResourceType": type_,
        "IamRoleArn": "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole",
        "ProtectedResourceArns": ["*"],
        "ProtectedResourceConditions": {
            "StringNotEquals": [{"Key": "aws:ResourceTag/tested", "Value": "never"}],
        },
        "ValidationWindowHours": 48,
    }
    for name, type_ in (("buckets", "S3"), ("tables", "DynamoDB"), ("volumes", "EBS"))
]

CONTROL = {"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED"}
CHANNEL, SETTING = {"S3BucketName": "reports"}, {"ReportTemplate": "BACKUP_JOB_REPORT"}
TAKEN = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}
TESTING = {
    "RestoreTestingPlanName": "t",
    "ScheduleExpression": "cron(0 1 ? * * *)",
    "RecoveryPointSelection": TAKEN,
}


class Recording:
    """Runs commands and notes what each of them called."""

    def __init__(self, recorded: Any) -> None:
        self.recorded = recorded
        self.calls: dict[str, set[str]] = {}

    @contextmanager
    def of(self, *commands: str) -> Iterator[None]:
        """Count what happens here for some commands."""
        with self.recorded() as calls:
            yield
        for command in commands:
            self.calls.setdefault(command, set()).update(calls)

    def run(self, name: str, command: Any, *arguments: str | Path) -> Result:
        """Run a command, which must do what it is asked."""
        with self.of(name):
            result = CliRunner().invoke(command, [str(argument) for argument in arguments])
        assert result.exit_code == 0, f"{name}: {result.output}"
        return result


def allow(cloud: Any, account: str, document: dict[str, Any], role: str = "backstay-agent") -> None:
    """Give a role a policy."""
    iam = cloud.client("iam", account)
    iam.put_role_policy(RoleName=role, PolicyName="backstay", PolicyDocument=json.dumps(document))


def lesser(body: dict[str, Any]) -> None:
    """A build that wants less, and its rest otherwise: what stands has to be changed and removed."""
    plan, selection = body["plans"][0], body["selections"][0]["BackupSelection"]
    plan["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 40
    plan["BackupPlanTags"] = {"crew": "platform"}
    body["vaults"][0]["BackupVaultTags"] = {"crew": "platform"}  # so that it was not created for just this wish
    selection["NotResources"] = ["arn:aws:s3:::tmp-*"]
    body["vault_locks"], body["vault_access_policies"], body["vault_notifications"] = [], [], []
    body["vaults"] = [one for one in body["vaults"] if one["BackupVaultName"] != "second"]


def nothing(body: dict[str, Any]) -> None:
    """The build wants nothing of what it is about."""
    for part in ("plans", "selections", "vaults", "vault_locks", "vault_access_policies", "vault_notifications"):
        body[part] = []
