"""What is known about AWS Backup: resource types, Regions, limits, events and controls, each row with source and date.

Nothing is read before it is asked for. A cell that AWS leaves open says "unknown", and refuses nothing.
"""

from __future__ import annotations

from functools import lru_cache

from backstay_aws.catalog import reading
from backstay_aws.catalog.rows import (
    OPT_IN_REGIONS,
    Cell,
    Control,
    Event,
    Gap,
    Limit,
    Parameter,
    PointKind,
    Price,
    Region,
    ResourceType,
    Span,
)

__all__ = [
    "OPT_IN_REGIONS",
    "Cell",
    "Control",
    "Event",
    "Gap",
    "Limit",
    "Parameter",
    "PointKind",
    "Price",
    "Region",
    "ResourceType",
    "Span",
    "cell",
    "control",
    "controls",
    "event",
    "events",
    "limit",
    "limits",
    "prices",
    "region",
    "regions",
    "resource_type",
    "resource_types",
]


@lru_cache(maxsize=256)
def resource_type(name: str, kind: str = "") -> ResourceType | None:
    """Look up a resource type by the name that the API uses (`RDS`, `Storage Gateway`); None when there is none.

    `kind` picks a kind that differs from the type at large: `advanced` of DynamoDB, `multi-az-cluster` of RDS,
    `windows`, `ontap` and `openzfs` of FSx, `windows-vss` of EC2. Without it DynamoDB is the table without advanced
    features, and FSx the Lustre file system.
    """
    row = reading.resource_types().get(name)
    if row is None or not kind:
        return row
    return next((one for one in row.kinds if one.kind == kind), None)


def resource_types() -> tuple[ResourceType, ...]:
    """Give every resource type, in the order of the table."""
    return tuple(reading.resource_types().values())


def cell(row: ResourceType, column: str, region: str | None = None) -> Cell:
    """Give one yes/no/unknown cell of a resource type, with the Region's own gaps taken into account."""
    value: Cell = getattr(row, column)
    if value != "no" and region is not None and _in_gap(row, column, region):
        return "no"
    return value


def region(name: str) -> Region | None:
    """Look up a Region; None when the catalogue has none of that name."""
    return reading.regions().get(name)


def regions() -> tuple[Region, ...]:
    """Give every Region, partition by partition."""
    return tuple(reading.regions().values())


def limit(name: str) -> int:
    """Give the default value of a limit; raises KeyError for a name that limits.toml does not have."""
    return reading.limits()[name].value


def limits() -> tuple[Limit, ...]:
    """Give every limit with its title and source."""
    return tuple(reading.limits().values())


def prices() -> tuple[Price, ...]:
    """Give every published price of storage and transfer by GB, with its source and date."""
    return tuple(reading.prices().values())


def event(name: str) -> Event | None:
    """Look up a vault notification event; None when the API has none of that name."""
    return reading.events().get(name)


def events() -> tuple[Event, ...]:
    """Give every vault notification event."""
    return tuple(reading.events().values())


def control(name: str) -> Control | None:
    """Look up a control of Audit Manager; None when there is none of that name."""
    return reading.controls().get(name)


def controls() -> tuple[Control, ...]:
    """Give the eleven controls of Audit Manager."""
    return tuple(reading.controls().values())


def _in_gap(row: ResourceType, column: str, region_name: str) -> bool:
    named = {one for gap in row.gaps if gap.cell == column for one in gap.regions}
    if region_name in named:
        return True
    known = region(region_name)
    return OPT_IN_REGIONS in named and known is not None and known.opt_in == "yes"
