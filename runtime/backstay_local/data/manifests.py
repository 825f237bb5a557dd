"""Manifests: one canonical JSON file for each backup, sealed, with the roots of its listing left open.

The roots are the only thing that counting references needs, so deleting a backup needs no key, as in AWS.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .canonical import canonical
from .chunks import Address
from .errors import DataError
from .files import Files
from .resource import Resource
from .seal import Seal

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup: what was backed up and when, its description, and where the listing of its pieces begins."""

    resource: Resource
    at: str
    size: int
    holds_bytes: bool
    description: Mapping[str, Any]
    roots: tuple[str, ...]


class Manifests:
    """The folder of manifests, one file each, written durably and by one rename."""

    def __init__(self, files: Files) -> None:
        """Keep manifests in the folder `manifests` of `files`."""
        self._files = files
        self._folder = files.root / "manifests"

    def add(self, seal: Seal, manifest: Manifest) -> tuple[str, int]:
        """Write a manifest; return its new id and the bytes written."""
        identity = uuid.uuid4().hex
        body = asdict(manifest)
        body["resource"] = {
            **asdict(manifest.resource),
            "tags": dict(manifest.resource.tags),
            "options": dict(manifest.resource.options),
        }
        opened = {"format": _FORMAT, "ring": seal.ring, "roots": list(manifest.roots)}
        closed = seal.close(canonical(body), _context(identity, opened))
        sealed = base64.b64encode(closed).decode()
        content = canonical({**opened, "sealed": sealed, "sum": _sum(opened, sealed)})
        return identity, self._files.write(self._path(identity), content, durable=True)

    def read(self, seal: Seal, identity: str) -> Manifest:
        """Open a manifest; a `DataError` when it is gone, damaged, or sealed with another key."""
        raw = self._raw(identity)
        opened = {key: raw.get(key) for key in ("format", "ring", "roots")}
        body = json.loads(seal.open(base64.b64decode(raw["sealed"]), _context(identity, opened)))
        body["resource"] = Resource(**body["resource"])
        body["roots"] = tuple(body["roots"])
        return Manifest(**body)

    def ring(self, identity: str) -> str:
        """The ring of the data key that a manifest is sealed with."""
        return str(self._raw(identity)["ring"])

    def roots(self, identity: str) -> tuple[Address, ...]:
        """The chunks that the manifest itself holds on to."""
        raw = self._raw(identity)
        return tuple(Address(str(raw["ring"]), str(name)) for name in raw["roots"])

    def intact(self, identity: str) -> bool:
        """Whether the file is what was written; needs no key."""
        try:
            self._raw(identity)
        except DataError:
            return False
        return True

    def there(self, identity: str) -> bool:
        """Whether a manifest of that id exists."""
        return self._path(identity).exists()

    def remove(self, identity: str) -> None:
        """Remove the file of a manifest."""
        self._path(identity).unlink(missing_ok=True)

    def all(self) -> Iterator[str]:
        """The ids of all manifests, in order."""
        yield from sorted(path.name for path in self._folder.glob("*"))

    def _raw(self, identity: str) -> dict[str, Any]:
        try:
            raw = json.loads(self._path(identity).read_bytes())
            opened = {key: raw[key] for key in ("format", "ring", "roots")}
            whole = isinstance(raw["sealed"], str) and raw["sum"] == _sum(opened, raw["sealed"])
        except FileNotFoundError as error:
            raise DataError(f"The backup {identity} does not exist any more.") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"The manifest of backup {identity} is damaged.") from error
        if not whole or raw["format"] != _FORMAT:
            raise DataError(f"The manifest of backup {identity} is damaged.")
        return dict(raw)

    def _path(self, identity: str) -> Path:
        if not identity.isalnum():
            raise DataError(f"{identity!r} is not the id of a backup.")
        return self._folder / identity


def _context(identity: str, opened: Mapping[str, Any]) -> bytes:
    return canonical({"id": identity, **opened})


def _sum(opened: Mapping[str, Any], sealed: str) -> str:
    return hashlib.sha256(canonical({**opened, "sealed": sealed})).hexdigest()
