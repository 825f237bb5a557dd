"""What belongs to a recovery point: shown with it, gone with it. One list, asked by people and by time."""

from __future__ import annotations

from datetime import datetime

from backstay_local.backup.composite import members
from backstay_local.backup.indexes import runs as index_runs
from backstay_local.backup.indexes import shown as index_shown
from backstay_local.backup.rows import RecoveryPoint
from backstay_local.backup.scans import shown as scan_shown
from backstay_local.backup.state import Facts, State


def in_short(state: State, point: RecoveryPoint) -> Facts:
    """What lists of recovery points tell of what belongs to one."""
    return index_shown.of_point(state, point.arn) | scan_shown.summed_up(state, point.arn)


def in_full(state: State, point: RecoveryPoint) -> Facts:
    """What the description of a recovery point tells of what belongs to it."""
    return index_shown.of_point(state, point.arn) | scan_shown.one_by_one(state, point.arn)


def cold(state: State, point: RecoveryPoint, at: datetime) -> None:
    """A recovery point went to cold storage, where nothing can be indexed."""
    index_runs.end(state, point.arn, at)


def gone(state: State, point: RecoveryPoint, at: datetime) -> None:
    """A recovery point is gone, and its index with it; what was grouped with it hears of it."""
    index_runs.end(state, point.arn, at)
    if point.is_parent or point.parent_arn is not None:
        members.gone(state, point, at)
