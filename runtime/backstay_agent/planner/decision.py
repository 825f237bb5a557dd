"""What deciding about one place has to know, and what it gives back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backstay_contract.canonical import digest
from backstay_contract.plan import Action, Conflict, ConflictKind, Contested, Held, Orphan, Prerequisite, Purpose

_ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Setting:
    """The place that is being decided about, and what holds around it.

    `named`: the build says what the account gets in this Region. `complete`: everything that the build names could be
    read, so that what nobody refers to is known to be unused.
    """

    organization: str
    account: str
    region: str
    now: datetime
    named: bool = True
    complete: bool = True
    adopt: bool = False

    def place(self) -> dict[str, str]:
        """The members that every action, conflict and orphan carries."""
        return {"account": self.account, "region": self.region}

    def id(self, prefix: str, *content: Any) -> str:
        """A stable name for an action: the same wish at the same place has the same id in every plan."""
        return f"{prefix}-{digest([prefix, self.account, self.region, *content])[:_ID_LENGTH]}"

    def token(self, *content: Any) -> str:
        """An idempotency token derived from what is created, at most 50 characters."""
        return f"backstay-{digest([self.organization, self.account, self.region, *content])}"

    def conflict(self, kind: ConflictKind, name: str, reason: str, strands: str = "") -> Decision:
        """A wish that is left alone, with why, and with what going around it would leave behind."""
        conflict = Conflict(
            account=self.account, region=self.region, kind=kind, name=name, reason=reason, strands=strands
        )
        return Decision(conflicts=(conflict,))


@dataclass(frozen=True, slots=True)
class Decision:
    """Actions in no order yet, and what could not be turned into actions."""

    actions: tuple[Action, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    missing: tuple[Prerequisite, ...] = ()
    held: tuple[Held, ...] = ()
    contested: tuple[Contested, ...] = ()
    purpose: Purpose = "apply"


def act(actions: Sequence[Action]) -> Decision:
    """A decision that is only actions."""
    return Decision(actions=tuple(actions))


def joined(decisions: Iterable[Decision], purpose: Purpose = "apply") -> Decision:
    """Several decisions as one."""
    every = tuple(decisions)
    return Decision(
        tuple(action for decision in every for action in decision.actions),
        tuple(conflict for decision in every for conflict in decision.conflicts),
        tuple(orphan for decision in every for orphan in decision.orphans),
        tuple(missing for decision in every for missing in decision.missing),
        tuple(item for decision in every for item in decision.held),
        tuple(item for decision in every for item in decision.contested),
        purpose,
    )
