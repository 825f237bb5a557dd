"""Buckets: what is restored is what was there, byte for byte."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from backstay_local.data import DataError

KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    lambda key: key not in (".", "..") and len(key.encode()) <= 1000
)
# Inside what both S3 and moto take; the latter drops blanks around a tag.
TAGS = st.dictionaries(
    st.text("abc XYZ019 +-=._:/@", max_size=20).map(lambda key: f"k{key}k"),
    st.text("xyz 0=+-/@:", max_size=20).map(str.strip),
    max_size=5,
)
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # an example takes a tenth of a second
NUMBERS = itertools.count()
OBJECTS = st.dictionaries(KEYS, st.binary(max_size=300), max_size=4)


@settings(max_examples=25, deadline=None, phases=UNSHRUNK)
@given(objects=OBJECTS, tags=TAGS)
def test_objects_come_back_after_the_bucket_is_gone(
    objects: dict[str, bytes], tags: dict[str, str], lasting_yard: Any
) -> None:
    """Odd keys, empty objects, binary content and tags survive the destruction of the source."""
    yard, name = lasting_yard, f"bucket-{next(NUMBERS)}"
    arn = yard.bucket(name, objects)
    for key in objects if tags else ():
        tagging = {"TagSet": [{"Key": name, "Value": value} for name, value in tags.items()]}
        yard.client("s3").put_object_tagging(Bucket=name, Key=key, Tagging=tagging)
    stored = yard.backup(arn)
    tagged = yard.object_tags(name)
    yard.destroy(name)
    assert stored.size == sum(map(len, objects.values()))
    assert yard.new_bucket(stored, name) == objects
    assert yard.object_tags(name) == tagged


def test_everything_that_an_object_says_about_itself_comes_back(yard: Any) -> None:
    """Content type, headers, user metadata and encryption of an object are restored."""
    arn = yard.bucket("source", {})
    s3 = yard.client("s3")
    said: dict[str, Any] = {
        "CacheControl": "max-age=60",
        "ContentDisposition": "attachment",
        "ContentEncoding": "gzip",
        "ContentLanguage": "de",
        "ContentType": "application/x-odd",
        "Metadata": {"owner": "=?UTF-8?B?w7w=?=", "under_score": "1"},
        "ServerSideEncryption": "AES256",
    }
    s3.put_object(Bucket="source", Key="a", Body=b"\x00\xff", **said)
    yard.new_bucket(yard.backup(arn), "restored")
    answer = s3.get_object(Bucket="restored", Key="a")
    assert {name: answer[name] for name in said} == said


def test_an_object_of_many_chunks_comes_back(yard: Any) -> None:
    """An object larger than one upload call is put in parts and is the same."""
    body = bytes(range(256)) * 4096 * 66
    arn = yard.bucket("source", {"big": body})
    assert yard.new_bucket(yard.backup(arn), "restored")["big"] == body


def test_old_versions_and_deleted_objects_stay_out(yard: Any) -> None:
    """A backup holds the current version of each object that is not deleted, over several pages of listing."""
    arn = yard.bucket("source", {f"k{number:04}": b"old" for number in range(1005)})
    s3 = yard.client("s3")
    s3.put_object(Bucket="source", Key="k0001", Body=b"new")
    s3.delete_object(Bucket="source", Key="k0002")
    restored = yard.new_bucket(yard.backup(arn), "restored")
    assert restored == {f"k{n:04}": b"new" if n == 1 else b"old" for n in range(1005) if n != 2}


def test_objects_older_than_versioning_are_backed_up(yard: Any) -> None:
    """An object whose version id is `null` is as good as any."""
    s3 = yard.client("s3")
    s3.create_bucket(Bucket="source")
    s3.put_object(Bucket="source", Key="early", Body=b"bird")
    s3.put_bucket_versioning(Bucket="source", VersioningConfiguration={"Status": "Enabled"})
    assert yard.new_bucket(yard.backup("arn:aws:s3:::source"), "restored") == {"early": b"bird"}


def test_a_bucket_without_versioning_is_refused(yard: Any) -> None:
    """AWS Backup needs versioning, so the backup fails and says so."""
    yard.client("s3").create_bucket(Bucket="plain")
    with pytest.raises(DataError, match="Versioning must be enabled on bucket plain"):
        yard.backup("arn:aws:s3:::plain")


def test_archived_objects_stay_out(yard: Any) -> None:
    """Objects in Glacier Flexible Retrieval and Deep Archive are left out, as AWS Backup leaves them."""
    arn = yard.bucket("source", {"warm": b"1"})
    yard.client("s3").put_object(Bucket="source", Key="cold", Body=b"2", StorageClass="DEEP_ARCHIVE")
    assert yard.new_bucket(yard.backup(arn), "restored") == {"warm": b"1"}


def test_a_restore_into_an_existing_bucket_changes_nothing_that_is_there(yard: Any) -> None:
    """Objects of the same name are skipped, others are added, nothing is deleted."""
    stored = yard.backup(yard.bucket("source", {"a": b"backed up", "b": b"backed up"}))
    yard.bucket("target", {"b": b"newer", "c": b"only here"})
    yard.restore(stored, {"DestinationBucketName": "target", "NewBucket": "false"})
    assert yard.contents("target") == {"a": b"backed up", "b": b"newer", "c": b"only here"}


def test_single_items_can_be_restored(yard: Any) -> None:
    """ItemsToRestore takes keys and prefixes, at most five."""
    stored = yard.backup(yard.bucket("source", {"dir/a": b"1", "dir/b": b"2", "other": b"3", "not": b"4"}))
    wish = {"DestinationBucketName": "target", "NewBucket": "true", "ItemsToRestore": json.dumps(["dir/", "other"])}
    yard.restore(stored, wish)
    assert sorted(yard.contents("target")) == ["dir/a", "dir/b", "other"]
    with pytest.raises(DataError, match="1 to 5"):
        yard.restore(stored, wish | {"ItemsToRestore": json.dumps(list("abcdef"))})


@pytest.mark.parametrize(
    ("wish", "encryption"),
    [({}, "AES256"), ({"encryptionType": "SSE-S3"}, "AES256"), ({"EncryptionType": "SSE-KMS"}, "aws:kms")],
)
def test_restored_objects_are_encrypted_as_asked(yard: Any, wish: dict[str, str], encryption: str) -> None:
    """EncryptionType rules the restored objects, in whatever case the key is written."""
    arn = yard.bucket("source", {})
    yard.client("s3").put_object(Bucket="source", Key="a", Body=b"1", ServerSideEncryption="AES256")
    yard.restore(yard.backup(arn), {"destinationBucketName": "target", "newBucket": "true", **wish})
    assert yard.client("s3").get_object(Bucket="target", Key="a")["ServerSideEncryption"] == encryption


def test_a_new_bucket_is_versioned_and_tagged(yard: Any) -> None:
    """The restored bucket can itself be backed up at once and carries the tags that the caller chose."""
    stored = yard.backup(yard.bucket("source", {}))
    arn = yard.restore(stored, {"DestinationBucketName": "target", "NewBucket": "true"}, {"team": "blau"})
    assert arn == "arn:aws:s3:::target"
    assert yard.found(arn).tags == {"team": "blau"}
    assert yard.backup(arn).size == 0


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({}, "need DestinationBucketName"),
        ({"DestinationBucketName": "source", "NewBucket": "true"}, "already"),
        ({"DestinationBucketName": "nowhere"}, "does not exist.*NoSuchBucket"),
        ({"DestinationBucketName": "elsewhere"}, "is in eu-west-1"),
        ({"DestinationBucketName": "t", "NewBucket": "true", "EncryptionType": "rot13"}, "not rot13"),
    ],
)
def test_a_restore_that_cannot_be_says_why(yard: Any, metadata: dict[str, str], message: str) -> None:
    """Every refusal names what is wrong, and nothing is created."""
    stored = yard.backup(yard.bucket("source", {"a": b"1"}))
    yard.bucket("elsewhere", {}, region="eu-west-1")
    with pytest.raises(DataError, match=message):
        yard.restore(stored, metadata)
    assert {bucket["Name"] for bucket in yard.client("s3").list_buckets()["Buckets"]} == {"source", "elsewhere"}


def test_the_restore_metadata_restore(yard: Any) -> None:
    """What restore_metadata says is enough to get the bucket back under its own name once it is gone."""
    stored = yard.backup(yard.bucket("source", {"a": b"1"}))
    yard.destroy("source")
    metadata = yard.data.restore_metadata(stored.manifest)
    assert metadata["DestinationBucketName"] == "source"
    yard.restore(stored, metadata)
    assert yard.contents("source") == {"a": b"1"}


def test_a_second_backup_of_an_unchanged_bucket_reads_and_writes_next_to_nothing(
    yard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No object is read again, and under one per cent of the bucket's size is written."""
    objects = {f"object-{number}": bytes([number]) * 20 + number.to_bytes(4, "big") * 500 for number in range(60)}
    arn = yard.bucket("source", objects)
    first = yard.backup(arn)
    read: list[str] = []
    monkeypatch.setattr(yard.aws.world.objects, "read", lambda bucket, version: read.append(version.key))
    before = yard.disk()
    second = yard.backup(arn, parent=first)
    assert read == []
    assert second.size == first.size
    assert second.written == yard.disk() - before
    assert second.written < second.size / 100
    yard.data.delete(first.manifest)
    assert yard.new_bucket(second, "restored") == objects


def test_only_what_changed_is_read_again(yard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed object is read, a deleted one goes, and a tag that changed alone is seen without reading."""
    arn = yard.bucket("source", {"a": b"1", "b": b"2", "c": b"3"})
    first = yard.backup(arn)
    s3 = yard.client("s3")
    s3.put_object(Bucket="source", Key="a", Body=b"changed")
    s3.delete_object(Bucket="source", Key="b")
    s3.put_object_tagging(Bucket="source", Key="c", Tagging={"TagSet": [{"Key": "new", "Value": "tag"}]})
    read: list[str] = []
    held, whole = yard.aws.world.objects, yard.aws.world.objects.read
    monkeypatch.setattr(held, "read", lambda bucket, version: read.append(version.key) or whole(bucket, version))
    second = yard.backup(arn, parent=first)
    assert read == ["a"]
    assert yard.new_bucket(second, "restored") == {"a": b"changed", "c": b"3"}
    assert s3.get_object_tagging(Bucket="restored", Key="c")["TagSet"] == [{"Key": "new", "Value": "tag"}]
    assert yard.new_bucket(first, "older") == {"a": b"1", "b": b"2", "c": b"3"}


def test_buckets_belong_to_one_region(yard: Any) -> None:
    """A bucket is found in the Region it lies in and in no other."""
    yard.bucket("here", {})
    yard.bucket("there", {}, region="eu-west-1")
    names = {
        region: [found.name for found in yard.data.resources(yard.account, region)]
        for region in ("us-east-1", "eu-west-1", "eu-west-2")
    }
    assert names == {"us-east-1": ["here"], "eu-west-1": ["there"], "eu-west-2": []}
    assert yard.data.resource("arn:aws:s3:::there", yard.account, "us-east-1") is None


def test_a_bucket_that_moved_is_found_where_it_is(yard: Any) -> None:
    """A bucket deleted and created again elsewhere is not remembered at its old place."""
    import time

    yard.bucket("nomad", {})
    assert yard.found("arn:aws:s3:::nomad").region == "us-east-1"
    yard.destroy("nomad")
    time.sleep(1.1)
    yard.bucket("nomad", {}, region="eu-west-1")
    assert yard.data.resource("arn:aws:s3:::nomad", yard.account, "us-east-1") is None
    assert yard.found("arn:aws:s3:::nomad", "eu-west-1").region == "eu-west-1"


def test_the_grants_of_objects_come_back(yard: Any) -> None:
    """Public objects are public again; where ACLs are not enabled, the restore fails and says so."""
    arn, s3 = yard.bucket("source", {"private": b"1"}), yard.client("s3")
    s3.put_object(Bucket="source", Key="public", Body=b"2", ACL="public-read")
    stored = yard.backup(arn)
    yard.new_bucket(stored, "restored")
    for key in ("private", "public"):
        before, after = (s3.get_object_acl(Bucket=name, Key=key)["Grants"] for name in ("source", "restored"))
        assert after == before
    s3.create_bucket(Bucket="closed", ObjectOwnership="BucketOwnerEnforced")
    with pytest.raises(DataError, match="ACLs are not enabled in bucket closed"):
        yard.restore(stored, {"DestinationBucketName": "closed"})


def test_a_change_of_grants_alone_is_seen(yard: Any) -> None:
    """The next backup has them, and writes next to nothing for the content that stayed."""
    arn, s3 = yard.bucket("source", {"a": bytes(range(256)) * 400}), yard.client("s3")
    first = yard.backup(arn)
    s3.put_object_acl(Bucket="source", Key="a", ACL="public-read")
    second = yard.backup(arn, parent=first)
    yard.new_bucket(second, "restored")
    assert len(s3.get_object_acl(Bucket="restored", Key="a")["Grants"]) == 2
    assert second.written < first.written / 2 + 4096


def test_objects_come_back_in_the_standard_class(yard: Any) -> None:
    """Whatever class they had: AWS Backup restores to S3 Standard."""
    arn, s3 = yard.bucket("source", {}), yard.client("s3")
    s3.put_object(Bucket="source", Key="a", Body=b"1", StorageClass="STANDARD_IA")
    yard.new_bucket(yard.backup(arn), "restored")
    assert s3.head_object(Bucket="restored", Key="a").get("StorageClass", "STANDARD") == "STANDARD"


@pytest.mark.parametrize("option", ["BackupACLs", "BackupObjectTags"])
def test_an_option_that_is_disabled_leaves_its_part_out(yard: Any, option: str) -> None:
    """Grants or tags are not in the backup; the other part is."""
    arn, s3 = yard.bucket("source", {}), yard.client("s3")
    s3.put_object(Bucket="source", Key="a", Body=b"1", ACL="public-read", Tagging="colour=red")
    resource = replace(yard.found(arn), options={option: "disabled"})
    stored = yard.data.backup(resource, yard.key, datetime(2026, 11, 22, tzinfo=UTC), None)
    yard.new_bucket(stored, "restored")
    public = len(s3.get_object_acl(Bucket="restored", Key="a")["Grants"]) == 2
    tagged = bool(s3.get_object_tagging(Bucket="restored", Key="a")["TagSet"])
    assert (public, tagged) == ((False, True) if option == "BackupACLs" else (True, False))
