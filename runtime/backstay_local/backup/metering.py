"""What AWS Backup would count for a bill, out of the rows that there are: by account, Region, vault and type."""

from __future__ import annotations

from dataclasses import dataclass

from backstay_aws import arns
from backstay_local.backup.state import State

_STORED = """
    SELECT account, vault_arn, resource_type, COUNT(*), SUM(size * (storage_class = 'WARM')),
           SUM(size * (storage_class = 'COLD'))
    FROM recovery_points GROUP BY account, vault_arn, resource_type
"""
_COPIED = """
    SELECT account, source_vault_arn, resource_type, target_vault_arn, SUM(size)
    FROM copy_jobs WHERE state = 'COMPLETED' GROUP BY account, source_vault_arn, resource_type, target_vault_arn
"""
_RESTORED = """
    SELECT account, vault_arn, resource_type, SUM(size)
    FROM restore_jobs WHERE status = 'COMPLETED' GROUP BY account, vault_arn, resource_type
"""


@dataclass(slots=True)
class Meter:
    """Bytes as AWS Backup reports sizes (`BackupSizeInBytes`), of the backups of one type in one vault."""

    account: str
    region: str
    vault: str
    type: str
    recovery_points: int = 0
    warm_bytes: int = 0
    cold_bytes: int = 0
    transferred_bytes: int = 0
    """Copied out of the vault into another Region, in all the jobs that are remembered."""
    restored_bytes: int = 0
    """Restored from the vault, in all the jobs that are remembered."""


def meters(state: State) -> list[Meter]:
    """Everything that is kept now and was moved so far, sorted by account, Region, vault and type."""
    found: dict[tuple[str, str, str], Meter] = {}

    def meter(account: str, vault_arn: str, kind: str) -> Meter:
        vault = arns.parse(vault_arn)
        region, name = (vault.region, vault.resource.partition(":")[2]) if vault else ("", vault_arn)
        return found.setdefault((account, vault_arn, kind), Meter(account, region, name, kind))

    for account, vault_arn, kind, count, warm, cold in state.store.query(_STORED):
        one = meter(account, vault_arn, kind)
        one.recovery_points, one.warm_bytes, one.cold_bytes = count, warm, cold
    for account, vault_arn, kind, target_arn, size in state.store.query(_COPIED):
        target, one = arns.parse(target_arn), meter(account, vault_arn, kind)
        if target is not None and target.region != one.region:
            one.transferred_bytes += size
    for account, vault_arn, kind, size in state.store.query(_RESTORED):
        meter(account, vault_arn, kind).restored_bytes += size
    return sorted(found.values(), key=lambda one: (one.account, one.region, one.vault, one.type))
