"""What can be backed up, and what a finished backup tells about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing in the embedded AWS that a backup can be taken of; `type` is AWS Backup's own name for its kind."""

    arn: str
    type: str
    account: str
    region: str
    name: str
    tags: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)
    """AWS's backup options, of the one who asks for a backup."""
    history: bool = False
    """Whether the backup must be able to go back to any moment before it, as continuous ones do."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A finished backup: the id of its manifest and what it cost.

    `size` counts the logical bytes of the resource, `written` the bytes that this backup added to the disk, `changed`
    the logical bytes of what an earlier backup did not hold in the same state, and `holds_bytes` is False when only the
    description of the resource was kept, not its content.
    """

    manifest: str
    size: int
    written: int
    holds_bytes: bool
    changed: int = 0
