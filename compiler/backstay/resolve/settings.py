"""Settings: opt-ins and management of an account's Region, and those of the whole organization."""

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


GLOBALS = (
    # keyword of `Settings`, AWS's key; Backup API `UpdateGlobalSettings`, Terraform provider's tests, read 2026-11.
    ("cross_account_copies", CROSS_ACCOUNT, "copies between accounts"),
    ("delegated_administrator", "isDelegatedAdministratorEnabled", "delegated administrator"),
    ("multi_party_approval", "isMpaEnabled", "multi-party approval"),
)


@dataclass(frozen=True, slots=True)
class ByType:
    """A setting of a Region by resource type, and who said each."""

    values: dict[str, bool] = field(default_factory=dict)
    where: dict[str, Where] = field(default_factory=dict)

    def rows(self) -> tuple[tuple[str, bool], ...]:
        """The values, sorted by type."""
        return tuple(sorted(self.values.items()))


def opt_ins(effective: Effective, context: Context) -> ByType:
    """The opt-ins that hold together; two policies that disagree are a complaint."""
    return _by_type("opt_in", "opt-in", effective, context)


def management(effective: Effective, context: Context) -> ByType:
    """The types whose backups AWS Backup is to manage fully, or not."""
    return _by_type("full_management", "full management", effective, context)


def _by_type(field_: str, word: str, effective: Effective, context: Context) -> ByType:
    found = ByType()
    first: dict[str, Piece] = {}
    for piece in effective.settings:
        for name, value in piece.get(field_) or ():
            if found.values.setdefault(name, value) != value:
                _clash(f"{word} of {name}", field_, first[name], piece, context)
            elif name not in first:
                first[name] = piece
                found.where[name] = places.of_piece(piece, context.sources)
    return found


def whole(effectives: Sequence[Effective], context: Context) -> tuple[tuple[tuple[str, str], ...], Where | None]:
    """The settings of the whole organization as AWS spells them, and the place of the first; those that nobody says
    are not among them."""
    found, first = [], None
    for name, key, word in GLOBALS:
        said = _global(name, word, effectives, context)
        if said is not None:
            found.append((key, "true" if said.get(name) else "false"))
            first = first or places.of_piece(said, context.sources)
    return tuple(sorted(found)), first


def _global(name: str, word: str, effectives: Iterable[Effective], context: Context) -> Piece | None:
    said = [piece for one in effectives for piece in one.settings if piece.get(name) is not None]
    pieces = [piece for piece in said if not _overridden(piece, said)]
    for piece in pieces[1:]:
        if piece.get(name) != pieces[0].get(name):
            _clash(word, name, pieces[0], piece, context)
    return pieces[0] if pieces else None


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
