"""Nodes as plain JSON and back: what passes from the process that ran a policy file to the one that trusts nothing.

Every node is one row, children before parents, so that a node shared by two parents is one node again afterwards:
`[class, {field: value}, place]`. In values a tuple is a list and a node is `{"node": row}`; a place is
`[file, line, column, end line, end column]` with the file's number. Decoding is generic over the dataclass fields,
refuses what it does not know, and runs every node's own checks again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from backstay.dsl.node import Node, PolicyError
from backstay_contract.findings import Span

MAX_NODES = 200_000
MAX_DEPTH = 250
MAX_NUMBER = 10**15
Row = list[Any]


class CodecError(Exception):
    """A value that is no tree of nodes. `span` is the place of the nearest node, as CPython counts."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.span = span


def encode(roots: Sequence[Node], files: Mapping[str, int]) -> dict[str, Any]:
    """Trees of nodes as JSON. `files` gives each file name in a node's place its number."""
    rows: list[Row] = []
    depths: list[int] = []
    known: dict[int, int] = {}
    stack: list[tuple[Node, list[Node] | None]] = [(root, None) for root in reversed(roots)]
    while stack:
        node, children = stack.pop()
        if id(node) in known:
            continue
        if children is None:
            children = _children(node)
            stack.append((node, children))
            stack += [(child, None) for child in reversed(children) if id(child) not in known]
            if len(stack) > 4 * MAX_NODES:
                raise CodecError("too many parts in one policy", node.span)
            continue
        depths.append(1 + max([depths[known[id(child)]] for child in children], default=0))
        rows.append(_row(node, known, files))
        known[id(node)] = len(rows) - 1
        if len(rows) > MAX_NODES or depths[-1] > MAX_DEPTH:
            what = f"nested more than {MAX_DEPTH} deep" if depths[-1] > MAX_DEPTH else f"more than {MAX_NODES} parts"
            raise CodecError(what, node.span)
    return {"nodes": rows, "roots": [known[id(root)] for root in roots]}


def decode(document: object, files: Sequence[str]) -> tuple[Node, ...]:
    """The trees of nodes that `encode` wrote; anything else is a `CodecError`."""
    if not isinstance(document, dict) or set(document) != {"nodes", "roots"}:
        raise CodecError("not a document of nodes")
    rows, roots = document["nodes"], document["roots"]
    if not isinstance(rows, list) or not isinstance(roots, list) or len(rows) > MAX_NODES:
        raise CodecError("not a document of nodes")
    nodes: list[Node] = []
    depths: list[int] = []
    for row in rows:
        inner = _Reader(nodes, depths)
        try:
            nodes.append(_node(row, inner, files))
        except RecursionError as error:
            raise CodecError("nested without end") from error
        depths.append(1 + inner.depth)
        if depths[-1] > MAX_DEPTH:
            raise CodecError(f"nested more than {MAX_DEPTH} deep", nodes[-1].span)
    reader = _Reader(nodes, depths)
    return tuple(reader.node(root) for root in roots)


class _Reader:
    """Values of one row: references may only point at earlier rows."""

    def __init__(self, nodes: Sequence[Node], depths: Sequence[int]) -> None:
        self._nodes = nodes
        self._depths = depths
        self.depth = 0

    def value(self, value: object) -> Any:
        if value is None or isinstance(value, bool | str):
            return value
        if isinstance(value, int) and abs(value) <= MAX_NUMBER:
            return value
        if isinstance(value, list):
            return tuple(self.value(item) for item in value)
        if isinstance(value, dict) and set(value) == {"node"}:
            return self.node(value["node"])
        raise CodecError(f"no value of a node: {type(value).__name__}")

    def node(self, number: object) -> Node:
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(self._nodes):
            raise CodecError("a reference to no earlier node")
        self.depth = max(self.depth, self._depths[number])
        return self._nodes[number]


def _node(row: object, reader: _Reader, files: Sequence[str]) -> Node:
    if not isinstance(row, list) or len(row) != 3:
        raise CodecError("not a row of a node")
    name, values, place = row
    kind = _kinds().get(name) if isinstance(name, str) else None
    if kind is None:
        raise CodecError(f"no such node: {name!r}")
    if not isinstance(values, dict) or values.keys() != set(_fields(kind)):
        raise CodecError(f"`{name}` has other fields")
    node = object.__new__(kind)
    for field in _fields(kind):
        object.__setattr__(node, field, reader.value(values[field]))
    object.__setattr__(node, "span", _span(place, files))
    try:
        node.check()
    except PolicyError as error:
        raise CodecError(error.message, node.span) from error
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        raise CodecError(f"`{name}` does not pass its own check", node.span) from error
    return node


def _span(place: object, files: Sequence[str]) -> Span | None:
    if place is None:
        return None
    if not isinstance(place, list) or len(place) != 5 or set(map(type, place)) != {int}:
        raise CodecError("not a place")
    number, line, column, end_line, end_column = place
    if not 0 <= number < len(files) or min(line, end_line) < 1 or min(column, end_column) < 0:
        raise CodecError("not a place")
    return Span(files[number], line, column, end_line, end_column)


def _row(node: Node, known: Mapping[int, int], files: Mapping[str, int]) -> Row:
    def plain(value: object) -> Any:
        if isinstance(value, Node):
            return {"node": known[id(value)]}
        if isinstance(value, tuple):
            return [plain(item) for item in value]
        if value is None or type(value) in (bool, str) or (type(value) is int and abs(value) <= MAX_NUMBER):
            return value
        raise CodecError(f"`{type(node).__name__}` cannot hold a {type(value).__name__} here", node.span)

    values = {name: plain(getattr(node, name)) for name in _fields(type(node))}
    return [type(node).__name__, values, place_row(node.span, files)]


def place_row(span: Span | None, files: Mapping[str, int]) -> list[int] | None:
    """A place as JSON, or None if it is in none of the files."""
    if span is None or span.path not in files:
        return None
    return [files[span.path], span.line, span.column, span.end_line, span.end_column]


def _children(node: Node) -> list[Node]:
    found: list[Node] = []
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found += _nodes_in(value)
    return found


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


def _fields(kind: type[Node]) -> tuple[str, ...]:
    return _fields_by_name(kind.__name__)


@cache
def _fields_by_name(name: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(Node.registry[name]) if field.init)


@cache
def _kinds() -> dict[str, type[Node]]:
    """The nodes that can stand in a document: those that are not only the base of others."""
    bases = {base for kind in Node.registry.values() for base in kind.__bases__}
    return {name: kind for name, kind in Node.registry.items() if kind not in bases}
