"""S3 buckets: every object byte for byte, with its metadata, tags and grants; for a history, every version."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from backstay_aws.arns import parse, partition_of
from backstay_local.data.canonical import canonical
from backstay_local.data.errors import DataError
from backstay_local.data.outside import Outside
from backstay_local.data.pieces import PAST, Capture, Held, Opened, Piece, Wish
from backstay_local.data.resource import Resource
from backstay_local.world.objects import Objects, ObjectVersion

from .driver import tags_of, texts
from .s3_restore import restore_bucket

NOT_BACKED_UP = frozenset({"GLACIER", "DEEP_ARCHIVE"})
"""Storage classes whose objects AWS Backup leaves out. Source: s3-backups page, September 2026."""


@dataclass(frozen=True, slots=True)
class Version:
    """What tells one version of an object from all others."""

    id: str
    etag: str
    size: int
    modified: datetime
    grants: str = ""
    """A digest of the grants that are kept with it; empty without any."""

    def stamp(self) -> str:
        """The stamp of the object's entry in a backup."""
        return f"{self.id} {self.etag} {self.size} {self.modified.isoformat()} {self.grants}".rstrip()

    @staticmethod
    def of(stamp: str) -> Version:
        """The version that a stamp was made of."""
        identity, etag, size, modified, *grants = stamp.split(" ")
        return Version(identity, etag, int(size), datetime.fromisoformat(modified), *grants)


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
        """The bucket and its objects, for a history in all versions; AWS Backup refuses a bucket without versioning."""
        client = outside.client("s3", resource.account, resource.region)
        versioning = client.get_bucket_versioning(Bucket=resource.name).get("Status", "Disabled")
        if versioning != "Enabled":
            raise DataError(f"S3 Versioning must be enabled on bucket {resource.name}; it is {versioning.lower()}.")
        description = {"Name": resource.name, "Versioning": versioning, "Tags": dict(resource.tags)}
        return Capture(description, _pieces(outside.objects, resource))

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


def _pieces(objects: Objects, resource: Resource) -> Iterator[Piece]:
    with_tags, with_grants = (resource.options.get(name) != "disabled" for name in ("BackupObjectTags", "BackupACLs"))
    for version in objects.versions(resource.name):
        kept = version.storage_class not in NOT_BACKED_UP and (version.latest or resource.history)
        if kept and (resource.history or not version.marker):
            grants = version.grants if with_grants else ()
            labels = version.tags if with_tags and not version.marker else {}
            yield Piece(
                _name(version), _stamp(version, grants), labels, partial(_open, objects, resource, version, grants)
            )


def _name(version: ObjectVersion) -> str:
    """The key; with more behind it for what is not there any more."""
    return version.key if version.latest and not version.marker else f"{version.key}{PAST}{version.id}"


def _stamp(version: ObjectVersion, grants: Sequence[Mapping[str, str]]) -> str:
    digest = hashlib.sha256(canonical(list(grants))).hexdigest()[:16] if grants else ""
    return Version(version.id, version.etag, version.size, version.modified, digest).stamp()


def _open(objects: Objects, resource: Resource, version: ObjectVersion, grants: Sequence[Mapping[str, str]]) -> Opened:
    """What is to know of a version, and its content; a delete marker has none."""
    facts: dict[str, Any] = {**version.facts, "VersionId": version.id, "Modified": version.modified.isoformat()}
    facts["StorageClass"] = version.storage_class
    if version.marker:
        return Opened({"Marker": True, **facts}, ())
    if grants:
        facts["Grants"] = list(grants)
    try:
        return Opened(facts, (objects.read(resource.name, version),))
    except KeyError as error:
        raise DataError(f"Object {version.key} of bucket {resource.name} was deleted during the backup.") from error
