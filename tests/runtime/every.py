"""A shape with one thing of every kind that the agent applies, and the same with something changed in each."""

from __future__ import annotations

from typing import Any

REGION = "eu-central-1"
MAY_COPY = {"Effect": "Allow", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}
_OWN_ROLE = "arn:aws:iam::$account:role/backup/Own"


def every_noun(shape: dict[str, Any]) -> None:
    """One thing of every kind that a shape can hold, with a managed key and a managed role that others rest on."""
    key = f"arn:aws:kms:{REGION}:$account:alias/own"
    admin = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::$account:root"}, "Action": "kms:*", "Resource": "*"}
    trust = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    shape["keys"] = [
        {
            "AliasName": "alias/own",
            "Description": "ours",
            "Policy": {"Version": "2012-10-17", "Statement": [admin]},
            "Tags": {"k": "1"},
        }
    ]
    shape["roles"] = [
        {
            "RoleName": "Own",
            "Path": "/backup/",
            "Description": "ours; managed by Backstay",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"],
            "Policies": {
                "more": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}],
                }
            },
            "Tags": {"r": "1"},
        }
    ]
    shape["vaults"].append({"BackupVaultName": "keyed", "EncryptionKeyArn": key})
    shape["air_gapped_vaults"] = [
        {
            "BackupVaultName": "bunker",
            "MinRetentionDays": 7,
            "MaxRetentionDays": 99,
            "EncryptionKeyArn": key,
            "BackupVaultTags": {"a": "1"},
        }
    ]
    shape["vault_access_policies"].append(
        {"BackupVaultName": "bunker", "Policy": {"Version": "2012-10-17", "Statement": [MAY_COPY]}}
    )
    shape["vault_notifications"].append(
        {
            "BackupVaultName": "bunker",
            "SNSTopicArn": f"arn:aws:sns:{REGION}:$account:alarms",
            "BackupVaultEvents": ["COPY_JOB_FAILED"],
        }
    )
    shape["selections"][0]["BackupSelection"]["IamRoleArn"] = _OWN_ROLE
    shape["frameworks"] = [
        {
            "FrameworkName": "acme",
            "FrameworkDescription": "ours",
            "FrameworkControls": [
                {"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED", "ControlScope": {"Tags": {"env": "prod"}}},
                {
                    "ControlName": "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
                    "ControlInputParameters": [{"ParameterName": "requiredRetentionDays", "ParameterValue": "35"}],
                },
            ],
            "FrameworkTags": {"f": "1"},
        }
    ]
    shape["report_plans"] = [
        {
            "ReportPlanName": "controls",
            "ReportPlanDescription": "daily",
            "ReportDeliveryChannel": {"S3BucketName": "reports", "Formats": ["CSV"]},
            "ReportSetting": {"ReportTemplate": "CONTROL_COMPLIANCE_REPORT", "FrameworkNames": ["acme"]},
            "ReportPlanTags": {"p": "1"},
        }
    ]
    shape["restore_testing_plans"] = [
        {
            "RestoreTestingPlan": {
                "RestoreTestingPlanName": "sunday",
                "ScheduleExpression": "cron(0 6 ? * SUN *)",
                "RecoveryPointSelection": {
                    "Algorithm": "LATEST_WITHIN_WINDOW",
                    "IncludeVaults": [f"arn:aws:backup:{REGION}:$account:backup-vault:primary"],
                    "ExcludeVaults": [f"arn:aws:backup:{REGION}:$account:backup-vault:odd"],
                    "RecoveryPointTypes": ["SNAPSHOT", "CONTINUOUS"],
                },
            },
            "Tags": {"t": "1"},
        }
    ]
    conditions = {"StringEquals": [{"Key": "aws:ResourceTag/env", "Value": "prod"}]}
    shape["restore_testing_selections"] = [
        {
            "RestoreTestingPlanName": "sunday",
            "RestoreTestingSelection": {
                "RestoreTestingSelectionName": "disks",
                "ProtectedResourceType": "EBS",
                "IamRoleArn": _OWN_ROLE,
                "ProtectedResourceArns": ["*"],
                "ProtectedResourceConditions": conditions,
                "RestoreMetadataOverrides": {"iops": "100"},
                "ValidationWindowHours": 3,
            },
        }
    ]
    shape["legal_holds"] = [
        {
            "Title": "case",
            "Description": "suit 7",
            "RecoveryPointSelection": {
                "VaultNames": ["primary"],
                "DateRange": {"FromDate": "2026-01-01T00:00:00Z", "ToDate": "2026-02-01T00:00:00Z"},
            },
            "Tags": {"h": "1"},
        }
    ]
    shape["tiering_configurations"] = [
        {
            "TieringConfiguration": {
                "TieringConfigurationName": "cheap",
                "BackupVaultName": "primary",
                "ResourceSelection": [
                    {"ResourceType": "S3", "Resources": ["*"], "TieringDownSettingsInDays": 90},
                ],
            },
            "TieringConfigurationTags": {"c": "1"},
        }
    ]
    shape["management_preferences"] = {"EFS": False}


def every_noun_changed(shape: dict[str, Any]) -> None:
    """The same with something changed in each of them, so that every call of a change is made."""
    every_noun(shape)
    shape["keys"][0]["Description"] = "still ours"
    shape["keys"][0]["Policy"]["Statement"][0]["Action"] = ["kms:*", "kms:Describe*"]
    shape["keys"][0]["Tags"] = {"k": "2"}
    role = shape["roles"][0]
    role["Description"] = "still ours; managed by Backstay"
    role["AssumeRolePolicyDocument"]["Statement"][0]["Sid"] = "Backups"
    role["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup"]
    role["Policies"], role["Tags"] = {}, {"r": "2"}
    shape["vault_notifications"][1]["BackupVaultEvents"] = ["BACKUP_JOB_FAILED"]
    del shape["vault_access_policies"][1]
    shape["frameworks"][0]["FrameworkControls"].pop()
    shape["frameworks"][0]["FrameworkTags"] = {"f": "2"}
    shape["report_plans"][0]["ReportDeliveryChannel"]["S3KeyPrefix"] = "daily"
    shape["restore_testing_plans"][0]["RestoreTestingPlan"]["StartWindowHours"] = 8
    shape["restore_testing_selections"][0]["RestoreTestingSelection"]["RestoreMetadataOverrides"] = {}
    shape["legal_holds"][0]["Description"] = "suit 8"
    tiering = shape["tiering_configurations"][0]["TieringConfiguration"]["ResourceSelection"][0]
    tiering["TieringDownSettingsInDays"] = 120
