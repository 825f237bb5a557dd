"""Frameworks and report plans are made, changed and deleted in their own time: until that is over they are busy."""

from __future__ import annotations

from typing import Literal

from backstay_local.backup import errors

CREATING, UPDATING, DELETING = "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"
DONE = "COMPLETED"


def refuse_busy(deployment: str, what: Literal["framework", "report plan"], name: str) -> None:
    """Refuse a change of something that is still being made, changed or deleted."""
    if deployment != DONE:
        raise errors.conflict(f"The {what} {name} cannot be changed now: {deployment}.")
