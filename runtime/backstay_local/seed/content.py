"""What a seeded bucket or table holds: a few kilobytes that follow from its name, the same every time. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

_OBJECTS = (("data/000.bin", 4096), ("data/001.bin", 2500), ("reports/latest.csv", 1200))
_ITEMS = 12


def noise(name: str, size: int) -> bytes:
    """Bytes that look random and follow from `name`."""
    blocks = (hashlib.sha256(f"{name}#{index}".encode()).digest() for index in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def objects(bucket: str) -> Iterator[tuple[str, bytes]]:
    """Key and body of each object of a bucket."""
    for key, size in _OBJECTS:
        yield key, noise(f"{bucket}/{key}", size)


def items(table: str) -> Iterator[dict[str, dict[str, str]]]:
    """The items of a table, in DynamoDB's own notation; the key is `id`."""
    for index in range(_ITEMS):
        yield {
            "id": {"S": f"item-{index:03d}"},
            "number": {"N": str(index * index)},
            "note": {"S": noise(f"{table}/{index}", 24).hex()},
        }
