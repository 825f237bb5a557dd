"""What recovery points hold: the states of continuous ones, and when bytes are needed by nothing any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from backstay_local.backup.access_points import reached
from backstay_local.backup.rows import Moment, RecoveryPoint
from backstay_local.backup.state import State

_FREE = """
    SELECT value FROM json_each(?)
    WHERE NOT EXISTS (SELECT 1 FROM recovery_points WHERE manifest = value)
      AND NOT EXISTS (SELECT 1 FROM moments WHERE manifest = value)
    ORDER BY value
"""


def keep(state: State, point: RecoveryPoint, at: datetime) -> None:
    """Keep the newest state of a continuous recovery point; those older than its retention go."""
    state.tables.moments.put(Moment(point.arn, at, point.manifest))
    oldest = at - timedelta(days=point.lifecycle.get("DeleteAfterDays", 0))
    for old in state.tables.moments.where("point_arn = ? AND at < ?", point.arn, oldest):
        state.tables.moments.remove(old.point_arn, old.at)
        state.released.add(old.manifest)


def time_of(text: str) -> datetime:
    """A time as restore metadata and access points spell it (ISO 8601, UTC unless told); ValueError if it is none."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def last_before(state: State, point: RecoveryPoint, at: datetime) -> Moment | None:
    """The last state of a continuous recovery point at a time, if it goes back so far."""
    return state.tables.moments.first("point_arn = ? AND at <= ?", point.arn, at, order="at DESC")


def first_after(state: State, point: RecoveryPoint, at: datetime) -> Moment | None:
    """The first state of a continuous recovery point since a time, if it has gone on since."""
    return state.tables.moments.first("point_arn = ? AND at >= ?", point.arn, at, order="at")


def drop(state: State, point: RecoveryPoint) -> None:
    """Let go of everything that a recovery point held, which itself is gone already."""
    state.released.add(point.manifest)
    if point.continuous:
        state.released.update(one.manifest for one in state.tables.moments.where("point_arn = ?", point.arn))
        state.tables.moments.drop_where("point_arn = ?", point.arn)


def let_go(state: State) -> None:
    """Delete the bytes that nothing holds any more; recovery points of an unchanged resource share theirs."""
    if not state.released:
        return
    for (manifest,) in state.store.query(_FREE, [sorted(state.released)]):
        if not reached.reads(state, manifest):
            state.outbox.add(partial(state.data.delete, manifest))
    state.released.clear()
