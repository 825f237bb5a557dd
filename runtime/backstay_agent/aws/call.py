"""One call to AWS that has ended, as whoever listens is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One call that has ended, retries and all: where, what, how long it took, and how it ended.

    `seconds` is wall time with every retry and every wait in it; `retries` is 0 where the first attempt was the last;
    `code` is None where AWS did what was asked, else AWS's error code (or the transport's); `request_id` is the last
    attempt's, and None where nobody answered; `throttled` is how many attempts AWS called too many.
    """

    account: str
    region: str
    service: str
    operation: str
    seconds: float
    retries: int
    code: str | None
    request_id: str | None
    throttled: int = 0


Listener = Callable[[Call], None]
