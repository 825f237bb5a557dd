"""Go over everything kept and say, in sentences, what is damaged and what nothing needs any more."""

from __future__ import annotations

from collections.abc import Iterator

from .chunks import Address, Chunks
from .errors import DataError
from .keyring import Keyring
from .manifests import Manifests
from .seal import Seal
from .shelf import Shelf


def problems(chunks: Chunks, manifests: Manifests, shelf: Shelf, keyring: Keyring) -> Iterator[str]:
    """Every problem: damaged manifests, damaged or missing chunks, orphans. Nothing is changed.

    A chunk whose key can be used is decrypted and its name proved; under a key that cannot be used its stored
    checksum is compared, and the key is named once.
    """
    seals = _Seals(keyring)
    for identity in manifests.all():
        yield from _manifest(manifests, seals, identity)
    held = shelf.held()
    on_disk = list(chunks.all())
    for address in on_disk:
        yield from _chunk(chunks, seals, address, orphan=address not in held)
    for address in sorted(held.difference(on_disk)):
        yield f"chunk {address.name} is missing, and backups need it"
    yield from seals.closed.values()


class _Seals:
    """The seals of the rings met so far, and one sentence for each ring that could not be opened."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._open: dict[str, Seal] = {}
        self.closed: dict[str, str] = {}

    def get(self, ring: str) -> Seal | None:
        if ring not in self._open and ring not in self.closed:
            try:
                self._open[ring] = self._keyring.seal(ring)
            except DataError as error:
                self.closed[ring] = (
                    f"data key {ring} cannot be opened, so its chunks were compared by checksum: {error}"
                )
        return self._open.get(ring)


def _manifest(manifests: Manifests, seals: _Seals, identity: str) -> Iterator[str]:
    try:
        seal = seals.get(manifests.ring(identity))
        if seal is not None:
            manifests.read(seal, identity)
    except DataError as error:
        yield f"backup {identity} cannot be read: {error}"


def _chunk(chunks: Chunks, seals: _Seals, address: Address, *, orphan: bool) -> Iterator[str]:
    if not chunks.intact(address):
        yield f"chunk {address.name} is damaged"
    elif (seal := seals.get(address.ring)) is not None:
        try:
            chunks.get(seal, address.name)
        except DataError as error:
            yield f"chunk {address.name} cannot be read: {error}"
    if orphan:
        yield f"chunk {address.name} is an orphan: no backup needs it"
