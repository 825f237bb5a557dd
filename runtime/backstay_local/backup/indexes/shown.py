"""Search indexes as the API shows them."""

from __future__ import annotations

from backstay_local.backup.indexes.rows import Index
from backstay_local.backup.state import Facts, State


def of_point(state: State, point_arn: str) -> Facts:
    """What a recovery point tells of its index; nothing when it has none."""
    index = state.tables.indexes.of_points.get(point_arn)
    if index is None:
        return {}
    return {"IndexStatus": index.status} | ({"IndexStatusMessage": index.message} if index.message else {})


def details(index: Index) -> Facts:
    """An index as GetRecoveryPointIndexDetails describes it."""
    return _present(
        {
            "RecoveryPointArn": index.point_arn,
            "BackupVaultArn": index.vault_arn,
            "SourceResourceArn": index.resource_arn,
            "IndexCreationDate": index.created,
            "IndexCompletionDate": index.completed,
            "IndexDeletionDate": index.deleted,
            "IndexStatus": index.status,
            "IndexStatusMessage": index.message,
            "TotalItemsIndexed": index.items,
        }
    )


def listed(index: Index) -> Facts:
    """An index as a member of ListIndexedRecoveryPoints."""
    return _present(
        {
            "RecoveryPointArn": index.point_arn,
            "SourceResourceArn": index.resource_arn,
            "IamRoleArn": index.role_arn,
            "BackupCreationDate": index.point_created,
            "ResourceType": index.resource_type,
            "IndexCreationDate": index.created,
            "IndexStatus": index.status,
            "IndexStatusMessage": index.message,
            "BackupVaultArn": index.vault_arn,
        }
    )


def _present(facts: Facts) -> Facts:
    return {name: value for name, value in facts.items() if value is not None}
