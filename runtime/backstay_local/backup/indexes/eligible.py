"""Which recovery points can have a search index (semantics §8)."""

from __future__ import annotations

from backstay_local.backup import actions, errors
from backstay_local.backup.rows import RecoveryPoint
from backstay_local.backup.state import State

_READY = ("COMPLETED", "AVAILABLE")
_STANDARD = "BACKUP_VAULT"


def problem(state: State, point: RecoveryPoint) -> str | None:
    """Why a recovery point cannot have an index; None when it can."""
    vault = state.tables.vaults.get(point.vault_arn)
    if point.resource_type not in actions.indexable():
        return f"Recovery points of resource type {point.resource_type} do not support backup indexes."
    if vault is None or vault.type != _STANDARD:
        return f"Recovery point {point.arn} is not in a standard backup vault, so it cannot have a backup index."
    if point.storage_class != "WARM":
        return f"Recovery point {point.arn} is in cold storage, so it cannot have a backup index."
    if point.status not in _READY:
        return f"Recovery point {point.arn} is {point.status}, so it cannot have a backup index."
    return None


def check_type(state: State, resource_type: str) -> None:
    """Refuse an index for backups of a type that has none, unless the settings say that AWS ignores it."""
    if resource_type not in actions.indexable() and state.settings.index_unsupported == "refuse":
        raise errors.invalid(f"Index cannot be ENABLED: resource type {resource_type} does not support backup indexes.")
