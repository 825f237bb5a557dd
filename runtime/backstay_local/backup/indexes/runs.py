"""A search index through time: asked for, made, in use or failed, deleted."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from backstay_local.backup import roles
from backstay_local.backup.indexes import eligible, messages, room
from backstay_local.backup.indexes.rows import Index
from backstay_local.backup.rows import BackupJob, RecoveryPoint, changed, newest_first
from backstay_local.backup.state import Happenings, State
from backstay_local.data import DataError

_ITEMS = frozenset({"S3"})
"""The types whose pieces, as kept here, are the items that a person searches for."""
NO_ITEMS = "This embedded AWS looks into no file system: the index of a volume holds no items."
_log = logging.getLogger(__name__)


def create(state: State, point: RecoveryPoint, role_arn: str, at: datetime, *, on_demand: bool) -> Index:
    """Ask for the index of a recovery point, in the place of an earlier one; it is made a little later."""
    index = Index(
        point_arn=point.arn,
        sort=newest_first(at, point.arn),
        account=point.account,
        region=point.region,
        vault_arn=point.vault_arn,
        resource_arn=point.resource_arn,
        resource_type=point.resource_type,
        role_arn=role_arn,
        status="PENDING",
        created=at,
        point_created=point.created,
        continuous=point.continuous,
        on_demand=on_demand,
    )
    _forget(state, index)
    state.tables.indexes.of_points.put(index)
    state.agenda.put("index-start", index.id, at + state.settings.start_delay)
    return index


def after_backup(state: State, job: BackupJob, point: RecoveryPoint, at: datetime) -> None:
    """Ask for the index that a job was to make; a continuous recovery point gets one a day (days are UTC days)."""
    earlier = state.tables.indexes.of_points.get(point.arn)
    if earlier is not None and earlier.created.astimezone(UTC).date() == at.astimezone(UTC).date():
        return
    if eligible.problem(state, point) is None:
        create(state, point, job.role_arn, at, on_demand=False)


def start(state: State, point_arn: str, at: datetime) -> None:
    """Begin to make an index, unless too many are being made: then it waits."""
    index = state.tables.indexes.of_points.get(point_arn)
    if index is None or index.status != "PENDING" or index.started is not None:
        return
    if not room.for_one_more(state, index):
        return
    state.tables.indexes.of_points.put(changed(index, started=at))
    state.agenda.put("index-finish", index.id, at + state.settings.run_time)


def finish(state: State, point_arn: str, at: datetime) -> None:
    """Make an index of what the recovery point holds now, or fail."""
    index, point = state.tables.indexes.of_points.get(point_arn), state.tables.points.get(point_arn)
    if index is None or point is None or index.status != "PENDING":
        return
    made = _made(state, index, point, at)
    if isinstance(made, str):
        message = f"{messages.sentence('FAILED', point_arn)} {made}"
        made = changed(index, status="FAILED", message=message)
    state.tables.indexes.of_points.put(made)
    messages.tell(state, made, "FAILED" if made.status == "FAILED" else "ACTIVE", at)
    room.freed(state, made, at)


def _made(state: State, index: Index, point: RecoveryPoint, at: datetime) -> Index | str:
    """The index in use, or why it cannot be made."""
    if not roles.usable(state, index.role_arn, index.account):
        return roles.sentence(index.role_arn)
    done = messages.sentence("ACTIVE", index.point_arn)
    if index.resource_type not in _ITEMS:
        if state.settings.volume_index == "FAILED":
            return NO_ITEMS
        return changed(index, status="ACTIVE", completed=at, items=0, message=f"{done} {NO_ITEMS}")
    try:
        items = state.data.count(point.manifest)
    except DataError as error:
        return str(error)
    except Exception as error:  # a slip fails its own index, and must not stop the scheduler
        _log.exception("index of %s", index.point_arn)
        return f"Internal error: {error}"
    return changed(index, status="ACTIVE", completed=at, items=items, message=done)


def leave(state: State, index: Index, at: datetime) -> Index:
    """Begin to delete an index; it is gone a little later."""
    _forget(state, index)
    leaving = changed(index, status="DELETING", deleted=at)
    state.tables.indexes.of_points.put(leaving)
    state.agenda.put("index-delete", index.id, at + state.settings.delete_delay)
    if index.started is not None:
        room.freed(state, leaving, at)
    return leaving


def end(state: State, point_arn: str, at: datetime) -> None:
    """Delete the index of a recovery point, if it has one, at once."""
    index = state.tables.indexes.of_points.get(point_arn)
    if index is None:
        return
    _forget(state, index)
    state.tables.indexes.of_points.remove(point_arn)
    messages.tell(state, changed(index, deleted=index.deleted or at), "DELETED", at)
    if index.status == "PENDING":
        room.freed(state, index, at)


def _forget(state: State, index: Index) -> None:
    state.agenda.drop(index.id, "index-start", "index-finish", "index-delete")


HAPPENINGS: Happenings = {"index-start": start, "index-finish": finish, "index-delete": end}
