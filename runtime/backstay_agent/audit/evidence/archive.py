"""The zip file of a bundle: written so that the same members give the same bytes, read without trusting it.

Nothing is ever unpacked to a disk. What a member's header promises is compared with the limits before a byte of it is
inflated, and no more than that is read.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from backstay_contract.evidence import PATH

MOST_MEMBERS = 500_000
MOST_BYTES = 2 << 30
"""Of all members together, unpacked; `backstay audit verify --max-size` sets another."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PLAIN = 0o100644 << 16
_CHUNK = 1 << 20
_IN_MEMORY = 64 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


class UnreadableEvidenceError(ValueError):
    """A file that is no bundle, or one that nobody should open; the message says why."""


def written(members: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The zip file in pieces: members in the order given, without times, owners or anything else of this machine."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in members:
                info = zipfile.ZipInfo(name, _EPOCH)
                info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, _PLAIN
                archive.writestr(info, content, compresslevel=6)
        file.seek(0)
        while piece := file.read(_CHUNK):
            yield piece


@dataclass(frozen=True)
class Archive:
    """A zip file whose members all may be read."""

    _zip: zipfile.ZipFile
    _members: Mapping[str, zipfile.ZipInfo]

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> tuple[str, ...]:
        """The members' paths, sorted."""
        return tuple(sorted(self._members))

    def read(self, name: str) -> bytes:
        """A member; raises UnreadableEvidenceError where it is missing or damaged."""
        info = self._members.get(name)
        if info is None:
            raise UnreadableEvidenceError(f"it has no {name}")
        try:
            with self._zip.open(info) as file:
                return file.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise UnreadableEvidenceError(f"{name} is damaged: {error}") from error


def opened(path: Path, most_bytes: int = MOST_BYTES) -> Archive:
    """Open a bundle; raises UnreadableEvidenceError before anything is inflated."""
    try:
        file = zipfile.ZipFile(path)
    except OSError as error:
        raise UnreadableEvidenceError(error.strerror or str(error)) from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableEvidenceError(f"it is no zip file: {error}") from error
    try:
        return Archive(file, _members(file.infolist(), most_bytes))
    except UnreadableEvidenceError:
        file.close()
        raise


def _members(found: list[zipfile.ZipInfo], most_bytes: int) -> dict[str, zipfile.ZipInfo]:
    if len(found) > MOST_MEMBERS:
        raise UnreadableEvidenceError(f"it has {len(found):,} members; no more than {MOST_MEMBERS:,} are read")
    total = sum(info.file_size for info in found)
    if total > most_bytes:
        raise UnreadableEvidenceError(
            f"it would unpack to {total:,} bytes; no more than {most_bytes:,} are read (--max-size allows more)"
        )
    members: dict[str, zipfile.ZipInfo] = {}
    for info in found:
        if not re.fullmatch(PATH.strip("^$"), info.orig_filename):
            raise UnreadableEvidenceError(f"its member {info.orig_filename!r} has a name that no bundle has")
        if info.filename in members:
            raise UnreadableEvidenceError(f"{info.filename} is in it twice")
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
            raise UnreadableEvidenceError(f"{info.filename} is packed in a way that no bundle is")
        members[info.filename] = info
    return members
