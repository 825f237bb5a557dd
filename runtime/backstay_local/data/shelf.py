"""Chunks with owners: a chunk stays while a manifest, another chunk, or a backup under way holds on to it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable

from .chunks import Address, Chunks, name_of
from .errors import DataError
from .manifests import Manifests
from .seal import Seal


class Shelf:
    """Reference counts over chunks; read from the manifests at first use, then kept up to date in memory.

    The counts are never stored: what the manifests say is the truth. One process owns a data folder.
    """

    def __init__(self, chunks: Chunks, manifests: Manifests) -> None:
        """Count over these chunks, held by these manifests."""
        self._chunks = chunks
        self._manifests = manifests
        self._lock = threading.RLock()
        self._counts: Counter[Address] | None = None
        self._children: dict[Address, tuple[Address, ...]] = {}

    def put(self, seal: Seal, content: bytes, children: Iterable[str], pins: Pins) -> tuple[str, int]:
        """Lay a chunk on the shelf, pinned; return its name and the bytes written (0 when it was there).

        Pinned first and written then, so that a deletion at the same moment cannot take it away in between.
        """
        names = sorted(set(children))
        name = name_of(seal, content, names)
        pins.hold(Address(seal.ring, name), tuple(Address(seal.ring, child) for child in names))
        return name, self._chunks.put(seal, content, names, name)

    def hold(self, address: Address, children: tuple[Address, ...] | None = None) -> None:
        """Hold on to a chunk once more; one that nobody held before starts to hold its children (None: as on disk)."""
        with self._lock:
            counts = self._counted()
            counts[address] += 1
            if counts[address] > 1:
                return
            led_to = self._chunks.children(address) if children is None else children
            if led_to:
                self._children[address] = led_to
            for child in led_to:
                self.hold(child)

    def release(self, addresses: Iterable[Address]) -> int:
        """Let chunks go once; those that nobody holds any more are removed. Returns the bytes freed."""
        freed = 0
        with self._lock:
            counts = self._counted()
            waiting = list(addresses)
            while waiting:
                address = waiting.pop()
                counts[address] -= 1
                if counts[address] <= 0:
                    del counts[address]
                    waiting.extend(self._children.pop(address, ()))
                    freed += self._chunks.remove(address)
        return freed

    def load(self) -> None:
        """Count what the manifests hold now, if that was not done yet; must precede the removal of a manifest."""
        with self._lock:
            self._counted()

    def held(self) -> frozenset[Address]:
        """Every chunk that somebody holds on to now."""
        with self._lock:
            return frozenset(self._counted())

    def sweep(self) -> int:
        """Remove chunks that nobody holds, as a crash leaves them; return the bytes freed.

        Refused (`DataError`) while a manifest or a listing is damaged: what that one holds cannot be known.
        """
        with self._lock:
            counts = self._counted()
            for identity in self._manifests.all():
                if not self._manifests.intact(identity):
                    raise DataError(f"Nothing was removed: the manifest of backup {identity} is damaged.")
                if not all(self._chunks.intact(root) for root in self._manifests.roots(identity)):
                    raise DataError(f"Nothing was removed: the listing of backup {identity} is damaged.")
            return sum(self._chunks.remove(address) for address in self._chunks.all() if address not in counts)

    def _counted(self) -> Counter[Address]:
        if self._counts is None:
            self._counts = Counter()
            for identity in self._manifests.all():
                if self._manifests.intact(identity):
                    for root in self._manifests.roots(identity):
                        self.hold(root)
        return self._counts


class Pins:
    """What a backup under way holds on to until its manifest does; given back at its end, however it ends."""

    def __init__(self, shelf: Shelf) -> None:
        """Pin on this shelf."""
        self._shelf = shelf
        self._held: set[Address] = set()

    def hold(self, address: Address, children: tuple[Address, ...] | None = None) -> None:
        """Pin a chunk, once."""
        if address not in self._held:
            self._held.add(address)
            self._shelf.hold(address, children)

    def __enter__(self) -> Pins:
        return self

    def __exit__(self, *_: object) -> None:
        self._shelf.release(self._held)
        self._held = set()
