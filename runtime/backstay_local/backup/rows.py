"""What AWS Backup remembers: one frozen class for each kind of row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, Literal, TypeVar

_FAR = datetime(9999, 1, 1, tzinfo=UTC)

Json = dict[str, Any]
Row = TypeVar("Row")


def changed(row: Row, **members: Any) -> Row:
    """`dataclasses.replace` for rows with many fields, in half its time: jobs change their state millions of times."""
    kind: Any = type(row)
    places, values = _layout(kind)
    told = list(values(row))
    for name, value in members.items():
        told[places[name]] = value
    return type(row)(*told)


@cache
def _layout(kind: Any) -> tuple[dict[str, int], Callable[[Any], tuple[Any, ...]]]:
    names = [one.name for one in fields(kind)]
    return {name: place for place, name in enumerate(names)}, attrgetter(*names)


STANDARD, AIR_GAPPED, RESTORE_ACCESS = (
    "BACKUP_VAULT",
    "LOGICALLY_AIR_GAPPED_BACKUP_VAULT",
    "RESTORE_ACCESS_BACKUP_VAULT",
)
"""The types of vaults."""


def newest_first(created: datetime, identity: str) -> str:
    """A text that sorts later rows first: the place of a row in a list, and its page key."""
    return f"{(_FAR - created) // timedelta(microseconds=1):020d}-{identity}"


@dataclass(frozen=True, slots=True)
class Vault:
    """A backup vault."""

    arn: str
    account: str
    region: str
    name: str
    key_arn: str
    default_key: bool
    """Encrypted with the AWS-managed key aws/backup."""
    created: datetime
    token: str | None = None
    type: str = STANDARD
    state: str = "AVAILABLE"
    owned_key: bool = False
    """Encrypted with a key that AWS owns: the account neither sees it nor can touch it."""

    @property
    def shown_key(self) -> str | None:
        """The ARN of its key, as far as anybody may see it."""
        return None if self.owned_key else self.key_arn


@dataclass(frozen=True, slots=True)
class Lock:
    """The Vault Lock of a vault; no `immutable_from` means governance mode."""

    vault_arn: str
    min_days: int | None
    max_days: int | None
    immutable_from: datetime | None

    def immutable(self, now: datetime) -> bool:
        """Whether nobody can change or remove the lock any more."""
        return self.immutable_from is not None and now >= self.immutable_from


@dataclass(frozen=True, slots=True)
class Policy:
    """The access policy of a vault, as it was written."""

    vault_arn: str
    document: str


@dataclass(frozen=True, slots=True)
class Notification:
    """Which events of a vault go to which topic."""

    vault_arn: str
    topic_arn: str
    events: list[str]


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of one plan, vault or recovery point."""

    arn: str
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """A backup plan in its current version."""

    id: str
    arn: str
    account: str
    region: str
    name: str
    token: str | None
    created: datetime
    version: str
    body: Json
    """BackupPlan as AWS returns it: rules with their RuleId."""
    digest: str
    """Fingerprint of the plan as it was sent: two equal plans have the same."""
    deleted: datetime | None = None
    last_run: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version of a backup plan, kept for ever."""

    plan_id: str
    sort: str
    version: str
    created: datetime
    body: Json
    deleted: datetime | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which resources a plan takes, and in which role."""

    id: str
    plan_id: str
    account: str
    region: str
    name: str
    role_arn: str
    body: Json
    created: datetime
    token: str | None = None


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
class RecoveryPoint:
    """One backup of one resource, in one vault."""

    arn: str
    sort: str
    account: str
    region: str
    vault_arn: str
    vault_name: str
    resource_arn: str
    resource_type: str
    resource_name: str
    status: str
    created: datetime
    """When the backup job began; a copy keeps the date of its source."""
    manifest: str
    size: int
    lifecycle: Json
    role_arn: str
    fully_managed: bool
    continuous: bool = False
    holds_bytes: bool = True
    key_arn: str | None = None
    encrypted: bool = True
    storage_class: Literal["WARM", "COLD", "DELETED"] = "WARM"
    cold_at: datetime | None = None
    delete_at: datetime | None = None
    completed: datetime | None = None
    source_vault_arn: str | None = None
    created_by: Json | None = None
    message: str | None = None
    last_restore: datetime | None = None
    is_parent: bool = False
    """A composite: it groups nested recovery points, and holds what one of them does."""
    parent_arn: str | None = None
    """The composite that a nested recovery point belongs to."""
    member: str | None = None
    """What a nested recovery point's resource is called in its stack (`CompositeMemberIdentifier`)."""

    @property
    def temporary(self) -> bool:
        """Only on its way into an air-gapped vault: nothing but copies and restores on demand should use it."""
        return "DeleteAfterEvent" in self.lifecycle


@dataclass(frozen=True, slots=True)
class Moment:
    """A state that a continuous recovery point can go back to."""

    point_arn: str
    at: datetime
    manifest: str


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


@dataclass(frozen=True, slots=True)
class Protected:
    """A resource that has, or had, recovery points in an account and Region."""

    account: str
    region: str
    resource_arn: str
    resource_type: str
    resource_name: str
    last_backup: datetime
    last_vault_arn: str
    last_point_arn: str
    restore_minutes: int | None = None
    restore_created: datetime | None = None
    restore_point_created: datetime | None = None


@dataclass(frozen=True, slots=True)
class RegionSettings:
    """Opt-ins and management preferences that an account changed in a Region."""

    account: str
    region: str
    opt_in: dict[str, bool] = field(default_factory=dict)
    management: dict[str, bool] = field(default_factory=dict)
    incremental: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GlobalSettings:
    """Settings of a whole organization, kept under its management account."""

    account: str
    settings: dict[str, str]
    updated: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """An idempotency token that was used, for what, and what was answered."""

    account: str
    region: str
    operation: str
    token: str
    digest: str
    subject: str
    """ARN or id of what was made; the token is forgotten with it."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that happens by itself at a certain time."""

    kind: str
    id: str
    at: datetime
