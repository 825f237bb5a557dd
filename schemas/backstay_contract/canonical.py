"""One spelling for every JSON artifact: the same value always gives the same bytes, and so the same digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any

DIGEST_LENGTH = 32


def compact(value: Any) -> bytes:
    """The canonical form that digests are taken of: keys sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def pretty(value: Any) -> bytes:
    """The canonical form that people read in reviews: keys sorted, two spaces, a newline at the end."""
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def digest(value: Any) -> str:
    """The first 32 hexadecimal digits of the SHA-256 of a value's compact form."""
    return hashlib.sha256(compact(value)).hexdigest()[:DIGEST_LENGTH]
