"""BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN: a resource is in at least one backup plan."""

from __future__ import annotations

from backstay_local.backup.audit_manager.asked import Asked, Verdict
from backstay_local.backup.audit_manager.controls.control import SELECTION, Control
from backstay_local.backup.audit_manager.facts import Resource


def judge(resource: Resource, asked: Asked) -> Verdict:  # noqa: ARG001  (it has no parameters)
    """Whether a selection of a plan takes the resource."""
    if resource.rules:
        return "COMPLIANT", "The resource is in a backup plan."
    return "NON_COMPLIANT", "The resource is in no backup plan."


CONTROL = Control(
    "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
    None,
    SELECTION,
    lambda facts: facts.resources("protected-by-plan"),
    judge,
)
