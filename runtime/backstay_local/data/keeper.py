"""The keeper of backups' data: backup, copy, restore, delete and check, over drivers and encrypted chunks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from . import check
from .chunks import Address, Chunks
from .drivers import DRIVERS, driver_of, drivers_of_arn
from .errors import DataError, in_aws_words
from .files import Files
from .keyring import Keyring
from .listing import Entry, read
from .manifests import Manifest, Manifests
from .outside import Outside, Touched, everywhere
from .pieces import Content, Held, Wish
from .resource import Resource, Stored
from .seal import Seal
from .shelf import Pins, Shelf
from .writer import Writer


class Data:
    """Everything that recovery points hold, in one folder. Methods may be called from several threads."""

    def __init__(
        self,
        root: Path,
        world: Outside,
        touched: Touched = everywhere,
        relies: Callable[[], None] = lambda: None,
        *,
        lasting: bool = True,
    ) -> None:
        """Keep data under `root`; `touched` lets discovery skip services that an account never used in a Region.

        `relies` is called when something in the world has just become needed for good: a KMS key that wraps a data key,
        a resource that was restored, or deleted. Without `lasting` the disk is not waited for.
        """
        files = Files(root, lasting=lasting)
        self._world = world
        self._touched = touched
        self._deleting = threading.Lock()
        self._chunks = Chunks(files)
        self._manifests = Manifests(files)
        self._shelf = Shelf(self._chunks, self._manifests)
        self._keyring = Keyring(files, world, relies)
        self._relies = relies

    def resources(self, account: str, region: str) -> list[Resource]:
        """Everything in an account and Region that can be backed up, tagged or not, sorted by ARN."""
        found: list[Resource] = []
        with in_aws_words():
            for driver in DRIVERS:
                if self._touched(driver.service, account, region):
                    found.extend(driver.discover(self._world, account, region))
        return sorted(found, key=lambda resource: resource.arn)

    def resource(self, arn: str, account: str, region: str) -> Resource | None:
        """The resource of that ARN as it is now, or None when the account has none such in the Region."""
        with in_aws_words():
            for driver in drivers_of_arn(arn):
                if self._touched(driver.service, account, region):
                    found = driver.find(self._world, arn, account, region)
                    if found is not None:
                        return found
        return None

    def backup(self, resource: Resource, key_arn: str, at: datetime, parent: str | None) -> Stored:
        """Back up a resource under a KMS key; what `parent` holds unchanged under that key is not read again."""
        driver = driver_of(resource)
        seal, written = self._keyring.seal_for(key_arn)
        with Pins(self._shelf) as pins, in_aws_words():
            capture = driver.capture(self._world, resource)
            earlier = self._earlier(seal, parent, pins)
            writer = Writer(seal, self._shelf, self._chunks, pins, earlier, written=written)
            roots = writer.listing(writer.entries(capture.pieces))
            size = writer.size + capture.size
            held = Manifest(resource, at.isoformat(), size, driver.holds_bytes, capture.description, roots)
            identity = writer.finish(self._manifests, held)
        return Stored(identity, size, writer.written, driver.holds_bytes, writer.changed)

    def copy(self, manifest: str, key_arn: str) -> Stored:
        """Copy a backup under another KMS key; what lies under that key already is not written again."""
        source, held = self._open(manifest)
        seal, written = self._keyring.seal_for(key_arn)
        with Pins(self._shelf) as pins:
            for root in held.roots:
                pins.hold(Address(source.ring, root))
            writer = Writer(seal, self._shelf, self._chunks, pins, written=written)
            roots = held.roots if seal == source else writer.listing(self._resealed(source, held, writer))
            identity = writer.finish(self._manifests, replace(held, roots=roots))
        return Stored(identity, held.size, writer.written, held.holds_bytes)

    def readable(self, manifest: str) -> bool:
        """Whether the key of a backup is on and its manifest is undamaged."""
        try:
            self._open(manifest)
        except DataError:
            return False
        return True

    def restore_metadata(self, manifest: str) -> dict[str, str]:
        """AWS's restore metadata that would create the resource again as it was."""
        held = self._open(manifest)[1]
        return driver_of(held.resource).restore_metadata(held.description)

    def restore_note(self, manifest: str) -> str | None:
        """A sentence for the restore job when the backup holds a description and no content; else None."""
        held = self._open(manifest)[1]
        if held.holds_bytes:
            return None
        return (
            f"This embedded AWS keeps the description of {held.resource.type} resources, not their content: "
            "the restored resource has the settings of the original and none of its data."
        )

    def count(self, manifest: str) -> int:
        """How many pieces (objects of a bucket, runs of items of a table) a backup has."""
        return sum(1 for _ in self.look(manifest).entries())

    def contents(self, manifest: str, base: str | None = None) -> Iterator[Content]:
        """The pieces of a backup one by one, each with whether it is other than in a base; without one, all are.

        A base that is gone or cannot be read counts as none.
        """
        seal, held = self._open(manifest)
        stamps = self._stamps(base)
        for entry in self._held(seal, held).entries():
            yield Content(entry.name, stamps.get(entry.name) != entry.stamp, partial(self._parts, seal, entry))

    def restore(
        self, manifest: str, metadata: Mapping[str, str], account: str, region: str, tags: Mapping[str, str]
    ) -> str:
        """Create a resource from a backup and return its ARN; damaged data fails before anything is created."""
        seal, held = self._open(manifest)
        driver = driver_of(held.resource)
        with Pins(self._shelf) as pins:
            for root in held.roots:
                pins.hold(Address(seal.ring, root))
            self._must_be_whole(seal, held)
            self._relies()
            with in_aws_words():
                return driver.restore(self._world, self._held(seal, held), Wish(account, region, tags, metadata))

    def look(self, manifest: str) -> Held:
        """A backup opened to be read piece by piece; what is damaged is found out when it is read."""
        return self._held(*self._open(manifest))

    def delete_resource(self, resource: Resource) -> None:
        """Delete a resource with all it holds, for good; a `DataError` when its service refuses."""
        self._relies()
        with in_aws_words():
            driver_of(resource).delete(self._world, resource)

    def delete(self, manifest: str) -> None:
        """Delete a backup and every chunk that nothing else needs; needs no key. One that is gone already is fine."""
        with self._deleting:
            if not self._manifests.there(manifest):
                return
            self._shelf.load()
            roots = self._manifests.roots(manifest) if self._manifests.intact(manifest) else ()
            self._manifests.remove(manifest)
            self._shelf.release(roots)

    def manifests(self) -> list[str]:
        """The ids of all backups here; those that no recovery point names can be deleted."""
        return list(self._manifests.all())

    def sweep(self) -> int:
        """Remove what a crash left and nothing needs; return the bytes freed."""
        return self._shelf.sweep()

    def check(self) -> list[str]:
        """Verify every manifest and chunk; one sentence for each that is damaged, missing or an orphan."""
        return list(check.problems(self._chunks, self._manifests, self._shelf, self._keyring))

    def _open(self, manifest: str) -> tuple[Seal, Manifest]:
        seal = self._keyring.seal(self._manifests.ring(manifest))
        return seal, self._manifests.read(seal, manifest)

    def _held(self, seal: Seal, held: Manifest) -> Held:
        return Held(
            held.resource,
            held.description,
            lambda: self._entries(seal, held),
            lambda entry: self._parts(seal, entry),
        )

    def _earlier(self, seal: Seal, parent: str | None, pins: Pins) -> dict[str, Entry]:
        """The entries of the earlier backup; none when it is gone, damaged, or under another key: then all is read."""
        if parent is None or not self._manifests.intact(parent) or self._manifests.ring(parent) != seal.ring:
            return {}
        for root in self._manifests.roots(parent):
            pins.hold(root)
        try:
            held = self._manifests.read(seal, parent)
            return {entry.name: entry for entry in self._entries(seal, held)}
        except DataError:
            return {}

    def _stamps(self, manifest: str | None) -> dict[str, str]:
        """The stamps of a backup's pieces, by their names."""
        if manifest is None:
            return {}
        try:
            return {entry.name: entry.stamp for entry in self._entries(*self._open(manifest))}
        except DataError:
            return {}

    def _entries(self, seal: Seal, held: Manifest) -> Iterator[Entry]:
        for root in held.roots:
            yield from read(self._chunks.get(seal, root))

    def _parts(self, seal: Seal, entry: Entry) -> Iterator[bytes]:
        for chunk in entry.chunks:
            yield self._chunks.get(seal, chunk)

    def _resealed(self, source: Seal, held: Manifest, writer: Writer) -> Iterator[Entry]:
        for entry in self._entries(source, held):
            yield replace(entry, chunks=tuple(writer.put(part) for part in self._parts(source, entry)))

    def _must_be_whole(self, seal: Seal, held: Manifest) -> None:
        for root in held.roots:
            if not self._chunks.intact(Address(seal.ring, root)):
                raise DataError(f"The backup of {held.resource.arn} is damaged: its listing cannot be read.")
        for entry in self._entries(seal, held):
            for chunk in entry.chunks:
                if not self._chunks.intact(Address(seal.ring, chunk)):
                    raise DataError(f"The backup of {held.resource.arn} is damaged: {entry.name!r} cannot be restored.")
