"""S3 buckets: every current object byte for byte, with its metadata, content type and tags."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from backstay_aws.arns import parse, partition_of
from backstay_local.data.canonical import plain
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import Capture, Held, Opened, Piece, Wish
from backstay_local.data.resource import Resource
from backstay_local.data.split import CHUNK_BYTES

from .driver import tags_of, texts
from .s3_restore import restore_bucket

HEADERS = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Metadata",
    "SSEKMSKeyId",
    "ServerSideEncryption",
    "WebsiteRedirectLocation",
)
"""What GetObject tells of an object that PutObject can be told again."""

NOT_BACKED_UP = frozenset({"GLACIER", "DEEP_ARCHIVE"})
"""Storage classes whose objects AWS Backup leaves out. Source: s3-backups page, September 2026."""


@dataclass(frozen=True, slots=True)
class Version:
    """What tells one version of an object from all others."""

    id: str
    etag: str
    size: int
    modified: datetime

    def stamp(self) -> str:
        """The stamp of the object's entry in a backup."""
        return f"{self.id} {self.etag} {self.size} {self.modified.isoformat()}"

    @staticmethod
    def of(stamp: str) -> Version:
        """The version that a stamp was made of."""
        identity, etag, size, modified = stamp.split(" ")
        return Version(identity, etag, int(size), datetime.fromisoformat(modified))


class S3:
    """Buckets. They are listed account-wide, so the Region of each is asked once and remembered: it never changes."""

    type = "S3"
    service = "s3"
    arns = "arn:*:s3:::*"
    holds_bytes = True

    def __init__(self) -> None:
        self._regions: dict[tuple[str, str, object], str] = {}
        self._lock = threading.Lock()

    def discover(self, outside: Outside, account: str, region: str) -> Iterator[Resource]:
        """The buckets of an account that lie in the Region."""
        client = outside.client("s3", account, region)
        for bucket in client.list_buckets().get("Buckets", ()):
            if self._region(client, account, bucket) == region:
                yield _resource(client, bucket["Name"], account, region)

    def find(self, outside: Outside, arn: str, account: str, region: str) -> Resource | None:
        """The bucket, if it is this account's and lies in the Region."""
        client = outside.client("s3", account, region)
        parsed = parse(arn)
        if parsed is None:
            return None
        # GetBucketLocation alone would find other accounts' buckets, too.
        for bucket in client.list_buckets(Prefix=parsed.resource).get("Buckets", ()):
            if bucket["Name"] == parsed.resource and self._region(client, account, bucket) == region:
                return _resource(client, bucket["Name"], account, region)
        return None

    def capture(self, outside: Outside, resource: Resource) -> Capture:
        """The bucket and its current objects; AWS Backup refuses a bucket without versioning."""
        client = outside.client("s3", resource.account, resource.region)
        versioning = client.get_bucket_versioning(Bucket=resource.name).get("Status", "Disabled")
        if versioning != "Enabled":
            raise DataError(f"S3 Versioning must be enabled on bucket {resource.name}; it is {versioning.lower()}.")
        description = {"Name": resource.name, "Versioning": versioning, "Tags": dict(resource.tags)}
        return Capture(description, _pieces(client, resource.name))

    def restore_metadata(self, description: Mapping[str, Any]) -> dict[str, str]:
        """A new bucket of the same name, every object encrypted as it was."""
        name = description["Name"]
        return texts(
            {"DestinationBucketName": name, "Encrypted": True, "EncryptionType": "original", "NewBucket": True}
        )

    def restore(self, outside: Outside, held: Held, wish: Wish) -> str:
        """Restore into a new bucket, or add to an existing one what it does not have."""
        return restore_bucket(outside.client("s3", wish.account, wish.region), held, wish)

    def delete(self, outside: Outside, resource: Resource) -> None:
        """Delete every version of every object, then the bucket; AWS leaves this to a lifecycle rule, for days."""
        client = outside.client("s3", resource.account, resource.region)
        for page in client.get_paginator("list_object_versions").paginate(Bucket=resource.name):
            versions = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            named = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in versions]
            if named:
                client.delete_objects(Bucket=resource.name, Delete={"Objects": named, "Quiet": True})
        client.delete_bucket(Bucket=resource.name)

    def _region(self, client: Any, account: str, bucket: Mapping[str, Any]) -> str:
        key = (account, bucket["Name"], bucket["CreationDate"])
        known = self._regions.get(key)
        if known is None:
            known = client.get_bucket_location(Bucket=bucket["Name"]).get("LocationConstraint") or "us-east-1"
            with self._lock:
                self._regions[key] = "eu-west-1" if known == "EU" else known
        return self._regions[key]


def _resource(client: Any, name: str, account: str, region: str) -> Resource:
    arn = f"arn:{partition_of(region)}:s3:::{name}"
    return Resource(arn, "S3", account, region, name, _bucket_tags(client, name))


def _bucket_tags(client: Any, name: str) -> dict[str, str]:
    from botocore.exceptions import ClientError

    try:
        return tags_of(client.get_bucket_tagging(Bucket=name).get("TagSet"))
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchTagSet":
            return {}
        raise


def _pieces(client: Any, bucket: str) -> Iterator[Piece]:
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in page.get("Versions", ()):
            if version["IsLatest"] and version.get("StorageClass") not in NOT_BACKED_UP:
                yield _piece(client, bucket, version)


def _piece(client: Any, bucket: str, version: Mapping[str, Any]) -> Piece:
    key, identity = version["Key"], version["VersionId"]
    stamp = Version(identity, version["ETag"], version["Size"], version["LastModified"]).stamp()
    tagging = client.get_object_tagging(Bucket=bucket, Key=key, VersionId=identity)
    return Piece(key, stamp, tags_of(tagging.get("TagSet")), partial(_open, client, bucket, key, identity))


def _open(client: Any, bucket: str, key: str, version: str) -> Opened:
    answer = client.get_object(Bucket=bucket, Key=key, VersionId=version)
    facts = {name: plain(answer[name]) for name in HEADERS if answer.get(name)}
    return Opened(facts, answer["Body"].iter_chunks(CHUNK_BYTES))
