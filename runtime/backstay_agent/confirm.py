"""Confirms, before something is taken away or locked, that what it rests on is there as it was wanted.

Each thing is read back once. A read that lags behind (AWS is eventually consistent) is repeated for a few seconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from backstay_agent.aws import AwsProblem
from backstay_agent.read_back import ReadBack, Reading
from backstay_contract.plan import Action

_PAUSES = (0.2, 0.4, 0.8, 1.6)
"""Seconds between one reading and the next."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a reading said: `problem` is None when all is as wanted."""

    problem: str | None
    reading: Reading | None = None


class Confirm:
    """Remembers what was confirmed; may be asked from many threads."""

    def __init__(self, back: ReadBack, pause: Callable[[float], None] = time.sleep) -> None:
        self._back = back
        self._pause = pause
        self._lock = threading.Lock()
        self._known: set[str] = set()

    def known(self, action: Action) -> bool:
        """Whether it was confirmed before, so that nobody asks again."""
        with self._lock:
            return action.id in self._known

    def ask(self, action: Action) -> Confirmed:
        """Read back what an action made."""
        confirmed = self._read(action)
        for pause in _PAUSES:
            if confirmed.problem is None:
                break
            self._pause(pause)
            confirmed = self._read(action)
        if confirmed.problem is None:
            with self._lock:
                self._known.add(action.id)
        return confirmed

    def _read(self, action: Action) -> Confirmed:
        try:
            reading = self._back.read(action)
        except AwsProblem as problem:
            return Confirmed(f"it could not be read back: {problem.code} from {problem.operation}: {problem.message}")
        return Confirmed(reading.problem if reading else None, reading)
