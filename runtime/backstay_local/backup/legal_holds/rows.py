"""What is remembered of legal holds, and of the recovery points that each of them holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backstay_local.store import Store, Table


@dataclass(frozen=True, slots=True)
class LegalHold:
    """A legal hold, in force or cancelled."""

    id: str
    sort: str
    arn: str
    account: str
    region: str
    title: str
    description: str
    status: str
    created: datetime
    selects: bool
    """Whether it was given a selection; without one it takes everything."""
    vault_names: list[str] | None = None
    resources: list[str] | None = None
    """ARNs of resources, patterns of such, or types of resources."""
    first_day: datetime | None = None
    last_day: datetime | None = None
    cancel_description: str | None = None
    cancelled: datetime | None = None
    retain_until: datetime | None = None
    """When the record of a cancelled hold disappears."""


@dataclass(frozen=True, slots=True)
class Held:
    """A recovery point under a legal hold."""

    hold_id: str
    point_arn: str


class Tables:
    """One attribute per table."""

    def __init__(self, store: Store) -> None:
        """Use (or make) the tables of a store."""
        scope = "account, region"
        indexes = (f"{scope}, sort", "arn")
        self.holds = Table(store, "legal_holds", LegalHold, key=("id",), indexes=indexes, steady=True)
        self.held = Table(store, "held_points", Held, key=("hold_id", "point_arn"), indexes=("point_arn",))
