"""Pieces: constructs as written, open to be overridden field by field, each field remembering who said it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from backstay.dsl import Copy, Node, Plan, Rule, Select, Settings, Vault
from backstay.resolve.layers import Layer

CHILDREN: Mapping[type[Node], tuple[str, ...]] = {Plan: ("rules", "select"), Rule: ("copies",)}
"""Fields that hold named children, which merge by name; every other field is replaced whole."""

PAIRS = ("tags", "opt_in")
"""Fields that hold pairs, which merge by key."""

Identity = tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Who said a field: the node that carries it, and the layer of that node's policy."""

    node: Node
    layer: Layer


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A plan, rule, copy, selection, vault or settings, before or after overriding. `nodes`: all that shaped it."""

    name: str
    first: Said
    values: Mapping[str, Any]
    said: Mapping[str, Said]
    children: Mapping[str, tuple[Piece, ...]]
    nodes: tuple[Said, ...]

    def get(self, field: str) -> Any:
        """A field's value, or None if nobody mentioned it."""
        return self.values.get(field)

    @property
    def identities(self) -> frozenset[Identity]:
        """By what other nodes may refer to it: that of each node which shaped it."""
        return frozenset(identity(said.node) for said in self.nodes)

    def key(self) -> Identity:
        """Equal for pieces that say the same, wherever they stand."""
        children = tuple((name, *(child.key() for child in group)) for name, group in sorted(self.children.items()))
        return (type(self.first.node), self.name, *sorted(self.values.items(), key=lambda item: item[0]), children)


Pin = Callable[[str], str]


def lift(node: Node, layer: Layer, pin: Pin) -> Piece:
    """A node as a piece; `pin` spells an account as its id."""
    said = Said(node, layer)
    children = {
        name: tuple(lift(child, layer, pin) for child in getattr(node, name) or ()) for name in _children(type(node))
    }
    values = {name: getattr(node, name) for name in _scalars(type(node)) if getattr(node, name) is not None}
    if isinstance(node, Vault) and node.account is not None:
        values["account"] = pin(node.account)
    return Piece(name_of(node), said, values, dict.fromkeys(values, said), children, (said,))


def identity(node: Node) -> Identity:
    """What a node is called, with the pins where it is a vault or a copy into one."""
    if isinstance(node, Copy):
        return ("copy", *(identity(node.to) if isinstance(node.to, Vault) else (node.to,)))
    if isinstance(node, Vault):
        return node.name, node.account, node.region
    return (name_of(node),)


def name_of(node: Node) -> str:
    """The name by which a child merges; that of a copy is its vault's."""
    match node:
        case Copy():
            return node.to.name if isinstance(node.to, Vault) else node.to
        case Plan() | Rule() | Select() | Vault():
            return node.name
        case Settings():
            return "settings"
    raise AssertionError(f"no piece of a policy: {node!r}")


def paths(piece: Piece, path: str) -> Iterator[str]:
    """Every path that `final=` may name in a piece."""
    yield path
    yield from (f"{path}.{name}" for name in _scalars(type(piece.first.node)))
    yield from (f"{path}.{name}.{key}" for name in PAIRS for key, _ in piece.get(name) or ())
    for name, children in piece.children.items():
        yield f"{path}.{name}"
        for child in children:
            yield from paths(child, f"{path}.{name}.{child.name}")


def _scalars(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind) if one.name not in ("span", "name", *_children(kind)))


def _children(kind: type[Node]) -> tuple[str, ...]:
    return CHILDREN.get(kind, ())
