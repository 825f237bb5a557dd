"""The edits of edits.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

Swap = tuple[str, str, str]


@dataclass(frozen=True)
class Edit:
    """One edit: the swaps of text (file, old, new), and the changes that it means."""

    name: str
    swaps: tuple[Swap, ...]
    meaning: tuple[str, ...]


def _read() -> tuple[Edit, ...]:
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["edit"]
    return tuple(
        Edit(
            row["name"],
            tuple((swap["file"], swap["old"], swap["new"]) for swap in row["swap"]),
            tuple(row["meaning"]),
        )
        for row in rows
    )


EDITS = _read()
