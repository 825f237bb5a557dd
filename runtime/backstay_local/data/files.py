"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import uuid
from pathlib import Path


class Files:
    """A private folder whose files appear by one rename; half-written ones lie apart and go at the next start."""

    def __init__(self, root: Path) -> None:
        """Use `root`, creating it, readable by its owner only; what a crash left half-written is removed."""
        self.root = root
        self._unfinished = root / "unfinished"
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._unfinished.mkdir(mode=0o700, exist_ok=True)
        for left in self._unfinished.iterdir():
            left.unlink()

    def write(self, path: Path | str, content: bytes, *, durable: bool = False) -> int:
        """Write a whole file under the root and return its size; `durable` waits until the disk has it."""
        draft = f"{self._unfinished}/{uuid.uuid4().hex}"
        with open(draft, "xb") as file:  # noqa: PTH123  # thousands of small files: path objects would cost as much
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        try:
            os.replace(draft, path)  # noqa: PTH105
        except FileNotFoundError:
            Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.replace(draft, path)  # noqa: PTH105
        return len(content)
