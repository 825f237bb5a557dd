"""The effective backup policy of an account, kept as AWS keeps it: a bad one is withheld, the last good one stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from backstay_local.world.tree import Attached

from .document import parse
from .merge import merge
from .validity import Fault, faults


@dataclass(frozen=True, slots=True)
class Effective:
    """What DescribeEffectivePolicy gives out for an account, and why it may not be the newest."""

    published: str
    evaluated: datetime
    faults: tuple[Fault, ...] = ()
    contributing: tuple[str, ...] = ()


def evaluate(levels: Sequence[Sequence[Attached]], before: Effective | None, now: datetime) -> Effective:
    """The effective policy of a path. Nothing attached is the empty document."""
    texts = tuple(tuple(policy.content for policy in level) for level in levels)
    document, wrong = _merged(texts)
    if wrong:
        ids = tuple(policy.id for level in levels for policy in level)
        return Effective(before.published if before else "{}", now, wrong, ids)
    if before is not None and before.published == document and not before.faults:
        return before
    return Effective(document, now)


@lru_cache(maxsize=4096)
def _merged(texts: tuple[tuple[str, ...], ...]) -> tuple[str, tuple[Fault, ...]]:
    """One evaluation for all accounts that have the same policies above them."""
    plans = merge([[parse(text) for text in level] for level in texts])
    document = {"plans": plans} if any(texts) else {}
    return json.dumps(document, sort_keys=True, separators=(",", ":")), tuple(faults(plans))
