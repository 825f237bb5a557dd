"""Files that are there whole or not at all, and on disk before anything relies on them."""

from __future__ import annotations

import os
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from backstay_local import whole

from .errors import DataError

_FEW = 16
"""Up to so many files the disk is asked for each; for more, for all that it has: a thousand take seconds otherwise."""


class Files:
    """A private folder whose files appear by one rename; half-written ones lie apart and go at the next start.

    A file that is written `durable` is on disk when `write` returns, and so is all that was written before it.
    """

    def __init__(self, root: Path, *, lasting: bool = True) -> None:
        """Use `root`, creating it, readable by its owner only; what a crash left half-written is removed.

        A folder that nobody takes up again need not be `lasting`: the disk is not waited for.
        """
        self.root = root
        self._lasting = lasting
        self._unfinished = root / "unfinished"
        self._folders: set[str] = set()
        self._unsettled: set[str] = set()
        self._settling = threading.Lock()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._unfinished.mkdir(mode=0o700, exist_ok=True)
        for left in self._unfinished.iterdir():
            left.unlink()

    def write(self, path: Path | str, content: bytes, *, durable: bool = False) -> int:
        """Write a whole file under the root and return its size; a `DataError` when that cannot be done."""
        place = str(path)  # thousands of small files: path objects would cost as much as the writing
        with _in_words():
            if durable:
                self._settle()
            folder = os.path.dirname(place)  # noqa: PTH120
            if folder not in self._folders:
                Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
                self._folders.add(folder)
            draft = f"{self._unfinished}/{uuid.uuid4().hex}"
            whole.write(place, content, draft=draft, lasting=durable and self._lasting)
        if self._lasting and not durable:
            self._unsettled.add(place)
        return len(content)

    def _settle(self) -> None:
        """Wait until the disk has all that was written; whoever comes meanwhile waits for that, too."""
        with self._settling:
            settled = sorted(self._unsettled)
            if len(settled) > _FEW and sys.platform == "linux":
                os.sync()
            else:
                self._sync_each(settled)
            self._unsettled.difference_update(settled)

    def _sync_each(self, files: Sequence[str]) -> None:
        folders: set[Path] = set()
        for file in files:
            with suppress(FileNotFoundError):  # removed since
                whole.sync(file)
                folders.update(one for one in Path(file).parents if one.is_relative_to(self.root))
        for folder in sorted(folders, reverse=True):
            whole.sync(folder)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(f"Internal error: the data could not be stored ({error.strerror or error}).") from error
