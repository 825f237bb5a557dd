"""The effective backup policy of an account, kept as AWS keeps it: a bad one is withheld, the last good one stays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from backstay_aws.effective import Attached, Effective, EffectiveError, Invalid, Kind, Level, Refused, evaluate
from backstay_local.world import tree

Texts = tuple[tuple[tuple[str, str], ...], ...]
"""The policies of each level by id and text."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What DescribeEffectivePolicy gives out for an account, and why it may not be the newest."""

    published: str
    evaluated: datetime
    errors: tuple[EffectiveError, ...] = ()


def renewed(levels: Sequence[Sequence[tree.Attached]], before: Kept | None, now: datetime) -> Kept:
    """What is kept of an account after the policies on its path, from the root down to itself, may have changed."""
    texts = tuple(tuple((policy.id, policy.content) for policy in level) for level in levels)
    document, wrong = _evaluated(texts, now)
    if wrong:
        return Kept(before.published if before else "{}", now, wrong)
    if before is not None and before.published == document and not before.errors:
        return before
    return Kept(document, now)


@lru_cache(maxsize=256)
def _evaluated(texts: Texts, now: datetime) -> tuple[str, tuple[EffectiveError, ...]]:
    """One evaluation for all accounts that have the same policies above them."""
    answer = evaluate(tuple(_levels(texts)), now=now, stored=True)
    match answer:
        case Effective():
            return json.dumps(answer.document, sort_keys=True, separators=(",", ":")), ()
        case Invalid():
            return "{}", answer.errors
        case Refused():
            raise ValueError(f"policy {answer.policy} was admitted and cannot be read: {answer.reason}")


def _levels(texts: Texts) -> Iterator[Level]:
    for index, policies in enumerate(texts):
        kind: Kind = "ROOT" if index == 0 else "ACCOUNT" if index == len(texts) - 1 else "OU"
        yield Level(kind, "", tuple(Attached(name, text=text) for name, text in policies))
