"""Compares the items of two tables by their digests. Pure."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SETS = frozenset({"SS", "NS", "BS"})
"""Attribute types whose elements have no order."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many items are equal, differ, lack in the restored table, and are only there."""

    same: int
    different: int
    missing: int
    extra: int

    @property
    def equal(self) -> bool:
        """Whether the tables hold the same items."""
        return not (self.different or self.missing or self.extra)


Digests = Mapping[bytes, bytes]
"""The digest of an item by the digest of its primary key."""


def digests(items: Iterable[Mapping[str, Any]], key: Sequence[str]) -> dict[bytes, bytes]:
    """The digests of items in DynamoDB's attribute notation; `key` are the attributes of the primary key."""
    return {_digest({name: item[name] for name in key}): _digest(item) for item in items}


def compare(restored: Digests, source: Digests) -> Comparison:
    """Hold two tables against each other."""
    shared = restored.keys() & source.keys()
    same = sum(restored[key] == source[key] for key in shared)
    return Comparison(same, len(shared) - same, len(source) - len(shared), len(restored) - len(shared))


def _digest(value: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(_plain(value), sort_keys=True).encode()).digest()


def _plain(value: Any) -> Any:
    """A value as JSON: bytes in base 64, sets in order."""
    if isinstance(value, Mapping):
        return {name: _settled(name, item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return base64.b64encode(bytes(value)).decode() if isinstance(value, bytes | bytearray) else value


def _settled(name: str, value: Any) -> Any:
    plain = _plain(value)
    return (
        sorted(plain) if name in _SETS and isinstance(plain, list) and all(isinstance(x, str) for x in plain) else plain
    )
