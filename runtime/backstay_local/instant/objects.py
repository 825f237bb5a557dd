"""GetObject, HeadObject, GetObjectTagging and GetObjectAttributes through a backup access point."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import format_datetime
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement

from backstay_local.data.drivers.s3 import Version
from backstay_local.data.listing import Entry
from backstay_local.wire.call import AwsError

from .content import ENCRYPTION, Content, Read, root

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")

_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "CacheControl": "Cache-Control",
        "ContentDisposition": "Content-Disposition",
        "ContentEncoding": "Content-Encoding",
        "ContentLanguage": "Content-Language",
        "ContentType": "Content-Type",
        "WebsiteRedirectLocation": "x-amz-website-redirect-location",
    }
)
"""Facts about an object that a backup keeps, by the headers that tell them."""


def get(content: Content, read: Read) -> tuple[int, dict[str, str], bytes]:
    """GetObject, whole or a range of it, and HeadObject."""
    entry = _found(content, read)
    headers = _headers(content, entry) | _overrides(read)
    first, last = _range(read.headers.get("range"), entry.size)
    if (first, last) != (0, entry.size - 1):
        headers["Content-Range"] = f"bytes {first}-{last}/{entry.size}"
    headers["Content-Length"] = str(last - first + 1)
    body = b"" if read.method == "HEAD" else b"".join(content.held.parts(entry))[first : last + 1]
    return 206 if "Content-Range" in headers else 200, headers, body


def tagging(content: Content, read: Read) -> tuple[int, dict[str, str], Element]:
    """GetObjectTagging."""
    entry = _found(content, read)
    answer = root("Tagging")
    tags = SubElement(answer, "TagSet")
    for key, value in sorted(entry.labels.items()):
        tag = SubElement(tags, "Tag")
        SubElement(tag, "Key").text, SubElement(tag, "Value").text = key, value
    return 200, {"x-amz-version-id": Version.of(entry.stamp).id}, answer


def attributes(content: Content, read: Read) -> tuple[int, dict[str, str], Element]:
    """GetObjectAttributes, with those that the backup knows and the caller names."""
    entry = _found(content, read)
    version = Version.of(entry.stamp)
    known = {
        "ETag": version.etag.strip('"'),
        "StorageClass": content.storage_class(entry),
        "ObjectSize": str(entry.size),
    }
    asked = [name.strip() for name in read.headers.get("x-amz-object-attributes", "").split(",")]
    answer = root("GetObjectAttributesResponse")
    for name, value in known.items():
        if name in asked:
            SubElement(answer, name).text = value
    return 200, {"x-amz-version-id": version.id, "Last-Modified": _modified(version)}, answer


def _found(content: Content, read: Read) -> Entry:
    """The object that is asked for, in the one version that a backup has of it."""
    entry = content.find(read.key)
    if read.arguments.get("versionId", Version.of(entry.stamp).id) != Version.of(entry.stamp).id:
        raise AwsError("NoSuchVersion", "The specified version does not exist.", status=404)
    return entry


def _headers(content: Content, entry: Entry) -> dict[str, str]:
    version = Version.of(entry.stamp)
    headers = {
        "ETag": version.etag,
        "Last-Modified": _modified(version),
        "Accept-Ranges": "bytes",
        "x-amz-version-id": version.id,
        "x-amz-storage-class": content.storage_class(entry),
        "x-amz-server-side-encryption": ENCRYPTION,
    }
    headers |= {_HEADERS[name]: str(value) for name, value in entry.facts.items() if name in _HEADERS}
    headers |= {f"x-amz-meta-{name}": value for name, value in entry.facts.get("Metadata", {}).items()}
    if entry.labels:
        headers["x-amz-tagging-count"] = str(len(entry.labels))
    return headers


def _overrides(read: Read) -> dict[str, str]:
    """Headers that the caller wants otherwise (`response-content-type`)."""
    wanted = {name: value for name, value in read.arguments.items() if name.startswith("response-")}
    return {name.removeprefix("response-").title(): value for name, value in wanted.items()}


def _modified(version: Version) -> str:
    return format_datetime(version.modified, usegmt=True)


def _range(header: str | None, size: int) -> tuple[int, int]:
    """First and last byte that are wanted; a header of another form counts as none, as in HTTP."""
    found = _RANGE.fullmatch(header or "")
    if found is None or not (found[1] or found[2]):
        return 0, size - 1
    if found[1]:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
    else:
        first, last = max(size - int(found[2]), 0), size - 1
    if first > last:
        raise AwsError("InvalidRange", "The requested range is not satisfiable", status=416)
    return first, last
