"""BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK: a recovery point is kept long enough."""

from __future__ import annotations

from backstay_local.backup.audit_manager.asked import Asked, Verdict
from backstay_local.backup.audit_manager.controls.control import POINT, Control
from backstay_local.backup.audit_manager.facts import Point


def judge(point: Point, asked: Asked) -> Verdict:
    """Whether its lifecycle deletes it no earlier; one without an end is kept long enough."""
    days = asked.number("requiredRetentionDays") or 0
    if point.keeps_days is None:
        return "COMPLIANT", "The recovery point is kept for ever."
    if point.keeps_days >= days:
        return "COMPLIANT", f"The recovery point is kept for {point.keeps_days} days; {days} are required."
    return "NON_COMPLIANT", f"The recovery point is kept for {point.keeps_days} days; {days} are required."


CONTROL = Control("BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", POINT, POINT, lambda facts: facts.points, judge)
