"""A case in a file: the policies on the path from the root to an account, as JSON, read with their places.

The format: `{"tree": [{"kind": "ROOT"|"OU"|"ACCOUNT", "target": id, "policies": [{"id": …, "document": {…}}, …]}, …],
"previous_effective": {…}}`. A policy may state `document_text` instead, where the raw text is the point. Other members
(name, notes, what is expected) are for the readers of a case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import text
from .evaluate import Attached, Kind, Level
from .text import Array, Node, Object, Place, Scalar, TextError

_KINDS: dict[str, Kind] = {"ROOT": "ROOT", "OU": "OU", "ACCOUNT": "ACCOUNT"}
_START = Place(1, 1, 1, 2)


class CaseError(ValueError):
    """The text is no case: what is wrong, and where."""

    def __init__(self, message: str, place: Place | None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place or _START


@dataclass(frozen=True, slots=True)
class Case:
    """The levels from the root to an account, and the effective document that the account had before."""

    levels: tuple[Level, ...]
    before: dict[str, Any] | None


def read_case(source: str) -> Case:
    """Read a case; raises `CaseError`. Places of policies that are written out in it are places in `source`."""
    try:
        node = text.read(source)
    except TextError as error:
        raise CaseError(f"this is no JSON: {error.message}", error.place) from None
    if not isinstance(node, Object):
        raise CaseError("a case is an object with the member `tree`", node.place)
    tree = _member(node, "tree", "a case")
    if not isinstance(tree, Array) or not tree.items:
        raise CaseError("`tree` is the list of levels from the root to the account", tree.place)
    levels = tuple(map(_level, tree.items))
    _in_order(levels, tree)
    before = node.get("previous_effective")
    if before is not None and not isinstance(before, Object):
        raise CaseError("`previous_effective` is the document that the account had, an object", before.place)
    return Case(levels, text.data(before) if before is not None else None)


def _in_order(levels: tuple[Level, ...], tree: Array) -> None:
    """The root first, the account last, units between them."""
    order = ("ROOT", "OU", "ACCOUNT")
    ranks = [order.index(level.kind) for level in levels]
    for index, rank in enumerate(ranks[1:], 1):
        if rank < ranks[index - 1] or (rank == ranks[index - 1] and rank != 1):
            above = levels[index - 1].kind
            message = f"{levels[index].kind} cannot stand below {above}; the levels go from the root to the account"
            raise CaseError(message, tree.items[index].place)


def _level(node: Node) -> Level:
    if not isinstance(node, Object):
        raise CaseError("a level is an object with `kind`, `target` and `policies`", node.place)
    kind = _member(node, "kind", "a level")
    if not isinstance(kind, Scalar) or kind.text not in _KINDS:
        raise CaseError("`kind` is one of ROOT, OU, ACCOUNT", kind.place)
    policies = node.get("policies") or Array(())
    if not isinstance(policies, Array):
        raise CaseError("`policies` is the list of policies attached here, in the order of attachment", policies.place)
    found = tuple(map(_policy, policies.items))
    return Level(_KINDS[kind.text], _text(_member(node, "target", "a level"), "target"), found)


def _policy(node: Node) -> Attached:
    if not isinstance(node, Object):
        raise CaseError("a policy is an object with `id` and `document` or `document_text`", node.place)
    name = _text(_member(node, "id", "a policy"), "id")
    document, raw = node.get("document"), node.get("document_text")
    if (document is None) == (raw is None):
        raise CaseError(f"policy `{name}` must have one of `document` and `document_text`", node.place)
    return Attached(name, text=_text(raw, "document_text")) if raw is not None else Attached(name, node=document)


def _member(node: Object, name: str, what: str) -> Node:
    found = node.get(name)
    if found is None:
        raise CaseError(f"{what} must have `{name}`", node.place)
    return found


def _text(node: Node, name: str) -> str:
    if not isinstance(node, Scalar) or node.kind != "string":
        raise CaseError(f"`{name}` is a text", node.place)
    return node.text
