"""Chunks on disk: sealed content, named by what it holds, with the names of the chunks that it leads to.

A file is: mark, number of children, their names (32 bytes each), sealed content, SHA-256 of all that. The names of the
children lie open, so that counting references needs no key; the last 32 bytes let damage be found without one, too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from .errors import DataError
from .files import Files
from .seal import Seal

_MARK = b"BSC1"
_NAME = 32
_COUNT = 4
_HEAD = len(_MARK) + _COUNT


class Address(NamedTuple):
    """Where a chunk is: the ring of its data key, and its name under that key."""

    ring: str
    name: str


class Chunks:
    """The folder of chunks; it knows files and seals, and nothing of who needs which chunk."""

    def __init__(self, files: Files) -> None:
        """Keep chunks in the folder `chunks` of `files`."""
        self._files = files
        self._folder = files.root / "chunks"

    def put(self, seal: Seal, content: bytes, children: Sequence[str], name: str) -> int:
        """Write a chunk under the name that `name_of` gave; return the bytes written, 0 when it lies there intact."""
        address = Address(seal.ring, name)
        place = self._place(address)
        if os.path.exists(place) and self.intact(address):  # noqa: PTH110  # a path object costs more than the look
            return 0
        open_part = _open_part(children)
        body = open_part + seal.close(content, open_part + bytes.fromhex(name))
        return self._files.write(place, body + hashlib.sha256(body).digest())

    def get(self, seal: Seal, name: str) -> bytes:
        """The content of a chunk, proved to be what was put; a `DataError` when it is missing or differs."""
        raw = self._read(Address(seal.ring, name))
        end = _HEAD + _NAME * _children_count(raw)
        content = seal.open(raw[end:-_NAME], raw[:end] + bytes.fromhex(name))
        if seal.name(content, raw[:end]) != name:
            raise DataError(f"The backup data is damaged: chunk {name} holds something else.")
        return content

    def children(self, address: Address) -> tuple[Address, ...]:
        """The chunks that a chunk leads to; none when the file is missing or no chunk at all."""
        try:
            with self._path(address).open("rb") as file:
                count = _children_count(file.read(_HEAD))
                held = os.fstat(file.fileno()).st_size - _HEAD
                names = file.read(min(_NAME * count, held)) if held > 0 else b""  # a damaged count may be any number
        except OSError:
            return ()
        cut = range(0, len(names) - len(names) % _NAME, _NAME)
        return tuple(Address(address.ring, names[at : at + _NAME].hex()) for at in cut)

    def intact(self, address: Address) -> bool:
        """Whether the chunk is there and its bytes are those that were written; needs no key."""
        try:
            raw = self._read(address)
        except DataError:
            return False
        view = memoryview(raw)
        return raw.startswith(_MARK) and hashlib.sha256(view[:-_NAME]).digest() == raw[-_NAME:]

    def there(self, address: Address) -> bool:
        """Whether a file of that name lies there."""
        return self._path(address).exists()

    def remove(self, address: Address) -> int:
        """Remove a chunk; return the bytes freed."""
        path = self._path(address)
        try:
            size = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            return 0
        return size

    def all(self) -> Iterator[Address]:
        """Every chunk on disk, in the order of their addresses."""
        for path in sorted(self._folder.glob("*/*/*")):
            yield Address(path.parent.parent.name, path.name)

    def _read(self, address: Address) -> bytes:
        try:
            return self._path(address).read_bytes()
        except OSError as error:
            raise DataError(f"The backup data is damaged: chunk {address.name} is missing.") from error

    def _place(self, address: Address) -> str:
        return f"{self._folder}/{address.ring}/{address.name[:2]}/{address.name}"

    def _path(self, address: Address) -> Path:
        return Path(self._place(address))


def name_of(seal: Seal, content: bytes, children: Sequence[str]) -> str:
    """The name that content gets when it leads to `children` (sorted, without doubles)."""
    return seal.name(content, _open_part(children))


def _open_part(children: Sequence[str]) -> bytes:
    names = b"".join(bytes.fromhex(child) for child in children)
    return _MARK + len(children).to_bytes(_COUNT, "big") + names


def _children_count(raw: bytes) -> int:
    return int.from_bytes(raw[len(_MARK) : _HEAD], "big") if raw.startswith(_MARK) else 0
