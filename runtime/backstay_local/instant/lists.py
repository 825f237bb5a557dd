"""ListObjects, ListObjectsV2, ListObjectVersions and GetBucketLocation through a backup access point."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement

from backstay_local.data.drivers.s3 import Version
from backstay_local.data.listing import Entry
from backstay_local.wire.call import AwsError

from .content import Content, Read, root

_MOST = 1000  # keys in one answer, whatever is asked for


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a listing: objects, the prefixes that stand for the others, and where the next piece begins."""

    entries: list[Entry]
    prefixes: list[str]
    next: str | None


def page(entries: list[Entry], prefix: str, delimiter: str, after: str, most: int) -> Page:
    """At most so many of the sorted entries after a key, rolled up at the first delimiter behind the prefix."""
    found, prefixes, last = list[Entry](), list[str](), ""
    for entry in entries:
        rolled = _rolled(entry.name, prefix, delimiter)
        if entry.name <= after or rolled == after or (rolled is not None and prefixes[-1:] == [rolled]):
            continue
        if len(found) + len(prefixes) == most:
            return Page(found, prefixes, last or None)
        if rolled is None:
            found.append(entry)
        else:
            prefixes.append(rolled)
        last = entry.name if rolled is None else rolled
    return Page(found, prefixes, None)


def _rolled(name: str, prefix: str, delimiter: str) -> str | None:
    """What stands for a key whose rest has the delimiter in it."""
    place = name.find(delimiter, len(prefix)) if delimiter else -1
    return None if place < 0 else name[: place + len(delimiter)]


def objects(content: Content, read: Read) -> tuple[int, dict[str, str], Element]:
    """ListObjects."""
    listing = _Listing("ListBucketResult", content, read, after=read.arguments.get("marker", ""))
    listing.tell("Marker", read.arguments.get("marker", ""))
    if listing.page.next is not None and listing.delimiter:  # without a delimiter the last key is the next marker
        listing.tell("NextMarker", listing.page.next)
    return listing.answer("Contents")


def objects_v2(content: Content, read: Read) -> tuple[int, dict[str, str], Element]:
    """ListObjectsV2."""
    token = read.arguments.get("continuation-token")
    after = read.arguments.get("start-after", "") if token is None else _opened(token)
    listing = _Listing("ListBucketResult", content, read, after=after)
    listing.tell("KeyCount", str(len(listing.page.entries) + len(listing.page.prefixes)))
    if token is not None:
        SubElement(listing.root, "ContinuationToken").text = token
    if "start-after" in read.arguments:
        listing.tell("StartAfter", read.arguments["start-after"])
    if listing.page.next is not None:
        following = base64.urlsafe_b64encode(listing.page.next.encode()).decode()
        SubElement(listing.root, "NextContinuationToken").text = following
    return listing.answer("Contents")


def versions(content: Content, read: Read) -> tuple[int, dict[str, str], Element]:
    """ListObjectVersions: the one version that a backup has of each object."""
    listing = _Listing("ListVersionsResult", content, read, after=read.arguments.get("key-marker", ""))
    listing.tell("KeyMarker", read.arguments.get("key-marker", ""))
    if listing.page.next is not None:
        listing.tell("NextKeyMarker", listing.page.next)
    return listing.answer("Version")


def location(content: Content, _read: Read) -> tuple[int, dict[str, str], Element]:
    """GetBucketLocation: the Region, which is empty for us-east-1."""
    answer = root("LocationConstraint")
    answer.text = "" if content.region == "us-east-1" else content.region
    return 200, {}, answer


class _Listing:
    """One answer of a list operation, with what all three have in common."""

    def __init__(self, name: str, content: Content, read: Read, *, after: str) -> None:
        self._content = content
        self._encoded = read.arguments.get("encoding-type") == "url"
        prefix, self.delimiter = read.arguments.get("prefix", ""), read.arguments.get("delimiter", "")
        most = _most(read.arguments.get("max-keys"))
        self.page = page(content.sorted(prefix), prefix, self.delimiter, after, most)
        self.root = root(name)
        SubElement(self.root, "Name").text = content.name
        self.tell("Prefix", prefix)
        if self.delimiter:
            self.tell("Delimiter", self.delimiter)
        if self._encoded:
            SubElement(self.root, "EncodingType").text = "url"
        SubElement(self.root, "MaxKeys").text = str(most)
        SubElement(self.root, "IsTruncated").text = str(self.page.next is not None).lower()

    def tell(self, name: str, text: str) -> None:
        """Add a member that is (part of) a key, in the encoding that was asked for."""
        SubElement(self.root, name).text = self._spelled(text)

    def answer(self, member: str) -> tuple[int, dict[str, str], Element]:
        """The whole answer, its objects under the name of a member."""
        for entry in self.page.entries:
            version, item = Version.of(entry.stamp), SubElement(self.root, member)
            SubElement(item, "Key").text = self._spelled(entry.name)
            if member == "Version":
                SubElement(item, "VersionId").text = version.id
                SubElement(item, "IsLatest").text = "true"
            SubElement(item, "LastModified").text = f"{version.modified:%Y-%m-%dT%H:%M:%S}.000Z"
            SubElement(item, "ETag").text = version.etag
            SubElement(item, "Size").text = str(entry.size)
            SubElement(item, "StorageClass").text = self._content.storage_class(entry)
        for prefix in self.page.prefixes:
            SubElement(SubElement(self.root, "CommonPrefixes"), "Prefix").text = self._spelled(prefix)
        return 200, {}, self.root

    def _spelled(self, text: str) -> str:
        return quote(text, safe="/") if self._encoded else text


def _most(asked: str | None) -> int:
    if asked is None:
        return _MOST
    if not asked.isdecimal():
        raise AwsError("InvalidArgument", "Provided max-keys not an integer or within integer range")
    return min(int(asked), _MOST)


def _opened(token: str) -> str:
    try:
        return base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise AwsError("InvalidArgument", "The continuation token provided is incorrect") from None
