"""BACKUP_LAST_RECOVERY_POINT_CREATED: a resource has a recovery point that is new enough."""

from __future__ import annotations

from backstay_local.backup.audit_manager.asked import Asked, Verdict
from backstay_local.backup.audit_manager.controls.control import POINT, Control
from backstay_local.backup.audit_manager.controls.recent import verdict
from backstay_local.backup.audit_manager.facts import Resource


def judge(resource: Resource, asked: Asked) -> Verdict:
    """Whether one was made in this account and Region; copies do not count."""
    return verdict(resource.last_point, asked, "made here")


CONTROL = Control(
    "BACKUP_LAST_RECOVERY_POINT_CREATED",
    None,
    POINT,
    lambda facts: facts.resources("last-recovery-point"),
    judge,
)
