"""What the rest of the world hears of search indexes (semantics §5.3 and §11.1, in the words of AWS's samples)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backstay_local.backup import events, notifications
from backstay_local.backup.indexes.rows import Index
from backstay_local.backup.state import State
from backstay_local.backup.times import iso

Told = Literal["ACTIVE", "FAILED", "DELETED"]


@dataclass(frozen=True, slots=True)
class _Words:
    """How one change of an index is told."""

    event: str
    """The name to subscribe to."""
    kind: str
    """The attribute EventType, which AWS spells otherwise for a completed index."""
    sentence: str
    short: str


_WORDS: dict[Told, _Words] = {
    "ACTIVE": _Words(
        "RECOVERY_POINT_INDEX_COMPLETED",
        "RECOVERY_POINT_INDEXING_COMPLETED",
        "An AWS Backup recovery point index was successfully completed.",
        "An AWS Backup backup index job was completed.",
    ),
    "FAILED": _Words(
        "RECOVERY_POINT_INDEXING_FAILED",
        "RECOVERY_POINT_INDEXING_FAILED",
        "An AWS Backup recovery point index failed to create.",
        "An AWS Backup backup index job failed.",
    ),
    "DELETED": _Words(
        "RECOVERY_POINT_INDEX_DELETED",
        "RECOVERY_POINT_INDEX_DELETED",
        "An AWS Backup recovery point index was deleted.",
        "An AWS Backup backup index was deleted.",
    ),
}


def sentence(told: Told, point_arn: str) -> str:
    """The status message of an index, as in AWS's sample events."""
    return f"{_WORDS[told].sentence} Indexed recovery point arn : {point_arn}"


def tell(state: State, index: Index, told: Told, at: datetime) -> None:
    """Tell EventBridge and the topic of the vault."""
    _event(state, index, told, at)
    words = _WORDS[told]
    attributes = {
        "EventType": words.kind,
        "IndexStatus": told,
        "IsIndexingContinuous": str(index.continuous).lower(),
        "RecoveryPointArn": index.point_arn,
    }
    text = f"{words.short} Indexed recovery point arn: {index.point_arn}"
    notifications.tell(state, index.vault_arn, words.event, text, attributes, at)


@events.heard
def _event(state: State, index: Index, told: Told, at: datetime) -> None:
    detail = {
        "recoveryPointArn": index.point_arn,
        "accountId": index.account,
        "indexStatus": told,
        "iamRoleArn": index.role_arn,
        "resourceType": index.resource_type,
        "backupVaultArn": index.vault_arn,
        "indexCreationTime": iso(index.created),
        "indexCompletionTime": iso(index.completed) if told == "ACTIVE" else None,
        "indexDeletionTime": iso(index.deleted) if told == "DELETED" else None,
        "isIndexingContinuous": index.continuous,
        "sourceResourceArn": index.resource_arn,
        "backupCreationTime": iso(index.point_created),
        "indexStatusMessage": sentence("DELETED", index.point_arn) if told == "DELETED" else index.message,
    }
    events.emit(state, index, "Recovery Point Index State Change", detail, [index.point_arn], at)
