"""A service that does not answer in a Region is left alone for a while, so that it costs the other Regions no time."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from backstay_agent.aws.timing import Timing

IN_A_ROW, ACCOUNTS = 8, 3
"""So many attempts in a row without a useful answer, in so many accounts at least, and nobody is asked there."""
IN_A_DEAD_REGION = 2
"""So many are enough where another service of the Region has fallen silent already."""
REST = 60.0
"""Seconds until one call may find out whether it answers again."""

Place = tuple[str, str]
"""Region, service."""


@dataclass(slots=True)
class _State:
    silent: int = 0
    """Attempts without a useful answer since the last one with it."""
    accounts: set[str] = field(default_factory=set)
    ask_again: float | None = None
    """When one caller may see whether it answers again; None as long as everybody may ask."""
    last: str = ""


@dataclass(slots=True)
class Circuit:
    """Remembers for each Region and service whether anybody answers. For all threads."""

    timing: Timing
    _states: dict[Place, _State] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def dead(self, place: Place) -> str | None:
        """Why a service in a Region is not asked now; None: ask. After the rest one caller is let through to see."""
        with self._lock:
            state = self._states.get(place)
            if state is None or state.ask_again is None:
                return None
            now = self.timing.monotonic()
            if now >= state.ask_again:
                state.ask_again = now + REST
                return None
            region, service = place
            return f"{service} does not answer in {region} (the last of several attempts: {state.last})"

    def answered(self, place: Place) -> None:
        """Somebody answered, whatever was said."""
        if place in self._states:
            with self._lock:
                self._states.pop(place, None)

    def silent(self, place: Place, account: str, code: str) -> None:
        """Nobody answered an attempt in an account, or only to say that the service is down."""
        with self._lock:
            state = self._states.setdefault(place, _State())
            state.silent += 1
            state.accounts.add(account)
            enough = state.silent >= IN_A_ROW and len(state.accounts) >= ACCOUNTS
            if state.ask_again is None and (enough or self._suspicious(place, state)):
                state.last, state.ask_again = code, self.timing.monotonic() + REST

    def _suspicious(self, place: Place, state: _State) -> bool:
        others = (it for (region, _), it in self._states.items() if region == place[0] and it is not state)
        return state.silent >= IN_A_DEAD_REGION and any(it.ask_again is not None for it in others)
