"""What a backup access point shows: the data of its recovery point, and the tier that each object lies in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from backstay_local.backup.access_points.rows import AccessPoint
from backstay_local.backup.state import State
from backstay_local.data import DataError
from backstay_local.data.listing import Entry
from backstay_local.data.pieces import Held

_SINCE = "COALESCE(completed, created)"  # a copy has the date of its source, but came into the vault when it was done


@dataclass(frozen=True, slots=True)
class Shown:
    """An access point with what can be read through it."""

    point: AccessPoint
    held: Held | None
    """The backup; None while the access point is not available, or when its key is off."""
    low_cost: Callable[[Entry], bool]
    """Whether an object lies in the low-cost tier."""


def shown(state: State, alias: str) -> Shown | None:
    """What the access point of an alias shows; None when there is none such."""
    row = state.tables.access.points.first("alias = ?", alias)
    if row is None:
        return None
    return Shown(row, _look(state, row.manifest) if row.status == "AVAILABLE" else None, _low_cost(state, row))


def _look(state: State, manifest: str) -> Held | None:
    try:
        return state.data.look(manifest)
    except DataError:
        return None


def _low_cost(state: State, row: AccessPoint) -> Callable[[Entry], bool]:
    """Which objects were in the vault, in the version that is shown, long enough to have been moved.

    That is: those of a backup which itself is old enough, and those that the newest such backup has as well. Backups
    that are gone do not count: what only they had in common with this one looks younger than AWS would have it.
    """
    tiered = state.tables.tiering.tiered.get(row.vault_arn, row.resource_arn)
    if tiered is None:
        return lambda _: False
    if row.data_since <= tiered.until:
        return lambda _: True
    manifest = _newest(state, row, tiered.until)
    held = None if manifest is None else _look(state, manifest)
    moved = frozenset((entry.name, entry.stamp) for entry in held.entries()) if held else frozenset()
    return lambda entry: (entry.name, entry.stamp) in moved


def _newest(state: State, row: AccessPoint, until: datetime) -> str | None:
    """The newest backup of the same resource that came into the same vault until a time."""
    data = ("vault_arn = ? AND resource_arn = ?", row.vault_arn, row.resource_arn)
    snapshot = state.tables.points.first(
        f"{data[0]} AND NOT continuous AND {_SINCE} <= ?", *data[1:], until, order=f"{_SINCE} DESC"
    )
    moment = state.tables.moments.first(
        f"point_arn IN (SELECT arn FROM recovery_points WHERE {data[0]}) AND at <= ?", *data[1:], until, order="at DESC"
    )
    found = [(one.completed or one.created, one.manifest) for one in (snapshot,) if one is not None]
    found += [(one.at, one.manifest) for one in (moment,) if one is not None]
    return max(found)[1] if found else None
