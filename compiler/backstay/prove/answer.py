"""What comes of a question: proved, refuted by a resource that there could be, or unknown, with what it hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from backstay import ir
    from backstay_aws.selection import Selection
    from backstay_contract.findings import Span

Status = Literal["PROVED", "COUNTEREXAMPLE", "UNKNOWN"]
STATUSES: tuple[Status, ...] = ("COUNTEREXAMPLE", "UNKNOWN", "PROVED")
"""Worst first: an answer over several shapes has the worst status of them."""
VAULT = "backup vault"
"""The type of a witness that is a vault."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A resource that there could be; `tags` has only those that matter, every other may be as it likes.

    Where an invariant is about vaults it is one of those: of the type `VAULT`, without tags.
    """

    account: str
    account_name: str
    unit: str
    region: str
    type: str
    arn: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Nearest:
    """What comes nearest to protecting a witness, and why it does not: a sentence for each reason, at its line.

    `plan` is None where the witness is a vault: then the reasons are about that.
    """

    plan: str | None
    selection: str | None
    rule: str | None
    reasons: tuple[tuple[str, Span | None], ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a proof for one shape and some types rests on; `check` verifies it by other means."""

    shape: ir.Shape
    types: tuple[str, ...]
    opted_in: bool
    absent: bool
    core: tuple[tuple[str, str], ...]
    """Plan and name of each selection that the proof needs."""
    about: Selection | None = None
    """What it is a proof about: all that this selection takes; None: what the requirement's `every` says."""
    tested: Mapping[str, tuple[ir.RestoreSelection, ...]] | None = None
    """What restore tests take often enough, by plan, where the promise asks for tests; None where it does not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one requirement. `accounts`: those for which it fails; if it holds, all that it speaks of."""

    name: str
    status: Status
    where: ir.Where
    accounts: int
    witness: Witness | None = None
    nearest: Nearest | None = None
    notes: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    types: Mapping[Status, tuple[str, ...]] = field(default_factory=dict)
    """The resource types by how it went for them."""

    def shown(self, witness: Witness, nearest: Nearest | None) -> Answer:
        """The same with a witness and what comes nearest."""
        return replace(self, witness=witness, nearest=nearest)

    def noting(self, *notes: str) -> Answer:
        """The same with more notes."""
        return replace(self, notes=(*self.notes, *notes))
