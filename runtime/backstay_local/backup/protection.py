"""What keeps a recovery point from being deleted or changed: one list, asked by people and by time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from backstay_local.backup import errors, locks
from backstay_local.backup.access_points import reached
from backstay_local.backup.composite import nested
from backstay_local.backup.legal_holds import held
from backstay_local.backup.rows import RecoveryPoint
from backstay_local.backup.state import State


class Deed(Enum):
    """What can be done to a recovery point; the value begins a sentence about it."""

    DELETE = "Deleting"
    DISASSOCIATE = "Disassociating"
    CHANGE_LIFECYCLE = "Changing the lifecycle of"
    EXPIRE = "Expiry of"
    GO_COLD = "Moving to cold storage"


BY_PEOPLE = frozenset({Deed.DELETE, Deed.DISASSOCIATE, Deed.CHANGE_LIFECYCLE})
BY_TIME = frozenset({Deed.EXPIRE, Deed.GO_COLD})
_LOCKED = "the backup vault is protected by AWS Backup Vault Lock"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that may protect a recovery point, and from what.

    `stands` says whether it does so now; `because` ends the sentence that people are told. Whatever stands against a
    deed of time must call `expiry.resume` when it ends.
    """

    stands: Callable[[State, RecoveryPoint], bool]
    because: str
    against: frozenset[Deed]


def refuse_if_protected(state: State, point: RecoveryPoint, deed: Deed) -> None:
    """Refuse what a person wants to do to a recovery point that something protects from it."""
    found = _in_the_way(state, point, deed)
    if found is not None:
        raise errors.refused(f"{deed.value} recovery point {point.arn} is refused because {found.because}.")


def held_back(state: State, point: RecoveryPoint, deed: Deed) -> bool:
    """Whether something protects a recovery point from what its lifecycle would do to it now."""
    return _in_the_way(state, point, deed) is not None


def _in_the_way(state: State, point: RecoveryPoint, deed: Deed) -> Obstacle | None:
    return next((one for one in _OBSTACLES if deed in one.against and one.stands(state, point)), None)


def _locked(state: State, point: RecoveryPoint) -> bool:
    return locks.of(state, point.vault_arn) is not None


def _locked_together(state: State, point: RecoveryPoint) -> bool:
    return state.settings.lock_keeps_associated and _locked(state, point)


def _held_warm(state: State, point: RecoveryPoint) -> bool:
    return state.settings.hold_keeps_warm and held.is_held(state, point)


_OBSTACLES: tuple[Obstacle, ...] = (
    # Vault Lock stands in either mode and for everyone, but lets lifecycles take their course (semantics §5.4).
    Obstacle(_locked, _LOCKED, BY_PEOPLE - {Deed.DISASSOCIATE}),
    Obstacle(_locked_together, _LOCKED, frozenset({Deed.DISASSOCIATE})),
    Obstacle(held.is_held, "it is under a legal hold", BY_PEOPLE | {Deed.EXPIRE}),
    Obstacle(_held_warm, "it is under a legal hold", frozenset({Deed.GO_COLD})),
    # Lifecycles can be changed under access points, and take effect after them (developer guide, backup-access-points).
    Obstacle(nested.holds_others, "it has nested recovery points", frozenset({Deed.DELETE, Deed.EXPIRE})),
    Obstacle(nested.is_state, "its composite recovery point needs it", frozenset({Deed.DELETE, Deed.EXPIRE})),
    Obstacle(reached.is_reached, "it has backup access points", BY_TIME | {Deed.DELETE}),
)
