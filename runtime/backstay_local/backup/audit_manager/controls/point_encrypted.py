"""BACKUP_RECOVERY_POINT_ENCRYPTED: a recovery point is encrypted."""

from __future__ import annotations

from backstay_local.backup.audit_manager.asked import Asked, Verdict
from backstay_local.backup.audit_manager.controls.control import POINT, Control
from backstay_local.backup.audit_manager.facts import Point


def judge(point: Point, asked: Asked) -> Verdict:  # noqa: ARG001  (it has no parameters)
    """What the recovery point says of itself: of types that AWS Backup does not manage fully, as its source was."""
    if point.encrypted:
        return "COMPLIANT", "The recovery point is encrypted."
    return "NON_COMPLIANT", "The recovery point is not encrypted."


CONTROL = Control("BACKUP_RECOVERY_POINT_ENCRYPTED", POINT, POINT, lambda facts: facts.points, judge)
