"""Reading a recovery point through the alias of an access point, as if it were a bucket."""

from __future__ import annotations

import json
from typing import Any

import pytest

OBJECTS = {"a.txt": b"first", "dir/b.txt": b"second", "dir/sub/c d+é&.txt": b"third", "z": b""}


def opened(site: Any, point: str, name: str = "reader", **members: Any) -> str:
    """The alias of a new access point to a recovery point."""
    made = site.backup.create_backup_access_point(Name=name, RecoveryPointArn=point, **members)
    site.settle()
    return alias_of(site, made["AccessPointArn"])


def alias_of(site: Any, arn: str) -> str:
    """The alias of an access point that is available."""
    found = site.backup.describe_backup_access_point(AccessPointArn=arn)
    return str(found["AccessPointMetadata"]["S3AccessPointAlias"])


@pytest.fixture
def alias(site: Any) -> str:
    """The alias to a backup of a bucket, which itself is changed afterwards."""
    site.vault()
    arn = site.bucket("bucket-one", objects=OBJECTS)
    s3 = site.client("s3")
    s3.put_object(
        Bucket="bucket-one",
        Key="a.txt",
        Body=b"first",
        ContentType="text/plain",
        Metadata={"owner": "me"},
        Tagging="team=a",
    )
    point = site.take(arn)
    s3.put_object(Bucket="bucket-one", Key="a.txt", Body=b"changed")
    s3.put_object(Bucket="bucket-one", Key="new", Body=b"new")
    return opened(site, point)


def keys(answer: dict[str, Any], member: str = "Contents") -> list[str]:
    """The keys in the answer of a list operation."""
    return [one["Key"] for one in answer.get(member, [])]


def prefixes(answer: dict[str, Any]) -> list[str]:
    """The common prefixes in the answer of a list operation."""
    return [one["Prefix"] for one in answer.get("CommonPrefixes", [])]


def test_objects_are_those_of_the_backup(site: Any, alias: str) -> None:
    """What is read is what was backed up, whatever became of the bucket, with its metadata."""
    s3 = site.client("s3")
    found = s3.get_object(Bucket=alias, Key="a.txt")
    assert found["Body"].read() == b"first"
    assert (found["ContentType"], found["Metadata"], found["ContentLength"]) == ("text/plain", {"owner": "me"}, 5)
    assert (found["StorageClass"], found["ServerSideEncryption"]) == ("AWS_BACKUP_WARM", "aws:backup")
    [version] = [
        one
        for one in s3.list_object_versions(Bucket="bucket-one", Prefix="a.txt")["Versions"]
        if one["VersionId"] == found["VersionId"]
    ]
    assert (version["ETag"], version["IsLatest"]) == (found["ETag"], False)
    head = s3.head_object(Bucket=alias, Key="a.txt", VersionId=found["VersionId"])
    assert (head["ETag"], head["ContentLength"], head["TagCount"]) == (found["ETag"], 5, 1)
    assert s3.get_object_tagging(Bucket=alias, Key="a.txt")["TagSet"] == [{"Key": "team", "Value": "a"}]
    wanted = ["ETag", "ObjectSize", "StorageClass"]
    attributes = s3.get_object_attributes(Bucket=alias, Key="a.txt", ObjectAttributes=wanted)
    assert (attributes["ObjectSize"], attributes["StorageClass"]) == (5, "AWS_BACKUP_WARM")
    assert s3.get_bucket_location(Bucket=alias).get("LocationConstraint") is None
    for key, body in OBJECTS.items():
        assert s3.get_object(Bucket=alias, Key=key)["Body"].read() == body


def test_ranges(site: Any, alias: str) -> None:
    """A range of an object is given alone; one that is spelt in no known way counts as none."""
    expected: list[tuple[str, bytes, str | None]] = [
        ("bytes=0-1", b"se", "bytes 0-1/6"),
        ("bytes=4-", b"nd", "bytes 4-5/6"),
        ("bytes=-3", b"ond", "bytes 3-5/6"),
        ("bytes=2-99", b"cond", "bytes 2-5/6"),
        ("lines=1-2", b"second", None),
    ]
    for wanted, body, content_range in expected:
        found = site.client("s3").get_object(Bucket=alias, Key="dir/b.txt", Range=wanted)
        assert (found["Body"].read(), found.get("ContentRange")) == (body, content_range)


def test_lists(site: Any, alias: str) -> None:
    """All three lists give the keys in order, by prefix, rolled up at a delimiter, in pages of any size."""
    s3, every = site.client("s3"), sorted(OBJECTS)
    whole = s3.list_objects_v2(Bucket=alias)
    assert (keys(whole), whole["KeyCount"], whole["Name"]) == (every, 4, alias)
    assert {one["StorageClass"] for one in whole["Contents"]} == {"AWS_BACKUP_WARM"}
    assert [one["Size"] for one in whole["Contents"]] == [len(OBJECTS[key]) for key in every]
    assert keys(s3.list_objects(Bucket=alias)) == every
    assert keys(s3.list_object_versions(Bucket=alias), "Versions") == every
    assert keys(s3.list_objects_v2(Bucket=alias, Prefix="dir/")) == every[1:3]
    rolled = s3.list_objects_v2(Bucket=alias, Delimiter="/")
    assert (keys(rolled), prefixes(rolled)) == (["a.txt", "z"], ["dir/"])
    inner = s3.list_objects_v2(Bucket=alias, Delimiter="/", Prefix="dir/")
    assert (keys(inner), prefixes(inner)) == (["dir/b.txt"], ["dir/sub/"])
    assert keys(s3.list_objects_v2(Bucket=alias, StartAfter="dir/b.txt")) == every[2:]
    for operation, member in (
        ("list_objects_v2", "Contents"),
        ("list_objects", "Contents"),
        ("list_object_versions", "Versions"),
    ):
        for delimiter, expected in (("", (every, [])), ("/", (["a.txt", "z"], ["dir/"]))):
            wish = {"Bucket": alias, "Delimiter": delimiter, "PaginationConfig": {"PageSize": 1}}
            pages = list(s3.get_paginator(operation).paginate(**wish))
            found = [key for page in pages for key in keys(page, member)], [one for p in pages for one in prefixes(p)]
            assert found == expected
            assert len(pages) == len(found[0]) + len(found[1])


def test_what_is_not_there(site: Any, alias: str, refusal: Any) -> None:
    """Unknown keys, versions and aliases, and ranges behind the end, are errors of S3."""
    s3 = site.client("s3")
    assert refusal(lambda: s3.get_object(Bucket=alias, Key="new"))[0] == "NoSuchKey"
    assert refusal(lambda: s3.head_object(Bucket=alias, Key="new"))[0] == "404"
    assert refusal(lambda: s3.get_object(Bucket=alias, Key="z", VersionId="other"))[0] == "NoSuchVersion"
    assert refusal(lambda: s3.get_object(Bucket=alias, Key="dir/b.txt", Range="bytes=6-7"))[0] == "InvalidRange"
    assert refusal(lambda: s3.list_objects_v2(Bucket=alias, ContinuationToken="é"))[0] == "InvalidArgument"
    assert refusal(lambda: s3.list_objects_v2(Bucket="never-was-ext-s3alias"))[0] == "NoSuchBucket"


def test_nothing_else_than_reading(site: Any, alias: str, refusal: Any) -> None:
    """Whatever writes, and what AWS does not offer for reading either, is refused and changes nothing."""
    s3 = site.client("s3")
    where = {"Bucket": alias, "Key": "a.txt"}
    for act in (
        lambda: s3.put_object(**where, Body=b"x"),
        lambda: s3.delete_object(**where),
        lambda: s3.delete_objects(Bucket=alias, Delete={"Objects": [{"Key": "a.txt"}]}),
        lambda: s3.copy_object(**where, CopySource="bucket-one/a.txt"),
        lambda: s3.create_multipart_upload(**where),
        lambda: s3.put_object_tagging(**where, Tagging={"TagSet": []}),
        lambda: s3.get_object_acl(**where),
        lambda: s3.get_object_retention(**where),
        lambda: s3.get_bucket_policy(Bucket=alias),
        lambda: s3.delete_bucket(Bucket=alias),
    ):
        assert refusal(act)[0] == "AccessDenied"
    assert s3.get_object(**where)["Body"].read() == b"first"
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["bucket-one"]


def test_only_while_it_is_available(site: Any, alias: str, refusal: Any) -> None:
    """On its way out an access point answers 409; when it is gone there is no such bucket."""
    s3 = site.client("s3")
    [row] = site.backup.list_backup_access_points()["BackupAccessPoints"]
    site.backup.delete_backup_access_point(AccessPointArn=row["AccessPointArn"])
    assert refusal(lambda: s3.get_object(Bucket=alias, Key="a.txt"))[0] == "InvalidBucketState"
    site.settle()
    assert refusal(lambda: s3.get_object(Bucket=alias, Key="a.txt"))[0] == "NoSuchBucket"


def test_a_key_that_is_off(site: Any, refusal: Any) -> None:
    """What cannot be decrypted any more cannot be read."""
    key = site.key()
    site.vault(EncryptionKeyArn=key)
    alias = opened(site, site.take(site.bucket("bucket-one")))
    site.client("kms").disable_key(KeyId=key)
    assert refusal(lambda: site.client("s3").get_object(Bucket=alias, Key="one"))[0] == "AccessDenied"


def test_the_policy_of_an_access_point(site: Any, refusal: Any) -> None:
    """A policy denies its own account what it says, and lets another account in, which else is refused."""
    site.vault()
    point = site.take(site.bucket("bucket-one", objects={"open": b"1", "secret/x": b"2"}))
    friend, stranger = site.member("friend"), site.member("stranger")
    mine = f"arn:aws:s3:us-east-1:{site.account}:accesspoint/guarded"
    statements = [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{mine}/object/secret/*"},
        {"Effect": "Allow", "Principal": {"AWS": friend}, "Action": "s3:GetObject", "Resource": f"{mine}/object/*"},
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    alias = opened(site, point, "guarded", AccessPointPolicy=policy)
    for account, admitted in ((None, True), (friend, True), (stranger, False)):
        s3 = site.client("s3", account)
        assert refusal(lambda s3=s3: s3.get_object(Bucket=alias, Key="secret/x"))[0] == "AccessDenied"
        if admitted:
            assert s3.get_object(Bucket=alias, Key="open")["Body"].read() == b"1"
        else:
            assert refusal(lambda s3=s3: s3.get_object(Bucket=alias, Key="open"))[0] == "AccessDenied"
    assert refusal(lambda: site.client("s3", friend).list_objects_v2(Bucket=alias))[0] == "AccessDenied"


def test_moments_of_a_continuous_point(open_site: Any, tmp_path: Any, rule: Any) -> None:
    """Each access point shows its own time, also after a restart, when the point does not go back so far any more."""
    site = open_site(tmp_path)
    site.vault()
    site.bucket("bucket-one", objects={"file": b"old"})
    site.plan(rule(keep=35, EnableContinuousBackup=True))
    site.advance(hours=12)
    site.client("s3").put_object(Bucket="bucket-one", Key="file", Body=b"new")
    site.advance(hours=24)
    [point] = site.points()
    aliases = {
        time: opened(site, point["RecoveryPointArn"], name, AccessPointMetadata={"AccessPointInTime": time})
        for name, time in (("first", "2026-11-22T20:00:00Z"), ("second", "2026-11-23T06:00:00Z"))
    }
    site.client("s3").put_object(Bucket="bucket-one", Key="file", Body=b"newest")
    site.advance(days=60)
    site.aws.close()
    site = open_site(tmp_path, start=None)
    read = [site.client("s3").get_object(Bucket=alias, Key="file")["Body"].read() for alias in aliases.values()]
    assert read == [b"old", b"new"]
    assert site.aws.check() == []
    for row in site.backup.list_backup_access_points()["BackupAccessPoints"]:
        site.backup.delete_backup_access_point(AccessPointArn=row["AccessPointArn"])
    before = len(list((site.aws.folder / "data").rglob("manifests/*")))
    site.settle()
    assert len(list((site.aws.folder / "data").rglob("manifests/*"))) == before - 2


def test_tiers(site: Any) -> None:
    """Objects that were in the vault for so many days show the low-cost tier, for good; newer ones do not."""
    site.vault()
    arn = site.bucket("bucket-one", objects={"kept": b"1", "changed": b"2"})
    site.backup.create_tiering_configuration(
        TieringConfiguration={
            "TieringConfigurationName": "tiers",
            "BackupVaultName": "v1",
            "ResourceSelection": [{"ResourceType": "S3", "Resources": [arn], "TieringDownSettingsInDays": 60}],
        }
    )
    old = opened(site, site.take(arn), "old")
    site.client("s3").put_object(Bucket="bucket-one", Key="changed", Body=b"3")
    site.advance(days=30)
    new = opened(site, site.take(arn), "new")

    def low(alias: str) -> set[str]:
        listed = site.client("s3").list_objects_v2(Bucket=alias)["Contents"]
        return {one["Key"] for one in listed if one["StorageClass"] == "AWS_BACKUP_LOW_COST_WARM"}

    site.advance(days=29)
    assert (low(old), low(new)) == (set(), set())
    site.advance(days=2)
    assert (low(old), low(new)) == ({"kept", "changed"}, {"kept"})
    site.backup.delete_tiering_configuration(TieringConfigurationName="tiers")
    site.advance(days=100)
    assert (low(old), low(new)) == ({"kept", "changed"}, {"kept"})


def test_over_http(site: Any, alias: str) -> None:
    """The same over a connection: HEAD has the length of the object and no body."""
    import boto3

    with site.aws.serve() as url:
        s3 = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id=site.aws.access_key,
            aws_secret_access_key=site.aws.secret_key,
        )
        for _ in range(2):
            assert s3.head_object(Bucket=alias, Key="dir/b.txt")["ContentLength"] == 6
            assert s3.get_object(Bucket=alias, Key="dir/b.txt")["Body"].read() == b"second"
