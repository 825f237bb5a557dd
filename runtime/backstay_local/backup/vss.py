"""Windows VSS: whether the backup of an instance was application-consistent (developer guide, "Windows VSS backups").

Nothing boots here, so an instance of Windows is taken to have the SSM agent and the VSS components that it needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backstay_local.backup.rows import BackupJob

BACKUP_TYPE = "WindowsVSS"
"""BackupType of a job whose backup is application-consistent; others have none (semantics §2.9)."""
FELL_BACK = "Windows VSS Backup Job Error encountered, trying for regular backup"
"""What a job says that was asked for VSS and made a crash-consistent backup."""
_TOO_SMALL = frozenset({"t2.nano", "t2.micro", "t3.nano", "t3.micro", "t3a.nano", "t3a.micro"})


def asked(job: BackupJob) -> bool:
    """Whether a job shall use VSS."""
    return job.resource_type == "EC2" and job.options.get("WindowsVSS") == "enabled"


def works(description: Mapping[str, Any]) -> bool:
    """Whether an instance, by what a backup holds of it, has Windows and is of a type that is large enough."""
    instance = description["Instance"]
    return instance.get("Platform") == "windows" and instance["InstanceType"] not in _TOO_SMALL
