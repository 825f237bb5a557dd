"""Which paths hold policies, and which other configuration: told by their names, so that it costs nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from backstay.source import disk

SUFFIX: Final = ".py"


def split(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Paths with policies, and paths with other configuration. What is not there counts as the first."""
    policies: list[Path] = []
    others: list[Path] = []
    for path in paths:
        (policies if _of_policies(path) else others).append(path)
    return policies, others


def _of_policies(path: Path) -> bool:
    if disk.is_folder(path):
        return any(name.endswith(SUFFIX) for name in _names(path))
    return path.suffix == SUFFIX or not disk.is_file(path)


def _names(folder: Path) -> Iterator[str]:
    for _, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from names
