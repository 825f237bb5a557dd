"""What IAM looks at in each operation of AWS Backup: the resource, the condition keys, the roles that it passes on.

Source: Service Authorization Reference "Actions, resources, and condition keys for AWS Backup", as known 2026-11, as
far as botocore's model (2018-11-15: which member names the thing), semantics §5.2, §5.4, §6.2 and §13 (condition keys)
and AWS's managed policy AWSBackupFullAccess (the services that roles are passed to) bear it out. Where they leave open
which resource is asked about, the kind is "unknown": a policy that names resources then neither allows nor denies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal[
    "vault",
    "recovery-point",
    "plan",
    "framework",
    "report-plan",
    "restore-testing-plan",
    "legal-hold",
    "access-point",
    "tagged",
    "none",
    "unknown",
]
"""What an operation is about. `tagged` is the ARN in ResourceArn, `none` that IAM asks about `*`."""

Path = tuple[str, ...]
"""Where a value stands in the parameters of a request."""

BACKUP = "backup.amazonaws.com"
RESTORE_TESTING = "restore-testing.backup.amazonaws.com"
MALWARE_SCANNER = "malware-protection.guardduty.amazonaws.com"

COPY_FROM = "backup:CopyFromBackupVault"
COPY_TARGETS = "backup:CopyTargets"
COPY_TARGET_ORG_PATHS = "backup:CopyTargetOrgPaths"
PASS_ROLE = "iam:PassRole"

_ABOUT: Mapping[Kind, str] = MappingProxyType(
    {
        "vault": """
            AssociateBackupVaultMpaApprovalTeam CreateBackupVault CreateLogicallyAirGappedBackupVault DeleteBackupVault
            DeleteBackupVaultAccessPolicy DeleteBackupVaultLockConfiguration DeleteBackupVaultNotifications
            DescribeBackupVault DisassociateBackupVaultMpaApprovalTeam GetBackupVaultAccessPolicy
            GetBackupVaultNotifications ListProtectedResourcesByBackupVault ListRecoveryPointsByBackupVault
            PutBackupVaultAccessPolicy PutBackupVaultLockConfiguration PutBackupVaultNotifications StartBackupJob
        """,
        "recovery-point": """
            DeleteRecoveryPoint DescribeRecoveryPoint DisassociateRecoveryPoint DisassociateRecoveryPointFromParent
            GetRecoveryPointIndexDetails GetRecoveryPointRestoreMetadata StartCopyJob StartRestoreJob
            UpdateRecoveryPointIndexSettings UpdateRecoveryPointLifecycle
        """,
        "plan": """
            CreateBackupPlan CreateBackupSelection DeleteBackupPlan DeleteBackupSelection GetBackupPlan
            GetBackupSelection ListBackupPlanVersions ListBackupSelections UpdateBackupPlan
        """,
        "framework": "CreateFramework DeleteFramework DescribeFramework UpdateFramework",
        "report-plan": "CreateReportPlan DeleteReportPlan DescribeReportPlan StartReportJob UpdateReportPlan",
        "restore-testing-plan": """
            CreateRestoreTestingPlan CreateRestoreTestingSelection DeleteRestoreTestingPlan
            DeleteRestoreTestingSelection GetRestoreTestingPlan GetRestoreTestingSelection ListRestoreTestingSelections
            UpdateRestoreTestingPlan UpdateRestoreTestingSelection
        """,
        "legal-hold": "CancelLegalHold CreateLegalHold GetLegalHold ListRecoveryPointsByLegalHold",
        "access-point": "DeleteBackupAccessPoint DescribeBackupAccessPoint",
        "tagged": "ListTags TagResource UntagResource",
        "none": """
            DescribeBackupJob DescribeCopyJob DescribeGlobalSettings DescribeProtectedResource DescribeRegionSettings
            DescribeRestoreJob GetBackupPlanFromJSON GetBackupPlanFromTemplate GetRestoreJobMetadata
            GetSupportedResourceTypes ListBackupJobSummaries ListBackupJobs ListBackupPlanTemplates ListBackupPlans
            ListBackupVaults ListCopyJobSummaries ListCopyJobs ListFrameworks ListLegalHolds ListProtectedResources
            ListRecoveryPointsByResource ListReportPlans ListRestoreJobSummaries ListRestoreJobs
            ListRestoreJobsByProtectedResource ListRestoreTestingPlans PutRestoreValidationResult StopBackupJob
            UpdateGlobalSettings UpdateRegionSettings
        """,
        "unknown": """
            CreateBackupAccessPoint CreateRestoreAccessBackupVault CreateTieringConfiguration DeleteTieringConfiguration
            DescribeReportJob DescribeScanJob ExportBackupPlanTemplate GetPITRMalwareScanResults
            GetRestoreTestingInferredMetadata GetTieringConfiguration ListBackupAccessPoints
            ListBackupAccessPointsByRecoveryPoint ListBackupAccessPointsByResource ListIndexedRecoveryPoints
            ListReportJobs ListRestoreAccessBackupVaults ListScanJobSummaries ListScanJobs ListTieringConfigurations
            RevokeRestoreAccessBackupVault StartScanJob UpdateTieringConfiguration
        """,
    }
)

_RANGE = {"backup:MinRetentionDays": ("MinRetentionDays",), "backup:MaxRetentionDays": ("MaxRetentionDays",)}
_FRAMEWORKS = {"backup:FrameworkArns": ("ReportSetting", "FrameworkArns")}
_INDEX = {"backup:Index": ("Index",)}

_KEYS: Mapping[str, Mapping[str, Path]] = MappingProxyType(
    {
        "PutBackupVaultLockConfiguration": _RANGE | {"backup:ChangeableForDays": ("ChangeableForDays",)},
        "CreateLogicallyAirGappedBackupVault": _RANGE,
        "CreateReportPlan": _FRAMEWORKS,
        "UpdateReportPlan": _FRAMEWORKS,
        "StartBackupJob": _INDEX,
        "UpdateRecoveryPointIndexSettings": _INDEX,
        "AssociateBackupVaultMpaApprovalTeam": {"backup:MpaApprovalTeamArn": ("MpaApprovalTeamArn",)},
    }
)

_TAGS: Mapping[str, str] = MappingProxyType(
    {
        "CreateBackupAccessPoint": "Tags",
        "CreateBackupPlan": "BackupPlanTags",
        "CreateBackupVault": "BackupVaultTags",
        "CreateFramework": "FrameworkTags",
        "CreateLegalHold": "Tags",
        "CreateLogicallyAirGappedBackupVault": "BackupVaultTags",
        "CreateReportPlan": "ReportPlanTags",
        "CreateRestoreAccessBackupVault": "BackupVaultTags",
        "CreateRestoreTestingPlan": "Tags",
        "CreateTieringConfiguration": "TieringConfigurationTags",
        "StartBackupJob": "RecoveryPointTags",
        "TagResource": "Tags",
    }
)

_PASSES: Mapping[str, Mapping[Path, str]] = MappingProxyType(
    {
        "CreateBackupSelection": {("BackupSelection", "IamRoleArn"): BACKUP},
        "CreateRestoreTestingSelection": {("RestoreTestingSelection", "IamRoleArn"): RESTORE_TESTING},
        "StartBackupJob": {("IamRoleArn",): BACKUP},
        "StartCopyJob": {("IamRoleArn",): BACKUP},
        "StartRestoreJob": {("IamRoleArn",): BACKUP},
        "StartScanJob": {("IamRoleArn",): BACKUP, ("ScannerRoleArn",): MALWARE_SCANNER},
        "UpdateRecoveryPointIndexSettings": {("IamRoleArn",): BACKUP},
        "UpdateRestoreTestingSelection": {("RestoreTestingSelection", "IamRoleArn"): RESTORE_TESTING},
    }
)


@dataclass(frozen=True, slots=True)
class Action:
    """One operation as IAM sees it."""

    name: str
    kind: Kind
    keys: Mapping[str, Path]
    """Condition keys of AWS Backup, with the members of the request that they show."""
    tags: str | None
    """The member with the tags that `aws:RequestTag/…` and `aws:TagKeys` show."""
    passes: Mapping[Path, str]
    """Members with a role that the caller passes (`iam:PassRole`), each with the service that gets it."""

    @property
    def iam(self) -> str:
        """The action as policies name it."""
        return f"backup:{self.name}"


def _action(name: str, kind: Kind) -> Action:
    return Action(name, kind, _KEYS.get(name, {}), _TAGS.get(name), _PASSES.get(name, {}))


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {name: _action(name, kind) for kind, names in _ABOUT.items() for name in names.split()}
)
"""Every operation of AWS Backup, by its name."""
