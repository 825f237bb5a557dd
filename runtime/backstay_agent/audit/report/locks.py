"""The locks of the vaults, alike ones together, with how long each can still be changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backstay_agent.audit import tally
from backstay_agent.controls.facts import Facts, Vault

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Lock:
    """Vaults of one name in one Region that are locked in the same way. `urgent`: it becomes final before long."""

    vault: str
    region: str
    accounts: str
    mode: str
    bounds: str
    until: str
    urgent: bool


def view(facts: Facts) -> tuple[Lock, ...]:
    """Compliance locks that can still be changed first, then other locks, then the vaults without one."""
    called = tally.names(facts)
    alike: dict[tuple[int, str, str, Lock], list[str]] = {}
    for place in facts.places:
        for vault in place.vaults:
            lock = _lock(vault, place.region, facts.now)
            alike.setdefault((_rank(vault, facts.now), vault.name, place.region, lock), []).append(
                called.get(place.account, place.account)
            )
    rows = sorted(alike.items(), key=lambda item: (item[0][:3], item[0][3].bounds, item[0][3].until))
    return tuple(
        Lock(lock.vault, lock.region, _accounts(names), lock.mode, lock.bounds, lock.until, lock.urgent)
        for (_, _, _, lock), names in rows
    )


def _rank(vault: Vault, now: datetime) -> int:
    if not vault.locked:
        return 3
    if vault.fixed_from is None:
        return 2
    return 0 if vault.fixed_from > now else 1


def _lock(vault: Vault, region: str, now: datetime) -> Lock:
    if not vault.locked:
        return Lock(vault.name, region, "", "none", "any number of days", "always", urgent=False)
    mode = "governance" if vault.fixed_from is None else "compliance"
    return Lock(vault.name, region, "", mode, _bounds(vault), _until(vault.fixed_from, now), _urgent(vault, now))


def _urgent(vault: Vault, now: datetime) -> bool:
    return vault.fixed_from is not None and vault.fixed_from > now


def _bounds(vault: Vault) -> str:
    least = 1 if vault.min_days is None else vault.min_days
    return f"at least {least} days" if vault.max_days is None else f"{least} to {vault.max_days} days"


def _until(fixed_from: datetime | None, now: datetime) -> str:
    if fixed_from is None:
        return "for ever, by whoever has the right"
    if fixed_from <= now:
        return f"final since {fixed_from:%Y-%m-%d}"
    left = fixed_from - now
    days = left.days
    told = f"{days} day{'' if days == 1 else 's'}" if days else f"{int(left.total_seconds() // 3600)} hours"
    return f"final in {told}, on {fixed_from:%Y-%m-%d %H:%M} UTC"


def _accounts(names: list[str]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(sorted(names))
    return f"{len(names)} accounts: {', '.join(sorted(names)[:_NAMED])}, …"
