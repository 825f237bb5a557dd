"""Policy files that hang together through imports, with all that they came to, and as bytes that can be kept."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import orjson

import backstay
import backstay_contract
from backstay.dsl import Node, Policy, Require
from backstay.dsl.codec import CodecError, decode
from backstay.load.answer import Held
from backstay.source import PlaceRow

Known = tuple[str, str]
"""A file: its path relative to the policies' folder, and the digest of its text."""


@dataclass(frozen=True)
class Part:
    """Files that hang together. `imports` has for each file what it asks for and the path that this means.

    `held`: for each root of `document` the number of the file whose top-level name held it. `layers`: the isolation
    in force when the files ran. `places`: of every node, in the order of `nodes_of`.
    """

    files: tuple[Known, ...]
    imports: tuple[tuple[tuple[str, str], ...], ...]
    held: tuple[int, ...]
    layers: tuple[str, ...]
    document: Mapping[str, Any]
    places: tuple[PlaceRow | None, ...]

    def roots(self, shown: Sequence[str]) -> tuple[list[Held], list[tuple[Node, str, PlaceRow]]]:
        """Its policies and requirements, made and checked anew, and the places of all nodes; `shown`: its paths.

        Raises `CodecError` if this is no part that was remembered.
        """
        made = [root for root in decode(self.document, shown) if isinstance(root, Policy | Require)]
        nodes = list(nodes_of(made))
        whole = len(made) == len(self.held) == len(self.document["roots"]) and len(nodes) == len(self.places)
        if not whole or not all(0 <= number < len(shown) for number in self.held):
            raise CodecError("not a part that was remembered")
        rows = zip(nodes, self.places, strict=True)
        places = [(node, node.span.path, row) for node, row in rows if row is not None and node.span is not None]
        return list(zip(self.held, made, strict=True)), places


def pack(parts: Iterable[Part]) -> bytes:
    """Parts as bytes, with what made them."""
    names = [field.name for field in fields(Part)]
    return orjson.dumps({"version": version(), "parts": [[getattr(part, name) for name in names] for part in parts]})


def unpack(data: bytes) -> list[Part]:
    """The parts that `pack` spelled, if the same Backstay did; none, if it is anything else."""
    try:
        found = orjson.loads(data)
        return [_part(row) for row in found["parts"]] if found["version"] == version() else []
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _part(row: Any) -> Part:
    files, imports, held, layers, document, places = row
    part = Part(
        tuple((_text(name), _text(digest)) for name, digest in files),
        tuple(tuple((_asked(key), _text(meant)) for key, meant in steps) for steps in imports),
        tuple(held),
        tuple(_text(layer) for layer in layers),
        {"nodes": document["nodes"], "roots": document["roots"]},
        tuple(None if place is None else _place(place) for place in places),
    )
    if len(part.files) != len(part.imports) or not all(type(number) is int for number in held):
        raise ValueError("not a part")
    return part


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _asked(key: str) -> str:
    int(key.partition(":")[0])
    return key


def _place(place: Any) -> PlaceRow:
    """A span's four numbers, and those of each field by its name."""
    span, named = place
    for numbers in (span, *named.values()):
        if len(numbers) != 4 or not all(type(number) is int for number in numbers):
            raise ValueError("not a place")
    return span, named


def nodes_of(roots: Iterable[Node]) -> Iterator[Node]:
    """Every node once, in an order that follows from what the roots say."""
    seen: set[int] = set()
    stack: list[Any] = list(roots)[::-1]
    while stack:
        value = stack.pop()
        if isinstance(value, tuple):
            stack.extend(value[::-1])
        elif isinstance(value, Node) and id(value) not in seen:
            seen.add(id(value))
            yield value
            stack.extend(getattr(value, name) for name in _fields(type(value).__name__))


@cache
def _fields(name: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(Node.registry[name]) if field.init)[::-1]


@cache
def version() -> str:
    """What reads policies here: Python, and the files of Backstay that have a say in it, by size and time."""
    home, contract = (Path(str(package.__file__)).resolve().parent for package in (backstay, backstay_contract))
    rows = [sys.version, sys.platform]
    for at in (home / "dsl", home / "load", home / "load" / "child", home / "source", contract):
        for entry in sorted(os.scandir(at), key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                about = entry.stat()
                rows.append(f"{entry.path} {about.st_size} {about.st_mtime_ns}")
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
