"""Which organization file belongs to policies when none is named: the one beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backstay.source import disk

NAMES = ("org.yaml", "org.yml", "org.json")


def beside(paths: Sequence[Path]) -> Path | None:
    """The organization file of some policy paths: in their folder, or in the nearest one above it.

    Folders above are searched up to the working directory; for paths elsewhere only the next one.
    """
    for path in paths:
        for folder in _folders(path):
            found = of_folder(folder)
            if found is not None:
                return found
    return None


def of_folder(folder: Path) -> Path | None:
    """The organization file that lies in a folder itself."""
    return next((folder / name for name in NAMES if disk.is_file(folder / name)), None)


def _folders(path: Path) -> list[Path]:
    start = path if disk.is_folder(path) else path.parent
    here, full = Path.cwd(), disk.real(start)
    if not full.is_relative_to(here):
        return [start, start / ".." if start.name in ("", "..", ".") else start.parent]
    steps = len(full.relative_to(here).parts)
    return [start, *(here / Path(*full.relative_to(here).parts[:n]) for n in range(steps - 1, -1, -1))]
