"""What AWS Backup remembers: one frozen class for each kind of row."""

from .common import Json, changed, fresh_id, newest_first
from .due import Due
from .jobs import BackupJob, CopyJob, RestoreJob
from .plans import Plan, PlanVersion, Selection
from .points import Moment, Protected, RecoveryPoint
from .settings import GlobalSettings, RegionSettings
from .tokens import Token
from .vaults import AIR_GAPPED, RESTORE_ACCESS, STANDARD, Lock, Notification, Policy, Tags, Vault

__all__ = [
    "AIR_GAPPED",
    "RESTORE_ACCESS",
    "STANDARD",
    "BackupJob",
    "CopyJob",
    "Due",
    "GlobalSettings",
    "Json",
    "Lock",
    "Moment",
    "Notification",
    "Plan",
    "PlanVersion",
    "Policy",
    "Protected",
    "RecoveryPoint",
    "RegionSettings",
    "RestoreJob",
    "Selection",
    "Tags",
    "Token",
    "Vault",
    "changed",
    "fresh_id",
    "newest_first",
]
