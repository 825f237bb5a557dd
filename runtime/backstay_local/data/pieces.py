"""What a driver offers when a resource is backed up, and what it gets back when one is restored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .listing import Entry
from .resource import Resource

PAST = "\0"
"""Stands in the names of pieces that were superseded when the backup was taken: no name of a current one has it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The content of a piece at last: what is to know about it, and its bytes in parts of any size."""

    facts: Mapping[str, Any]
    parts: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a resource (an object, some items). It is opened only when no earlier backup has its stamp."""

    name: str
    stamp: str
    labels: Mapping[str, str]
    open: Callable[[], Opened]


@dataclass(frozen=True, slots=True)
class Capture:
    """A resource as it is now: its description, its pieces (read lazily), and the size where no piece tells it."""

    description: Mapping[str, Any]
    pieces: Iterable[Piece] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """One piece of a backup to look into: whether it is new or changed since a base, and a way to its bytes."""

    name: str
    changed: bool
    read: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Held:
    """A backup opened to be restored or read: the description, and its pieces with a way to their bytes."""

    resource: Resource
    description: Mapping[str, Any]
    every: Callable[[], Iterator[Entry]]
    """All entries, among them those of the past, which only a backup with a history has."""
    parts: Callable[[Entry], Iterator[bytes]]

    def entries(self) -> Iterator[Entry]:
        """The entries of the resource as it was when it was backed up."""
        return (entry for entry in self.every() if PAST not in entry.name)


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants a restore done: where, AWS's metadata for the type, and the tags of the new resource."""

    account: str
    region: str
    tags: Mapping[str, str]
    metadata: Mapping[str, str] = field(default_factory=dict)

    def get(self, key: str, default: str | None = None) -> str | None:
        """A metadata value; keys are compared without case and hyphens, since AWS's pages spell them in both ways."""
        wanted = _bare(key)
        return next((value for name, value in self.metadata.items() if _bare(name) == wanted), default)

    def given(self, keys: Iterable[str]) -> dict[str, str]:
        """The metadata values that are set, of the keys named, under the spelling that is given here."""
        return {key: value for key in keys if (value := self.get(key))}

    def flag(self, key: str, default: bool = False) -> bool:
        """A metadata value that is `true` or `false`."""
        return str(self.get(key, str(default))).strip().lower() == "true"


def _bare(key: str) -> str:
    return key.replace("-", "").lower()
