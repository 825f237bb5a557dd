"""The embedded AWS's own time: real time plus an offset that only ever grows."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC time that starts where it is told and then runs at real speed.

    Everything in the embedded AWS Backup that depends on time (schedules, lifecycles, lock cooling-off) reads this
    clock and no other, so that jumping it forward is enough to see what a year does.
    """

    def __init__(self, start: datetime | None = None) -> None:
        """Start at `start` (aware; any zone), or at the real time now."""
        self._lock = threading.Lock()
        self._offset = timedelta(0)
        if start is not None:
            self._offset = _utc(start) - datetime.now(UTC)

    def now(self) -> datetime:
        """The time now, aware, UTC."""
        return datetime.now(UTC) + self._offset

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of real time (the part that an owner stores across restarts)."""
        return self._offset

    def set_offset(self, offset: timedelta) -> None:
        """Take up a stored offset again."""
        with self._lock:
            self._offset = offset

    def jump(self, to: datetime) -> None:
        """Move forward so that it is `to` now; a moment that has passed already changes nothing."""
        with self._lock:
            ahead = _utc(to) - datetime.now(UTC)
            self._offset = max(self._offset, ahead)


def _utc(moment: datetime) -> datetime:
    """The same moment in UTC; a naive one is a broken promise of the caller."""
    if moment.tzinfo is None:
        raise ValueError(f"the clock needs an aware time, not {moment.isoformat()}")
    return moment.astimezone(UTC)
