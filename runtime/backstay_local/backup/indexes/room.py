"""How many indexes are made at a time, and which comes next (semantics §12)."""

from __future__ import annotations

from datetime import datetime

from backstay_aws import catalog
from backstay_local.backup import queue
from backstay_local.backup.indexes.rows import Index
from backstay_local.backup.state import State

_SMALLER = frozenset({"ap-southeast-5", "ca-central-1", "ap-southeast-7", "mx-central-1"})
"""Regions with a smaller quota. Source: Backup developer guide, aws-backup-limits, read 2026-11."""


def for_one_more(state: State, index: Index) -> bool:
    """Whether the index of a recovery point may be made now, beside those that are being made."""
    table = state.tables.indexes.of_points
    making = "account = ? AND region = ? AND status = 'PENDING' AND started IS NOT NULL"
    here = (index.account, index.region)
    small = index.region in _SMALLER
    if table.count(making, *here) >= catalog.limit("index_jobs_in_smaller_regions" if small else "index_jobs"):
        return False
    own = (f"{making} AND resource_arn = ?", *here, index.resource_arn)
    if table.count(*own) >= catalog.limit("index_jobs_per_resource"):
        return False
    asked = table.count(f"{own[0]} AND on_demand", *own[1:])
    return not index.on_demand or asked < catalog.limit("on_demand_index_jobs_per_resource")


def freed(state: State, index: Index, at: datetime) -> None:
    """Let the index begin that waits longest in the account and Region where one has just ended."""
    waiting = state.tables.indexes.of_points.where(
        "account = ? AND region = ? AND status = 'PENDING' AND started IS NULL",
        index.account,
        index.region,
    )
    queue.call_up(state, "index-start", waiting, lambda one: for_one_more(state, one), at)
