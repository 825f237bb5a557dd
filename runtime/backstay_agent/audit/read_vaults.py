"""The vaults of a place, their access policies, and the recovery points in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from backstay_agent.audit.read_plans import keep_days
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.controls.facts import Point, Vault

_AIR_GAPPED = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
_NO_POLICY = {"ResourceNotFoundException"}


def read_vaults(aws: Aws, account: str, region: str) -> list[Vault]:
    """Every vault, by name, its policy not yet read; raises AwsProblem."""
    listed = aws.pages(account, region, "backup", "ListBackupVaults", "BackupVaultList")
    return sorted((_vault(item) for item in listed), key=lambda vault: vault.name)


def with_policies(aws: Aws, account: str, region: str, vaults: Sequence[Vault]) -> list[Vault]:
    """The vaults with their access policies; raises AwsProblem."""
    return [replace(vault, policy=_policy(aws, account, region, vault.name)) for vault in vaults]


def read_points(aws: Aws, account: str, region: str, vaults: Sequence[Vault]) -> list[Point]:
    """Every recovery point of these vaults, by ARN; raises AwsProblem."""
    found = [point for vault in vaults for point in _points(aws, account, region, vault)]
    return sorted(found, key=lambda point: (point.arn, point.vault))


def _vault(item: Mapping[str, Any]) -> Vault:
    kind = item.get("VaultType", "BACKUP_VAULT")
    date = item.get("LockDate")
    if kind == _AIR_GAPPED:  # locked in compliance from its creation on
        date = date or item.get("CreationDate")
    locked = bool(item.get("Locked")) or kind == _AIR_GAPPED
    return Vault(
        item["BackupVaultArn"],
        item["BackupVaultName"],
        kind,
        locked,
        item.get("MinRetentionDays") if locked else None,
        item.get("MaxRetentionDays") if locked else None,
        _aware(date) if locked and date else None,
    )


def _policy(aws: Aws, account: str, region: str, name: str) -> Mapping[str, Any] | None:
    try:
        text = aws.call(account, region, "backup", "GetBackupVaultAccessPolicy", BackupVaultName=name).get("Policy")
    except AwsProblem as problem:
        if problem.code in _NO_POLICY:
            return None
        raise
    policy: Mapping[str, Any] | None = json.loads(text) if text else None
    return policy


def _points(aws: Aws, account: str, region: str, vault: Vault) -> Iterator[Point]:
    listed = aws.pages(
        account, region, "backup", "ListRecoveryPointsByBackupVault", "RecoveryPoints", BackupVaultName=vault.name
    )
    for item in listed:
        source = item.get("SourceBackupVaultArn")
        delete_at = (item.get("CalculatedLifecycle") or {}).get("DeleteAt")
        yield Point(
            arn=item["RecoveryPointArn"],
            vault=vault.name,
            resource=item.get("ResourceArn", ""),
            resource_type=item.get("ResourceType", ""),
            created=_aware(item["CreationDate"]),
            status=item.get("Status", ""),
            keep_days=keep_days(item.get("Lifecycle")),
            delete_at=_aware(delete_at) if delete_at else None,
            encrypted=item.get("IsEncrypted"),
            copied_from=source if source != vault.arn else None,
            plan_id=(item.get("CreatedBy") or {}).get("BackupPlanId"),
            size=int(item.get("BackupSizeInBytes") or 0),
        )


def _aware(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
