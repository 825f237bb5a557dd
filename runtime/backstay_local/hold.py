"""A folder belongs to one embedded AWS at a time."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


class BusyError(Exception):
    """Another process has the folder."""


class Hold:
    """The lock on a data folder; the system lets go of it when the process dies, however it dies."""

    def __init__(self, folder: Path, patience: float = 0.0) -> None:
        """Take the folder, waiting `patience` seconds for one who only looks whether it is free, or who is dying."""
        self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + patience
        while not self._taken():
            if time.monotonic() >= until:
                os.close(self._descriptor)
                raise BusyError(f"another embedded AWS is using {folder}")
            time.sleep(0.01)

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
