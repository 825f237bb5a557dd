"""Compares a restored bucket with the history of its source, key by key. Pure.

AWS Backup takes only buckets with versions, so an object that was changed or deleted after the backup can be told from
one that was restored wrongly.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

# Storage classes whose objects AWS Backup leaves out. Source: developer guide, "Amazon S3 backups", read 2026-11.
_LEFT_OUT = frozenset({"GLACIER", "DEEP_ARCHIVE"})


@dataclass(frozen=True, slots=True)
class Stored:
    """An object of the restored bucket."""

    key: str
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an object of the source; a delete marker has no ETag."""

    key: str
    id: str
    size: int
    etag: str | None
    modified: datetime
    storage_class: str = "STANDARD"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out, by key: `same` were found in the source's history, `doubtful` may be of these versions (equal in
    size, but their ETags say nothing: encrypted by KMS, or uploaded in parts), `gone` the source has no more."""

    same: tuple[str, ...] = ()
    doubtful: tuple[tuple[Stored, Version], ...] = ()
    gone: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def compare(restored: Iterable[Stored], versions: Iterable[Version], taken: datetime) -> Comparison:
    """Hold what was restored against what the source was at any time, and against what it was at the backup."""
    history: dict[str, list[Version]] = {}
    for version in sorted(versions, key=lambda version: (version.modified, version.id)):
        history.setdefault(version.key, []).append(version)
    here = {one.key: one for one in restored}
    same, doubtful, gone, different = [], [], [], []
    for key, one in sorted(here.items()):
        of_key = [version for version in history.get(key, ()) if version.etag is not None]
        alike = [version for version in of_key if version.size == one.size]
        if not of_key:
            gone.append(key)
        elif any(version.etag == one.etag for version in alike):
            same.append(key)
        elif alike:
            doubtful.append((one, _at(alike, taken) or alike[-1]))
        else:
            different.append(key)
    missing = tuple(key for key, of_key in sorted(history.items()) if key not in here and _was_there(of_key, taken))
    return Comparison(tuple(same), tuple(doubtful), tuple(gone), tuple(different), missing)


def wanted(items: str | None) -> Callable[[str], bool]:
    """Which keys a restore was to bring: all, or those of ItemsToRestore (keys, or prefixes that end with a slash)."""
    if items is None:
        return lambda _: True
    try:
        listed = json.loads(items)
    except ValueError:
        return lambda _: True
    exact = frozenset(map(str, listed)) if isinstance(listed, list) else frozenset({str(listed)})
    prefixes = tuple(item for item in exact if item.endswith("/"))
    return lambda key: key in exact or key.startswith(prefixes)


def _at(versions: Sequence[Version], taken: datetime) -> Version | None:
    """The newest of these versions that existed at a time."""
    return next((version for version in reversed(versions) if version.modified <= taken), None)


def _was_there(history: Sequence[Version], taken: datetime) -> bool:
    """Whether an object existed at the backup, of a kind that AWS Backup takes."""
    current = _at(history, taken)
    return current is not None and current.etag is not None and current.storage_class not in _LEFT_OUT
