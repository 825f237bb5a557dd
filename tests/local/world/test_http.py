"""The same over HTTP: what a server between client and application could spoil."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import pytest

from backstay_local.app import LocalAws


@pytest.fixture
def session(aws: LocalAws) -> Iterator[Any]:
    """Makes plain boto3 clients of a served embedded AWS."""
    with aws.serve() as url:
        plain = boto3.Session(aws.access_key, aws.secret_key, region_name="eu-central-1")
        yield lambda service: plain.client(service, endpoint_url=url)


def test_objects_with_odd_names_and_sizes_come_back(session: Any) -> None:
    """Keys with slashes, spaces and signs, five megabytes, streams without length and metadata names survive."""
    s3 = session("s3")
    s3.create_bucket(Bucket="odd", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    body = hashlib.sha256(b"x").digest() * 160_000
    for key in ("a//b", "a b+c%2F", "ü/ß?&=", "./x"):
        s3.put_object(Bucket="odd", Key=key, Body=key.encode(), Metadata={"under_score": "1", "dash-ed": "2"})
        found = s3.get_object(Bucket="odd", Key=key)
        assert found["Body"].read() == key.encode()
        assert found["Metadata"] == {"under_score": "1", "dash-ed": "2"}
    s3.upload_fileobj(BytesIO(body), "odd", "big")
    assert s3.get_object(Bucket="odd", Key="big")["Body"].read() == body
    assert s3.get_object(Bucket="odd", Key="big", Range="bytes=5-9")["Body"].read() == body[5:10]


def test_an_arn_in_a_path_stays_whole(session: Any) -> None:
    """Encoded slashes in ARNs reach the engine: tags of a vault are set and read by its ARN."""
    backup = session("backup")
    arn = backup.create_backup_vault(BackupVaultName="safe")["BackupVaultArn"]
    backup.tag_resource(ResourceArn=arn, Tags={"a b": "c/d"})
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {"a b": "c/d"}


def test_many_at_once(session: Any) -> None:
    """Threads with clients of their own all get their own answers."""

    def one(number: int) -> int:
        backup = session("backup")
        backup.create_backup_vault(BackupVaultName=f"vault-{number}")
        return len(session("s3").list_buckets()["Buckets"])

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(one, range(24))) == [0] * 24
    listed = [
        vault["BackupVaultName"]
        for page in session("backup").get_paginator("list_backup_vaults").paginate(PaginationConfig={"PageSize": 5})
        for vault in page["BackupVaultList"]
    ]
    assert sorted(listed) == sorted(f"vault-{number}" for number in range(24))


def test_a_presigned_url_is_signed_too(aws: LocalAws, session: Any) -> None:
    """A link that carries its signature in the query opens the object, with an unknown key it does not."""
    s3 = session("s3")
    s3.create_bucket(Bucket="linked", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="linked", Key="a b", Body=b"x")
    link = s3.generate_presigned_url("get_object", Params={"Bucket": "linked", "Key": "a b"})
    with urlopen(link) as answer:
        assert answer.read() == b"x"
    with pytest.raises(HTTPError, match="403"):
        urlopen(link.replace(aws.access_key, "AKIAUNKNOWN"))


def test_motos_reset_is_there_for_those_who_want_it() -> None:
    """Asked for, POST /moto-api/reset empties everything and leaves keys, clock and server as they are."""
    with LocalAws(start=datetime(2030, 1, 1, tzinfo=UTC), moto_reset=True) as aws, aws.serve() as url:
        plain = boto3.Session(aws.access_key, aws.secret_key, region_name="us-east-1")
        backup, s3 = (plain.client(service, endpoint_url=url) for service in ("backup", "s3"))
        for _ in range(2):
            s3.create_bucket(Bucket="bucket-one")
            backup.create_backup_vault(BackupVaultName="v1")
            aws.advance(timedelta(days=1))
            with urlopen(Request(f"{url}/moto-api/reset", method="POST")) as answer:
                assert answer.read() == b'{"status": "ok"}'
            assert s3.list_buckets()["Buckets"] == []
            assert backup.list_backup_vaults()["BackupVaultList"] == []
        assert aws.clock.now().day == 3
        assert aws.client("backup").list_backup_vaults()["BackupVaultList"] == []


def test_motos_back_doors_are_shut(session: Any) -> None:
    """Nobody can reset everything through moto's own pages, signed or not."""
    s3 = session("s3")
    url = s3.meta.endpoint_url
    with pytest.raises(HTTPError, match="403"):
        urlopen(Request(f"{url}/moto-api/reset", method="POST"))
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.get_object(Bucket="moto-api", Key="data.json")
