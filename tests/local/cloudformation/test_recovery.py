"""Air-gapped vaults, restore tests, legal holds and tiering in stacks: made, changed in place or anew, and gone."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import pytest

_MINUTE = timedelta(minutes=1)
_CONDITIONS = {"StringEquals": [{"Key": "aws:ResourceTag/tier", "Value": "1"}]}
RESOURCES: dict[str, Any] = {
    "Gap": {
        "Type": "AWS::Backup::LogicallyAirGappedBackupVault",
        "Properties": {
            "BackupVaultName": "gap",
            "MinRetentionDays": 7,
            "MaxRetentionDays": 30,
            "BackupVaultTags": {"team": "core"},
        },
    },
    "Vault": {"Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": "safe"}},
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "backup.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        },
    },
    "Test": {
        "Type": "AWS::Backup::RestoreTestingPlan",
        "Properties": {
            "RestoreTestingPlanName": "weekly",
            "ScheduleExpression": "cron(0 5 ? * SUN *)",
            "RecoveryPointSelection": {
                "Algorithm": "LATEST_WITHIN_WINDOW",
                "IncludeVaults": ["*"],
                "RecoveryPointTypes": ["SNAPSHOT"],
            },
            "Tags": [{"Key": "team", "Value": "core"}],
        },
    },
    "Tables": {
        "Type": "AWS::Backup::RestoreTestingSelection",
        "Properties": {
            "RestoreTestingPlanName": {"Ref": "Test"},
            "RestoreTestingSelectionName": "tables",
            "ProtectedResourceType": "DynamoDB",
            "ProtectedResourceArns": ["*"],
            "ProtectedResourceConditions": _CONDITIONS,
            "IamRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "ValidationWindowHours": 2,
        },
    },
    "Hold": {
        "Type": "AWS::Backup::LegalHold",
        "Properties": {
            "Title": "case",
            "Description": "keep it",
            "RecoveryPointSelection": {"VaultNames": [{"Ref": "Vault"}]},
            "Tags": [{"Key": "team", "Value": "core"}],
        },
    },
    "Tiers": {
        "Type": "AWS::Backup::TieringConfiguration",
        "Properties": {
            "TieringConfigurationName": "deep",
            "BackupVaultName": {"Ref": "Vault"},
            "ResourceSelection": [{"Resources": ["*"], "TieringDownSettingsInDays": 60, "ResourceType": "S3"}],
        },
    },
}
OUTPUTS = {
    f"{name}{attribute}": {"Value": {"Fn::GetAtt": [name, attribute]}}
    for name, attribute in (
        ("Gap", "BackupVaultArn"),
        ("Gap", "VaultType"),
        ("Gap", "VaultState"),
        ("Test", "RestoreTestingPlanArn"),
        ("Hold", "Arn"),
        ("Hold", "LegalHoldId"),
        ("Hold", "CreationDate"),
        ("Tiers", "TieringConfigurationArn"),
        ("Tiers", "CreationTime"),
    )
}


def written(**changes: dict[str, Any]) -> str:
    """The template with other properties."""
    resources = copy.deepcopy(RESOURCES)
    for name, properties in changes.items():
        resources[name]["Properties"] |= properties
    return json.dumps({"Resources": resources, "Outputs": OUTPUTS})


def test_each_type_is_made_and_deleted(stacks: Any) -> None:
    """All are there, by any client, with tags and attributes; deleting the stack takes them, and cancels the hold."""
    stack = stacks.create(written())
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack.get("StackStatusReason")
    told = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    gap = stacks.backup.describe_backup_vault(BackupVaultName="gap")
    assert (gap["BackupVaultArn"], gap["VaultType"]) == (told["GapBackupVaultArn"], told["GapVaultType"])
    assert stacks.backup.list_tags(ResourceArn=gap["BackupVaultArn"])["Tags"] == {"team": "core"}
    test = stacks.backup.get_restore_testing_plan(RestoreTestingPlanName="weekly")["RestoreTestingPlan"]
    assert test["RestoreTestingPlanArn"] == told["TestRestoreTestingPlanArn"]
    picked = stacks.backup.get_restore_testing_selection(
        RestoreTestingPlanName="weekly", RestoreTestingSelectionName="tables"
    )["RestoreTestingSelection"]
    assert picked["ValidationWindowHours"] == 2
    assert stacks.ids()["Tables"] == "weekly|tables"
    hold = stacks.backup.get_legal_hold(LegalHoldId=told["HoldLegalHoldId"])
    assert (hold["LegalHoldArn"], hold["Title"], hold["Status"]) == (told["HoldArn"], "case", "CREATING")
    tiers = stacks.backup.get_tiering_configuration(TieringConfigurationName="deep")["TieringConfiguration"]
    assert tiers["TieringConfigurationArn"] == told["TiersTieringConfigurationArn"]
    stacks.aws.advance(_MINUTE)
    stacks.cloudformation.delete_stack(StackName="backups")
    assert stacks.stack(stack["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    assert stacks.vaults() == []
    assert stacks.backup.list_restore_testing_plans()["RestoreTestingPlans"] == []
    assert stacks.backup.list_tiering_configurations()["TieringConfigurations"] == []
    assert stacks.backup.get_legal_hold(LegalHoldId=told["HoldLegalHoldId"])["Status"] in ("CANCELED", "CANCELING")


@pytest.mark.parametrize(
    ("name", "change", "stays"),
    [
        ("Gap", {"MaxRetentionDays": 60, "BackupVaultName": "gap-two"}, False),
        ("Gap", {"BackupVaultTags": {"team": "other"}}, True),
        ("Test", {"StartWindowHours": 12}, True),
        ("Test", {"RestoreTestingPlanName": "monthly"}, False),
        ("Tables", {"ValidationWindowHours": 5}, True),
        ("Tables", {"RestoreTestingSelectionName": "all_tables"}, False),
        ("Hold", {"Description": "keep it longer"}, False),
        ("Hold", {"Tags": [{"Key": "team", "Value": "other"}]}, True),
        (
            "Tiers",
            {"ResourceSelection": [{"Resources": ["*"], "TieringDownSettingsInDays": 90, "ResourceType": "S3"}]},
            True,
        ),
        ("Tiers", {"TieringConfigurationName": "deeper", "BackupVaultName": "*"}, False),
    ],
)
def test_a_change_is_made_in_place_or_makes_a_new_one(
    stacks: Any, name: str, change: dict[str, Any], stays: bool
) -> None:
    """What CloudFormation calls create-only replaces the resource, everything else changes it."""
    stacks.create(written())
    before = stacks.ids()[name]
    stack = stacks.update(written(**{name: change}))
    assert stack["StackStatus"] == "UPDATE_COMPLETE", stack.get("StackStatusReason")
    assert (stacks.ids()[name] == before) is stays
