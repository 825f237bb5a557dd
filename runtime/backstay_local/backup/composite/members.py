"""A composite recovery point as what is nested in it comes, changes and goes."""

from __future__ import annotations

from datetime import UTC, datetime

from backstay_local.backup import events, lifecycles, protection
from backstay_local.backup.composite import nested
from backstay_local.backup.protection import Deed
from backstay_local.backup.rows import RecoveryPoint, changed
from backstay_local.backup.state import State

_NEVER = datetime.max.replace(tzinfo=UTC)


def settle(state: State, parent_arn: str, at: datetime, *, lost: bool = False) -> None:
    """Make a composite what its nested recovery points say: kept as long as the longest, gone with the last.

    `lost`: one has just left, so that the composite is a partial one if others remain.
    """
    parent = state.tables.points.get(parent_arn)
    if parent is None or parent.status == "DELETING":
        return
    held = nested.of(state, parent_arn)
    if not held:
        _over(state, parent, at)
        return
    longest = max(held, key=lambda one: one.delete_at or _NEVER)
    lifecycle = lifecycles.without_event(longest.lifecycle)
    status = "PARTIAL" if lost else parent.status
    later = changed(parent, lifecycle=lifecycle, delete_at=longest.delete_at, status=status)
    state.tables.points.put(later)
    _watch(state, later, at)
    if status != parent.status:
        events.recovery_point(state, later, status, at)


def gone(state: State, point: RecoveryPoint, at: datetime) -> None:
    """A recovery point is gone: the composite that it was nested in hears of it; what is nested in it goes, too."""
    if point.parent_arn is not None:
        settle(state, point.parent_arn, at, lost=True)
    if point.is_parent:
        for one in nested.of(state, point.arn):
            state.tables.points.put(changed(one, status="DELETING"))
            state.agenda.put("point-delete", one.arn, at)


def free(state: State, point: RecoveryPoint, at: datetime) -> None:
    """Take a nested recovery point out of its composite."""
    state.tables.points.put(changed(point, parent_arn=None, member=None))
    if point.parent_arn is not None:
        settle(state, point.parent_arn, at, lost=True)


def free_all(state: State, parent_arn: str) -> None:
    """Take everything out of a composite that never came to be."""
    for one in nested.of(state, parent_arn):
        state.tables.points.put(changed(one, parent_arn=None, member=None))


def _over(state: State, parent: RecoveryPoint, at: datetime) -> None:
    """The last nested recovery point is gone, and with it the composite, unless it is to stay for its time."""
    if state.settings.empty_composite == "stays":
        stays = changed(parent, status="PARTIAL")
        state.tables.points.put(stays)
        _watch(state, stays, at)
        return
    if protection.held_back(state, parent, Deed.EXPIRE):  # what holds it lets its lifecycle go on later
        state.tables.points.put(changed(parent, delete_at=at))
        return
    leaving = changed(parent, status="DELETING")
    state.tables.points.put(leaving)
    state.agenda.put("point-delete", parent.arn, at)
    events.recovery_point(state, leaving, "DELETING", at)


def _watch(state: State, parent: RecoveryPoint, at: datetime) -> None:
    """Put the end of a composite into the agenda: it comes when its time is over and nothing else is nested in it."""
    if parent.delete_at is None:
        state.agenda.drop(parent.arn, "point-delete")
    else:
        state.agenda.put("point-delete", parent.arn, max(parent.delete_at, at))
