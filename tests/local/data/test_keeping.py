"""Keys, copies, deletion, damage and crashes: what the keeper promises whatever the type."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from backstay_local.data import DataError

OBJECTS = {"a": b"alpha" * 100, "b": bytes(range(256)), "c": b""}


def _flip(path: Any, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(bytes(raw))


def test_nothing_of_the_content_lies_open(yard: Any) -> None:
    """Neither keys, content nor descriptions of a resource can be read from the files."""
    yard.backup(yard.bucket("secret-bucket", {"secret-key": b"secret-content " * 50}))
    for path in yard.folder.rglob("*"):
        if path.is_file():
            assert b"secret" not in path.read_bytes()
            assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0


def test_a_disabled_key_closes_backups_until_it_is_enabled(yard: Any) -> None:
    """Backup, restore, metadata and copy fail in KMS's words; afterwards all is there."""
    arn = yard.bucket("source", OBJECTS)
    stored = yard.backup(arn)
    yard.client("kms").disable_key(KeyId=yard.key_id())
    acts: tuple[Callable[[], object], ...] = (
        lambda: yard.backup(arn),
        lambda: yard.new_bucket(stored, "restored"),
        lambda: yard.data.restore_metadata(stored.manifest),
        lambda: yard.data.copy(stored.manifest, yard.new_key()),
    )
    for act in acts:
        with pytest.raises(DataError, match=f"{yard.key} is disabled"):
            act()
    yard.client("kms").enable_key(KeyId=yard.key_id())
    assert yard.new_bucket(stored, "restored") == OBJECTS


def test_a_key_that_is_being_deleted_closes_backups(yard: Any) -> None:
    """A pending deletion is as good as gone, yet the backup can be deleted without the key."""
    stored = yard.backup(yard.bucket("source", OBJECTS))
    yard.client("kms").schedule_key_deletion(KeyId=yard.key_id(), PendingWindowInDays=7)
    with pytest.raises(DataError, match="pending deletion"):
        yard.new_bucket(stored, "restored")
    assert yard.data.check() != []
    yard.data.delete(stored.manifest)
    assert yard.chunk_files() == []


def test_a_key_that_does_not_exist_backs_up_nothing(yard: Any) -> None:
    """The failure names the key, and no file is left."""
    arn = yard.bucket("source", OBJECTS)
    with pytest.raises(DataError, match="does not exist"):
        yard.backup(arn, key=yard.key[:-12] + "000000000000")
    assert yard.chunk_files() == []


def test_another_key_cannot_read(yard: Any) -> None:
    """A data key swapped for another key's reads nothing, although that KMS key is in order."""
    arn = yard.bucket("source", OBJECTS)
    stored = yard.backup(arn)
    [own] = (yard.folder / "keys").iterdir()
    yard.backup(arn, key=yard.new_key())
    [other] = (path for path in (yard.folder / "keys").iterdir() if path != own)
    own.write_bytes(other.read_bytes())
    with pytest.raises(DataError, match="not encrypted under this key"):
        yard.new_bucket(stored, "restored")


def test_chunks_under_two_keys_never_mix(yard: Any) -> None:
    """The same bucket under two keys shares no chunk, and each backup stands alone."""
    arn = yard.bucket("source", OBJECTS)
    first = yard.backup(arn)
    before = {path.name for path in yard.chunk_files()}
    second = yard.backup(arn, parent=first, key=yard.new_key())
    assert len(yard.chunk_files()) == 2 * len(before)
    yard.data.delete(first.manifest)
    assert not before & {path.name for path in yard.chunk_files()}
    assert yard.new_bucket(second, "restored") == OBJECTS


def test_a_copy_stands_on_its_own_key(yard: Any) -> None:
    """Original and its key may go; the copy restores. A second copy to the same key writes next to nothing."""
    stored = yard.backup(yard.bucket("source", {"a": os.urandom(100_000)}))
    target = yard.new_key()
    copied = yard.data.copy(stored.manifest, target)
    assert (copied.size, copied.holds_bytes) == (stored.size, True)
    assert copied.written > stored.size
    assert yard.data.copy(stored.manifest, target).written < stored.size / 50
    assert yard.data.copy(stored.manifest, yard.key).written < stored.size / 50
    yard.data.delete(stored.manifest)
    yard.client("kms").disable_key(KeyId=yard.key_id())
    assert yard.new_bucket(copied, "restored") == yard.contents("source")


def test_deletion_frees_exactly_what_no_other_backup_holds(yard: Any) -> None:
    """Shared chunks stay as long as one backup needs them; after the last one nothing is left."""
    arn = yard.bucket("source", {"same": b"same" * 99, "old": b"old" * 99})
    first = yard.backup(arn)
    alone = {path.name for path in yard.chunk_files()}
    yard.client("s3").delete_object(Bucket="source", Key="old")
    yard.client("s3").put_object(Bucket="source", Key="new", Body=b"new" * 99)
    second = yard.backup(arn, parent=first)
    both = {path.name for path in yard.chunk_files()}
    data = yard.reopened()
    data.delete(first.manifest)
    left = {path.name for path in yard.chunk_files()}
    assert len(left & alone) == 1
    assert left - alone == both - alone
    assert data.check() == []
    assert yard.new_bucket(second, "restored") == {"same": b"same" * 99, "new": b"new" * 99}
    data.delete(second.manifest)
    data.delete(second.manifest)
    assert yard.chunk_files() == []


@pytest.mark.parametrize("part", ["head", "content", "checksum"])
def test_one_flipped_bit_is_found_and_never_restored(yard: Any, part: str) -> None:
    """check names the chunk; the restore fails before it creates anything."""
    stored = yard.backup(yard.bucket("source", {"a": b"alpha" * 100}))
    assert yard.data.check() == []
    for path in yard.chunk_files():
        at = {"head": 5, "content": path.stat().st_size // 2, "checksum": -1}[part]
        _flip(path, at)
        assert any(path.name in problem and "damaged" in problem for problem in yard.reopened().check())
        with pytest.raises(DataError, match="damaged"):
            yard.reopened().restore(
                stored.manifest, {"DestinationBucketName": "rest", "NewBucket": "true"}, yard.account, yard.region, {}
            )
        _flip(path, at)
    assert [bucket["Name"] for bucket in yard.client("s3").list_buckets()["Buckets"]] == ["source"]
    assert yard.new_bucket(stored, "restored") == {"a": b"alpha" * 100}


def test_a_forged_checksum_does_not_help(yard: Any) -> None:
    """Damage whose plain checksum was made to fit is still found, since the content is authenticated."""
    import hashlib

    stored = yard.backup(yard.bucket("source", {"a": b"alpha" * 100}))
    for path in yard.chunk_files():
        body = bytearray(path.read_bytes()[:-32])
        body[-1] ^= 1
        path.write_bytes(bytes(body) + hashlib.sha256(body).digest())
    assert len(yard.data.check()) == len(yard.chunk_files())
    with pytest.raises(DataError, match="damaged"):
        yard.new_bucket(stored, "restored")


def test_swapped_chunks_are_found(yard: Any) -> None:
    """A chunk put in the place of another is refused, although both are whole."""
    stored = yard.backup(yard.bucket("source", {"a": b"alpha" * 100, "b": b"beta" * 100}))
    first, second, *_ = yard.chunk_files()
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    assert len(yard.data.check()) >= 2
    with pytest.raises(DataError, match="damaged"):
        yard.new_bucket(stored, "restored")


def test_a_missing_chunk_is_found(yard: Any) -> None:
    """check says which one backups need, and the restore fails."""
    stored = yard.backup(yard.bucket("source", {"a": b"alpha" * 100}))
    lost = yard.chunk_files()[0]
    lost.unlink()
    assert any(lost.name in problem and "missing" in problem for problem in yard.data.check())
    with pytest.raises(DataError):
        yard.new_bucket(stored, "restored")


def test_a_damaged_chunk_is_written_anew_when_its_content_is_read_again(yard: Any) -> None:
    """A full backup of the same content heals what was damaged, for older backups too."""
    arn = yard.bucket("source", OBJECTS)
    stored = yard.backup(arn)
    for path in yard.chunk_files():
        _flip(path, -1)
    yard.backup(arn)
    assert yard.data.check() == []
    assert yard.new_bucket(stored, "restored") == OBJECTS


def test_a_damaged_manifest_is_found_and_can_be_deleted(yard: Any) -> None:
    """check names the backup; its chunks stay until the manifest is gone, and are swept then."""
    stored = yard.backup(yard.bucket("source", OBJECTS))
    manifest = yard.folder / "manifests" / stored.manifest
    _flip(manifest, 60)
    data = yard.reopened()
    assert any(stored.manifest in problem for problem in data.check())
    with pytest.raises(DataError, match="damaged"):
        data.restore_metadata(stored.manifest)
    with pytest.raises(DataError, match="Nothing was removed"):
        data.sweep()
    data.delete(stored.manifest)
    assert data.sweep() > 0
    assert yard.chunk_files() == []


def test_a_backup_that_was_deleted_says_so(yard: Any) -> None:
    """Asking for a backup that is gone fails with a sentence; an id that is a path is refused."""
    stored = yard.backup(yard.bucket("source", {}))
    yard.data.delete(stored.manifest)
    with pytest.raises(DataError, match="does not exist any more"):
        yard.data.restore_metadata(stored.manifest)
    with pytest.raises(DataError, match="not the id"):
        yard.data.delete("../keys")


def test_the_ids_of_all_backups_are_known(yard: Any) -> None:
    """Whoever keeps the recovery points can find backups that none of them names, as a crash leaves them."""
    first, second = (yard.backup(yard.bucket(name, {})) for name in ("one-bucket", "two-bucket"))
    assert yard.data.manifests() == sorted([first.manifest, second.manifest])
    yard.data.delete(first.manifest)
    assert yard.reopened().manifests() == [second.manifest]


def test_a_parent_that_is_gone_makes_a_full_backup(yard: Any) -> None:
    """Incremental is a saving, never a need."""
    arn = yard.bucket("source", OBJECTS)
    first = yard.backup(arn)
    yard.data.delete(first.manifest)
    assert yard.new_bucket(yard.backup(arn, parent=first), "restored") == OBJECTS


def test_a_backup_that_fails_half_way_leaves_nothing(yard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an unfinished backup wrote is taken away again, what others hold is not."""
    arn = yard.bucket("source", OBJECTS)
    kept = yard.backup(arn)
    files = yard.chunk_files()
    yard.client("s3").put_object(Bucket="source", Key="aa", Body=b"new")
    resource = yard.found(arn)
    yard.client("s3").put_object(Bucket="source", Key="d", Body=b"last")

    whole = yard.aws.world.objects.read
    read: list[int] = []

    def third(bucket: str, version: Any) -> bytes:
        read.append(1)
        if len(read) == 3:
            raise KeyboardInterrupt
        return bytes(whole(bucket, version))

    with monkeypatch.context() as patched:
        patched.setattr(yard.aws.world.objects, "read", third)
        with pytest.raises(KeyboardInterrupt):
            yard.data.backup(resource, yard.key, _now(), None)
    assert yard.chunk_files() == files
    assert yard.new_bucket(kept, "restored") == OBJECTS


@pytest.mark.parametrize("kill_at", [1, 2, 3])
def test_a_crash_between_chunk_and_manifest_leaves_only_orphans(yard: Any, kill_at: int) -> None:
    """A process killed in the middle of a backup harms no other backup; its chunks are orphans until swept."""
    arn = yard.bucket("source", OBJECTS)
    kept = yard.backup(arn)
    for key in "xyz":
        yard.client("s3").put_object(Bucket="source", Key=key, Body=key.encode() * 50)
    resource = yard.found(arn)
    files = yard.chunk_files()
    if (child := os.fork()) == 0:
        _backup_and_die(yard, resource, kept.manifest, kill_at)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    data = yard.reopened()
    problems = data.check()
    assert len(problems) == len(yard.chunk_files()) - len(files) == kill_at - 1
    assert all("is an orphan" in problem for problem in problems)
    assert (data.sweep() > 0) is bool(problems)
    assert data.check() == []
    assert yard.chunk_files() == files
    assert yard.new_bucket(kept, "restored") == OBJECTS


def _backup_and_die(yard: Any, resource: Any, parent: str, kill_at: int) -> None:
    """In a child process: back up, and be gone at the n-th object read (counted over the three new ones)."""
    read: list[int] = []
    whole = yard.aws.world.objects.read

    def count(bucket: str, version: Any) -> bytes:
        read.append(1)
        if len(read) == kill_at:
            os._exit(9)
        return bytes(whole(bucket, version))

    try:
        yard.aws.world.objects.read = count
        yard.data.backup(resource, yard.key, _now(), parent)
    finally:
        os._exit(1)


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 11, 22, tzinfo=UTC)


def test_what_a_crash_left_half_written_goes_at_the_next_start(yard: Any) -> None:
    """Unfinished files are not data."""
    draft = yard.folder / "unfinished" / "draft"
    draft.write_bytes(b"half")
    yard.reopened()
    assert not draft.exists()


def test_backups_and_deletions_at_the_same_time_lose_nothing(yard: Any) -> None:
    """Threads that back up and delete the same bucket leave every living backup whole."""
    from concurrent.futures import ThreadPoolExecutor

    arn = yard.bucket("source", OBJECTS)

    def work(number: int) -> Any:
        stored = yard.backup(arn)
        if number % 2:
            yard.data.delete(stored.manifest)
            return None
        return stored

    with ThreadPoolExecutor(4) as pool:
        alive = [stored for stored in pool.map(work, range(12)) if stored]
    assert yard.data.check() == []
    assert yard.new_bucket(alive[-1], "restored") == OBJECTS


def test_untouched_services_cost_nothing(yard: Any) -> None:
    """Looking through many accounts and Regions that were never used is quick and makes nothing there."""
    import time

    started = time.perf_counter()
    for account in range(111111111100, 111111111200):
        assert yard.data.resources(str(account), "eu-central-1") == []
    assert time.perf_counter() - started < 2
