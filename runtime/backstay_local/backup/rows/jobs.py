"""Jobs: backups, copies, restores."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .common import Json


@dataclass(frozen=True, slots=True)
class BackupJob:
    """One attempt to back up one resource."""

    id: str
    sort: str
    account: str
    region: str
    state: str
    created: datetime
    scheduled: datetime
    start_by: datetime
    complete_minutes: int
    vault_arn: str
    vault_name: str
    resource_arn: str
    resource_type: str
    resource_name: str
    role_arn: str
    point_arn: str
    """The recovery point that this job makes."""
    lifecycle: Json = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    """Tags that the rule or the caller adds."""
    options: dict[str, str] = field(default_factory=dict)
    copies: list[Json] = field(default_factory=list)
    created_by: Json | None = None
    continuous: bool = False
    air_gap_arn: str | None = None
    """The logically air-gapped vault that the backup shall end up in."""
    indexed: bool = False
    """Asked for a search index of its recovery point."""
    scans: list[Json] = field(default_factory=list)
    """Malware scans asked for, each a ScanAction with the ScannerRoleArn of the plan's setting."""
    initiated: datetime | None = None
    completed: datetime | None = None
    message: str | None = None
    category: str = ""
    size: int = 0
    moved: int | None = None
    """Bytes that went into the vault: of an incremental backup what changed. None: as many as its size."""
    vss: bool = False
    """Windows VSS made the backup application-consistent."""
    key_arn: str | None = None
    encrypted: bool = True
    is_parent: bool = False
    """Of a composite: its nested jobs do the work."""
    parent_id: str | None = None
    """The parent of a nested job."""
    member: str | None = None
    """What the resource is called in its stack: the logical id (`CompositeMemberIdentifier`)."""

    @property
    def waiting(self) -> bool:
        """Not started yet."""
        return self.state in ("CREATED", "PENDING")


@dataclass(frozen=True, slots=True)
class CopyJob:
    """One attempt to copy one recovery point into another vault."""

    id: str
    sort: str
    account: str
    region: str
    state: str
    created: datetime
    resource_arn: str
    resource_type: str
    resource_name: str
    source_vault_arn: str
    source_point_arn: str
    target_vault_arn: str
    target_point_arn: str
    role_arn: str
    lifecycle: Json
    created_by: Json | None = None
    backup_job_id: str | None = None
    initiated: datetime | None = None
    completed: datetime | None = None
    message: str | None = None
    category: str = ""
    size: int = 0
    is_parent: bool = False
    """Of a composite: its nested jobs do the work."""
    parent_id: str | None = None
    """The parent of a nested job."""
    member: str | None = None
    """What the resource is called in its stack (`CompositeMemberIdentifier`)."""


@dataclass(frozen=True, slots=True)
class RestoreJob:
    """One attempt to make a resource out of a recovery point."""

    id: str
    sort: str
    account: str
    region: str
    status: str
    created: datetime
    point_arn: str
    point_created: datetime
    vault_arn: str
    resource_arn: str
    resource_type: str
    role_arn: str | None
    metadata: dict[str, str]
    copy_tags: bool
    size: int
    started: datetime | None = None
    completed: datetime | None = None
    created_resource_arn: str | None = None
    message: str | None = None
    created_by: Json | None = None
    validation: str | None = None
    validation_message: str | None = None
    deletion: str | None = None
    deletion_message: str | None = None
    is_parent: bool = False
    """Of a composite: its nested jobs do the work."""
    parent_id: str | None = None
    """The parent of a nested job."""
