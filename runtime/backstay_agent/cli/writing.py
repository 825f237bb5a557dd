"""Writes a file whole or not at all: beside it first, then in its place in one step."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from backstay_agent.cli.exits import USAGE, leave

_PLAIN = 0o644


def write_file(path: Path, pieces: Iterable[bytes], *, mode: int = _PLAIN) -> None:
    """Write the pieces as they come; a file that is there stays as it was until all are. Leaves with 2 when it cannot.

    What the pieces themselves raise goes on, and leaves nothing behind.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        leave(USAGE, f"error: {path} cannot be written: {error.strerror or error}")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        beside.replace(path)
    except OSError as error:
        leave(USAGE, f"error: {path} cannot be written: {error.strerror or error}")
    finally:
        with suppress(OSError):
            beside.unlink()
