"""One change of meaning, as a reviewer is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from backstay.prove.answer import Witness

if TYPE_CHECKING:
    from backstay_contract.findings import Span

Kind = Literal[
    "backup", "points", "copy", "lock", "rule", "vault", "air-gapped-vault", "restore-test", "framework", "report",
    "setting", "legal-hold", "tiering", "policy",
]  # fmt: skip
LOCKS_ONLY_TIGHTEN = "locks-only-tighten"
"""The invariant that no change loosens a vault's lock."""
Direction = Literal["lost", "gained", "changed"]


_FEW = 6
"""Types that are listed by name; more are just resources."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one kind.

    `what`: the change in one phrase; `who`: the resources or places that it is about; `accounts`: in how many accounts;
    `why`: the reason on the new side, at `place`; `forever`: it cannot be undone once it has come into force.
    """

    kind: Kind
    direction: Direction
    what: str
    who: str
    accounts: tuple[str, ...]
    regions: tuple[str, ...] = ()
    witness: Witness | None = None
    why: str = ""
    place: Span | None = None
    forever: bool = False
    types: tuple[str, ...] = ()
    """Resource types, where it is about resources: `who` says which of them."""
    resources: tuple[str, ...] = ()
    """ARNs of the inventory that it is about; empty without an inventory, or where it is about none."""
    counted: bool = False
    """Whether an inventory was looked through."""
    breaks: str | None = None
    """The invariant that it breaks."""

    @property
    def subject(self) -> str:
        """Whom it is about, in one phrase."""
        if not self.types:
            return self.who
        few = ", ".join(self.types) if len(self.types) <= _FEW else "Resources"
        return f"{few} with {self.who}"
