"""How far a reading reaches: which accounts, in which Regions. Pure; what the organization is, others say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backstay_contract.organization import Organization


class ReachError(Exception):
    """A wish that names what the organization does not have; the message says what."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Accounts with Regions, ordered by account and Region, and the organization they are of."""

    organization: Organization
    places: tuple[tuple[str, str], ...]

    @property
    def names(self) -> dict[str, str]:
        """Accounts' names by id."""
        return {account.id: account.name for _, account in self.organization.places()}


def reach(organization: Organization, accounts: Sequence[str] = (), regions: Sequence[str] = ()) -> Reach:
    """All accounts in their Regions, or those `accounts` (ids or names), in these `regions`; raises ReachError."""
    members = {account.id: account for _, account in organization.places()}
    names: dict[str, list[str]] = {}
    for account in members.values():
        names.setdefault(account.name, []).append(account.id)
    chosen = {one if one in members else _called(one, names) for one in accounts} or set(members)
    places = ((one, region) for one in chosen for region in regions or organization.regions_of(members[one]))
    return Reach(organization, tuple(sorted(set(places))))


def _called(name: str, names: Mapping[str, Sequence[str]]) -> str:
    fitting = names.get(name, ())
    if not fitting:
        raise ReachError(f"the organization has no account {name}")
    if len(fitting) > 1:
        raise ReachError(f"several accounts are called {name} ({', '.join(sorted(fitting))}); name one by its id")
    return fitting[0]
