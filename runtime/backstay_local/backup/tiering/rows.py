"""What is remembered of tiering configurations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backstay_local.backup.rows import Json
from backstay_local.store import Store, Table


@dataclass(frozen=True, slots=True)
class TieringConfiguration:
    """A tiering configuration of one vault, or (`*`) of all that have none of their own."""

    arn: str
    account: str
    region: str
    name: str
    vault_name: str
    selections: list[Json]
    """ResourceSelection as it was sent."""
    created: datetime
    updated: datetime | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Tiered:
    """How far the data of a resource in a vault have moved to the low-cost tier; they never move back."""

    vault_arn: str
    resource_arn: str
    until: datetime
    """What came into the vault until then lies in the low-cost tier."""


class Tables:
    """One attribute per table."""

    def __init__(self, store: Store) -> None:
        """Use (or make) the tables of a store."""
        self.configurations = Table(
            store,
            "tiering_configurations",
            TieringConfiguration,
            key=("account", "region", "name"),
            indexes=("arn", "account, region, vault_name"),
        )
        self.tiered = Table(store, "tiered", Tiered, key=("vault_arn", "resource_arn"))
