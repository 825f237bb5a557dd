"""Whether, and when, a failed call is tried again. Pure but for the budget, which counts.

Waits are drawn from nothing up to a ceiling that doubles with each attempt ("full jitter"), so that many accounts that
are throttled at once do not come back at once. The number of attempts and the time are both bounded. All retries of a
process draw on one budget: what is over it waits, so that 500 accounts that are throttled make no storm.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from backstay_agent.aws.classes import FailureClass
from backstay_agent.aws.timing import Timing

ATTEMPTS = 8
DEADLINE = 180.0
"""Seconds after which a call is not tried again, counted from its first attempt."""
_CEILING = 20.0
_LONGEST_WISH = 60.0
_BASE: Mapping[FailureClass, float] = {"throttle": 1.0, "server": 0.4, "timeout": 0.4}


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed attempt; `retry_after` is what AWS asked for, in seconds."""

    failure: FailureClass
    retry_after: float | None = None


def pause(failed: Failure, attempt: int, elapsed: float, chance: float, *, repeatable: bool) -> float | None:
    """Seconds to wait before the next attempt after the `attempt`-th (from 1), or None: there is no next one.

    `repeatable`: doing it twice is as good as once. Throttled calls were refused before any work, so that they are
    always repeated.
    """
    match failed.failure:
        case "throttle":
            pass
        case "server" | "timeout":
            if not repeatable:
                return None
        case "expired" | "skew" | "quota" | "refusal":
            return None
        case _:
            assert_never(failed.failure)
    if attempt >= ATTEMPTS:
        return None
    ceiling = min(_CEILING, _BASE[failed.failure] * 2 ** (attempt - 1))
    wait = max(chance * ceiling, min(failed.retry_after or 0.0, _LONGEST_WISH))
    return wait if elapsed + wait <= DEADLINE else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a `Retry-After` header; None without one, and for dates, which AWS does not send."""
    text = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None


# Operations that make something new each time they are called, and whose model has no token: after a failure that may
# have come behind the work they are not repeated, since a second one would be a second thing. All others either carry
# a token, set a state, or are refused when the name is taken (API References of the services, read 2026-11-29).
_MAKES_ANOTHER: frozenset[tuple[str, str]] = frozenset(
    {
        ("kms", "CreateKey"),
        ("organizations", "CreateAccount"),
        ("organizations", "InviteAccountToOrganization"),
        ("sns", "Publish"),
        ("ec2", "CreateSnapshot"),
        ("iam", "CreateAccessKey"),
    }
)


def repeatable(service: str, operation: str, *, has_token: bool) -> bool:
    """Whether a call may be repeated when nobody knows if the attempt before was carried out."""
    return has_token or (service, operation) not in _MAKES_ANOTHER


class Budget:
    """A bucket of retries, filled at a steady rate: who finds it empty waits for their turn. For all threads."""

    def __init__(self, timing: Timing, *, burst: int = 100, per_second: float = 20.0) -> None:
        """`burst` retries at once, and `per_second` in the long run."""
        self._timing = timing
        self._burst, self._rate = float(burst), per_second
        self._left, self._at = self._burst, timing.monotonic()
        self._lock = threading.Lock()

    def draw(self) -> float:
        """Take one retry; gives the seconds by which it has to be later."""
        with self._lock:
            now = self._timing.monotonic()
            self._left = min(self._burst, self._left + (now - self._at) * self._rate)
            self._at = now
            self._left -= 1.0
            return 0.0 if self._left >= 0 else -self._left / self._rate
