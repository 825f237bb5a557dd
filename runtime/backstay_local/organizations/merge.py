"""From the backup policies along a path of the organization to the one that an account ends up with. Pure.

The rules, with AWS's recordings behind them: at every node and level, the first `@@assign` in attachment order wins,
then every `@@append` adds, then every `@@remove` takes away; what the levels above allow decides whether an operator
counts, and a level's own restrictions bind only the levels below it.
(AWS Organizations User Guide, "Policy syntax and inheritance for management policy types"; read 2026-11.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .document import APPEND, ASSIGN, CONTROL, OPERATORS, REMOVE, scalar, scalars

Level = Sequence[Mapping[str, Any]]
"""What the documents attached at one level say about one node, in attachment order."""


def merge(levels: Sequence[Level]) -> dict[str, Any]:
    """The effective document below `plans`. Keys come out in lower case: names of entries do not differ by case."""
    merged = _container(levels)
    return merged if isinstance(merged, dict) else {}


def _node(levels: Sequence[Level]) -> Any:
    leaf = any(OPERATORS.intersection(document) for level in levels for document in level)
    return _leaf(levels) if leaf else _container(levels)


def _leaf(levels: Sequence[Level]) -> Any:
    allowed = OPERATORS
    value: Any = None
    for level in levels:
        if ASSIGN in allowed:
            value = next((_text(document[ASSIGN]) for document in level if ASSIGN in document), value)
        if APPEND in allowed:
            for document in level:
                if APPEND in document:
                    value = scalars([*(value or []), *document[APPEND]])
        if REMOVE in allowed and isinstance(value, list):
            gone = {one for document in level for one in scalars(document.get(REMOVE, ()))}
            value = [one for one in value if one not in gone]
        allowed = _narrowed(allowed, level)
    return value


def _container(levels: Sequence[Level]) -> dict[str, Any] | None:
    """The children, each merged on its own; a key that the levels above do not admit is not there."""
    allowed = OPERATORS
    children: dict[str, list[list[Any]]] = {}
    for index, level in enumerate(levels):
        admits = allowed & {ASSIGN, APPEND}
        known = set(children)
        for document in level:
            for key, below in document.items():
                name = key.lower()
                if not key.startswith("@@") and isinstance(below, Mapping) and (admits or name in known):
                    children.setdefault(name, [[] for _ in levels])[index].append(below)
        allowed = _narrowed(allowed, level)
    merged = {name: _node(below) for name, below in children.items()}
    return {name: value for name, value in merged.items() if value is not None} or None


def _narrowed(allowed: frozenset[str], level: Level) -> frozenset[str]:
    for document in level:
        stated = document.get(CONTROL)
        if stated is not None and "@@all" not in stated:
            allowed &= frozenset(stated)
    return allowed


def _text(value: Any) -> Any:
    return scalars(value) if isinstance(value, list) else scalar(value)
