"""Templates to play with: a vault, a plan and what a plan selects, and what needs them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from backstay_local.app import LocalAws

ACCOUNT, REGION = "123456789012", "eu-central-1"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
ADMITS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}],
}
TEMPLATE: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "Everything around one plan",
    "Parameters": {"Team": {"Type": "String", "Default": "platform", "AllowedPattern": "[a-z]+"}},
    "Resources": {
        "Selection": {
            "Type": "AWS::Backup::BackupSelection",
            "Properties": {
                "BackupPlanId": {"Ref": "Plan"},
                "BackupSelection": {
                    "SelectionName": "all",
                    "IamRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Resources": ["*"],
                },
            },
        },
        "Plan": {
            "Type": "AWS::Backup::BackupPlan",
            "Properties": {
                "BackupPlan": {
                    "BackupPlanName": "gold",
                    "BackupPlanRule": [
                        {
                            "RuleName": "daily",
                            "TargetBackupVault": {"Ref": "Vault"},
                            "ScheduleExpression": "cron(0 5 ? * * *)",
                            "Lifecycle": {"DeleteAfterDays": "35"},
                        }
                    ],
                },
                "BackupPlanTags": {"team": {"Ref": "Team"}},
            },
        },
        "Vault": {
            "Type": "AWS::Backup::BackupVault",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {
                "BackupVaultName": "main",
                "EncryptionKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
                "BackupVaultTags": {"team": {"Ref": "Team"}},
                "AccessPolicy": ADMITS,
                "Notifications": {
                    "SNSTopicArn": {"Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:alarms"},
                    "BackupVaultEvents": ["BACKUP_JOB_COMPLETED"],
                },
                "LockConfiguration": {"MinRetentionDays": 7, "MaxRetentionDays": 400},
            },
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"Description": "for backups"}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "Backups",
                "Path": "/ops/",
                "AssumeRolePolicyDocument": TRUST,
                "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"],
            },
        },
    },
    "Outputs": {"VaultArn": {"Value": {"Fn::GetAtt": ["Vault", "BackupVaultArn"]}}},
}
Change = Callable[[dict[str, Any]], None]


def changed(change: Change) -> str:
    """The template with a change to its resources, as text."""
    template = copy.deepcopy(TEMPLATE)
    change(template["Resources"])
    return json.dumps(template)


class Stacks:
    """CloudFormation and AWS Backup of one place, by plain boto3."""

    def __init__(self, aws: LocalAws, account: str = ACCOUNT, region: str = REGION) -> None:
        self.aws = aws
        self.cloudformation = aws.client("cloudformation", account, region)
        self.backup = aws.client("backup", account, region)
        aws.client("sns", account, region).create_topic(Name="alarms")

    def create(self, template: str, name: str = "backups", **more: Any) -> Mapping[str, Any]:
        """Make a stack; gives it as it is then."""
        made = self.cloudformation.create_stack(
            StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"], **more
        )
        return self.stack(made["StackId"])

    def update(self, template: str, name: str = "backups", **more: Any) -> Mapping[str, Any]:
        """Change a stack; gives it as it is then."""
        done = self.cloudformation.update_stack(
            StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"], **more
        )
        return self.stack(done["StackId"])

    def stack(self, name: str = "backups") -> Mapping[str, Any]:
        """A stack."""
        (found,) = self.cloudformation.describe_stacks(StackName=name)["Stacks"]
        assert isinstance(found, dict)
        return found

    def ids(self, name: str = "backups") -> dict[str, str]:
        """Logical id → physical id of what is there."""
        rows = self.cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
        return {row["LogicalResourceId"]: row.get("PhysicalResourceId", "") for row in rows}

    def vaults(self) -> list[str]:
        """The names of the vaults that there are."""
        return [row["BackupVaultName"] for row in self.backup.list_backup_vaults()["BackupVaultList"]]

    def plans(self) -> list[str]:
        """The ids of the plans that there are."""
        return [row["BackupPlanId"] for row in self.backup.list_backup_plans()["BackupPlansList"]]


@pytest.fixture
def template() -> Callable[[Change], str]:
    """Gives the template with a change."""
    return changed


@pytest.fixture
def stacks(aws: LocalAws) -> Stacks:
    """CloudFormation of one place."""
    return Stacks(aws)
