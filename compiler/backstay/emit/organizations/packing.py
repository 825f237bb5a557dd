"""Packing: plans into policy documents, documents onto nodes, within what Organizations takes.

Plans for the same accounts share documents, filled in order of name. Where a node would still bear too many, all that
it bears is packed anew for it alone, and what is too much even then is handed down to everything below it, which
reaches the same accounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backstay.emit.organizations.cover import Branch, Node, Organization
from backstay.emit.organizations.limits import ATTACHMENTS, CHARACTERS
from backstay.emit.organizations.pieces import FRAME, Piece

Bundle = tuple[Piece, ...]
"""The plans of one document, in order of name."""


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document and the nodes that it is attached to, in the order of the tree."""

    pieces: Bundle
    targets: tuple[Node, ...]

    @property
    def text(self) -> str:
        """The document as Organizations gets it."""
        return '{"plans":{' + ",".join(piece.entry for piece in self.pieces) + "}}"


@dataclass(frozen=True, slots=True)
class Packed:
    """All documents, and the nodes that bear more of them than Organizations allows, each with their number."""

    documents: tuple[Document, ...]
    overfull: tuple[tuple[Node, int], ...]


def pack(pieces: Sequence[Piece], organization: Organization) -> Packed:
    """The documents that carry the pieces to exactly their accounts."""
    loads: dict[Node, list[Bundle]] = defaultdict(list)
    for classes, same in _by_accounts(pieces).items():
        nodes = organization.cover(classes)
        for bundle in bundles(same):
            for node in nodes:
                loads[node].append(bundle)
    overfull = _relieve(organization, loads) if any(len(load) > ATTACHMENTS for load in loads.values()) else []
    return Packed(_documents(loads), tuple(overfull))


def bundles(pieces: Iterable[Piece]) -> list[Bundle]:
    """Fill documents: each piece goes into the first that still has room for it."""
    filled: list[list[Piece]] = []
    sizes: list[int] = []
    for piece in sorted(pieces, key=lambda one: one.name):
        needed = piece.characters + 1  # the comma
        number = next((n for n, size in enumerate(sizes) if size + needed <= CHARACTERS), len(sizes))
        if number == len(sizes):
            filled.append([])
            sizes.append(FRAME - 1)
        filled[number].append(piece)
        sizes[number] += needed
    return [tuple(one) for one in filled]


def _by_accounts(pieces: Sequence[Piece]) -> Mapping[int, list[Piece]]:
    found: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        found[piece.classes].append(piece)
    return found


def _relieve(organization: Organization, loads: dict[Node, list[Bundle]]) -> list[tuple[Node, int]]:
    """Pack overfull nodes anew, parents first; answer with the accounts that stay overfull."""
    overfull: list[tuple[Node, int]] = []
    for branch in organization.branches():
        excess = _relieved(branch.node, loads)
        for node in _below(branch) if excess else ():
            loads[node] += excess
        overfull += [(account, len(loads[account])) for account in branch.accounts if _relieved(account, loads)]
    return overfull


def _relieved(node: Node, loads: dict[Node, list[Bundle]]) -> list[Bundle]:
    """Bring a node within the limit, and give what it cannot bear. An account can hand nothing down and keeps all."""
    if len(loads.get(node, ())) <= ATTACHMENTS:
        return []
    packed = bundles(_carried(loads[node]))
    loads[node] = packed if node.kind == "account" else packed[:ATTACHMENTS]
    return packed[ATTACHMENTS:]


def _carried(load: Iterable[Bundle]) -> list[Piece]:
    return [piece for bundle in load for piece in bundle]


def _below(branch: Branch) -> list[Node]:
    return branch.accounts + [below.node for below in branch.branches if below.classes]


def _documents(loads: Mapping[Node, Sequence[Bundle]]) -> tuple[Document, ...]:
    targets: dict[tuple[str, ...], list[Node]] = defaultdict(list)
    found: dict[tuple[str, ...], Bundle] = {}
    for node, load in loads.items():
        for bundle in load:
            key = tuple(piece.entry for piece in bundle)
            found[key] = bundle
            targets[key].append(node)
    made = [Document(bundle, tuple(sorted(targets[key], key=lambda node: node.order))) for key, bundle in found.items()]
    return tuple(sorted(made, key=lambda one: ([piece.name for piece in one.pieces], one.targets[0].order)))
