"""Vault Lock: what nobody can do to a locked vault, and when nobody can take the lock off any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from backstay_aws.lifecycle import MAX_DAYS, within_lock
from backstay_local.backup import errors, events, vaults
from backstay_local.backup.rows import Lock
from backstay_local.backup.state import Facts, Operations, State
from backstay_local.wire.call import Call

GRACE_DAYS = (3, 36500)  # ChangeableForDays: from 72 hours of cooling off on (semantics §5.4)

OUTSIDE_BACKUP = "Backup job failed because the lifecycle is outside the valid range for backup vault."
OUTSIDE_COPY = (
    "Copy job failed. The retention specified in the job is not within the range specified for the target Backup Vault."
)


def of(state: State, vault_arn: str) -> Lock | None:
    """The lock of a vault."""
    return state.tables.locks.get(vault_arn)


def admits(lock: Lock | None, delete_after: int | None) -> bool:
    """Whether a vault with this lock takes a recovery point that is kept so long (None: for ever)."""
    return lock is None or within_lock(delete_after, lock.min_days, lock.max_days)


def job_state(state: State, vault_arn: str) -> Literal["LOCKED", "UNLOCKED"]:
    """VaultLockState as jobs report it (API reference, `BackupJob`)."""
    return "UNLOCKED" if of(state, vault_arn) is None else "LOCKED"


def problem(minimum: int | None, maximum: int | None, changeable: int | None) -> str | None:
    """Why AWS would refuse these numbers in PutBackupVaultLockConfiguration."""
    if minimum is not None and minimum < 1:
        return f"MinRetentionDays must be at least 1, but is {minimum}."
    if maximum is not None and not 1 <= maximum <= MAX_DAYS:
        return f"MaxRetentionDays must be within 1 and {MAX_DAYS}, but is {maximum}."
    if minimum is not None and minimum > MAX_DAYS:
        return f"MinRetentionDays must not be more than {MAX_DAYS}, but is {minimum}."
    if minimum is not None and maximum is not None and minimum > maximum:
        return f"MinRetentionDays ({minimum}) must not be more than MaxRetentionDays ({maximum})."
    if changeable is not None and not GRACE_DAYS[0] <= changeable <= GRACE_DAYS[1]:
        return f"ChangeableForDays must be within {GRACE_DAYS[0]} and {GRACE_DAYS[1]}, but is {changeable}."
    return None


def _refuse_if_immutable(state: State, vault_arn: str, now: datetime) -> None:
    lock = of(state, vault_arn)
    if lock is not None and lock.immutable(now):
        raise errors.refused("The Vault Lock configuration is immutable and can be neither changed nor deleted.")


def _put(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    minimum, maximum = params.get("MinRetentionDays"), params.get("MaxRetentionDays")
    changeable = params.get("ChangeableForDays")
    _refuse_if_immutable(state, vault.arn, call.now)
    reason = problem(minimum, maximum, changeable)
    if reason is not None:
        raise errors.invalid(reason)
    lock_date = None if changeable is None else call.now + timedelta(days=changeable)
    state.tables.locks.put(Lock(vault.arn, minimum, maximum, lock_date))
    events.vault(state, vault.account, vault.region, vault.name, vault.arn, "MODIFIED", call.now, locked=True)
    return {}


def _delete(state: State, call: Call, params: Facts) -> Facts:
    vault = vaults.need(state, call, params["BackupVaultName"])
    _refuse_if_immutable(state, vault.arn, call.now)
    if state.tables.locks.remove(vault.arn):
        events.vault(state, vault.account, vault.region, vault.name, vault.arn, "MODIFIED", call.now)
    return {}


OPERATIONS: Operations = {
    "PutBackupVaultLockConfiguration": _put,
    "DeleteBackupVaultLockConfiguration": _delete,
}
