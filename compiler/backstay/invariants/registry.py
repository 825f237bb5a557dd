"""Every invariant that has a name."""

from __future__ import annotations

from backstay.invariants import locks_only_tighten, parents_floor, three_two_one
from backstay.invariants.invariant import Invariant

INVARIANTS: tuple[Invariant, ...] = (
    three_two_one.INVARIANT,
    parents_floor.INVARIANT,
    locks_only_tighten.INVARIANT,
)


def named(name: str) -> Invariant | None:
    """The invariant of a name."""
    return next((one for one in INVARIANTS if one.name == name), None)
