"""The guard: a call that nobody can undo leaves the agent for an approved action, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from backstay_agent import permit
from backstay_agent.permit import NotPermittedError

PAYMENTS, REGION = "100000000010", "eu-central-1"
LOCK = {"BackupVaultName": "primary", "MinRetentionDays": 7, "ChangeableForDays": 3}
GRACE = {"BackupVaultName": "primary", "MinRetentionDays": 7}


@pytest.mark.parametrize("members", [LOCK, GRACE])
def test_no_code_locks_a_vault_on_its_own(cloud: Any, members: dict[str, Any]) -> None:
    """Neither through the agent's calls nor through a client of its session; nothing reaches AWS."""
    aws = cloud.aws()
    cloud.client("backup").create_backup_vault(BackupVaultName="primary")
    with pytest.raises(NotPermittedError, match="PutBackupVaultLockConfiguration"):
        aws.call(PAYMENTS, REGION, "backup", "PutBackupVaultLockConfiguration", **members)
    raw = aws.botocore_session.create_client("backup", region_name=REGION, endpoint_url=cloud.url)
    with pytest.raises(NotPermittedError):
        raw.put_backup_vault_lock_configuration(**members)
    assert not cloud.state()["vaults"][0]["Locked"]


def test_a_permit_is_for_one_call(cloud: Any) -> None:
    """It allows exactly the members that it names, and ends with its block."""
    aws = cloud.aws()
    cloud.client("backup").create_backup_vault(BackupVaultName="primary")
    with permit.granted("backup", "PutBackupVaultLockConfiguration", GRACE):
        with pytest.raises(NotPermittedError):
            aws.call(PAYMENTS, REGION, "backup", "PutBackupVaultLockConfiguration", **LOCK)
        aws.call(PAYMENTS, REGION, "backup", "PutBackupVaultLockConfiguration", **GRACE)
    with pytest.raises(NotPermittedError):
        aws.call(PAYMENTS, REGION, "backup", "PutBackupVaultLockConfiguration", **GRACE)


@pytest.mark.parametrize(
    ("operation", "members", "final"),
    [
        ("PutBackupVaultLockConfiguration", LOCK, True),
        ("PutBackupVaultLockConfiguration", GRACE, False),
        ("CreateLogicallyAirGappedBackupVault", {}, True),
        ("DeleteRecoveryPoint", {}, False),
        ("CreateBackupVault", {}, False),
    ],
)
def test_what_is_final_is_told_by_the_call(operation: str, members: dict[str, Any], final: bool) -> None:
    """Whatever a plan calls it."""
    assert permit.is_final("backup", operation, members) is final


def test_every_guarded_operation_is_one_of_awss(cloud: Any) -> None:
    """A row with a slip in its name would guard nothing."""
    session = cloud.aws().botocore_session
    for service, operation in permit.GUARDED:
        assert operation in session.get_service_model(service).operation_names


def test_tokens_that_a_client_fills_in_are_no_difference(cloud: Any) -> None:
    """botocore adds an idempotency token where none is given; that is still the permitted call."""
    members = {"BackupVaultName": "gap", "MinRetentionDays": 7, "MaxRetentionDays": 9}
    with permit.granted("backup", "CreateLogicallyAirGappedBackupVault", members):
        permit.check(
            "backup", "CreateLogicallyAirGappedBackupVault", {**members, "CreatorRequestId": "x"}, ["CreatorRequestId"]
        )
        with pytest.raises(NotPermittedError):
            permit.check("backup", "CreateLogicallyAirGappedBackupVault", {**members, "CreatorRequestId": "x"})
