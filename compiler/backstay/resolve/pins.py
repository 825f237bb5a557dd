"""Where vaults stand: an unpinned one wherever the policy reaches, a pinned one under its own account and Region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from backstay.resolve.classes import Class
from backstay.resolve.inherit import Heirs
from backstay.resolve.pieces import Piece
from backstay.resolve.problem import problem, second, several
from backstay.resolve.tree import Tree
from backstay.source import Sources
from backstay_contract.findings import Finding

Place = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Stands:
    """Vaults by place: `hosted` by account and Region, `regional` (pinned to a Region only) by class and Region."""

    hosted: Mapping[Place, tuple[Piece, ...]]
    regional: Mapping[tuple[int, str], tuple[Piece, ...]]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Standing:
    heirs: Heirs
    tree: Tree
    sources: Sources
    hosted: dict[Place, list[Piece]] = field(default_factory=lambda: defaultdict(list))
    regional: dict[tuple[int, str], list[Piece]] = field(default_factory=lambda: defaultdict(list))
    outside: dict[int, tuple[Piece, set[Place]]] = field(default_factory=dict)

    def add(self, number: int, group: Class) -> None:
        """Put every pinned vault of a class where it stands."""
        for region in group.reached():
            for piece in self.heirs.effective(group.active(region)).vaults:
                account, pinned = piece.get("account"), piece.get("region")
                if account is not None:
                    self._host(piece, account, pinned or region)
                elif pinned is not None:
                    self._region(piece, number, group, pinned)

    def _host(self, piece: Piece, account: str, region: str) -> None:
        host = self.tree.by_id.get(account)
        if host is not None and region not in host.regions:
            self._outside(piece, account, region)
        elif all(known.key() != piece.key() for known in self.hosted[account, region]):
            self.hosted[account, region].append(piece)

    def _region(self, piece: Piece, number: int, group: Class, region: str) -> None:
        if region not in group.regions:
            for member in group.members:
                self._outside(piece, member.id, region)
        elif all(known.key() != piece.key() for known in self.regional[number, region]):
            self.regional[number, region].append(piece)

    def _outside(self, piece: Piece, account: str, region: str) -> None:
        self.outside.setdefault(id(piece.first.node), (piece, set()))[1].add((account, region))


def stand(classes: Sequence[Class], heirs: Heirs, tree: Tree, sources: Sources) -> Stands:
    """Find the place of every pinned vault; complain of pins outside an account's Regions and of unlike twins."""
    work = _Standing(heirs, tree, sources)
    for number, group in enumerate(classes):
        work.add(number, group)
    findings = [_outside(piece, places, tree, sources) for piece, places in work.outside.values()]
    hosted = {place: tuple(_refined(pieces)) for place, pieces in work.hosted.items()}
    for place, pieces in hosted.items():
        findings += unlike(pieces, place, tree, sources)
    regional = {place: tuple(_refined(pieces)) for place, pieces in work.regional.items()}
    return Stands(hosted, regional, tuple(findings))


def unlike(pieces: Sequence[Piece], place: Place, tree: Tree, sources: Sources) -> Iterator[Finding]:
    """A complaint for each two vaults of one name in one place that do not say the same."""
    first: dict[str, Piece] = {}
    for piece in pieces:
        known = first.setdefault(piece.name, piece)
        if content(known) != content(piece):
            host = tree.by_id.get(place[0])
            where = f"{host.name if host else place[0]}, {place[1]}"
            message = f"vault `{piece.name}` is declared twice for {where}, and not alike"
            others = second(sources.where(known.first.node)[0], "declared here first")
            yield problem("same-name-twice", message, sources.where(piece.first.node)[0], others=others)


def content(piece: Piece) -> dict[str, object]:
    """What a vault says but for its pins."""
    return {name: value for name, value in piece.values.items() if name not in ("account", "region")}


def _refined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Of a vault and its overridden form, the overridden form: there is only one vault."""
    for piece in pieces:
        own = {id(said.node) for said in piece.nodes}
        if not any(own < {id(said.node) for said in other.nodes} for other in pieces if other.name == piece.name):
            yield piece


def _outside(piece: Piece, places: set[Place], tree: Tree, sources: Sources) -> Finding:
    accounts = sorted({account for account, _ in places})
    regions = sorted({region for _, region in places})
    names = several(tree.by_id[account].name if account in tree.by_id else account for account in accounts)
    if piece.get("account") is not None and piece.get("region") is None:
        why = f"it stands in every Region that its policy reaches, and account {names} does not use {several(regions)}"
    else:
        why = f"{len(accounts)} account{'s do' if len(accounts) > 1 else ' does'} not use that Region: {names}"
    span, fields = sources.where(piece.first.node)
    pin = "region" if piece.get("region") is not None else "account"
    message = f"vault `{piece.name}` is pinned to {several(regions)}, outside the account's Regions"
    return problem(
        "pin-outside-regions",
        message,
        fields.get(pin, span),
        notes=(why,),
        help="pin it to a Region of the account, add the Region to the organization file, or attach elsewhere",
        accounts=len(accounts),
    )
