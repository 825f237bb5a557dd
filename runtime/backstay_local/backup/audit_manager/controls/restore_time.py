"""RESTORE_TIME_FOR_RESOURCES_MEET_TARGET: the latest restore of a resource was fast enough."""

from __future__ import annotations

from backstay_local.backup.audit_manager.asked import Asked, Verdict
from backstay_local.backup.audit_manager.controls.control import Control
from backstay_local.backup.audit_manager.facts import Resource

_TARGET = 720  # maxRestoreTime in AWS's samples; no page says what holds without it


def judge(resource: Resource, asked: Asked) -> Verdict:
    """Compare LatestRestoreExecutionTimeMinutes with `maxRestoreTime`, in minutes."""
    target, took = asked.number("maxRestoreTime") or _TARGET, resource.restore_minutes
    if took is None:
        return asked.never_restored, "The resource was never restored."
    if took > target:
        return "NON_COMPLIANT", f"The latest restore took {took} minutes; the target is {target}."
    return "COMPLIANT", f"The latest restore took {took} minutes; the target is {target}."


CONTROL = Control(
    "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET", None, None, lambda facts: facts.resources("restore-time"), judge
)
