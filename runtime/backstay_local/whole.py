"""Files that are there whole or not at all, however the process or the machine ends."""

from __future__ import annotations

import os
from pathlib import Path


def write(path: Path | str, content: bytes, *, draft: str | None = None, lasting: bool = True) -> None:
    """Write a file, readable by its owner only, in the place of what was there; OSError leaves that as it was.

    The content lies in `draft` (None: beside it) until it takes its place by one rename. `lasting` waits until the disk
    has both; without it, whoever relies on the file calls `sync` first.
    """
    fresh = draft or f"{path}.new"
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        os.replace(fresh, path)  # noqa: PTH105
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
    if lasting:
        sync(Path(path).parent)


def sync(path: Path | str) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
