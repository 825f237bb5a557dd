"""The objects of S3 buckets with all their versions, read where moto keeps them: a call for each would cost as much
as reading a megabyte."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .substrate import Substrate, backends

_HEADERS = {
    "cache-control": "CacheControl",
    "content-disposition": "ContentDisposition",
    "content-encoding": "ContentEncoding",
    "content-language": "ContentLanguage",
    "content-type": "ContentType",
}
_USERS = "x-amz-meta-"

FACTS = frozenset({*_HEADERS.values(), "Metadata", "SSEKMSKeyId", "ServerSideEncryption", "WebsiteRedirectLocation"})
"""What GetObject tells of an object that PutObject can be told again."""


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """A version of an object, or a delete marker; `facts` are members of PutObject, `grants` those of an ACL."""

    key: str
    id: str
    modified: datetime
    latest: bool
    marker: bool
    size: int
    etag: str
    storage_class: str
    tags: Mapping[str, str]
    facts: Mapping[str, Any]
    grants: tuple[Mapping[str, str], ...]


class Objects:
    """What is in buckets. Everything is as it is at the moment of the call."""

    def __init__(self, substrate: Substrate) -> None:
        self._substrate = substrate

    def versions(self, bucket: str) -> list[ObjectVersion]:
        """All versions of all objects of a bucket that exists, by key, the oldest first."""
        with self._substrate.inside():
            backend, held = _bucket(bucket)
            return [version for _, listed in sorted(held.keys.lists()) for version in _versions(backend, listed)]

    def read(self, bucket: str, version: ObjectVersion) -> bytes:
        """The content of a version; KeyError when it is gone."""
        with self._substrate.inside():
            for one in _bucket(bucket)[1].keys.getlist(version.key, []):
                if one.version_id == version.id:
                    return bytes(one.value)
        raise KeyError(f"{version.key} in version {version.id}")

    def known(self, bucket: str, key: str | None) -> frozenset[int]:
        """Marks of the versions of an object, or of all in a bucket, to tell new ones from (call it inside)."""
        return frozenset(map(id, _stored(bucket, key)))

    def date(self, bucket: str, key: str | None, known: frozenset[int], now: datetime) -> None:
        """Let the versions that are not known be of this moment: moto goes by real time (call it inside)."""
        for one in _stored(bucket, key):
            if id(one) not in known:
                one.last_modified = now.astimezone(UTC).replace(tzinfo=None)


def _bucket(name: str) -> tuple[Any, Any]:
    registry = backends("s3")
    partition, account = registry.bucket_accounts[name]
    backend = registry[account][partition]
    return backend, backend.buckets[name]


def _stored(bucket: str, key: str | None) -> Iterator[Any]:
    if bucket in backends("s3").bucket_accounts:
        keys = _bucket(bucket)[1].keys
        for listed in [keys.getlist(key, [])] if key is not None else [held for _, held in keys.lists()]:
            yield from listed


def _versions(backend: Any, listed: list[Any]) -> Iterator[ObjectVersion]:
    last = listed[-1] if listed else None
    for one in listed:
        modified = one.last_modified.replace(tzinfo=UTC)
        if not hasattr(one, "contentsize"):
            yield ObjectVersion(one.name, one.version_id, modified, one is last, True, 0, "", "", {}, {}, ())
        else:
            yield ObjectVersion(
                one.name,
                one.version_id,
                modified,
                one is last,
                False,
                one.contentsize,
                one.etag,
                one.storage_class or "STANDARD",
                backend.tagger.get_tag_dict_for_resource(one.arn),
                _facts(one),
                _grants(one),
            )


def _facts(held: Any) -> dict[str, Any]:
    """What PutObject can be told again, as GetObject tells it."""
    facts: dict[str, Any] = {}
    users: dict[str, str] = {}
    for name, value in held.metadata.items():
        if name.lower() in _HEADERS and value:
            facts[_HEADERS[name.lower()]] = value
        elif name.lower().startswith(_USERS):
            users[name[len(_USERS) :]] = value
    if users:
        facts["Metadata"] = users
    if held.encryption:
        facts["ServerSideEncryption"] = held.encryption
        if held.encryption == "aws:kms" and held.kms_key_id:
            facts["SSEKMSKeyId"] = held.kms_key_id
    if held.website_redirect_location:
        facts["WebsiteRedirectLocation"] = held.website_redirect_location
    return facts


def _grants(held: Any) -> tuple[Mapping[str, str], ...]:
    """Who may do what with an object, beyond its owner's full control."""
    grants = []
    for grant in held.acl.grants if held.acl else ():
        for grantee in grant.grantees:
            for permission in grant.permissions:
                if grantee.uri:
                    grants.append({"Type": "Group", "URI": grantee.uri, "Permission": permission})
                elif permission != "FULL_CONTROL":
                    grants.append({"Type": "CanonicalUser", "ID": grantee.id, "Permission": permission})
    return tuple(grants)
