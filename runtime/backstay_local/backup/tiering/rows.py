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
