"""Why jobs fail, in plain words: AWS's messages by pattern, with what to do and the lint rule that warns of it before.

A message that no row knows is told as AWS wrote it, and nothing is added. `explain` takes any text that holds AWS's
message: a job's status message, `Code from Operation: message`, or a job's state with its message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from backstay_agent.reasons import access, copies, restores, service, sources
from backstay_agent.reasons.row import Reason

__all__ = ["REASONS", "Reason", "explain", "sentences"]

REASONS: tuple[Reason, ...] = (*copies.ROWS, *access.ROWS, *sources.ROWS, *restores.ROWS, *service.ROWS)
"""Every row, the more special before the more general: the first that fits counts."""


def explain(text: str) -> Reason | None:
    """The row for a text that holds AWS's message, or None for a message that nothing is known about."""
    return next((row for row, pattern in _compiled() if pattern.search(text)), None)


def sentences(text: str | None) -> Iterator[str]:
    """What to add to AWS's own words: one sentence, or none."""
    found = explain(text) if text else None
    if found is not None:
        yield found.sentence()


@cache
def _compiled() -> tuple[tuple[Reason, re.Pattern[str]], ...]:
    return tuple((row, re.compile(row.pattern, re.IGNORECASE | re.DOTALL)) for row in REASONS)
