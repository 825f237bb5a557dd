"""AWS's names of members ↔ the keywords of the policy language that say them.

By them a value of a build is traced to its place in a policy, and one of a template to the keyword that rules ask
for. Paths are relative to the construct (`Lifecycle/DeleteAfterDays`).
"""

from __future__ import annotations

RULE = {
    # member of BackupRuleInput → keyword of `Rule`
    "RuleName": "name",
    "TargetBackupVaultName": "into",
    "ScheduleExpression": "at",
    "StartWindowMinutes": "start_within",
    "CompletionWindowMinutes": "complete_within",
    "RecoveryPointTags": "tags",
    "EnableContinuousBackup": "continuous",
    "TargetLogicallyAirGappedBackupVaultArn": "into_air_gapped",
    "IndexActions": "index",
    "ScanActions": "scan",
}
LIFECYCLE = {
    # member of Lifecycle → keyword of `Rule` and of `Copy`
    "DeleteAfterDays": "keep",
    "MoveToColdStorageAfterDays": "cold_after",
    "OptInToArchiveForSupportedResources": "archive",
}
LOCK = {"MinRetentionDays": "min", "MaxRetentionDays": "max", "ChangeableForDays": "grace"}
PLAN = {"BackupPlan/BackupPlanName": "name", "BackupPlanTags": "tags"}
OPTIONS = {"WindowsVSS": "vss", "BackupACLs": "s3_acls", "BackupObjectTags": "s3_tags"}
SCAN = {"ResourceTypes": "types", "ScannerRoleArn": "role"}
VAULT = {"BackupVaultName": "name", "EncryptionKeyArn": "key", "BackupVaultTags": "tags"}
AIR_GAPPED = {**VAULT, "MinRetentionDays": "min", "MaxRetentionDays": "max"}
NOTIFICATIONS = {"SNSTopicArn": "topic", "BackupVaultEvents": "on"}
FRAMEWORK = {"FrameworkName": "name", "FrameworkDescription": "description", "FrameworkTags": "tags"}
CONTROL = {
    # `resource` and `types` also narrow one control down to a single resource of a type
    "ControlScope/ComplianceResourceIds": "resource",
    "ControlScope/ComplianceResourceTypes": "types",
    "ControlScope/Tags": "on",
}
REPORT = {
    "ReportPlanName": "name",
    "ReportPlanDescription": "description",
    "ReportDeliveryChannel/S3BucketName": "bucket",
    "ReportDeliveryChannel/S3KeyPrefix": "prefix",
    "ReportDeliveryChannel/Formats": "formats",
    "ReportSetting/ReportTemplate": "template",
    "ReportSetting/FrameworkNames": "frameworks",
    "ReportSetting/Accounts": "accounts",
    "ReportSetting/OrganizationUnits": "units",
    "ReportSetting/Regions": "regions",
    "ReportPlanTags": "tags",
}
TEST = {
    "RestoreTestingPlan/RestoreTestingPlanName": "name",
    "RestoreTestingPlan/ScheduleExpression": "at",
    "RestoreTestingPlan/StartWindowHours": "start_within",
    "RestoreTestingPlan/RecoveryPointSelection/Algorithm": "latest",
    "RestoreTestingPlan/RecoveryPointSelection/IncludeVaults": "vaults",
    "RestoreTestingPlan/RecoveryPointSelection/ExcludeVaults": "exclude_vaults",
    "RestoreTestingPlan/RecoveryPointSelection/RecoveryPointTypes": "points",
    "RestoreTestingPlan/RecoveryPointSelection/SelectionWindowDays": "look_back",
    "Tags": "tags",
}
RESTORED = {
    "RestoreTestingSelectionName": "name",
    "ProtectedResourceType": "type",
    "IamRoleArn": "role",
    "ProtectedResourceArns": "resources",
    "ProtectedResourceConditions": "where",
    "RestoreMetadataOverrides": "overrides",
    "ValidationWindowHours": "validate_within",
}
HOLD = {
    "Title": "title",
    "Description": "description",
    "RecoveryPointSelection/VaultNames": "vaults",
    "RecoveryPointSelection/ResourceIdentifiers": "resources",
    "RecoveryPointSelection/DateRange/FromDate": "since",
    "RecoveryPointSelection/DateRange/ToDate": "until",
    "Tags": "tags",
}
TIERING = {
    "TieringConfiguration/TieringConfigurationName": "name",
    "TieringConfiguration/BackupVaultName": "vault",
    "TieringConfigurationTags": "tags",
}
TIER = {"ResourceType": "types", "Resources": "resources", "TieringDownSettingsInDays": "after"}
KEY = {"AliasName": "alias"}
ROLE = {"RoleName": "name", "Path": "name"}
