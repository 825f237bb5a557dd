"""The build in force: read again when it changed or when asked to; a broken one leaves the last good one in force."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from backstay_agent.read_build import BuildError, read_build
from backstay_agent.wanted import Build

Outcome = Literal["same", "new", "refused"]


class BuildFile:
    """A build's folder, watched by the bytes of its index: the index names the digest of every shape."""

    def __init__(self, folder: Path, name: str | None = None, read: Callable[[Path], Build] = read_build) -> None:
        """Reads it; raises BuildError. `name` is what people know it by, unless that is the folder.

        `read` reads the build in a folder, and raises BuildError at what it does not take.
        """
        self.folder = folder
        self.name = name or str(folder)
        self.problem: str | None = None
        self._lock = threading.Lock()
        self._seen = _fingerprint(folder)
        self._read = read
        self.build: Build = read(folder)

    def refresh(self, *, forced: bool = False) -> Outcome:
        """Look whether the folder holds another build by now, and take it; `forced` reads it even if it does not."""
        with self._lock:
            seen = _fingerprint(self.folder)
            if seen == self._seen and self.problem is None and not forced:
                return "same"
            try:
                build = self._read(self.folder)
                if build.index.organization.id != self.build.index.organization.id:
                    other = build.index.organization.id
                    raise BuildError(f"{self.folder} is a build for another organization, {other}")
            except BuildError as error:
                self.problem = str(error)
                return "refused"
            before = self.build.digest
            self.build, self.problem, self._seen = build, None, seen
            return "same" if build.digest == before else "new"


def _fingerprint(folder: Path) -> str:
    """Of the index, whatever it is; a folder without one differs from every other."""
    try:
        return hashlib.sha256((folder / "index.json").read_bytes()).hexdigest()
    except OSError as error:
        return f"unreadable: {error}"
