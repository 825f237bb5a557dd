"""What is remembered of backup access points."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from backstay_local.store import Store, Table


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """A backup access point, in whatever state."""

    arn: str
    sort: str
    account: str
    region: str
    name: str
    point_arn: str
    vault_arn: str
    vault_name: str
    resource_arn: str
    resource_type: str
    status: str
    created: datetime
    alias: str
    """What stands for a bucket's name in S3's operations."""
    manifest: str
    """What is read through it; kept for as long as the access point is there."""
    data_since: datetime
    """When this state of the resource came into the vault."""
    metadata: dict[str, str] = field(default_factory=dict)
    """AccessPointMetadata as it was sent."""
    policy: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class UsedName:
    """A name whose access point was deleted so lately that it cannot be given again."""

    account: str
    region: str
    name: str
    until: datetime


class Tables:
    """One attribute per table."""

    def __init__(self, store: Store) -> None:
        """Use (or make) the tables of a store."""
        self.points = Table(
            store,
            "access_points",
            AccessPoint,
            key=("arn",),
            indexes=("account, region, sort", "point_arn", "resource_arn", "manifest", "alias"),
            steady=True,
        )
        self.used_names = Table(store, "used_access_point_names", UsedName, key=("account", "region", "name"))
