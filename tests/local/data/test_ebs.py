"""EBS block for block: what the direct API wrote is in volumes, snapshots, backups, and restored volumes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

BLOCK = 512 * 1024


def _bytes(seed: int) -> bytes:
    return hashlib.sha256(str(seed).encode()).digest() * (BLOCK // 32)


def _checksum(block: bytes) -> str:
    return base64.b64encode(hashlib.sha256(block).digest()).decode()


def _put(ebs: Any, snapshot: str, index: int, block: bytes, **members: Any) -> None:
    given = {"DataLength": BLOCK, "Checksum": _checksum(block), "ChecksumAlgorithm": "SHA256", **members}
    ebs.put_snapshot_block(SnapshotId=snapshot, BlockIndex=index, BlockData=block, **given)


def _written(yard: Any, blocks: Mapping[int, bytes], **members: Any) -> str:
    """A completed snapshot with these blocks."""
    ebs = yard.client("ebs")
    snapshot = str(ebs.start_snapshot(VolumeSize=1, **members)["SnapshotId"])
    for index, block in blocks.items():
        _put(ebs, snapshot, index, block)
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=len(blocks))
    return snapshot


def _read(yard: Any, snapshot: str) -> dict[int, bytes]:
    ebs = yard.client("ebs")
    pages = ebs.get_paginator("list_snapshot_blocks") if ebs.can_paginate("list_snapshot_blocks") else None
    listed = [pages.paginate(SnapshotId=snapshot)] if pages else [ebs.list_snapshot_blocks(SnapshotId=snapshot)]
    return {
        one["BlockIndex"]: ebs.get_snapshot_block(SnapshotId=snapshot, **one)["BlockData"].read()
        for page in listed
        for one in page["Blocks"]
    }


def _volume(yard: Any, snapshot: str) -> str:
    return str(yard.client("ec2").create_volume(AvailabilityZone="us-east-1a", SnapshotId=snapshot)["VolumeId"])


def _arn(yard: Any, volume: str) -> str:
    return f"arn:aws:ec2:us-east-1:{yard.account}:volume/{volume}"


def test_a_restored_volume_has_every_block(yard: Any) -> None:
    """From the direct API to a volume, its backup, and a volume restored after all of them are gone."""
    blocks = {0: _bytes(1), 5: _bytes(2), 2047: b"\0" * BLOCK}
    snapshot = _written(yard, blocks)
    volume = _volume(yard, snapshot)
    stored = yard.backup(_arn(yard, volume))
    assert (stored.size, stored.holds_bytes) == (1024**3, True)
    yard.client("ec2").delete_snapshot(SnapshotId=snapshot)
    yard.client("ec2").delete_volume(VolumeId=volume)
    restored = yard.restore(stored, yard.data.restore_metadata(stored.manifest))
    again = yard.client("ec2").create_snapshot(VolumeId=restored.rpartition("/")[2])["SnapshotId"]
    assert _read(yard, again) == blocks
    assert yard.data.restore_note(stored.manifest) is None


def test_snapshots_and_volumes_hold_what_they_were_made_from(yard: Any) -> None:
    """EC2's own snapshots and copies of them can be read; a volume keeps its content when its snapshot goes."""
    blocks = {3: _bytes(3)}
    first = _written(yard, blocks)
    volume, ec2 = _volume(yard, first), yard.client("ec2")
    ec2.delete_snapshot(SnapshotId=first)
    own = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    copy = ec2.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=own)["SnapshotId"]
    assert _read(yard, own) == _read(yard, copy) == blocks
    with pytest.raises(ClientError, match="does not exist"):
        _read(yard, first)


def test_a_snapshot_makes_no_volume(yard: Any) -> None:
    """The direct API needs none, so none appears that a backup plan could find."""
    _written(yard, {0: _bytes(1)})
    assert yard.client("ec2").describe_volumes()["Volumes"] == []
    [snapshot] = yard.client("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert (snapshot["State"], snapshot["VolumeId"]) == ("completed", "vol-ffffffff")


def test_only_changed_blocks_are_written_again(yard: Any) -> None:
    """A volume from a child snapshot differs in one block, and its backup adds little more than that block."""
    parent = _written(yard, {index: _bytes(index) for index in range(8)})
    first = yard.backup(_arn(yard, _volume(yard, parent)))
    child = _written(yard, {7: _bytes(77), 9: _bytes(99)}, ParentSnapshotId=parent)
    second = yard.backup(_arn(yard, _volume(yard, child)), first)
    assert second.written < first.written / 2
    changed = yard.client("ebs").list_changed_blocks(FirstSnapshotId=parent, SecondSnapshotId=child)
    assert [one["BlockIndex"] for one in changed["ChangedBlocks"]] == [7, 9]
    assert ["FirstBlockToken" in one for one in changed["ChangedBlocks"]] == [True, False]
    assert changed["BlockSize"] == BLOCK


def test_listings_come_in_pages_from_where_they_are_asked_to_begin(yard: Any) -> None:
    """MaxResults cuts, NextToken goes on, StartingBlockIndex skips."""
    ebs, snapshot = yard.client("ebs"), _written(yard, dict.fromkeys(range(0, 240, 2), b"\1" * BLOCK))
    page = ebs.list_snapshot_blocks(SnapshotId=snapshot, MaxResults=100)
    assert [one["BlockIndex"] for one in page["Blocks"]] == list(range(0, 200, 2))
    rest = ebs.list_snapshot_blocks(SnapshotId=snapshot, MaxResults=100, NextToken=page["NextToken"])
    assert [one["BlockIndex"] for one in rest["Blocks"]] == list(range(200, 240, 2))
    late = ebs.list_snapshot_blocks(SnapshotId=snapshot, StartingBlockIndex=231)
    assert [one["BlockIndex"] for one in late["Blocks"]] == [232, 234, 236, 238]


@pytest.mark.parametrize(
    ("index", "block", "members", "reason"),
    [
        (2048, _bytes(1), {}, "beyond the end"),
        (0, b"short", {"DataLength": 5}, "has 524288 bytes"),
        (0, _bytes(1), {"Checksum": _checksum(b"other")}, "checksum"),
    ],
)
def test_a_wrong_block_is_refused(yard: Any, index: int, block: bytes, members: Any, reason: str) -> None:
    """Its place, its length and its checksum are looked at."""
    ebs = yard.client("ebs")
    snapshot = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    with pytest.raises(ClientError, match=reason):
        _put(ebs, snapshot, index, block, **members)


def test_a_completed_snapshot_takes_no_block_and_a_wrong_token_gives_none(yard: Any) -> None:
    """What a snapshot holds does not change, and a block needs the token of its own snapshot."""
    ebs, one, other = yard.client("ebs"), _written(yard, {0: _bytes(1)}), _written(yard, {0: _bytes(1)})
    with pytest.raises(ClientError, match="is not pending"):
        _put(ebs, one, 1, _bytes(2))
    [listed] = ebs.list_snapshot_blocks(SnapshotId=one)["Blocks"]
    with pytest.raises(ClientError, match="token"):
        ebs.get_snapshot_block(SnapshotId=other, **listed)
