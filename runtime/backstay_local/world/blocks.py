"""The blocks of EBS volumes and snapshots, which moto's EC2 does not have: they stay with its volume objects.

Nothing boots here, so a volume never changes: it holds what it was made with, and all its snapshots hold the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .substrate import Substrate, backends

BLOCK_BYTES = 512 * 1024
"""Size of a block. Source: EBS direct APIs, EC2 user guide."""

_KEPT = "backstay_blocks"
_NO_VOLUME = "vol-ffffffff"
"""What AWS shows as the volume of a snapshot that was not taken of one."""

Content = dict[int, bytes]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot with its blocks by their indexes; what no block covers is zeros."""

    id: str
    account: str
    size_gib: int
    status: str
    started: datetime
    description: str
    tags: Mapping[str, str]
    key_arn: str | None
    blocks: Mapping[int, bytes]


class Blocks:
    """Reads and writes them. Whoever writes to a snapshot has to know that it is pending."""

    def __init__(self, substrate: Substrate) -> None:
        self._substrate = substrate

    def of_volume(self, account: str, region: str, volume_id: str) -> Mapping[int, bytes]:
        """The blocks of a volume that exists."""
        with self._substrate.inside():
            backend = backends("ec2")[account][region]
            return dict(_content(backend, backend.volumes[volume_id]))

    def of_snapshot(self, account: str, region: str, snapshot_id: str) -> Snapshot | None:
        """A snapshot of an account, whether EC2 or the EBS direct API made it."""
        if not self._substrate.used("ec2", account, (region,)):
            return None
        with self._substrate.inside():
            backend = backends("ec2")[account][region]
            held = backend.snapshots.get(snapshot_id)
            return None if held is None else _snapshot(held, dict(_content(backend, held.volume)))

    def fill(self, account: str, region: str, volume_id: str, blocks: Mapping[int, bytes]) -> None:
        """Give a new volume its content."""
        with self._substrate.inside():
            backends("ec2")[account][region].volumes[volume_id].__dict__[_KEPT] = dict(blocks)
            self._substrate.touched = True

    def start(
        self,
        account: str,
        region: str,
        size_gib: int,
        blocks: Mapping[int, bytes],
        description: str,
        tags: Mapping[str, str],
        *,
        encrypted: bool = False,
        key_arn: str | None = None,
    ) -> Snapshot:
        """A pending snapshot that begins with these blocks."""
        with self._substrate.inside():
            backend = backends("ec2")[account][region]
            volume = backend.create_volume(size_gib, f"{region}a", encrypted=encrypted, kms_key_id=key_arn)
            held = backend.create_snapshot(volume.id, description)
            del backend.volumes[volume.id]  # moto wants one for each snapshot; there is none
            volume.id, held.status, held.kms_key_id = _NO_VOLUME, "pending", volume.kms_key_id
            volume.__dict__[_KEPT] = dict(blocks)
            held.add_tags(dict(tags))
            self._substrate.touched = True
            return _snapshot(held, volume.__dict__[_KEPT])

    def put(self, account: str, region: str, snapshot_id: str, index: int, block: bytes) -> None:
        """Write a block of a pending snapshot."""
        with self._substrate.inside():
            backends("ec2")[account][region].snapshots[snapshot_id].volume.__dict__[_KEPT][index] = block
            self._substrate.touched = True

    def complete(self, account: str, region: str, snapshot_id: str) -> None:
        """End the writing to a snapshot."""
        with self._substrate.inside():
            backends("ec2")[account][region].snapshots[snapshot_id].status = "completed"
            self._substrate.touched = True

    def settle(self, account: str, region: str) -> None:
        """Let every volume have what it was made from for its own, as a snapshot is about to go (call it inside)."""
        backend = backends("ec2")[account][region]
        for volume in backend.volumes.values():
            _content(backend, volume)


def _content(backend: Any, volume: Any) -> Content:
    """The blocks of one of moto's volumes: its own, or those of the snapshot that it was made from."""
    own: Content | None = volume.__dict__.get(_KEPT)
    if own is None:
        origin = backend.snapshots.get(volume.snapshot_id) if volume.snapshot_id else None
        own = {} if origin is None else _content(origin.ec2_backend, origin.volume)
        volume.__dict__[_KEPT] = own
    return own


def _snapshot(held: Any, blocks: Content) -> Snapshot:
    return Snapshot(
        held.id,
        held.owner_id,
        held.volume.size,
        held.status,
        held.start_time.replace(tzinfo=UTC),
        held.description or "",
        {tag["key"]: tag["value"] for tag in held.get_tags()},
        held.kms_key_id if held.encrypted else None,
        blocks,
    )
