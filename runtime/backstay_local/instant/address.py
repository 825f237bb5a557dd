"""Whether an S3 request is for a backup access point, and for which object in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from backstay_local.backup.access_points import alias

if TYPE_CHECKING:
    from backstay_local.wire.message import Request


@dataclass(frozen=True, slots=True)
class Address:
    """An alias, and the key of an object; an empty key means the whole."""

    alias: str
    key: str


def address(request: Request) -> Address | None:
    """What a request is for, if its bucket is an alias, given in the path or in the host's name."""
    host, path = request.headers.get("host", "").partition(".")[0], unquote(request.path).removeprefix("/")
    bucket, _, key = (host, "/", path) if host.endswith(alias.END) else path.partition("/")
    return Address(bucket, key) if bucket.endswith(alias.END) else None
