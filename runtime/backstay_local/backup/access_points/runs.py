"""A backup access point through time: ready or failed after its creation, gone after its deletion."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backstay_local.backup import expiry, notifications, tags
from backstay_local.backup.access_points.rows import AccessPoint, UsedName
from backstay_local.backup.state import Happenings, State
from backstay_local.backup.times import iso

UNREADABLE = "The recovery point cannot be read: its KMS key is disabled or gone, or its data are damaged."


def ready(state: State, arn: str, at: datetime) -> None:
    """Open an access point, if what it shows can be read."""
    row = state.tables.access.points.get(arn)
    if row is None or row.status != "CREATING":
        return
    if state.data.readable(row.manifest):
        opened = replace(row, status="AVAILABLE")
        _tell(state, opened, "ACCESS_POINT_AVAILABLE", "A backup access point is available.", at)
    else:
        opened = replace(row, status="FAILED", message=UNREADABLE)
        _tell(state, opened, "ACCESS_POINT_CREATION_FAILED", f"A backup access point was not created. {UNREADABLE}", at)
    state.tables.access.points.put(opened)


def gone(state: State, arn: str, at: datetime) -> None:
    """End an access point: its recovery point, with no other, is subject to its lifecycle again."""
    row = state.tables.access.points.get(arn)
    if row is None:
        return
    state.tables.access.points.remove(arn)
    tags.put(state, arn, {})
    state.tables.access.used_names.drop_where("until <= ?", at)
    until = at + state.settings.access_point_name_rest
    state.tables.access.used_names.put(UsedName(row.account, row.region, row.name, until))
    state.released.add(row.manifest)
    expiry.resume(state, row.point_arn, at)
    _tell(state, row, "ACCESS_POINT_DELETED", "A backup access point was deleted.", at)


def _tell(state: State, row: AccessPoint, event: str, text: str, at: datetime) -> None:
    attributes = {
        "EventType": event,
        "Status": row.status,
        "AccessPointArn": row.arn,
        "CreationTime": iso(row.created),
    }
    notifications.tell(state, row.vault_arn, event, f"{text} Access point ARN: {row.arn}", attributes, at)


HAPPENINGS: Happenings = {"access-ready": ready, "access-gone": gone}
