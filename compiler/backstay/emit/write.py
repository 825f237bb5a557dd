"""Writes a build: whole or not at all."""

from __future__ import annotations

import ctypes
import glob
import json
import os
import shutil
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

from backstay_contract.covered import SIGNATURE

PARTS = frozenset(
    {
        "index.json",
        "provenance.json",
        "prerequisites.json",
        "promises.json",
        "shapes",
        "accounts",
        "cloudformation",
        "organizations",
        "terraform",
        SIGNATURE,
    }
)
"""What stands at the top of a build. A folder with anything else in it is not ours to replace."""

_EXCHANGE = 2  # RENAME_EXCHANGE of Linux's renameat2
_HERE = -100  # AT_FDCWD
_WRITERS = min(4, os.cpu_count() or 1)
_BATCH = 400  # files


class NotABuild(Exception):  # noqa: N818  (the folder is fine, it is only not a build)
    """The output folder holds something that Backstay did not write."""


def replace(folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write files as the new content of a folder, and return how many.

    They are written beside it first, and take its place in one step; if anything fails, the old content stays. The
    signature of the old content stays only where the new one is the same. Raises `NotABuild` for a folder that holds
    foreign files, `OSError` if writing fails.
    """
    target = Path(os.path.realpath(folder))
    _ours(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new-{os.getpid()}")
    _clear(target)
    try:
        count = _fill(fresh, files)
        _keep_signature(target, fresh)
        _swap(fresh, target)
    finally:
        _remove(fresh)
    return count


def differs(folder: Path, files: Iterable[tuple[str, bytes]]) -> tuple[str, ...]:
    """The paths at which a folder is not what would be written: missing, different, or too much; sorted.

    A signature is no part of what is written, and no difference. Raises `OSError` if the folder cannot be read.
    """
    wanted = {SIGNATURE}
    found = []
    for name, body in files:
        wanted.add(name)
        path = folder / name
        if not path.is_file() or path.stat().st_size != len(body) or path.read_bytes() != body:
            found.append(name)
    there = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return tuple(sorted([*found, *(name for name in there if name not in wanted)]))


def _keep_signature(target: Path, fresh: Path) -> None:
    """Take the signature over from a folder whose content is that of the new one."""
    signature = target / SIGNATURE
    if not signature.is_file():
        return
    written = ((path.relative_to(fresh).as_posix(), path.read_bytes()) for path in fresh.rglob("*") if path.is_file())
    if not differs(target, written):
        shutil.copyfile(signature, fresh / SIGNATURE)


def _clear(target: Path) -> None:
    """Remove what runs that were killed left beside a build."""
    for left in target.parent.glob(f".{glob.escape(target.name)}.new-*"):
        owner = left.name.rpartition("-")[2]
        if owner.isdigit() and (int(owner) == os.getpid() or not _alive(int(owner))):
            _remove(left)


def _remove(folder: Path) -> None:
    """Remove a folder of ours, one that was protected against writing too; what cannot be removed stays."""
    for at, _, _ in os.walk(folder):
        with suppress(OSError):
            Path(at).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _ours(folder: Path) -> None:
    """Refuse a folder that is neither empty nor a build."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise NotABuild(f"{folder} is a file")
    foreign = sorted(entry.name for entry in os.scandir(folder) if entry.name not in PARTS)
    if foreign:
        raise NotABuild(f"{folder} holds `{foreign[0]}`, which is no part of a build")
    if any(os.scandir(folder)) and not _is_index(folder / "index.json"):
        raise NotABuild(f"{folder} is not empty and has no index.json of a build")


def _is_index(path: Path) -> bool:
    try:
        index = json.loads(path.read_bytes())
    except (FileNotFoundError, IsADirectoryError, ValueError, RecursionError):
        return False
    return isinstance(index, dict) and "format" in index and "accounts" in index


def _fill(folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write files into a new folder. Only its own entry is made durable: a sync of each file would take minutes.

    A hundred thousand files: the system's time is nearly all of it, so several threads wait for the system at once.
    """
    folder.mkdir()
    batches = _batches(files)
    count = _written(folder, next(batches, []))
    second = next(batches, None)
    if second is None:
        return count
    from concurrent.futures import Future, ThreadPoolExecutor

    with ThreadPoolExecutor(_WRITERS) as pool:
        waiting: deque[Future[int]] = deque()
        for batch in chain([second], batches):
            waiting.append(pool.submit(_written, folder, batch))
            if len(waiting) > 2 * _WRITERS:  # no more of the build than this is held at once
                count += waiting.popleft().result()
        return count + sum(one.result() for one in waiting)


def _batches(files: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """The files in their order, so many at once that handing them over costs nothing."""
    every = iter(files)
    while batch := list(islice(every, _BATCH)):
        yield batch


def _written(folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write some files, and return how many: each is three calls of the system, by its name in its open folder."""
    count = 0
    at, handle = None, -1
    try:
        for name, body in files:
            above, _, last = name.rpartition("/")
            if above != at:
                if handle >= 0:
                    os.close(handle)
                handle = -1
                handle = _entered(folder, above)
                at = above
            _write(handle, last, body)
            count += 1
    finally:
        if handle >= 0:
            os.close(handle)
    return count


def _entered(folder: Path, name: str) -> int:
    """An open folder within a folder; made if it is not there."""
    path = f"{folder}/{name}"
    try:
        os.mkdir(path)  # noqa: PTH102  (no Path for each of 100,000 folders)
    except FileExistsError:
        pass
    except FileNotFoundError:
        os.makedirs(path, exist_ok=True)  # noqa: PTH103
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY)


def _write(folder: int, name: str, body: bytes) -> None:
    """One new file in an open folder."""
    file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666, dir_fd=folder)
    try:
        left = memoryview(body)
        while left:
            left = left[os.write(file, left) :]
    finally:
        os.close(file)


def _swap(fresh: Path, target: Path) -> None:
    """Let the new folder take the old one's place: in one step where the system can exchange two folders."""
    if not target.exists():
        fresh.rename(target)
    elif not _exchange(fresh, target):
        old = target.with_name(f".{target.name}.old-{os.getpid()}")
        target.rename(old)
        try:
            fresh.rename(target)
        except OSError:
            old.rename(target)
            raise
        _remove(old)
    _sync(target.parent)


def _exchange(one: Path, other: Path) -> bool:
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
