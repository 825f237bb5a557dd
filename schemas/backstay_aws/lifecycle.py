"""How long a recovery point lives: what AWS Backup refuses in a lifecycle, and the dates that follow from one.

Source: Backup API `Lifecycle`, `BackupRuleInput.EnableContinuousBackup` and `CalculatedLifecycle`; developer guide
"Backup plan options and configuration", "Point-in-time recovery", "Vault Lock"; read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

COLD_MINIMUM_DAYS = 90
"""Days that a recovery point must be allowed to stay in cold storage before it is deleted."""

CONTINUOUS_MAX_DAYS = 35
"""Longest retention of a continuous (point-in-time) backup, in days."""

CONTINUOUS_RPO = timedelta(minutes=15)
"""How far back the last restorable second of a continuous backup may lie."""

MAX_DAYS = 36500
"""Longest retention that a lifecycle can name, in days; longer means no `delete_after` at all."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Days after creation until the move to cold storage and until deletion; None means never."""

    cold_after: int | None
    delete_after: int | None
    archive: bool = False  # OptInToArchiveForSupportedResources: lets EBS snapshots take part in `cold_after`


@dataclass(frozen=True, slots=True)
class Dates:
    """When one recovery point goes cold and when it is deleted; None means never."""

    cold_at: datetime | None
    delete_at: datetime | None


class LifecycleProblem(Enum):
    """Everything for which the service refuses a lifecycle, in the order in which `problems` lists it."""

    COLD_GAP = "delete_after is less than 90 days after cold_after"
    COLD_BEFORE_1 = "cold_after is less than 1 day"
    DELETE_RANGE = "delete_after is not within 1 to 36500 days"
    CONTINUOUS_RETENTION = "a continuous backup is kept for more than 35 days"
    CONTINUOUS_COLD = "a continuous backup is to move to cold storage"
    CONTINUOUS_WITHOUT_RETENTION = "a continuous backup has no delete_after"


def problems(lifecycle: Lifecycle, *, continuous: bool) -> tuple[LifecycleProblem, ...]:
    """List why the service would refuse this lifecycle in a rule; empty when it would take it."""
    return tuple(_problems(lifecycle.cold_after, lifecycle.delete_after, continuous=continuous))


def dates(created: datetime, lifecycle: Lifecycle) -> Dates:
    """Add a lifecycle's days to the creation date (a copy keeps the date of its source).

    The service deletes at a random moment within eight hours after `delete_at`.
    """
    return Dates(_after(created, lifecycle.cold_after), _after(created, lifecycle.delete_after))


def within_lock(delete_after: int | None, minimum: int | None, maximum: int | None) -> bool:
    """Say whether a locked vault takes a recovery point with this retention; for ever (None) breaks any maximum."""
    if delete_after is None:
        return maximum is None
    return (minimum is None or delete_after >= minimum) and (maximum is None or delete_after <= maximum)


def _problems(cold: int | None, delete: int | None, *, continuous: bool) -> Iterator[LifecycleProblem]:
    if cold is not None and delete is not None and not continuous and delete < cold + COLD_MINIMUM_DAYS:
        yield LifecycleProblem.COLD_GAP
    if cold is not None and cold < 1:
        yield LifecycleProblem.COLD_BEFORE_1
    if delete is not None and not 1 <= delete <= MAX_DAYS:
        yield LifecycleProblem.DELETE_RANGE
    elif continuous and delete is not None and delete > CONTINUOUS_MAX_DAYS:
        yield LifecycleProblem.CONTINUOUS_RETENTION
    if continuous and cold is not None:
        yield LifecycleProblem.CONTINUOUS_COLD
    if continuous and delete is None:
        yield LifecycleProblem.CONTINUOUS_WITHOUT_RETENTION


def _after(created: datetime, days: int | None) -> datetime | None:
    return None if days is None else created + timedelta(days=days)
