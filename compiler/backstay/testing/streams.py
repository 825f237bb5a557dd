"""Where the recovery points of a rule come to lie for one resource: its vault, and those of its copies. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backstay import ir
from backstay.prove.lacks import Judge, Need
from backstay_aws import catalog
from backstay_aws.lifecycle import Lifecycle

if TYPE_CHECKING:
    from datetime import date

    from backstay_aws.catalog import ResourceType


@dataclass(frozen=True, slots=True)
class Place:
    """A vault that a rule's recovery points come to, and how long they stay: as the type can."""

    vault: str
    account: str
    region: str
    lifecycle: Lifecycle
    copied: bool
    continuous: bool


def places(
    model: ir.Model, shape: ir.Shape, rule: ir.Rule, row: ResourceType, account: str, now: date
) -> Iterator[Place]:
    """The vaults that get recovery points of a type; none where a lock refuses the retention, or AWS cannot copy.

    What AWS does not say is taken to work, as `prove` says of it.
    """
    judge = Judge(model, shape, row, Need(), now)
    if any(lack.sure for lack in judge.lacks(rule)):
        return
    target = rule.air_gapped
    name = rule.vault if target is None or row.air_gap_primary == "vault-only" else target.name
    host = account if target is None or target.account == ir.ACCOUNT else target.account
    continuous = rule.continuous and catalog.cell(row, "continuous", shape.region) != "no"
    kept = _lifecycle(rule.lifecycle, row, shape.region)
    yield Place(name, host if name != rule.vault else account, shape.region, kept, copied=False, continuous=continuous)
    for copy in rule.copies:
        if not any(lack.sure for lack in judge.copy_lacks(copy)):
            goal = copy.destination
            host = account if goal.account == ir.ACCOUNT else goal.account
            kept = _lifecycle(copy.lifecycle, row, goal.region)
            yield Place(goal.name, host, goal.region, kept, copied=True, continuous=False)


def _lifecycle(lifecycle: Lifecycle, row: ResourceType, region: str) -> Lifecycle:
    """The lifecycle without the move to cold storage where the type takes no part in it."""
    opted = row.archive_opt_in != "yes" or lifecycle.archive
    if opted and catalog.cell(row, "cold_storage", region) != "no":
        return lifecycle
    return Lifecycle(None, lifecycle.delete_after, lifecycle.archive)
