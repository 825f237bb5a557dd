"""Write one backup: pieces to chunks, chunks to a listing, the listing to a manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .chunks import Address, Chunks
from .listing import Entry, segments, spelled
from .manifests import Manifest, Manifests
from .pieces import Piece
from .seal import Seal
from .shelf import Pins, Shelf
from .split import split


@dataclass(slots=True)
class Writer:
    """One backup under way under one seal.

    `written` grows with every byte that reaches the disk, `changed` with every piece that no earlier backup held.
    """

    seal: Seal
    shelf: Shelf
    chunks: Chunks
    pins: Pins
    earlier: Mapping[str, Entry] = field(default_factory=dict)
    size: int = 0
    written: int = 0
    changed: int = 0

    def entries(self, pieces: Iterable[Piece]) -> Iterator[Entry]:
        """Keep pieces one by one; a piece whose stamp an earlier backup has, with its chunks in place, is not read."""
        for piece in pieces:
            known = self.earlier.get(piece.name)
            if known is not None and known.stamp == piece.stamp and self._still_there(known):
                entry = Entry(known.name, known.stamp, known.size, known.facts, piece.labels, known.chunks)
            else:
                entry = self._read(piece)
            self.size += entry.size
            yield entry

    def listing(self, entries: Iterable[Entry]) -> tuple[str, ...]:
        """Write the segments of the listing; return their names."""
        return tuple(
            self.put(spelled(segment), (chunk for entry in segment for chunk in entry.chunks))
            for segment in segments(entries)
        )

    def finish(self, manifests: Manifests, manifest: Manifest) -> str:
        """Write the manifest, which from now on holds what was pinned; return its id."""
        identity, written = manifests.add(self.seal, manifest)
        for root in manifest.roots:
            self.shelf.hold(Address(self.seal.ring, root))
        self.written += written
        return identity

    def put(self, content: bytes, children: Iterable[str] = ()) -> str:
        """Keep one chunk; return its name."""
        name, written = self.shelf.put(self.seal, content, children, self.pins)
        self.written += written
        return name

    def _read(self, piece: Piece) -> Entry:
        opened = piece.open()
        names: list[str] = []
        size = 0
        for chunk in split(opened.parts):
            size += len(chunk)
            names.append(self.put(chunk))
        self.changed += size
        return Entry(piece.name, piece.stamp, size, opened.facts, piece.labels, tuple(names))

    def _still_there(self, entry: Entry) -> bool:
        addresses = [Address(self.seal.ring, chunk) for chunk in entry.chunks]
        for address in addresses:
            self.pins.hold(address)
        return all(self.chunks.there(address) for address in addresses)
