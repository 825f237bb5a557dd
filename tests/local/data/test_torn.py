"""Files that a crash, or a disk, left torn: what is damaged is said and never restored, everything else is fine."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backstay_local.data import Data, DataError

SEED = 20261129
CONTENT = {"a": b"one" * 30, "b": random.Random(SEED).randbytes(700)}


def places(size: int, chance: random.Random) -> list[int]:
    """Where a file is torn: at its ends, around the borders within it, and anywhere."""
    borders = {at + by for at in (0, 4, 8, 40, size - 32, size) for by in (-1, 0, 1)}
    return sorted(one for one in borders | {chance.randrange(size) for _ in range(4)} if 0 <= one < size)


def torn(whole: bytes, place: int, chance: random.Random) -> Iterator[bytes]:
    """A file cut there, filled up with zeros from there on, and with a byte that differs."""
    yield whole[:place]
    if whole[place:].strip(b"\0"):
        yield whole[:place] + bytes(len(whole) - place)
    yield whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :]


def read(data: Data, manifest: str) -> dict[str, bytes]:
    """All that a backup holds."""
    return {content.name: b"".join(content.read()) for content in data.contents(manifest)}


@pytest.mark.parametrize("part", ["chunks", "manifests"])
def test_a_torn_file_spoils_its_own_backup_only(yard: Any, part: str) -> None:
    """Wherever a file is torn: the check names it, a restore fails before anything is made, the other is whole."""
    arn, other = yard.bucket("torn", CONTENT), yard.bucket("other", {"c": b"other"})
    kept = yard.backup(other)
    mine = set((yard.folder / part).rglob("*"))
    stored = yard.backup(arn)
    chance = random.Random(SEED)
    files = sorted(path for path in set((yard.folder / part).rglob("*")) - mine if path.is_file())
    assert files
    metadata = {"DestinationBucketName": "made", "NewBucket": "true"}
    for file in files:
        whole = file.read_bytes()
        for place in places(len(whole), chance):
            for damaged in torn(whole, place, chance):
                file.write_bytes(damaged)
                data = yard.reopened()
                assert any(file.name in problem for problem in data.check()), (file, place)
                with pytest.raises(DataError, match="damaged"):
                    data.restore(stored.manifest, metadata, yard.account, yard.region, {})
                assert read(data, kept.manifest) == {"c": b"other"}
        file.write_bytes(whole)
    assert {bucket["Name"] for bucket in yard.client("s3").list_buckets()["Buckets"]} == {"other", "torn"}
    assert yard.reopened().check() == []
    assert read(yard.data, stored.manifest) == CONTENT


@pytest.mark.parametrize("part", ["manifest", "listing"])
def test_nothing_is_swept_away_while_it_cannot_be_known_what_is_needed(yard: Any, part: str) -> None:
    """A torn manifest or listing hides what its backup needs: nothing is removed until that backup is deleted."""
    kept = yard.backup(yard.bucket("other", {"c": b"other"}))
    stored = yard.backup(yard.bucket("torn", CONTENT))
    chunks = set((yard.folder / "chunks").rglob("*"))
    file = yard.folder / "manifests" / stored.manifest
    if part == "listing":
        [root] = yard.data._manifests.roots(stored.manifest)
        file = next(path for path in chunks if path.name == root.name)
    file.write_bytes(file.read_bytes()[:7])
    data = yard.reopened()
    with pytest.raises(DataError, match="Nothing was removed"):
        data.sweep()
    assert set((yard.folder / "chunks").rglob("*")) == chunks
    data.delete(stored.manifest)
    data.sweep()
    assert data.check() == []
    assert read(data, kept.manifest) == {"c": b"other"}


def test_the_disk_is_asked_once_for_many_files(yard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup of many objects waits for the disk once, before its manifest is there."""
    arn = yard.bucket("many", {f"{number:02d}": bytes([number]) for number in range(20)})
    folder = yard.folder / "own"
    waited: list[int] = []
    monkeypatch.setattr("os.sync", lambda: waited.append(len(list((folder / "manifests").glob("*")))))
    Data(folder, yard.aws.world).backup(yard.found(arn), yard.key, datetime(2026, 11, 29, tzinfo=UTC), None)
    assert waited == [0]
    assert len(list((folder / "manifests").iterdir())) == 1


def test_the_disk_has_a_backup_before_anything_relies_on_it(yard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks and the folders that they are in are written through before the manifest is, and that before it counts."""
    arn = yard.bucket("torn", CONTENT)
    happened: list[tuple[str, Path]] = []
    sync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        happened.append(("synced", Path(f"/proc/self/fd/{descriptor}").readlink()))
        sync(descriptor)

    def placed(draft: str, target: str) -> None:
        happened.append(("placed", Path(target)))
        happened.extend(("synced", Path(target)) for one in happened if one == ("synced", Path(draft)))
        replace(draft, target)

    monkeypatch.setattr("os.fsync", synced)
    monkeypatch.setattr("os.replace", placed)
    data = Data(yard.folder / "own", yard.aws.world)
    stored = data.backup(yard.found(arn), yard.key, datetime(2026, 11, 29, tzinfo=UTC), None)
    manifest = yard.folder / "own" / "manifests" / stored.manifest
    seen = happened.index(("placed", manifest))
    before, after = happened[:seen], happened[seen:]
    chunks = [path for what, path in before if what == "placed" and "chunks" in path.parts]
    assert len(chunks) == 3
    for path in chunks:
        for one in (path, path.parent, path.parent.parent, path.parent.parent.parent):
            assert ("synced", one) in before[before.index(("placed", path)) :]
    assert ("synced", manifest) in after
    assert ("synced", manifest.parent) in after
