"""A time in the words of AWS Backup."""

from __future__ import annotations

from datetime import datetime
from typing import overload


@overload
def iso(moment: datetime) -> str: ...


@overload
def iso(moment: datetime | None) -> str | None: ...


def iso(moment: datetime | None) -> str | None:
    """UTC with milliseconds, as events, messages and reports have it; nothing of nothing."""
    return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
