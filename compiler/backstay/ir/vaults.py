"""Vaults of the model, and what belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from backstay.ir.place import Where

AWS_OWNED_KEY = "AWS_OWNED_KMS_KEY"
"""What AWS calls the key of an air-gapped vault without one of one's own; copies of other accounts may use it."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A vault lock; days. `acknowledged` is the author's reference to the decision."""

    mode: Literal["governance", "compliance"]
    minimum: int | None
    maximum: int | None
    grace: int | None
    acknowledged: str | None
    where: Where


@dataclass(frozen=True, slots=True)
class Notifications:
    """Events of a vault that go to a topic."""

    topic_arn: str
    events: tuple[str, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Vault:
    """A vault in this account and Region. `key_arn` None: AWS's own key `aws/backup`. `policy`: an IAM document."""

    name: str
    key_arn: str | None
    tags: tuple[tuple[str, str], ...]
    lock: Lock | None
    policy: Mapping[str, Any] | None
    policy_where: Where | None
    notifications: Notifications | None
    pinned: bool
    where: Where
    moved: str | None = None


@dataclass(frozen=True, slots=True)
class AirGappedVault:
    """A logically air-gapped vault in this account and Region; days. `key_arn` None: a key that AWS owns."""

    name: str
    minimum: int
    maximum: int
    key_arn: str | None
    tags: tuple[tuple[str, str], ...]
    policy: Mapping[str, Any] | None
    policy_where: Where | None
    notifications: Notifications | None
    pinned: bool
    where: Where

    @property
    def as_vault(self) -> Vault:
        """The vault as a destination of copies: locked in compliance mode, by `min` and `max`, for ever."""
        lock = Lock("compliance", self.minimum, self.maximum, None, "", self.where)
        key = self.key_arn or AWS_OWNED_KEY
        policy = self.policy, self.policy_where
        return Vault(self.name, key, self.tags, lock, *policy, self.notifications, self.pinned, self.where)


@dataclass(frozen=True, slots=True)
class TieringResources:
    """Which recovery points of a vault move to the lower-cost warm tier, after how many days; `*`: all of the type."""

    type: str
    resources: tuple[str, ...]
    after: int


@dataclass(frozen=True, slots=True)
class Tiering:
    """A tiering configuration of a vault, or of all (`*`)."""

    name: str
    vault: str
    resources: tuple[TieringResources, ...]
    tags: tuple[tuple[str, str], ...]
    where: Where


@dataclass(frozen=True, slots=True)
class LegalHold:
    """A legal hold: on vaults by name or resources by ARN; dates `YYYY-MM-DD` of the recovery points, both included."""

    title: str
    description: str
    vaults: tuple[str, ...]
    resources: tuple[str, ...]
    since: str | None
    until: str | None
    tags: tuple[tuple[str, str], ...]
    where: Where
