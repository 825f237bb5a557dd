"""The effective backup policy of an account, kept as AWS keeps it: a bad one is withheld, the last good one stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from backstay_aws.effective import Attached, Effective, EffectiveError, Invalid, Kind, Level, Refused, evaluate
from backstay_local.world import tree

if TYPE_CHECKING:
    from backstay_local.world.world import World

BACKUP = "BACKUP_POLICY"


@dataclass(frozen=True, slots=True)
class Kept:
    """What DescribeEffectivePolicy gives out for an account, and why it may not be the newest."""

    published: str
    evaluated: datetime
    errors: tuple[EffectiveError, ...] = ()


def renew(world: World, manager: str, now: datetime) -> None:
    """Evaluate again what changed in an organization: the accounts whose path has other policies than it had before.

    Only a last good document that was evaluated can be kept.
    """
    partition = world.partition
    kept, basis = tree.kept(manager, partition), tree.basis(manager, partition)
    enabled = tree.type_enabled(manager, partition, BACKUP)
    found = dict(tree.texts(manager, partition, BACKUP)) if enabled else {}
    changed = False
    for account in kept.keys() - found.keys():
        del kept[account]
        basis.pop(account, None)
        changed = True
    for account, texts in found.items():
        before = kept.get(account)
        if before is not None and basis.get(account) == texts:
            continue
        kept[account], basis[account] = _renewed(texts, before, now), texts
        changed = changed or kept[account] is not before
    if changed:
        world.policies_changed()


def _renewed(texts: tree.Texts, before: Kept | None, now: datetime) -> Kept:
    """What is kept of an account after the policies on its path, from the root down to itself, have changed."""
    document, wrong = _evaluated(texts, now)
    if wrong:
        return Kept(before.published if before else "{}", now, wrong)
    if before is not None and before.published == document and not before.errors:
        return before
    return Kept(document, now)


@lru_cache(maxsize=256)
def _evaluated(texts: tree.Texts, now: datetime) -> tuple[str, tuple[EffectiveError, ...]]:
    """One evaluation for all accounts that have the same policies above them."""
    answer = evaluate(tuple(_levels(texts)), now=now, stored=True)
    match answer:
        case Effective():
            return json.dumps(answer.document, sort_keys=True, separators=(",", ":")), ()
        case Invalid():
            return "{}", answer.errors
        case Refused():
            raise ValueError(f"policy {answer.policy} was admitted and cannot be read: {answer.reason}")


def _levels(texts: tree.Texts) -> Iterator[Level]:
    for index, policies in enumerate(texts):
        kind: Kind = "ROOT" if index == 0 else "ACCOUNT" if index == len(texts) - 1 else "OU"
        yield Level(kind, "", tuple(Attached(name, text=text) for name, text in policies))
