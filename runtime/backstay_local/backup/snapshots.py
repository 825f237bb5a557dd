"""Recovery points of EBS volumes as snapshots: what AWS Backup keeps, block by block, for the owner's eyes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from backstay_aws.arns import partition_of
from backstay_local.data import DataError
from backstay_local.wire.call import AwsError
from backstay_local.world.blocks import Snapshot

if TYPE_CHECKING:
    from backstay_local.backup.rows import RecoveryPoint
    from backstay_local.data import Data
    from backstay_local.data.listing import Entry
    from backstay_local.data.pieces import Held


class Kept(Mapping[int, bytes]):
    """The blocks of a backup, each read from the disk when it is asked for."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._entries: dict[int, Entry] = {int(entry.name): entry for entry in held.entries()}

    def __getitem__(self, index: int) -> bytes:
        return b"".join(self._held.parts(self._entries[index]))

    def __iter__(self) -> Iterator[int]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def snapshot_arn(region: str, snapshot_id: str) -> str:
    """The ARN under which AWS Backup knows a snapshot."""
    return f"arn:{partition_of(region)}:ec2:{region}::snapshot/{snapshot_id}"


def as_snapshot(point: RecoveryPoint, data: Data) -> Snapshot:
    """A recovery point of a volume as a snapshot; `AwsError` when it is archived or its key does not open it."""
    if point.storage_class != "WARM":
        archived = f"The snapshot '{point.arn.rpartition('/')[2]}' is archived."
        raise AwsError("ValidationException", archived, 400, {"Reason": "INVALID_SNAPSHOT_ID"})
    try:
        held = data.look(point.manifest)
        size = int(held.description["Size"])
        blocks = Kept(held)
    except DataError as error:
        raise AwsError("AccessDeniedException", str(error), 403, {"Reason": "DEPENDENCY_ACCESS_DENIED"}) from error
    identity = point.arn.rpartition("/")[2]
    return Snapshot(identity, point.account, size, "completed", point.created, "", {}, point.key_arn, blocks)
