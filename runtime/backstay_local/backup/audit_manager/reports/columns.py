"""The columns of each report template, in order.

Source: Backup developer guide, "Choosing your report template", sample reports, read 2026-11. `statusMessage` of jobs
is not in the samples: the guide's text ("status messages") and tables that others made over reports have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_PERIOD = ("reportTimePeriodStart", "reportTimePeriodEnd", "accountId", "region")
_PLAN = ("backupPlanName", "backupRuleName", "backupRuleSchedule", "backupRuleTimezone", "startWindowEnd")
_JOB = ("backupOptions", "isParentJob", "parentJobId")
_VAULT = ("vaultType", "vaultLockStatus", "isEncrypted", "encryptionKeyArn")
_LIFECYCLE = ("deleteAfterDays", "moveToColdAfterDays", "enableArchive")
_FRAMEWORK = ("accountId", "region", "frameworkName", "frameworkDescription", "controlName")

_BACKUP = (
    *_PERIOD, "backupJobId", "jobStatus", "statusMessage", "resourceType", "resourceArn", "resourceName",
    "backupPlanArn", "backupRuleId", "initiationDate", *_PLAN, *_JOB, "creationDate", "completionDate",
    "recoveryPointArn", "jobRunTime", "backupSizeInBytes", "backupVaultName", "backupVaultArn", *_VAULT, *_LIFECYCLE,
    "iamRoleArn",
)  # fmt: skip
_COPY = (
    *_PERIOD, "copyJobId", "jobStatus", "statusMessage", "jobRunTime", "resourceType", "resourceArn", "resourceName",
    "initiationDate", *_PLAN, *_JOB, "creationDate", "completionDate", "backupSizeInBytes", "sourceRecoveryPointArn",
    "sourceBackupVaultArn", "destinationRecoveryPointArn", "destinationBackupVaultArn", *_VAULT, *_LIFECYCLE,
    "iamRoleArn",
)  # fmt: skip
_RESTORE = (
    "reportTimePeriod", "accountId", "region", "restoreJobId", "jobStatus", "statusMessage", "recoveryPointArn",
    "resourceName", "initiationDate", *_PLAN, *_JOB, *_VAULT, *_LIFECYCLE, "sourceResourceArn", "backupVaultArn",
    "creationDate", "backupSizeInBytes", "percentDone", "iamRoleArn",
)  # fmt: skip
_SCAN = (
    *_PERIOD, "scanJobId", "scanId", "malwareScanner", "jobStatus", "scanResultStatus", "statusMessage",
    "resourceType", "resourceArn", "backupPlanArn", "creationDate", "recoveryPointArn", "backupVaultName",
    "backupVaultArn", "iamRoleArn", "scannerRoleArn",
)  # fmt: skip
_CONTROL = (
    *_FRAMEWORK, "controlComplianceStatus", "lastEvaluationTime", "numResourcesCompliant", "numResourcesNonCompliant",
    "controlFrequency", "controlScope", "controlParameters",
)  # fmt: skip
_RESOURCE = (*_FRAMEWORK, "resourceId", "resourceType", "resourceComplianceStatus", "lastEvaluationTime")

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "BACKUP_JOB_REPORT": _BACKUP,
        "COPY_JOB_REPORT": _COPY,
        "RESTORE_JOB_REPORT": _RESTORE,
        "SCAN_JOB_REPORT": _SCAN,
        "MALWARE_JOB_REPORT": _SCAN,
        "CONTROL_COMPLIANCE_REPORT": _CONTROL,
        "RESOURCE_COMPLIANCE_REPORT": _RESOURCE,
    }
)
"""Template → columns. Scan jobs have two names: the model's and the guide's."""

COMPLIANCE = ("CONTROL_COMPLIANCE_REPORT", "RESOURCE_COMPLIANCE_REPORT")
"""The templates that are about frameworks."""
