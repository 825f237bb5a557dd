"""Vaults and what belongs to them: locks, access, notifications, tiers, holds."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from backstay_contract.build.aws import Aws


class Vault(Aws):
    """The input of `CreateBackupVault`; `encryption_key_arn` may name an alias, which the agent resolves."""

    backup_vault_name: str
    encryption_key_arn: str | None = None
    backup_vault_tags: dict[str, str] = {}


class AirGappedVault(Aws):
    """The input of `CreateLogicallyAirGappedBackupVault`; locked from its first moment, its limits for ever."""

    backup_vault_name: str
    min_retention_days: int
    max_retention_days: int
    encryption_key_arn: str | None = None
    backup_vault_tags: dict[str, str] = {}


class VaultLock(Aws):
    """The input of `PutBackupVaultLockConfiguration`: with `changeable_for_days` compliance, without governance."""

    backup_vault_name: str
    min_retention_days: int | None = None
    max_retention_days: int | None = None
    changeable_for_days: int | None = None


class VaultAccessPolicy(Aws):
    """The input of `PutBackupVaultAccessPolicy`, the document unfolded so that people can review it."""

    backup_vault_name: str
    policy: dict[str, Any]


class VaultNotifications(Aws):
    """The input of `PutBackupVaultNotifications`."""

    backup_vault_name: str
    sns_topic_arn: str = Field(alias="SNSTopicArn")
    backup_vault_events: tuple[str, ...]


class TieringResources(Aws):
    """`ResourceSelection` of a tiering configuration; days in the warm tier (60 to 36,500)."""

    resource_type: str
    resources: tuple[str, ...] = ("*",)
    tiering_down_settings_in_days: int


class Tiering(Aws):
    """`TieringConfiguration`: when recovery points of a vault (`*`: all vaults) move to the lower-cost warm tier."""

    tiering_configuration_name: str
    backup_vault_name: str = "*"
    resource_selection: tuple[TieringResources, ...]


class TieringConfiguration(Aws):
    """The input of `CreateTieringConfiguration`."""

    tiering_configuration: Tiering
    tiering_configuration_tags: dict[str, str] = {}


class DateRange(Aws):
    """`DateRange` of a legal hold: the creation dates of the recovery points, RFC 3339."""

    from_date: str
    to_date: str


class HeldRecoveryPoints(Aws):
    """`RecoveryPointSelection` of a legal hold: vaults by name, or resources by ARN."""

    vault_names: tuple[str, ...] | None = None
    resource_identifiers: tuple[str, ...] | None = None
    date_range: DateRange | None = None


class LegalHold(Aws):
    """The input of `CreateLegalHold`: what it names can be deleted by nobody until the hold is cancelled."""

    title: str
    description: str
    recovery_point_selection: HeldRecoveryPoints
    tags: dict[str, str] = {}
