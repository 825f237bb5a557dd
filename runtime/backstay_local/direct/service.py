"""The operations of the EBS direct API over the blocks that there are."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from backstay_local.wire.call import AwsError, Call, Handler, Listing
from backstay_local.world.blocks import BLOCK_BYTES, Blocks, Snapshot

Members = dict[str, Any]
Elsewhere = Callable[[str, str, str], Snapshot | None]
"""Finds a snapshot (account, Region, id) that is not EC2's: a recovery point of AWS Backup."""

_EXPIRES = timedelta(days=7)  # of block tokens (ListSnapshotBlocks, EBS API reference)


class DirectApi:
    """Snapshots block by block. A recovery point can be read by its owner, and by nobody written."""

    def __init__(self, blocks: Blocks, elsewhere: Elsewhere) -> None:
        self._blocks = blocks
        self._elsewhere = elsewhere
        self.handlers: Mapping[str, Handler] = MappingProxyType(
            {
                "StartSnapshot": self._start,
                "PutSnapshotBlock": self._put,
                "CompleteSnapshot": self._complete,
                "ListSnapshotBlocks": self._list,
                "ListChangedBlocks": self._changed,
                "GetSnapshotBlock": self._get,
            }
        )

    def _start(self, call: Call, params: Members) -> Members:
        parent = params.get("ParentSnapshotId")
        base = self._need(call, parent) if parent else None
        if base is not None and base.size_gib > params["VolumeSize"]:
            sentence = f"VolumeSize must be at least {base.size_gib} GiB, the size of the parent snapshot."
            raise _invalid("INVALID_VOLUME_SIZE", sentence)
        made = self._blocks.start(
            call.account,
            call.region,
            params["VolumeSize"],
            base.blocks if base else {},
            params.get("Description", ""),
            {tag["Key"]: tag.get("Value", "") for tag in params.get("Tags", ())},
            encrypted=params.get("Encrypted", False),
            key_arn=params.get("KmsKeyArn"),
        )
        return {
            "SnapshotId": made.id,
            "OwnerId": made.account,
            "Status": made.status,
            "StartTime": made.started,
            "VolumeSize": made.size_gib,
            "BlockSize": BLOCK_BYTES,
            "Description": made.description,
            "Tags": [{"Key": key, "Value": value} for key, value in sorted(made.tags.items())],
            "ParentSnapshotId": parent,
            "KmsKeyArn": made.key_arn,
            "SseType": "sse-kms" if made.key_arn else "none",
        }

    def _put(self, call: Call, params: Members) -> Members:
        snapshot, data = self._pending(call, params["SnapshotId"]), params["BlockData"]
        if len(data) != BLOCK_BYTES or params["DataLength"] != BLOCK_BYTES:
            raise _invalid("INVALID_BLOCK", f"A block has {BLOCK_BYTES} bytes, but this one has {len(data)}.")
        if params["BlockIndex"] >= snapshot.size_gib * 2**30 // BLOCK_BYTES:
            raise _invalid("INVALID_BLOCK", f"Block {params['BlockIndex']} is beyond the end of the volume.")
        if params["Checksum"] != _checksum(data):
            raise _invalid("INVALID_PARAMETER_VALUE", "The checksum does not match the data of the block.")
        self._blocks.put(call.account, call.region, snapshot.id, params["BlockIndex"], data)
        return {"Checksum": params["Checksum"], "ChecksumAlgorithm": params["ChecksumAlgorithm"]}

    def _complete(self, call: Call, params: Members) -> Members:
        snapshot = self._pending(call, params["SnapshotId"])
        self._blocks.complete(call.account, call.region, snapshot.id)
        return {"Status": "completed"}

    def _list(self, call: Call, params: Members) -> Listing:
        snapshot = self._need(call, params["SnapshotId"])
        rows = (
            (key, {"BlockIndex": index, "BlockToken": _token(snapshot.id, index, snapshot.blocks[index])})
            for key, index in _indexes(snapshot.blocks, call, params)
        )
        return Listing("Blocks", rows, _facts(snapshot, call))

    def _changed(self, call: Call, params: Members) -> Listing:
        second = self._need(call, params["SecondSnapshotId"])
        first = self._need(call, params["FirstSnapshotId"]) if params.get("FirstSnapshotId") else None
        before: Mapping[int, bytes] = first.blocks if first else {}
        names = {"FirstBlockToken": (first, before), "SecondBlockToken": (second, second.blocks)}
        different = {index for index in {*before, *second.blocks} if before.get(index) != second.blocks.get(index)}
        rows = (
            (
                key,
                {"BlockIndex": index}
                | {
                    name: _token(of.id, index, blocks[index])
                    for name, (of, blocks) in names.items()
                    if of is not None and index in blocks
                },
            )
            for key, index in _indexes(different, call, params)
        )
        return Listing("ChangedBlocks", rows, _facts(second, call))

    def _get(self, call: Call, params: Members) -> Members:
        snapshot, index = self._need(call, params["SnapshotId"]), params["BlockIndex"]
        block = snapshot.blocks.get(index)
        if block is None or params["BlockToken"] != _token(snapshot.id, index, block):
            raise _invalid("INVALID_BLOCK_TOKEN", f"The token is not that of block {index} of this snapshot.")
        return {
            "BlockData": block,
            "DataLength": len(block),
            "Checksum": _checksum(block),
            "ChecksumAlgorithm": "SHA256",
        }

    def _need(self, call: Call, snapshot_id: str) -> Snapshot:
        place = (call.account, call.region, snapshot_id)
        found = self._blocks.of_snapshot(*place) or self._elsewhere(*place)
        if found is None:
            reason = {"Reason": "SNAPSHOT_NOT_FOUND"}
            raise AwsError("ResourceNotFoundException", f"The snapshot '{snapshot_id}' does not exist.", 404, reason)
        return found

    def _pending(self, call: Call, snapshot_id: str) -> Snapshot:
        snapshot = self._need(call, snapshot_id)
        if snapshot.status != "pending":
            raise _invalid("INVALID_SNAPSHOT_ID", f"The snapshot '{snapshot_id}' is not pending.")
        return snapshot


def _indexes(known: Mapping[int, bytes] | set[int], call: Call, params: Members) -> Iterator[tuple[str, int]]:
    """The indexes that a page may show, in order, each with its page key."""
    first = params.get("StartingBlockIndex", 0)
    after = int(call.after) if call.after is not None else -1
    for index in sorted(known):
        if index >= first and index > after:
            yield str(index), index


def _facts(snapshot: Snapshot, call: Call) -> Members:
    return {"VolumeSize": snapshot.size_gib, "BlockSize": BLOCK_BYTES, "ExpiryTime": call.now + _EXPIRES}


def _token(snapshot_id: str, index: int, block: bytes) -> str:
    digest = hashlib.sha256(f"{snapshot_id} {index} ".encode() + hashlib.sha256(block).digest()).digest()
    return base64.b64encode(digest).decode()


def _checksum(block: bytes) -> str:
    return base64.b64encode(hashlib.sha256(block).digest()).decode()


def _invalid(reason: str, sentence: str) -> AwsError:
    return AwsError("ValidationException", sentence, 400, {"Reason": reason})
