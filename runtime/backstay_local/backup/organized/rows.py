"""Which effective backup policy the plans of each account were made of."""

from __future__ import annotations

from dataclasses import dataclass

from backstay_local.store import Store, Table


@dataclass(frozen=True, slots=True)
class Followed:
    """An account with the effective policy that its plans show."""

    account: str
    manager: str
    """The management account, whose opt-ins hold for these plans."""
    document: str


class Tables:
    """One attribute per table."""

    def __init__(self, store: Store) -> None:
        """Use (or make) the tables of a store."""
        self.followed = Table(store, "followed_policies", Followed, key=("account",), steady=True)
