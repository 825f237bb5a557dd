"""How the vaults of a place are locked, now and after the apply: what a rule loses that moves from one to another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backstay_agent.needs import VaultKey, written
from backstay_agent.observed import Lock, Observed, Place
from backstay_agent.planner.losses import weaker
from backstay_contract.plan import Action, PutVaultLock


@dataclass(frozen=True, slots=True)
class Locks:
    """Locks by vault: as observed, as the build wants them, and the vaults that this very plan locks better.

    `used`: the vaults that some plan, anywhere, writes into now.
    """

    place: Place
    wanted: Mapping[str, Lock | None]
    put: frozenset[str]
    used: Collection[VaultKey]

    def unlocks(self, old: str, new: str) -> bool:
        """Whether moving a rule from one vault to another loses protection.

        The new vault counts as locked by this plan only where its lock goes first, which it does not where a plan
        writes into that vault already (the lock may have to wait until that plan keeps within its band).
        """
        first = new in self.put and (self.place.account, self.place.region, new) not in self.used
        return any(weaker(lock, than) for lock in self._will(new, first=first) for than in self._was(old))

    def _was(self, vault: str) -> Iterator[Lock | None]:
        yield self._observed(vault)
        if vault in self.put:
            yield self.wanted.get(vault)

    def _will(self, vault: str, *, first: bool) -> Iterator[Lock | None]:
        if not first:
            yield self._observed(vault)
        if vault in self.wanted:
            yield self.wanted[vault]

    def _observed(self, vault: str) -> Lock | None:
        found = self.place.vaults.get(vault)
        return found.lock if found else None


def locks_of(
    place: Place,
    wanted: Mapping[str, Mapping[str, Any] | None],
    decided: Iterable[Action],
    used: Collection[VaultKey],
    now: datetime,
) -> Locks:
    """The locks of a place, from what was observed, the build's lock bodies, and what was decided about its vaults."""
    put = {one.name for one in decided if isinstance(one, PutVaultLock) and one.effect != "destructive"}
    return Locks(place, {name: _lock(body, now) for name, body in wanted.items()}, frozenset(put), used)


def used_vaults(observed: Observed) -> set[VaultKey]:
    """The vaults that some plan that was observed writes into."""
    return {
        vault
        for (account, region), place in observed.places.items()
        for plan in place.plans
        for vault, _ in written(account, region, plan.body)
    }


def _lock(body: Mapping[str, Any] | None, now: datetime) -> Lock | None:
    if body is None:
        return None
    days = body.get("ChangeableForDays")
    return Lock(
        body.get("MinRetentionDays"), body.get("MaxRetentionDays"), now + timedelta(days=days) if days else None
    )
