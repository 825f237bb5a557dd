"""A dump of live accounts comes back as the policies that give exactly what was there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ACCOUNT, OTHER, REGION = "100000000010", "100000000011", "eu-central-1"
ROLE = "arn:aws:iam::{}:role/service-role/AWSBackupDefaultServiceRole"
DENY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}],
}


def plan(account: str, keep: int = 35) -> dict[str, Any]:
    """A plan as GetBackupPlan and GetBackupSelection answer."""
    rule = {
        "RuleName": "nightly",
        "RuleId": "00000000-0000-4000-8000-000000000001",
        "TargetBackupVaultName": "main",
        "ScheduleExpression": "cron(0 3 ? * * *)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "StartWindowMinutes": 60,
        "CompletionWindowMinutes": 10080,
        "Lifecycle": {"DeleteAfterDays": keep},
        "CopyActions": [
            {
                "DestinationBackupVaultArn": f"arn:aws:backup:us-east-1:{account}:backup-vault:far",
                "Lifecycle": {"DeleteAfterDays": 70},
            }
        ],
    }
    return {
        "plan": {
            "BackupPlanId": "11111111-1111-4111-8111-111111111111",
            "BackupPlanArn": f"arn:aws:backup:eu-central-1:{account}:backup-plan:11111111-1111-4111-8111-111111111111",
            "VersionId": "abc",
            "CreationDate": "2026-01-01T00:00:00Z",
            "BackupPlan": {"BackupPlanName": "daily", "Rules": [rule]},
        },
        "tags": {"team": "platform"},
        "selections": [
            {
                "SelectionId": "s",
                "CreationDate": "2026-01-01T00:00:00Z",
                "BackupSelection": {
                    "SelectionName": "gold",
                    "IamRoleArn": ROLE.format(account),
                    "Resources": ["*"],
                    "NotResources": [],
                    "Conditions": {
                        "StringEquals": [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "gold"}],
                        "StringNotEquals": [],
                    },
                },
            }
        ],
    }


def vault(account: str, **more: Any) -> dict[str, Any]:
    """A vault as DescribeBackupVault answers."""
    body = {
        "BackupVaultName": "main",
        "BackupVaultArn": f"arn:aws:backup:eu-central-1:{account}:backup-vault:main",
        "VaultType": "BACKUP_VAULT",
        "EncryptionKeyArn": f"arn:aws:kms:eu-central-1:{account}:alias/backup",
        "CreationDate": "2026-01-01T00:00:00Z",
        "NumberOfRecoveryPoints": 12,
        **more,
    }
    return {"vault": body, "tags": {"team": "platform"}}


def dump(**accounts: Any) -> dict[str, Any]:
    """A dump of accounts (written `a100000000010`) in the one Region."""
    return {"format": 1, "accounts": {name[1:]: {REGION: region} for name, region in accounts.items()}}


def test_everything_of_a_region(imported: Callable[..., Any], build: Callable[[str], Any]) -> None:
    """Plans, selections, vaults and all that belongs to them compile to the bodies that AWS had."""
    whole = vault(ACCOUNT, Locked=True, MinRetentionDays=7, MaxRetentionDays=366) | {
        "access_policy": DENY,
        "notifications": {
            "BackupVaultName": "main",
            "SNSTopicArn": f"arn:aws:sns:eu-central-1:{ACCOUNT}:alarms",
            "BackupVaultEvents": ["BACKUP_JOB_FAILED"],
        },
    }
    region = {
        "vaults": [whole],
        "plans": [plan(ACCOUNT)],
        "region_settings": {"ResourceTypeOptInPreference": {"RDS": True, "EBS": False}},
    }
    reading, source = imported({"dump.json": dump(a100000000010=region)})
    assert not reading.findings
    shape = build(source)[ACCOUNT, REGION]
    assert shape["vaults"] == [
        {
            "BackupVaultName": "main",
            "EncryptionKeyArn": f"arn:aws:kms:eu-central-1:{ACCOUNT}:alias/backup",
            "BackupVaultTags": {"team": "platform"},
        }
    ]
    assert shape["vault_locks"] == [{"BackupVaultName": "main", "MinRetentionDays": 7, "MaxRetentionDays": 366}]
    assert shape["vault_access_policies"] == [{"BackupVaultName": "main", "Policy": DENY}]
    assert shape["vault_notifications"][0]["SNSTopicArn"] == f"arn:aws:sns:eu-central-1:{ACCOUNT}:alarms"
    assert shape["region_settings"] == {"EBS": False, "RDS": True}
    rule = shape["plans"][0]["BackupPlan"]["Rules"][0]
    assert rule["CopyActions"][0]["DestinationBackupVaultArn"] == f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:far"
    assert shape["selections"][0]["BackupSelection"]["IamRoleArn"] == ROLE.format(ACCOUNT)


def test_equal_accounts_share_a_policy(imported: Callable[..., Any], build: Callable[[str], Any]) -> None:
    """What two accounts have alike, but for their own ids in it, is written once."""
    accounts = {f"a{account}": {"vaults": [vault(account)], "plans": [plan(account)]} for account in (ACCOUNT, OTHER)}
    _, source = imported({"dump.json": dump(**accounts)})
    assert source.count("Plan(") == source.count("Policy(") == 1
    shapes = build(source)
    assert [shapes[account, REGION]["plans"][0]["BackupPlanTags"] for account in (ACCOUNT, OTHER)] == [
        {"team": "platform"}
    ] * 2


def test_unlike_plans_of_one_name(imported: Callable[..., Any], build: Callable[[str], Any]) -> None:
    """Plans of one name that differ between accounts keep the name, each in its account's own policy."""
    _, source = imported(
        {"dump.json": dump(a100000000010={"plans": [plan(ACCOUNT)]}, a100000000011={"plans": [plan(OTHER, 90)]})}
    )
    shapes = build(source)
    kept = {
        account: shapes[account, REGION]["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"]
        for account in (ACCOUNT, OTHER)
    }
    assert kept == {ACCOUNT: 35, OTHER: 90}


def test_the_rest_of_the_nouns(imported: Callable[..., Any], build: Callable[[str], Any]) -> None:
    """Frameworks, reports, restore tests, tiers and holds come back as their create requests."""
    region = {
        "frameworks": [
            {
                "framework": {
                    "FrameworkName": "acme",
                    "FrameworkArn": f"arn:aws:backup:eu-central-1:{ACCOUNT}:framework:acme-0a",
                    "FrameworkControls": [
                        {
                            "ControlName": "BACKUP_LAST_RECOVERY_POINT_CREATED",
                            "ControlInputParameters": [
                                {"ParameterName": "recoveryPointAgeUnit", "ParameterValue": "days"},
                                {"ParameterName": "recoveryPointAgeValue", "ParameterValue": "2"},
                            ],
                            "ControlScope": {"ComplianceResourceTypes": ["RDS"]},
                        },
                        {"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED"},
                    ],
                }
            }
        ],
        "report_plans": [
            {
                "report_plan": {
                    "ReportPlanName": "jobs",
                    "ReportDeliveryChannel": {"S3BucketName": "reports", "Formats": ["CSV", "JSON"]},
                    "ReportSetting": {"ReportTemplate": "BACKUP_JOB_REPORT"},
                }
            }
        ],
        "restore_testing_plans": [
            {
                "plan": {
                    "RestoreTestingPlanName": "weekly",
                    "ScheduleExpression": "cron(0 6 ? * SUN *)",
                    "StartWindowHours": 12,
                    "RecoveryPointSelection": {
                        "Algorithm": "LATEST_WITHIN_WINDOW",
                        "IncludeVaults": ["*"],
                        "RecoveryPointTypes": ["SNAPSHOT"],
                        "SelectionWindowDays": 7,
                    },
                },
                "selections": [
                    {
                        "RestoreTestingSelectionName": "rds",
                        "ProtectedResourceType": "RDS",
                        "IamRoleArn": ROLE.format(ACCOUNT),
                        "ProtectedResourceArns": ["*"],
                        "ValidationWindowHours": 2,
                    }
                ],
            }
        ],
        "legal_holds": [
            {
                "Title": "case 1",
                "Description": "kept for the court",
                "Status": "ACTIVE",
                "RecoveryPointSelection": {"ResourceIdentifiers": ["arn:aws:ec2:eu-central-1:100000000010:volume/v"]},
            }
        ],
        "tiering_configurations": [
            {
                "configuration": {
                    "TieringConfigurationName": "cool",
                    "BackupVaultName": "*",
                    "ResourceSelection": [{"ResourceType": "S3", "Resources": ["*"], "TieringDownSettingsInDays": 60}],
                }
            }
        ],
    }
    reading, source = imported({"dump.json": dump(a100000000010=region)})
    assert not reading.findings
    shape = build(source)[ACCOUNT, REGION]
    controls = shape["frameworks"][0]["FrameworkControls"]
    assert controls == [
        region["frameworks"][0]["framework"]["FrameworkControls"][0],
        {"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED", "ControlInputParameters": []},
    ]
    assert shape["report_plans"][0]["ReportDeliveryChannel"]["Formats"] == ["CSV", "JSON"]
    test = shape["restore_testing_plans"][0]["RestoreTestingPlan"]
    assert (test["StartWindowHours"], test["RecoveryPointSelection"]["Algorithm"]) == (12, "LATEST_WITHIN_WINDOW")
    chosen = shape["restore_testing_selections"][0]["RestoreTestingSelection"]
    assert (chosen["ProtectedResourceArns"], chosen["ValidationWindowHours"]) == (["*"], 2)
    assert shape["legal_holds"][0]["Title"] == "case 1"
    assert (
        shape["tiering_configurations"][0]["TieringConfiguration"]
        == (region["tiering_configurations"][0]["configuration"])
    )


def test_what_aws_makes_is_left_out(imported: Callable[..., Any]) -> None:
    """Plans that come from backup policies, and the vault that every account has, are nobody's to write."""
    ours, theirs = plan(ACCOUNT), plan(ACCOUNT)
    theirs["plan"]["BackupPlanArn"] = f"arn:aws:backup:eu-central-1:{ACCOUNT}:backup-plan:orgs/1"
    default = {"vault": {"BackupVaultName": "Default", "VaultType": "BACKUP_VAULT", "EncryptionKeyArn": "x"}}
    reading, source = imported({"dump.json": dump(a100000000010={"plans": [ours, theirs], "vaults": [default]})})
    assert [finding.name for finding in reading.findings] == ["not-imported"]
    assert "Default" not in source


def test_a_closed_lock(imported: Callable[..., Any], build: Callable[[str], Any]) -> None:
    """A compliance lock stays one; its grace time, which AWS does not tell, is said to be open."""
    locked = vault(ACCOUNT, Locked=True, MinRetentionDays=7, LockDate="2026-02-01T00:00:00Z")
    _, source = imported({"dump.json": dump(a100000000010={"vaults": [locked]})})
    assert "could not be decided: LockDate 2026-02-01" in source
    lock = build(source)[ACCOUNT, REGION]["vault_locks"][0]
    assert lock["ChangeableForDays"] == 3


def test_vaults_that_differ_between_regions(imported: Callable[..., Any], build: Callable[[str], Any]) -> None:
    """Vaults of one name in one account, each with its Region's own key, are pinned to their Regions."""
    regions = {
        region: {"vaults": [vault(ACCOUNT, EncryptionKeyArn=f"arn:aws:kms:{region}:{ACCOUNT}:key/{number}")]}
        for number, region in enumerate((REGION, "us-east-1"))
    }
    _, source = imported({"dump.json": {"format": 1, "accounts": {ACCOUNT: regions}}})
    shapes = build(source)
    for number, region in enumerate(regions):
        key = shapes[ACCOUNT, region]["vaults"][0]["EncryptionKeyArn"]
        assert key == f"arn:aws:kms:{region}:{ACCOUNT}:key/{number}"
