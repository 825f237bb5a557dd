"""What time does to recovery points: to cold storage, and to an end."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from backstay_local.backup import belongings, events, kinds, protection, recovery_points, roles
from backstay_local.backup.protection import Deed
from backstay_local.backup.rows import RecoveryPoint, changed
from backstay_local.backup.state import Happenings, State

_PATIENCE = timedelta(minutes=10)  # how long an end waits for a job that uses the recovery point
_NOW = timedelta(0)


def to_cold(state: State, arn: str, at: datetime) -> None:
    """Move a recovery point to cold storage, unless something keeps it as it is; Vault Lock does not."""
    point = state.tables.points.get(arn)
    if point is None or point.storage_class != "WARM" or not kinds.goes_cold(kinds.of_point(point), point.lifecycle):
        return
    if protection.held_back(state, point, Deed.GO_COLD):
        return
    cold = changed(point, storage_class="COLD")
    state.tables.points.put(cold)
    belongings.cold(state, cold, at)
    events.recovery_point(state, cold, cold.status, at)


def end(state: State, arn: str, at: datetime) -> None:
    """Let a recovery point go: because someone deleted it, or because its lifecycle ran out and nothing holds it."""
    point = state.tables.points.get(arn)
    if point is None:
        return
    if recovery_points.in_use(state, point):
        state.agenda.put("point-delete", arn, at + _PATIENCE)
    elif point.status == "DELETING":
        recovery_points.drop(state, point, at)
    elif not protection.held_back(state, point, Deed.EXPIRE):
        _expire(state, point, at)


def resume(state: State, arn: str, at: datetime, *, within: timedelta = _NOW) -> None:
    """Let the lifecycle of a recovery point go on after something that held it back: what is overdue happens.

    An overdue end comes at a moment `within` this span, which depends on the ARN. What else holds it back still does.
    """
    point = state.tables.points.get(arn)
    if point is None or point.status in ("DELETING", "EXPIRED"):
        return
    if point.cold_at is not None and point.cold_at <= at:
        state.agenda.put("point-cold", arn, at)
    if point.delete_at is not None and point.delete_at <= at:
        state.agenda.put("point-delete", arn, at + spread(arn, within))


def _expire(state: State, point: RecoveryPoint, at: datetime) -> None:
    if point.delete_at is None:
        return
    moment = point.delete_at + spread(point.arn, state.settings.expiry_spread)
    if at < moment:
        state.agenda.put("point-delete", point.arn, moment)
    elif not roles.usable(state, point.role_arn, point.account):
        _stay(state, point, at)
    else:
        events.recovery_point(state, point, "DELETING", at)
        recovery_points.drop(state, point, at)


def _stay(state: State, point: RecoveryPoint, at: datetime) -> None:
    """Mark a recovery point that AWS Backup may not delete: its role is gone, or does not trust the service."""
    reason = f"The recovery point could not be deleted: {roles.sentence(point.role_arn)}"
    expired = changed(point, status="EXPIRED", message=reason)
    state.tables.points.put(expired)
    events.recovery_point(state, expired, "EXPIRED", at)


def spread(arn: str, within: timedelta) -> timedelta:
    """A moment within a span that depends on the ARN alone: random to look at, the same in every run."""
    share = int.from_bytes(hashlib.sha256(arn.encode()).digest()[:4]) / 2**32
    return within * share


HAPPENINGS: Happenings = {"point-cold": to_cold, "point-delete": end}
