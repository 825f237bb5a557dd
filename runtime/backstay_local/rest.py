"""A pause after a failure, longer after each one in a row: what cannot be done now is not tried all the time."""

from __future__ import annotations

import time

_SHORTEST, _LONGEST = 0.5, 30.0


class Rest:
    """How long to leave something alone. For one thread at a time."""

    def __init__(self) -> None:
        """Nothing has failed yet."""
        self._seconds = 0.0
        self._until = 0.0

    @property
    def over(self) -> bool:
        """Whether it may be tried (again)."""
        return time.monotonic() >= self._until

    def begin(self) -> float:
        """It failed: leave it alone; answers for how many seconds."""
        self._seconds = min(max(2 * self._seconds, _SHORTEST), _LONGEST)
        self._until = time.monotonic() + self._seconds
        return self._seconds

    def end(self) -> None:
        """It worked."""
        self._seconds = self._until = 0.0
