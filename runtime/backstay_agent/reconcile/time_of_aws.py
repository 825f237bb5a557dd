"""AWS's time for scheduling: asked for now and then, and carried on by a clock that nobody can set."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta


class TimeOfAws:
    """What AWS's clock shows. While AWS does not answer, its last answer goes on at the pace of the monotonic clock."""

    def __init__(self, ask: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        """`ask` gives AWS's time, or raises; the first answer is asked for at once."""
        self._ask = ask
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._at = monotonic()
        self._answer = ask()

    def refresh(self) -> datetime:
        """Ask AWS, and give what its clock shows; with no answer, what it should show."""
        try:
            answer = self._ask()
        except Exception:  # whatever stands between us and AWS: time goes on
            return self.now
        with self._lock:
            if answer != self._answer:  # the same answer as before is no answer
                self._answer, self._at = answer, self._monotonic()
        return self.now

    @property
    def now(self) -> datetime:
        """What AWS's clock shows by now."""
        with self._lock:
            return self._answer + timedelta(seconds=self._monotonic() - self._at)
