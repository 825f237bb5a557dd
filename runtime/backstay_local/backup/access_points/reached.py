"""Which recovery points have backup access points."""

from __future__ import annotations

from backstay_local.backup.rows import RecoveryPoint
from backstay_local.backup.state import State


def is_reached(state: State, point: RecoveryPoint) -> bool:
    """Whether a recovery point has a backup access point, in whatever state, down to the one that is being deleted."""
    return _any(state) and state.tables.access.points.first("point_arn = ?", point.arn) is not None


def reads(state: State, manifest: str) -> bool:
    """Whether a backup access point shows a backup."""
    return _any(state) and state.tables.access.points.first("manifest = ?", manifest) is not None


def _any(state: State) -> bool:
    """Whether there is any access point at all, which costs nothing to ask."""
    return state.tables.access.points.first("TRUE") is not None
