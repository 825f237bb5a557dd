"""How the vaults of a place are locked, now and after the apply: what a rule loses that moves from one to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backstay_agent.needs import written
from backstay_agent.observed import Lock, Place
from backstay_agent.planner.losses import weaker
from backstay_contract.plan import Action, PutVaultLock


@dataclass(frozen=True, slots=True)
class Locks:
    """Locks by vault: as observed, as the build wants them, and the vaults that this very plan locks better."""

    place: Place
    wanted: Mapping[str, Lock | None]
    put: frozenset[str]

    def unlocks(self, body: Mapping[str, Any]) -> Callable[[str, str], bool]:
        """For a plan with this body now: whether moving a rule from one vault to another loses protection.

        The new vault counts as locked by this plan only where its lock goes first, which it does not where the plan
        writes into that vault already (the lock may have to wait until the plan keeps within its band).
        """
        used = {vault for (_, _, vault), _ in written(self.place.account, self.place.region, body)}

        def lost(old: str, new: str) -> bool:
            first = new in self.put and new not in used
            return any(weaker(lock, than) for lock in self._will(new, first=first) for than in self._was(old))

        return lost

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
    place: Place, wanted: Mapping[str, Mapping[str, Any] | None], decided: Iterable[Action], now: datetime
) -> Locks:
    """The locks of a place, from what was observed, the build's lock bodies, and what was decided about its vaults."""
    put = {one.name for one in decided if isinstance(one, PutVaultLock) and one.effect != "destructive"}
    return Locks(place, {name: _lock(body, now) for name, body in wanted.items()}, frozenset(put))


def _lock(body: Mapping[str, Any] | None, now: datetime) -> Lock | None:
    if body is None:
        return None
    days = body.get("ChangeableForDays")
    return Lock(
        body.get("MinRetentionDays"), body.get("MaxRetentionDays"), now + timedelta(days=days) if days else None
    )
