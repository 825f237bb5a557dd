"""Divides the accounts of a day's tables into slices that are judged one after the other: small ones stay in caches.

2026-11-30: a million resources with thirty million recovery points in one piece took 42 s of processor and 940 MB; most
of it went into hash tables that no cache holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from backstay_agent.audit.tables.every import TABLES

SIZE = 96 << 20
"""Bytes of Parquet in a slice, unless a single account has more. A recovery point has about twenty."""


def slices(folder: Path, day: str, size: int = SIZE) -> tuple[tuple[str, ...], ...]:
    """The accounts of a day, in order and each once, in slices of about so many bytes; the same files, the same slices.

    There is always one, so that an audit of nothing is one too.
    """
    weights: dict[str, int] = {}
    for table in TABLES:
        for account, weight in _weights(folder / table.name / f"day={day}"):
            weights[account] = weights.get(account, 0) + weight
    found: list[list[str]] = [[]]
    held = 0
    for account, weight in sorted(weights.items()):
        if found[-1] and held + weight > size:
            found.append([])
            held = 0
        found[-1].append(account)
        held += weight
    return tuple(map(tuple, found))


def _weights(folder: Path) -> Iterator[tuple[str, int]]:
    for path in folder.glob("account=*/region=*/*.parquet"):
        yield path.parent.parent.name.removeprefix("account="), path.stat().st_size
