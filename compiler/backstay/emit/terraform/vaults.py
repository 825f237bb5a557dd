"""Vaults with their locks, access policies and notifications, as Terraform resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backstay.emit.terraform.labels import label
from backstay.emit.terraform.within import AIR_GAPPED, VAULT, Resource, Within
from backstay_contract import build

KEPT = {"lifecycle": {"prevent_destroy": True}}
"""What holds data, or the key to it, is never destroyed by a plan that somebody did not read."""


def vaults(within: Within) -> Iterator[Resource]:
    """Every vault of a shape, and what belongs to it."""
    yield from (_vault(within, vault) for vault in within.shape.vaults)
    yield from (_air_gapped(within, vault) for vault in within.shape.air_gapped_vaults)
    yield from (_access(within, access) for access in within.shape.vault_access_policies)
    yield from (_lock(within, lock) for lock in within.shape.vault_locks)
    yield from (_notifications(within, one) for one in within.shape.vault_notifications)


def _vault(within: Within, vault: build.Vault) -> Resource:
    body = {
        "name": within.text(vault.backup_vault_name),
        **_key(within, "kms_key_arn", vault.encryption_key_arn),
        **within.tags(vault.backup_vault_tags),
        **KEPT,
    }
    return Resource(VAULT, label(vault.backup_vault_name), body)


def _air_gapped(within: Within, vault: build.AirGappedVault) -> Resource:
    body = {
        "name": within.text(vault.backup_vault_name),
        "min_retention_days": vault.min_retention_days,
        "max_retention_days": vault.max_retention_days,
        **_key(within, "encryption_key_arn", vault.encryption_key_arn),
        **within.tags(vault.backup_vault_tags),
        **KEPT,
    }
    return Resource(AIR_GAPPED, label(vault.backup_vault_name), body)


def _key(within: Within, argument: str, arn: str | None) -> dict[str, Any]:
    return {argument: within.key_arn(arn)} if arn is not None else {}


def _access(within: Within, access: build.VaultAccessPolicy) -> Resource:
    own = label(access.backup_vault_name)
    policy, documents = within.document("access", own, "policy", access.policy)
    name = {"backup_vault_name": within.vault_name(access.backup_vault_name)}
    return Resource("aws_backup_vault_policy", own, {**name, **policy, **within.principals(access.policy)}, documents)


def _lock(within: Within, lock: build.VaultLock) -> Resource:
    """The lock comes after the access policy: afterwards nobody may be left to correct a mistake in it."""
    own = label(lock.backup_vault_name)
    days = {
        "min_retention_days": lock.min_retention_days,
        "max_retention_days": lock.max_retention_days,
        "changeable_for_days": lock.changeable_for_days,
    }
    policies = {access.backup_vault_name for access in within.shape.vault_access_policies}
    after = {"depends_on": [f"aws_backup_vault_policy.{own}"]} if lock.backup_vault_name in policies else {}
    body = {
        "backup_vault_name": within.vault_name(lock.backup_vault_name),
        **{name: value for name, value in days.items() if value is not None},
        **after,
    }
    return Resource("aws_backup_vault_lock_configuration", own, body)


def _notifications(within: Within, one: build.VaultNotifications) -> Resource:
    body = {
        "backup_vault_name": within.vault_name(one.backup_vault_name),
        "sns_topic_arn": within.text(one.sns_topic_arn),
        "backup_vault_events": list(one.backup_vault_events),
    }
    return Resource("aws_backup_vault_notifications", label(one.backup_vault_name), body)
