"""The behaviour of AWS Backup: one noun a file, assembled by `service`."""

from backstay_local.backup.options import Settings
from backstay_local.backup.service import BackupService

__all__ = ["BackupService", "Settings"]
