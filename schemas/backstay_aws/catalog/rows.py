"""What the rows of the catalogue look like once read: frozen values whose uncertain cells are words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Cell = Literal["yes", "no", "unknown"]
"""A fact as AWS states it; "unknown" where it says nothing, or where two of its pages disagree."""

PointKind = Literal[
    "backup",
    "ec2-image",
    "ec2-snapshot",
    "rds-snapshot",
    "rds-cluster-snapshot",
    "fsx-backup",
    "dynamodb-backup",
    "redshift-snapshot",
    "redshift-serverless-snapshot",
    "unknown",
]
"""What the ARN of a recovery point of a type looks like; "backup" is AWS Backup's own."""

OPT_IN_REGIONS = "opt-in"
"""Stands in `Gap.regions` for every Region that an account must enable first."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell that is "no" in these Regions, whatever its row says."""

    cell: str
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One resource type, or one kind of it that differs; columns as the head of resource_types.toml explains them."""

    name: str
    title: str
    opt_in: str
    cfn_type: str
    arn: str
    patterns: tuple[str, ...]
    point: PointKind
    point_arn: str
    cross_region: Cell
    cross_account: Cell
    cross_region_and_account: Cell
    same_region: Cell
    continuous: Cell
    incremental: Cell
    full_management: Cell
    cold_storage: Cell
    item_restore: Cell
    restore_testing: Cell
    air_gap: Cell
    audit_manager: Cell
    index: Cell
    tiering: Cell
    malware_scan: Cell
    access_points: Cell
    own_encryption: Cell
    stop_job: Cell
    untag: Cell
    copy_tags: Cell
    air_gap_primary: Literal["direct", "copy", "vault-only", "unknown"]
    archive_opt_in: Cell
    opt_in_always: Cell
    point_at_start: Cell
    guard_minutes: int
    config_rules: tuple[str, ...]
    inferred: tuple[str, ...]
    note: str
    source: str
    date: str
    composite: Literal["", "stack", "cluster"] = ""
    kind: str = ""
    gaps: tuple[Gap, ...] = ()
    kinds: tuple[ResourceType, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """One Region: its partition, whether an account must enable it, and what AWS Backup offers there."""

    name: str
    title: str
    partition: str
    opt_in: Cell
    backup: Cell
    air_gap: Cell
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Limit:
    """One quota or range: its default value, and whether AWS raises it on request."""

    name: str
    value: int
    adjustable: Cell
    title: str
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Price:
    """What a GB costs: `name` is a resource type (or `*`) and a tier, `usd` a month, or once for a transfer."""

    name: str
    usd: float
    certain: Cell
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Event:
    """One event of vault notifications: whether it is ever sent, and which one to name `instead` ("" for none)."""

    name: str
    delivered: Cell
    instead: str
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Span:
    """The smallest and largest value of a control's parameter in one unit."""

    unit: str
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input of a control; its value travels as a string, a list with commas between."""

    name: str
    kind: Literal["integer", "choice", "list"]
    required: Cell
    choices: tuple[str, ...] = ()
    default: str | None = None
    unit_from: str | None = None
    ranges: tuple[Span, ...] = ()
    maximum_items: int | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """One control of Audit Manager: `periodic` ones are evaluated daily, `change` ones when configuration changes."""

    name: str
    title: str
    trigger: Literal["periodic", "change"]
    scopes: tuple[Literal["tag", "types", "single"], ...]
    source: str
    date: str
    parameters: tuple[Parameter, ...] = field(default=())
