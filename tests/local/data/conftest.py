"""The embedded AWS to back up in, and a keeper of data of the tests' own over its world."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backstay_local.app import LocalAws
from backstay_local.data import Data, Resource, Stored

_AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class Yard:
    """What the tests do all the time, in few words."""

    account = "123456789012"
    region = "us-east-1"

    def __init__(self, folder: Path, aws: LocalAws) -> None:
        self.folder = folder
        self.aws = aws
        self.data = self.reopened()
        self.key = self.new_key()

    def reopened(self) -> Data:
        """The same folder as a new process would see it."""
        return Data(self.folder, self.aws.world, self.aws.world.touched, lasting=False)

    def client(self, service: str, region: str = "us-east-1") -> Any:
        return self.aws.client(service, self.account, region)

    def new_key(self) -> str:
        return str(self.client("kms").create_key()["KeyMetadata"]["Arn"])

    def key_id(self) -> str:
        """The yard's own key as KMS's calls about its state want it."""
        return self.key.rpartition("/")[2]

    def bucket(self, name: str, objects: Mapping[str, bytes], region: str = "us-east-1") -> str:
        """Create a versioned bucket with these objects; return its ARN."""
        s3 = self.client("s3", region)
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **where)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        for key, body in objects.items():
            s3.put_object(Bucket=name, Key=key, Body=body)
        return f"arn:aws:s3:::{name}"

    def contents(self, name: str) -> dict[str, bytes]:
        """Every current object of a bucket."""
        s3 = self.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=name)
        keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
        return {key: s3.get_object(Bucket=name, Key=key)["Body"].read() for key in keys}

    def object_tags(self, name: str) -> dict[str, list[dict[str, str]]]:
        """The tags of every current object of a bucket."""
        read = self.client("s3").get_object_tagging
        tags = {key: read(Bucket=name, Key=key)["TagSet"] for key in self.contents(name)}
        return {key: sorted(listed, key=lambda tag: tag["Key"]) for key, listed in tags.items()}

    def destroy(self, name: str) -> None:
        """Remove a bucket with everything in it."""
        s3 = self.client("s3")
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
            for version in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
                s3.delete_object(Bucket=name, Key=version["Key"], VersionId=version["VersionId"])
        s3.delete_bucket(Bucket=name)

    def found(self, arn: str, region: str = "us-east-1") -> Resource:
        resource = self.data.resource(arn, self.account, region)
        assert resource is not None
        return resource

    def backup(self, arn: str, parent: Stored | None = None, key: str | None = None) -> Stored:
        return self.data.backup(self.found(arn), key or self.key, _AT, parent.manifest if parent else None)

    def restore(self, stored: Stored, metadata: Mapping[str, str], tags: Mapping[str, str] | None = None) -> str:
        return self.data.restore(stored.manifest, metadata, self.account, self.region, tags or {})

    def new_bucket(self, stored: Stored, name: str) -> dict[str, bytes]:
        """Restore into a new bucket and give its contents."""
        self.restore(stored, {"DestinationBucketName": name, "NewBucket": "true"})
        return self.contents(name)

    def chunk_files(self) -> list[Path]:
        return sorted((self.folder / "chunks").glob("*/*/*"))

    def disk(self) -> int:
        """Bytes on disk, all files."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    """A fresh AWS and an empty folder of data."""
    with LocalAws() as aws:
        yield Yard(tmp_path / "data", aws)


@pytest.fixture(scope="module")
def lasting_yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    """One for a whole module, for tests that try many examples."""
    with LocalAws() as aws:
        yield Yard(tmp_path_factory.mktemp("lasting") / "data", aws)
