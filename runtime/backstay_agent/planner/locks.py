"""Decides about vault locks: what may still be changed, what can never be undone, and what it is too late for."""

from __future__ import annotations

from typing import Any

from backstay_agent.observed import Lock, Vault
from backstay_agent.planner import words
from backstay_agent.planner.decision import Decision, Setting, act
from backstay_agent.planner.losses import lock_loses
from backstay_agent.wanted import WantedVault
from backstay_contract.plan import DeleteVaultLock, Effect, PutVaultLock


def decide_lock(at: Setting, wish: WantedVault, found: Vault | None) -> Decision:
    """What to do about the lock of one vault of ours (None: the vault is only being created)."""
    lock = found.lock if found else None
    if wish.lock is None:
        return _without(at, wish.name, lock)
    if lock is not None and _same(lock, wish.lock):
        return Decision()
    if lock is not None and _is_final(at, lock):
        told = (
            f"the policy says {words.lock(wish.lock, at.now)}; AWS allows no change to a compliance lock after its date"
        )
        return at.conflict(
            "vault-lock", wish.name, f"locked since {lock.immutable_from:%Y-%m-%d} with {told_lock(lock)}; {told}"
        )
    return act([_put(at, wish.name, wish.lock, lock)])


def _without(at: Setting, name: str, lock: Lock | None) -> Decision:
    if lock is None:
        return Decision()
    if _is_final(at, lock):
        since = f"locked since {lock.immutable_from:%Y-%m-%d} with {told_lock(lock)}"
        return at.conflict("vault-lock", name, f"{since}; the policy wants no lock, but AWS lets nobody remove it")
    return act(
        [
            DeleteVaultLock(
                **at.place(),
                id=at.id("unlock", name, _body(lock)),
                name=name,
                reason="the policy no longer locks the vault",
                changes=(f"lock removed: {told_lock(lock)}",),
                before=_body(lock),
            )
        ]
    )


def _put(at: Setting, name: str, wish: Any, lock: Lock | None) -> PutVaultLock:
    compliance = "ChangeableForDays" in wish
    return PutVaultLock(
        **at.place(),
        id=at.id("lock", name, wish),
        name=name,
        reason="the policy locks the vault" if lock is None else "the lock differs from the policy",
        effect=_effect(wish, lock, compliance=compliance),
        changes=((f"now {told_lock(lock)}",) if lock else ()) + (words.lock(wish, at.now),),
        before=_body(lock) if lock else None,
        after=dict(wish),
    )


def _effect(wish: Any, lock: Lock | None, *, compliance: bool) -> Effect:
    if compliance:
        return "irreversible"
    if lock is None:
        return "reversible"
    was = lock.immutable_from is not None
    loses = lock_loses(lock.minimum, wish.get("MinRetentionDays"), was_compliance=was, is_compliance=compliance)
    return "destructive" if loses else "reversible"


def _same(lock: Lock, wish: Any) -> bool:
    """Equal in mode and band. How long the grace time still is does not matter: a lock in grace is not locked anew."""
    return (
        lock.minimum == wish.get("MinRetentionDays")
        and lock.maximum == wish.get("MaxRetentionDays")
        and (lock.immutable_from is not None) == ("ChangeableForDays" in wish)
    )


def _is_final(at: Setting, lock: Lock) -> bool:
    return lock.immutable_from is not None and lock.immutable_from <= at.now


def _body(lock: Lock) -> dict[str, Any]:
    date = lock.immutable_from.isoformat() if lock.immutable_from else None
    body = {"MinRetentionDays": lock.minimum, "MaxRetentionDays": lock.maximum, "LockDate": date}
    return {name: value for name, value in body.items() if value is not None}


def told_lock(lock: Lock) -> str:
    """A lock as it was observed, in one phrase: its mode and its band."""
    least, most = lock.minimum or 1, lock.maximum
    band = f"at least {least} days" if most is None else f"{least} to {most} days"
    return f"{'governance' if lock.immutable_from is None else 'compliance'}, {band}"
