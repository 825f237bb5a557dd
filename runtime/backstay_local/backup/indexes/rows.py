"""What is remembered of search indexes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backstay_local.store import Store, Table


@dataclass(frozen=True, slots=True)
class Index:
    """The search index of a recovery point, which has one or none."""

    point_arn: str
    sort: str
    account: str
    region: str
    vault_arn: str
    resource_arn: str
    resource_type: str
    role_arn: str
    status: Literal["PENDING", "ACTIVE", "FAILED", "DELETING"]
    created: datetime
    point_created: datetime
    continuous: bool
    """Whether the recovery point is continuous: its index is made anew once a day."""
    on_demand: bool
    """Asked for by a person, for a recovery point that was there already."""
    started: datetime | None = None
    """When indexing began; none while it waits for others."""
    completed: datetime | None = None
    deleted: datetime | None = None
    message: str | None = None
    items: int | None = None

    @property
    def id(self) -> str:
        """Under what name its future stands in the agenda."""
        return self.point_arn


class Tables:
    """One attribute per table."""

    def __init__(self, store: Store) -> None:
        """Use (or make) the tables of a store."""
        self.of_points = Table(
            store,
            "point_indexes",
            Index,
            key=("point_arn",),
            indexes=("account, region, sort", "account, region, status", "resource_arn, status"),
        )
