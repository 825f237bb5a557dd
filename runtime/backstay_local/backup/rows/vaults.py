"""Vaults, and what is set on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

STANDARD, AIR_GAPPED, RESTORE_ACCESS = (
    "BACKUP_VAULT",
    "LOGICALLY_AIR_GAPPED_BACKUP_VAULT",
    "RESTORE_ACCESS_BACKUP_VAULT",
)
"""The types of vaults."""


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
