"""What is nested in a composite recovery point, and which of it stands or falls with it."""

from __future__ import annotations

from collections.abc import Collection

from backstay_local.backup import kinds
from backstay_local.backup.rows import RecoveryPoint
from backstay_local.backup.state import State


def of(state: State, parent_arn: str) -> list[RecoveryPoint]:
    """The recovery points that are nested in a composite, newest resource first."""
    return state.tables.points.where("parent_arn = ?", parent_arn, order="sort")


def is_state(state: State, point: RecoveryPoint) -> bool:
    """Whether a recovery point is the state of the cluster whose composite it is nested in, one to one."""
    parent = state.tables.points.get(point.parent_arn) if point.parent_arn is not None else None
    return parent is not None and kinds.of_point(parent).composite == "cluster" and _same(parent, point)


def own(state: State, parent: RecoveryPoint) -> RecoveryPoint | None:
    """The template of the stack, or the state of the cluster, among what is nested."""
    return next((one for one in of(state, parent.arn) if _same(parent, one)), None)


def holds_others(state: State, parent: RecoveryPoint) -> bool:
    """Whether a composite has nested recovery points that it cannot go before."""
    return parent.is_parent and any(not is_state(state, one) for one in of(state, parent.arn))


def verdict(states: Collection[str]) -> str:
    """How a parent ends whose children ended so."""
    good = sum(one == "COMPLETED" for one in states)
    if good == 0:
        return "FAILED"
    return "COMPLETED" if good == len(states) else "PARTIAL"


def _same(parent: RecoveryPoint, child: RecoveryPoint) -> bool:
    return child.resource_arn == parent.resource_arn
