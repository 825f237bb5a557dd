"""Which recovery points are under a legal hold."""

from __future__ import annotations

from backstay_local.backup.rows import RecoveryPoint
from backstay_local.backup.state import State


def is_held(state: State, point: RecoveryPoint) -> bool:
    """Whether at least one legal hold is on a recovery point; costs nothing where its account has none."""
    tables, here = state.tables.holds, "account = ? AND region = ? AND status <> 'CANCELED'"
    return (
        tables.holds.first(here, point.account, point.region) is not None
        and tables.held.first("point_arn = ?", point.arn) is not None
    )
