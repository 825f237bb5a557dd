"""The members of AWS Backup's requests and answers, as far as the importer takes them.

Source: botocore's model of AWS Backup of 2018-11-15 (`CreateBackupPlan`, `GetBackupPlan`, `DescribeBackupVault`,
`CreateFramework`, `CreateReportPlan`, `CreateRestoreTestingPlan` and their peers; read 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Leaf = Literal["text", "number", "flag", "texts", "pairs", "anything"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A structure: its members, those that only answers have (dropped), and those that it cannot do without."""

    title: str
    members: Mapping[str, Kind]
    answers: frozenset[str] = frozenset()
    needed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Several:
    """A list of structures."""

    of: Shape


Kind = Leaf | Shape | Several


def _leaves(**kinds: Leaf) -> dict[str, Kind]:
    return dict(kinds)


LIFECYCLE: Final = Shape(
    "a lifecycle",
    _leaves(MoveToColdStorageAfterDays="number", DeleteAfterDays="number", OptInToArchiveForSupportedResources="flag"),
    frozenset({"DeleteAfterEvent"}),
)
COPY: Final = Shape(
    "a copy action",
    {"DestinationBackupVaultArn": "text", "Lifecycle": LIFECYCLE},
    needed=("DestinationBackupVaultArn",),
)
RULE: Final = Shape(
    "a backup rule",
    {
        "RuleName": "text",
        "TargetBackupVaultName": "text",
        "TargetLogicallyAirGappedBackupVaultArn": "text",
        "ScheduleExpression": "text",
        "ScheduleExpressionTimezone": "text",
        "StartWindowMinutes": "number",
        "CompletionWindowMinutes": "number",
        "Lifecycle": LIFECYCLE,
        "CopyActions": Several(COPY),
        "RecoveryPointTags": "pairs",
        "EnableContinuousBackup": "flag",
        "IndexActions": Several(Shape("an index action", _leaves(ResourceTypes="texts"))),
        "ScanActions": Several(Shape("a scan action", _leaves(MalwareScanner="text", ScanMode="text"))),
    },
    frozenset({"RuleId"}),
    needed=("RuleName", "TargetBackupVaultName"),
)
BACKUP_PLAN: Final = Shape(
    "a backup plan",
    {
        "BackupPlanName": "text",
        "Rules": Several(RULE),
        "AdvancedBackupSettings": Several(
            Shape("an advanced backup setting", _leaves(ResourceType="text", BackupOptions="pairs"))
        ),
        "ScanSettings": Several(
            Shape("a scan setting", _leaves(MalwareScanner="text", ResourceTypes="texts", ScannerRoleArn="text"))
        ),
    },
    needed=("BackupPlanName", "Rules"),
)
PLAN: Final = Shape(
    "a backup plan's request",
    {"BackupPlan": BACKUP_PLAN, "BackupPlanTags": "pairs", "BackupPlanId": "text"},
    frozenset(
        {
            "BackupPlanArn", "VersionId", "CreatorRequestId", "CreationDate", "DeletionDate", "LastExecutionDate",
            "AdvancedBackupSettings", "ScheduledRunsPreview", "ResponseMetadata",
        }
    ),
    needed=("BackupPlan",),
)  # fmt: skip
CONDITION: Final = Shape(
    "a condition", _leaves(ConditionKey="text", ConditionValue="text"), needed=("ConditionKey", "ConditionValue")
)
_CONDITION: Final = Several(CONDITION)
TAG: Final = Shape(
    "an entry of ListOfTags",
    _leaves(ConditionType="text", ConditionKey="text", ConditionValue="text"),
    needed=("ConditionKey", "ConditionValue"),
)
BACKUP_SELECTION: Final = Shape(
    "a backup selection",
    {
        "SelectionName": "text",
        "IamRoleArn": "text",
        "Resources": "texts",
        "NotResources": "texts",
        "ListOfTags": Several(TAG),
        "Conditions": Shape(
            "conditions",
            {
                "StringEquals": _CONDITION,
                "StringNotEquals": _CONDITION,
                "StringLike": _CONDITION,
                "StringNotLike": _CONDITION,
            },
        ),
    },
    needed=("SelectionName",),
)
SELECTION: Final = Shape(
    "a backup selection's request",
    {"BackupPlanId": "text", "BackupPlanName": "text", "BackupSelection": BACKUP_SELECTION},
    frozenset({"SelectionId", "CreationDate", "CreatorRequestId", "ResponseMetadata"}),
    needed=("BackupSelection",),
)
VAULT: Final = Shape(
    "a backup vault",
    _leaves(BackupVaultName="text", EncryptionKeyArn="text", BackupVaultTags="pairs"),
    frozenset(
        {
            "BackupVaultArn", "CreationDate", "CreatorRequestId", "NumberOfRecoveryPoints", "Locked",
            "MinRetentionDays", "MaxRetentionDays", "LockDate", "VaultType", "VaultState", "SourceBackupVaultArn",
            "MpaApprovalTeamArn", "MpaSessionArn", "LatestMpaApprovalTeamUpdate", "EncryptionKeyType",
            "ResponseMetadata",
        }
    ),
    needed=("BackupVaultName",),
)  # fmt: skip
AIR_GAPPED_VAULT: Final = Shape(
    "a logically air-gapped vault",
    {**VAULT.members, "MinRetentionDays": "number", "MaxRetentionDays": "number"},
    VAULT.answers - {"MinRetentionDays", "MaxRetentionDays"},
    needed=("BackupVaultName", "MinRetentionDays", "MaxRetentionDays"),
)
NOTIFICATIONS: Final = Shape(
    "notifications of a vault",
    _leaves(BackupVaultName="text", SNSTopicArn="text", BackupVaultEvents="texts"),
    frozenset({"BackupVaultArn", "ResponseMetadata"}),
    needed=("SNSTopicArn", "BackupVaultEvents"),
)
LOCK: Final = Shape(
    "a vault lock",
    _leaves(BackupVaultName="text", MinRetentionDays="number", MaxRetentionDays="number", ChangeableForDays="number"),
)
FRAMEWORK: Final = Shape(
    "a framework",
    {
        "FrameworkName": "text",
        "FrameworkDescription": "text",
        "FrameworkControls": Several(
            Shape(
                "a control",
                {
                    "ControlName": "text",
                    "ControlInputParameters": Several(
                        Shape("a control's parameter", _leaves(ParameterName="text", ParameterValue="text"))
                    ),
                    "ControlScope": Shape(
                        "a control's scope",
                        _leaves(ComplianceResourceIds="texts", ComplianceResourceTypes="texts", Tags="pairs"),
                    ),
                },
                needed=("ControlName",),
            )
        ),
        "FrameworkTags": "pairs",
    },
    frozenset({"FrameworkArn", "DeploymentStatus", "CreationTime", "FrameworkStatus", "IdempotencyToken",
               "ResponseMetadata"}),
    needed=("FrameworkName", "FrameworkControls"),
)  # fmt: skip
REPORT_PLAN: Final = Shape(
    "a report plan",
    {
        "ReportPlanName": "text",
        "ReportPlanDescription": "text",
        "ReportDeliveryChannel": Shape(
            "a delivery channel", _leaves(S3BucketName="text", S3KeyPrefix="text", Formats="texts")
        ),
        "ReportSetting": Shape(
            "a report's setting",
            _leaves(
                ReportTemplate="text",
                FrameworkArns="texts",
                FrameworkNames="texts",
                Accounts="texts",
                OrganizationUnits="texts",
                Regions="texts",
            ),
            frozenset({"NumberOfFrameworks"}),
        ),
        "ReportPlanTags": "pairs",
    },
    frozenset({"ReportPlanArn", "CreationTime", "DeploymentStatus", "LastAttemptedExecutionTime",
               "LastSuccessfulExecutionTime", "IdempotencyToken", "ResponseMetadata"}),
    needed=("ReportPlanName", "ReportDeliveryChannel", "ReportSetting"),
)  # fmt: skip
RESTORE_TESTING_PLAN: Final = Shape(
    "a restore testing plan",
    {
        "RestoreTestingPlanName": "text",
        "ScheduleExpression": "text",
        "ScheduleExpressionTimezone": "text",
        "StartWindowHours": "number",
        "RecoveryPointSelection": Shape(
            "a selection of recovery points",
            _leaves(
                Algorithm="text",
                IncludeVaults="texts",
                ExcludeVaults="texts",
                RecoveryPointTypes="texts",
                SelectionWindowDays="number",
            ),
        ),
    },
    frozenset({"RestoreTestingPlanArn", "CreationTime", "LastExecutionTime", "LastUpdateTime", "CreatorRequestId"}),
    needed=("RestoreTestingPlanName", "ScheduleExpression", "RecoveryPointSelection"),
)
_PAIR: Final = Several(Shape("a condition", _leaves(Key="text", Value="text"), needed=("Key", "Value")))
RESTORE_TESTING_SELECTION: Final = Shape(
    "a restore testing selection",
    {
        "RestoreTestingSelectionName": "text",
        "ProtectedResourceType": "text",
        "IamRoleArn": "text",
        "ProtectedResourceArns": "texts",
        "ProtectedResourceConditions": Shape("conditions", {"StringEquals": _PAIR, "StringNotEquals": _PAIR}),
        "RestoreMetadataOverrides": "pairs",
        "ValidationWindowHours": "number",
    },
    frozenset({"RestoreTestingPlanName", "CreationTime", "CreatorRequestId"}),
    needed=("RestoreTestingSelectionName", "ProtectedResourceType", "IamRoleArn"),
)
LEGAL_HOLD: Final = Shape(
    "a legal hold",
    {
        "Title": "text",
        "Description": "text",
        "RecoveryPointSelection": Shape(
            "a selection of recovery points",
            {
                "VaultNames": "texts",
                "ResourceIdentifiers": "texts",
                "DateRange": Shape("a range of dates", _leaves(FromDate="text", ToDate="text")),
            },
        ),
        "Tags": "pairs",
    },
    frozenset({"LegalHoldId", "LegalHoldArn", "CreationDate", "CancellationDate", "CancelDescription", "Status",
               "RetainRecordUntil", "IdempotencyToken", "ResponseMetadata"}),
    needed=("Title",),
)  # fmt: skip
TIERING: Final = Shape(
    "a tiering configuration",
    {
        "TieringConfigurationName": "text",
        "BackupVaultName": "text",
        "ResourceSelection": Several(
            Shape(
                "a tier's resources",
                _leaves(ResourceType="text", Resources="texts", TieringDownSettingsInDays="number"),
            )
        ),
    },
    frozenset({"TieringConfigurationArn", "CreatorRequestId", "CreationTime", "LastUpdatedTime"}),
    needed=("TieringConfigurationName", "ResourceSelection"),
)
