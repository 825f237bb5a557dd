"""A folder of the user's own in which Backstay keeps what it can make again. Where it is not right, it is ignored."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

OFF = "BACKSTAY_NO_CACHE"
LARGEST_FILE = 32 << 20  # bytes
MOST_FILES = 64


def folder() -> Path | None:
    """`backstay/loaded` in the user's cache folder, private to the user; made if need be. None: there can be none."""
    if os.environ.get(OFF) or not hasattr(os, "geteuid"):
        return None
    try:
        given = Path(os.environ.get("XDG_CACHE_HOME", ""))
        base = given if given.is_absolute() else Path.home() / ".cache"
        base.mkdir(parents=True, exist_ok=True)
        for place in (base / "backstay", base / "backstay" / "loaded"):
            with suppress(FileExistsError):
                place.mkdir(mode=0o700)
            if not _private(place.lstat(), stat.S_ISDIR):
                return None
    except (OSError, RuntimeError):
        return None
    return place


def read(name: str) -> bytes | None:
    """What was kept under a name; None if there is nothing, or if another user could have written it."""
    here = folder()
    if here is None:
        return None
    try:
        handle = os.open(here / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with open(handle, "rb") as file:  # noqa: PTH123  (a handle, so that what is checked is what is read)
        about = os.fstat(handle)
        if not _private(about, stat.S_ISREG) or about.st_size > LARGEST_FILE:
            return None
        with suppress(OSError):
            return file.read()
    return None


def write(name: str, data: bytes) -> None:
    """Keep something under a name, whole or not at all; the oldest files go where there are too many."""
    here = folder()
    if here is None or len(data) > LARGEST_FILE:
        return
    with suppress(OSError):
        handle, fresh = tempfile.mkstemp(dir=here)
        try:
            with open(handle, "wb") as file:  # noqa: PTH123
                file.write(data)
            os.replace(fresh, here / name)  # noqa: PTH105
        except OSError:
            os.unlink(fresh)  # noqa: PTH108
            raise
        _prune(here)


def _prune(here: Path) -> None:
    files = list(here.iterdir())
    if len(files) > MOST_FILES:
        files.sort(key=lambda file: file.lstat().st_mtime)
        for file in files[:-MOST_FILES]:
            file.unlink(missing_ok=True)


def _private(about: os.stat_result, kind: object) -> bool:
    """Whether only this user can have made it and can change it."""
    right = callable(kind) and kind(about.st_mode)
    return bool(right) and about.st_uid == os.geteuid() and not about.st_mode & 0o077
