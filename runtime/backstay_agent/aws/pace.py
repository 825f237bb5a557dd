"""How many calls go at a time: for all of AWS, and for each account, Region and service as that place can bear it.

AWS does not publish how often AWS Backup may be called (developer guide, "AWS Backup quotas", read 2026-11-22: counts
of things only), and such limits belong to an account and Region. So they are measured while running, as TCP measures a
network: each call that goes well widens the place's window a little, a throttled one halves it, once for all calls that
were under way together.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

ALL = 64
"""Calls under way at a time in the whole process; as many connections are kept open for each host."""
_START, _MOST, _LEAST = 8.0, 32.0, 1.0

Key = tuple[str, str, str]
"""Account, Region, service."""


@dataclass(slots=True)
class Window:
    """How many calls a place can bear at a time; only whoever holds the lock of the pace changes it."""

    size: float = _START
    running: int = 0
    sent: int = 0
    narrowed_at: int = 0
    """How many had been sent when the window was last halved: throttling of earlier ones is no news."""

    def went_well(self) -> None:
        """One call more is borne for each windowful that goes well."""
        self.size = min(_MOST, self.size + 1.0 / self.size)

    def was_throttled(self, number: int) -> None:
        """Half as many, unless the call (the `number`-th) was sent before the window was halved."""
        if number > self.narrowed_at:
            self.size, self.narrowed_at = max(_LEAST, self.size / 2), self.sent


@dataclass(slots=True)
class Pace:
    """Lets calls go as their place, and the process, can bear them. For all threads."""

    most: int = ALL
    _windows: dict[Key, Window] = field(default_factory=dict)
    _running: int = 0
    _turn: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def turn(self, key: Key) -> Iterator[Turn]:
        """Wait until a call there may go; it is under way while the block lasts, waits between attempts included."""
        with self._turn:
            window = self._windows.setdefault(key, Window())
            self._turn.wait_for(lambda: self._running < self.most and window.running < max(1, int(window.size)))
            self._running += 1
            window.running += 1
            window.sent += 1
            turn = Turn(self, window, window.sent)
        try:
            yield turn
        finally:
            with self._turn:
                self._running -= 1
                window.running -= 1
                self._turn.notify_all()

    def size(self, key: Key) -> int:
        """How many calls a place is thought to bear at a time."""
        with self._turn:
            return int(self._windows.get(key, Window()).size)


@dataclass(frozen=True, slots=True)
class Turn:
    """A call that may go; says how it went."""

    pace: Pace
    window: Window
    number: int

    def went_well(self) -> None:
        """AWS answered."""
        with self.pace._turn:
            self.window.went_well()

    def was_throttled(self) -> None:
        """AWS said that it was one too many."""
        with self.pace._turn:
            self.window.was_throttled(self.number)
