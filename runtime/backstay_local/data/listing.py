"""The listing of a backup: one line a piece, cut into segments at places that the content itself marks.

A segment is a chunk that leads to the chunks of its pieces. Because the cuts depend on the names alone, a backup in
which one object of a million changed writes one new segment and shares the others with the backup before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .canonical import canonical

_CUT_ONE_IN = 128
_MOST_IN_SEGMENT = 2048


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of a resource as kept: its stamp (equal stamp, equal content), facts, size, and chunks in order.

    `facts` belong to the content and are as old as it; `labels` (tags) can change alone and are read each time.
    """

    name: str
    stamp: str
    size: int
    facts: Mapping[str, Any]
    labels: Mapping[str, str]
    chunks: tuple[str, ...]


def segments(entries: Iterable[Entry]) -> Iterator[tuple[Entry, ...]]:
    """Cut entries into segments, after the same names in every backup."""
    gathered: list[Entry] = []
    for entry in entries:
        gathered.append(entry)
        if _cut_after(entry.name) or len(gathered) == _MOST_IN_SEGMENT:
            yield tuple(gathered)
            gathered = []
    if gathered:
        yield tuple(gathered)


def spelled(entries: Iterable[Entry]) -> bytes:
    """The content of a segment."""
    return b"\n".join(canonical([e.name, e.stamp, e.size, e.facts, e.labels, e.chunks]) for e in entries)


def read(segment: bytes) -> Iterator[Entry]:
    """The entries of a segment."""
    for line in segment.split(b"\n"):
        name, stamp, size, facts, labels, chunks = json.loads(line)
        yield Entry(name, stamp, size, facts, labels, tuple(chunks))


def _cut_after(name: str) -> bool:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % _CUT_ONE_IN == 0
