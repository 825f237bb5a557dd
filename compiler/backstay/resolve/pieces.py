"""Pieces: constructs as written, open to be overridden field by field, each field remembering who said it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstay.dsl import Copy, Node, RestoreTest
from backstay.dsl.framework import Control
from backstay.dsl.param import Param
from backstay.dsl.restore import RestoreSelect
from backstay.resolve.layers import Layer
from backstay.resolve.nouns import PAIRS, PINNED, Group, groups, name_field, scalars

Identity = tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Who said a field: the node that carries it, and the layer of that node's policy.

    `field` is the keyword of the node that says it, where that is not the field's own name; empty: the whole node.
    `key` is the entry of that keyword's dictionary.
    """

    node: Node
    layer: Layer
    field: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A construct of a policy, or a whole policy, before or after overriding.

    `values` holds what somebody mentioned, `said` who did (of children: who mentioned any), `nodes` all that shaped
    it, `identities` by what other nodes may refer to it.
    """

    kind: type[Node]
    name: str
    first: Said
    values: Mapping[str, Any]
    said: Mapping[str, Said]
    children: Mapping[str, tuple[Piece, ...]]
    nodes: tuple[Said, ...]
    identities: frozenset[Identity]

    def get(self, field: str) -> Any:
        """A field's value, or None if nobody mentioned it."""
        return self.values.get(field)

    def key(self) -> Identity:
        """Equal for pieces that say the same, wherever they stand."""
        children = tuple((name, *(child.key() for child in group)) for name, group in sorted(self.children.items()))
        return (self.kind, self.name, *sorted(self.values.items(), key=lambda item: item[0]), children)


Pin = Callable[[str], str]


def lift(node: Node, layer: Layer, pin: Pin) -> Piece:
    """A node as a piece; `pin` spells an account as its id."""
    kind = type(node)
    said = Said(node, layer)
    values = {name: getattr(node, name) for name in scalars(kind) if getattr(node, name) is not None}
    if isinstance(node, PINNED) and node.account is not None:
        values["account"] = pin(node.account)
    mentioned = [*values, *(group.field for group in groups(kind) if getattr(node, group.field) is not None)]
    children = {group.field: tuple(_children(node, group, layer, pin)) for group in groups(kind)}
    return Piece(
        kind,
        name_of(node),
        said,
        values,
        dict.fromkeys(mentioned, said),
        children,
        (said,),
        frozenset({identity(node)}),
    )


def _children(node: Node, group: Group, layer: Layer, pin: Pin) -> Iterator[Piece]:
    yield from (lift(child, layer, pin) for child in _held(node, group))
    if isinstance(node, RestoreTest) and group.field == "select":
        yield from (_of_type(name, node, layer) for name in dict.fromkeys(node.types or ()))


def _held(node: Node, group: Group) -> tuple[Node, ...]:
    value = getattr(node, group.field)
    if group.single:
        return () if value is None else (value,)
    return tuple(value or ())


def _of_type(name: str, test: RestoreTest, layer: Layer) -> Piece:
    """The selection that `types=["RDS"]` of a restore test is short for: `rds`, all resources of the type."""
    said = Said(test, layer, "types")
    called = re.sub(r"[^a-z0-9]", "_", name.lower())
    return Piece(RestoreSelect, called, said, {"type": name}, {"type": said}, {}, (said,), frozenset({(called,)}))


def identity(node: Node) -> Identity:
    """What a node is called, with the pins where it stands in one place, is a copy to there, or has a scope."""
    if isinstance(node, Copy):
        return ("copy", *(identity(node.to) if isinstance(node.to, PINNED) else (name_of(node),)))
    if isinstance(node, PINNED):
        return node.name, node.account, node.region
    if isinstance(node, Control):
        return node.control, node.types, node.tag, node.resource
    return (name_of(node),)


def name_of(node: Node) -> str:
    """The name by which a child merges; that of a copy is its vault's, what stands alone is called after its kind."""
    if isinstance(node, Copy):
        if isinstance(node.to, PINNED):
            return node.to.name
        return node.to.name if isinstance(node.to, Param) else str(node.to)
    name = getattr(node, name_field(type(node)), None)
    return name if isinstance(name, str) else type(node).__name__.lower()


def paths(piece: Piece, path: str) -> Iterator[str]:
    """Every path that `final=` may name in a piece, itself left out."""
    yield from (f"{path}{name}" for name in scalars(piece.kind))
    yield from (f"{path}{name}.{key}" for name in PAIRS for key, _ in piece.get(name) or ())
    for group in groups(piece.kind):
        yield f"{path}{group.field}"
        for child in piece.children[group.field]:
            inner = below(f"{path}{group.field}", group, child)
            yield inner
            yield from paths(child, f"{inner}.")


def below(path: str, group: Group, child: Piece) -> str:
    """The path of a child in the group at `path`."""
    return path if group.single else f"{path}.{child.name}"
