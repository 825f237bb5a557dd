"""Which configuration file belongs to what is linted: the nearest one, from the paths upwards."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from backstay.source import disk

NAME: Final = "backstay.toml"
SHARED: Final = "pyproject.toml"
"""A file that other tools have their tables in too; ours is `[tool.backstay]`."""
_REPOSITORY: Final = ".git"


def find(paths: Sequence[Path]) -> Path | None:
    """The nearest `backstay.toml`, or `pyproject.toml` with a table of ours, of the first path that has one.

    Folders are searched up to that of the repository, or else up to the working directory; for paths elsewhere only
    their own and the next one. In one folder `backstay.toml` wins.
    """
    for path in paths:
        for folder in _folders(path):
            found = of_folder(folder)
            if found is not None:
                return found
    return None


def of_folder(folder: Path) -> Path | None:
    """The configuration file in a folder itself."""
    own, shared = folder / NAME, folder / SHARED
    if disk.is_file(own):
        return own
    return shared if disk.is_file(shared) and _has_table(shared) else None


def may_name_rules(file: Path, paths: Sequence[Path]) -> bool:
    """Whether a file that was found, and that nobody named, may say which rules run: rules have the user's rights.

    It may if it lies where the user stands or above, and not among what is linted.
    """
    folder, here = disk.real(file.parent), disk.real(Path.cwd())
    linted = [disk.real(path) for path in paths if disk.is_folder(path)]
    return here.is_relative_to(folder) and not any(folder.is_relative_to(one) for one in linted)


def _folders(path: Path) -> Iterator[Path]:
    start = disk.real(path if disk.is_folder(path) else path.parent)
    here = disk.real(Path.cwd())
    above = (start, *start.parents)
    root = next((one for one in above if os.path.lexists(one / _REPOSITORY)), None)
    if root is None:
        root = here if start.is_relative_to(here) else start.parent
    for folder in above:
        yield folder
        if folder == root:
            return


def _has_table(file: Path) -> bool:
    """Whether a shared file has a table of ours; a broken one does if it speaks of us."""
    try:
        text = file.read_text("utf-8", errors="replace")
    except OSError:
        return False
    if "backstay" not in text:
        return False
    import tomllib

    try:
        tool = tomllib.loads(text).get("tool")
    except (tomllib.TOMLDecodeError, RecursionError):
        return "tool.backstay" in text
    return isinstance(tool, dict) and "backstay" in tool
