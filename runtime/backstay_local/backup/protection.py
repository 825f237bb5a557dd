"""What keeps a recovery point from being deleted or changed, whoever asks: one list, asked by people and by time."""

from __future__ import annotations

from collections.abc import Callable

from backstay_local.backup import errors, locks
from backstay_local.backup.rows import RecoveryPoint
from backstay_local.backup.state import State
from backstay_local.wire.call import AwsError

Obstacle = Callable[[State, RecoveryPoint, str], AwsError | None]
"""Why something (named by a sentence's subject, `Deleting recovery point …`) may not be done to a recovery point."""


def refuse_if_protected(state: State, point: RecoveryPoint, what: str) -> None:
    """Refuse a deletion, a disassociation or a change of the lifecycle of a protected recovery point."""
    for obstacle in _OBSTACLES:
        refusal = obstacle(state, point, what)
        if refusal is not None:
            raise refusal


def _lock(state: State, point: RecoveryPoint, what: str) -> AwsError | None:
    """Vault Lock: in either mode, and for everyone."""
    if locks.of(state, point.vault_arn) is None:
        return None
    return errors.refused(f"{what} is refused because the backup vault is protected by AWS Backup Vault Lock.")


_OBSTACLES: tuple[Obstacle, ...] = (_lock,)
