"""Recovery points, their states, and the resources that have some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .common import Json


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
