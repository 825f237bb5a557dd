"""What the two controls about the age of recovery points share."""

from __future__ import annotations

from datetime import datetime

from backstay_local.backup.audit_manager.asked import Asked, Verdict


def verdict(last: datetime | None, asked: Asked, where: str) -> Verdict:
    """Whether a moment is no longer ago than `recoveryPointAgeValue`, in `recoveryPointAgeUnit`."""
    age = asked.span("recoveryPointAgeValue", "recoveryPointAgeUnit")
    if last is not None and asked.now - last <= age:
        return "COMPLIANT", f"A recovery point {where} is no older than {age}."
    return "NON_COMPLIANT", f"No recovery point {where} is as new as {age}."
