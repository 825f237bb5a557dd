"""The aliases of backup access points, which S3 takes in the place of a bucket's name."""

from __future__ import annotations

import hashlib
from datetime import datetime

END = "-ext-s3alias"
"""How all of them end, and no bucket's name does (developer guide, backup-access-points)."""

_LENGTH = 63  # as long as a bucket's name
_MARK = 34


def make(name: str, arn: str, at: datetime) -> str:
    """The alias of an access point that is made at a time; no two share one."""
    mark = hashlib.sha256(f"{arn} {at.isoformat()}".encode()).hexdigest()[:_MARK]
    return f"{name[: _LENGTH - _MARK - len(END) - 1].rstrip('-')}-{mark}{END}"
