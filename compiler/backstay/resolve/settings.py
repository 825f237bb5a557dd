"""Settings: opt-ins of an account's Region, and the one setting of the whole organization."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backstay.ir import Where
from backstay.resolve import places
from backstay.resolve.context import Context
from backstay.resolve.inherit import Effective
from backstay.resolve.pieces import Piece
from backstay.resolve.problem import problem, second

CROSS_ACCOUNT = "isCrossAccountBackupEnabled"


@dataclass(frozen=True, slots=True)
class OptIns:
    """Opt-ins by resource type, and who said each."""

    values: dict[str, bool] = field(default_factory=dict)
    where: dict[str, Where] = field(default_factory=dict)

    def rows(self) -> tuple[tuple[str, bool], ...]:
        """The opt-ins, sorted."""
        return tuple(sorted(self.values.items()))


def opt_ins(effective: Effective, context: Context) -> OptIns:
    """The opt-ins that hold together; two policies that disagree are a complaint."""
    found = OptIns()
    first: dict[str, Piece] = {}
    for piece in effective.settings:
        for name, value in piece.get("opt_in") or ():
            if found.values.setdefault(name, value) != value:
                _clash(f"opt-in of {name}", "opt_in", first[name], piece, context)
            elif name not in first:
                first[name] = piece
                found.where[name] = places.of_piece(piece, context.sources)
    return found


def cross_account(effectives: Iterable[Effective], context: Context) -> tuple[bool, Where] | None:
    """Whether copies between accounts are to be switched on, for the whole organization; None if nobody says."""
    said = [piece for one in effectives for piece in one.settings if piece.get("cross_account_copies") is not None]
    pieces = [piece for piece in said if not _overridden(piece, said)]
    for piece in pieces[1:]:
        if piece.get("cross_account_copies") != pieces[0].get("cross_account_copies"):
            _clash("copies between accounts", "cross_account_copies", pieces[0], piece, context)
    if not pieces:
        return None
    return bool(pieces[0].get("cross_account_copies")), places.of_piece(pieces[0], context.sources)


def _overridden(piece: Piece, others: Sequence[Piece]) -> bool:
    """Whether another policy extends the one that says this, and says it anew."""
    own = {id(said.node) for said in piece.nodes}
    return any(own < {id(said.node) for said in other.nodes} for other in others)


def _clash(what: str, name: str, one: Piece, other: Piece, context: Context) -> None:
    policies = one.first.layer.policy.name, other.first.layer.policy.name
    message = f"policies `{policies[0]}` and `{policies[1]}` disagree on the {what}"
    others = second(places.of_field(one, name, context.sources), "said here first")
    span = places.of_field(other, name, context.sources)
    context.findings.append(problem("settings-clash", message, span, others=others))
