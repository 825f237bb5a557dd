"""What is on the disk: answers that never raise, whatever rights are missing and wherever links lead."""

from __future__ import annotations

import os
from pathlib import Path


def is_file(path: Path) -> bool:
    """Whether an ordinary file is there; no, if nobody may look."""
    return os.path.isfile(path)  # noqa: PTH113  (Path's own raises where a folder above may not be entered)


def is_folder(path: Path) -> bool:
    """Whether a folder is there; no, if nobody may look."""
    return os.path.isdir(path)  # noqa: PTH112


def real(path: Path) -> Path:
    """The path without links; a link that leads to itself stays."""
    return Path(os.path.realpath(path))


def missing(path: Path) -> str | None:
    """Why there is nothing to read at a path, or None."""
    try:
        path.stat()
    except FileNotFoundError:
        return "there is no such file or folder"
    except OSError as error:
        return f"it cannot be read: {error.strerror or error}"
    return None
