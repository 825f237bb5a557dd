"""Put the objects of a backup into a bucket, as AWS does: nothing that is there is overwritten or deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from backstay_aws.arns import partition_of
from backstay_local.data.errors import DataError
from backstay_local.data.listing import Entry
from backstay_local.data.pieces import PAST, Held, Wish
from backstay_local.data.split import split
from backstay_local.world.objects import FACTS

from .driver import tag_list

MOMENT = "RestoreTime"
"""The metadata key of the moment that a continuous backup goes back to."""

_LONG_AGO = "0001-01-01T00:00:00+00:00"
_ONE_CALL_BYTES = 64 * 1024 * 1024
_PART_BYTES = 16 * 1024 * 1024
_MOST_ITEMS = 5
_GRANTS = {
    "FULL_CONTROL": "GrantFullControl",
    "READ": "GrantRead",
    "READ_ACP": "GrantReadACP",
    "WRITE_ACP": "GrantWriteACP",
}
_ENCRYPTION = ("SSEKMSKeyId", "ServerSideEncryption")


def restore_bucket(client: Any, held: Held, wish: Wish) -> str:
    """Do what the metadata ask for and return the ARN of the bucket."""
    name = wish.get("DestinationBucketName")
    if not name:
        raise DataError("The restore metadata need DestinationBucketName.")
    wanted = _wanted(wish.get("ItemsToRestore"))
    encryption = _encryption(wish)
    if wish.flag("NewBucket"):
        _create(client, name, held.description, wish)
        present: frozenset[str] = frozenset()
    else:
        present = _present(client, name, wish.region)
    entries = [(key, entry) for key, entry in _state(held, wish.get(MOMENT)) if wanted(key) and key not in present]
    if any(entry.facts.get("Grants") for _, entry in entries) and not _takes_grants(client, name):
        raise DataError(f"The backup has ACLs of objects, and ACLs are not enabled in bucket {name}.")
    for key, entry in entries:
        _put(client, {"Bucket": name, "Key": key}, entry, held.parts(entry), encryption)
    return f"arn:{partition_of(wish.region)}:s3:::{name}"


def _state(held: Held, moment: str | None) -> Iterator[tuple[str, Entry]]:
    """Keys and entries of the objects as they were backed up, or, with a history, at a moment before that."""
    if moment is None:
        yield from ((entry.name, entry) for entry in held.entries())
        return
    at, newest = datetime.fromisoformat(moment), dict[str, Entry]()
    for entry in held.every():
        key = entry.name.partition(PAST)[0]
        if _modified(entry) <= at and (key not in newest or _modified(newest[key]) <= _modified(entry)):
            newest[key] = entry
    yield from ((key, entry) for key, entry in newest.items() if not entry.facts.get("Marker"))


def _modified(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.facts.get("Modified", _LONG_AGO))


def _takes_grants(client: Any, name: str) -> bool:
    """Whether ACLs are enabled in a bucket; its owner can have turned them off."""
    from botocore.exceptions import ClientError

    try:
        rules = client.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    except ClientError:
        return True
    return all(rule["ObjectOwnership"] != "BucketOwnerEnforced" for rule in rules)


def _create(client: Any, name: str, description: Mapping[str, Any], wish: Wish) -> None:
    if any(bucket["Name"] == name for bucket in client.list_buckets(Prefix=name).get("Buckets", ())):
        raise DataError(f"Bucket {name} cannot be created: you own a bucket of that name already.")
    where = {} if wish.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": wish.region}}
    client.create_bucket(Bucket=name, **where)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": description["Versioning"]})
    if wish.tags:
        client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_list(wish.tags)})


def _present(client: Any, name: str, region: str) -> frozenset[str]:
    """The keys that an existing bucket has now; it must lie in the Region of the backup."""
    where = client.get_bucket_location(Bucket=name).get("LocationConstraint") or "us-east-1"
    if where != region:
        raise DataError(f"Bucket {name} is in {where}, but this backup can be restored in {region} only.")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=name)
    return frozenset(item["Key"] for page in pages for item in page.get("Contents", ()))


def _wanted(items: str | None) -> Callable[[str], bool]:
    """Read ItemsToRestore: a JSON list of one to five keys, or prefixes that end with a slash; None wants all."""
    if items is None:
        return lambda _: True
    try:
        listed = json.loads(items)
    except ValueError:
        listed = None
    if not isinstance(listed, list) or not 1 <= len(listed) <= _MOST_ITEMS:
        raise DataError(f"ItemsToRestore must be a JSON list of 1 to {_MOST_ITEMS} keys or prefixes, not {items}.")
    exact = frozenset(map(str, listed))
    prefixes = tuple(item for item in exact if item.endswith("/"))
    return lambda key: key in exact or key.startswith(prefixes)


def _encryption(wish: Wish) -> dict[str, str] | None:
    """Encryption of the restored objects as PutObject's members; None leaves each as it was."""
    kind = wish.get("EncryptionType", "original")
    if kind == "SSE-S3":
        return {"ServerSideEncryption": "AES256"}
    if kind == "SSE-KMS":
        key = wish.get("KMSKey")
        return {"ServerSideEncryption": "aws:kms"} | ({"SSEKMSKeyId": key} if key else {})
    if kind == "original":
        return None
    raise DataError(f"EncryptionType must be original, SSE-S3 or SSE-KMS, not {kind}.")


def _put(
    client: Any,
    target: Mapping[str, str],
    entry: Entry,
    parts: Iterable[bytes],
    encryption: Mapping[str, str] | None,
) -> None:
    """Put one object; its storage class is S3 Standard, whatever it was (restoring-s3, developer guide)."""
    members = {name: value for name, value in entry.facts.items() if name in FACTS}
    if grants := entry.facts.get("Grants"):
        members |= _grants(client, target["Bucket"], grants)
    if encryption is not None:
        members = {name: value for name, value in members.items() if name not in _ENCRYPTION} | dict(encryption)
    if entry.labels:
        members["Tagging"] = urlencode(entry.labels)
    if entry.size <= _ONE_CALL_BYTES:
        client.put_object(**target, Body=b"".join(parts), **members)
    else:
        _put_in_parts(client, target, parts, members)


def _grants(client: Any, bucket: str, grants: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The grants of an object as members of PutObject, with full control for the owner of its new bucket."""
    held = {"GrantFullControl": [f'id="{client.get_bucket_acl(Bucket=bucket)["Owner"]["ID"]}"']}
    for grant in grants:
        if grant["Permission"] not in _GRANTS:  # WRITE, which means nothing for an object
            continue
        grantee = f'uri="{grant["URI"]}"' if "URI" in grant else f'id="{grant["ID"]}"'
        held.setdefault(_GRANTS[grant["Permission"]], []).append(grantee)
    return {name: ", ".join(grantees) for name, grantees in held.items()}


def _put_in_parts(client: Any, target: Mapping[str, str], parts: Iterable[bytes], members: Mapping[str, Any]) -> None:
    upload = {**target, "UploadId": client.create_multipart_upload(**target, **members)["UploadId"]}
    done = []
    try:
        for number, part in enumerate(split(parts, _PART_BYTES), start=1):
            tag = client.upload_part(**upload, PartNumber=number, Body=part)["ETag"]
            done.append({"PartNumber": number, "ETag": tag})
    except BaseException:
        client.abort_multipart_upload(**upload)
        raise
    client.complete_multipart_upload(**upload, MultipartUpload={"Parts": done})
