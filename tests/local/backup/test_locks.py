"""Vault Lock: nobody gets around it, and in compliance mode nobody takes it off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backstay_local.backup import Settings

OUTSIDE = "Backup job failed because the lifecycle is outside the valid range for backup vault."
LOCKED = "InvalidRequestException"


def lock(site: Any, **members: int) -> None:
    """Lock the vault v1."""
    site.backup.put_backup_vault_lock_configuration(BackupVaultName="v1", **members)


def unlock(site: Any) -> None:
    """Take the lock off the vault v1."""
    site.backup.delete_backup_vault_lock_configuration(BackupVaultName="v1")


@pytest.mark.parametrize(
    "members",
    [
        {"ChangeableForDays": 2},
        {"ChangeableForDays": 36501},
        {"MinRetentionDays": 0},
        {"MaxRetentionDays": 36501},
        {"MinRetentionDays": 8, "MaxRetentionDays": 7},
    ],
)
def test_numbers_that_are_refused(site: Any, refusal: Any, members: dict[str, int]) -> None:
    """Grace below 3 days, retention outside 1 to 36500, and minimum above maximum are refused."""
    site.vault()
    assert refusal(lambda: lock(site, **members))[0] == "InvalidParameterValueException"
    assert not site.backup.describe_backup_vault(BackupVaultName="v1")["Locked"]


def test_governance_can_be_changed_and_removed(site: Any) -> None:
    """Without ChangeableForDays a lock has no date, and can be changed and taken off at any time."""
    site.vault()
    lock(site, MinRetentionDays=7, MaxRetentionDays=35)
    site.advance(days=400)
    lock(site, MinRetentionDays=14)
    vault = site.backup.describe_backup_vault(BackupVaultName="v1")
    assert (vault["Locked"], vault["MinRetentionDays"]) == (True, 14)
    assert not {"MaxRetentionDays", "LockDate"} & vault.keys()
    unlock(site)
    assert not site.backup.describe_backup_vault(BackupVaultName="v1")["Locked"]


def test_compliance_through_time(site: Any, refusal: Any) -> None:
    """A compliance lock can be changed in its grace time, and by nobody from its date on."""
    site.vault()
    lock(site, MinRetentionDays=7, ChangeableForDays=3)
    first = site.backup.describe_backup_vault(BackupVaultName="v1")["LockDate"]
    site.advance(days=2)
    lock(site, MinRetentionDays=5, ChangeableForDays=3)
    second = site.backup.describe_backup_vault(BackupVaultName="v1")["LockDate"]
    assert timedelta(days=2) <= second - first < timedelta(days=2, minutes=1)
    site.advance(days=2, hours=23)
    unlock(site)
    lock(site, MinRetentionDays=5, ChangeableForDays=3)
    site.advance(days=3)
    assert refusal(lambda: unlock(site))[0] == LOCKED
    assert refusal(lambda: lock(site, MinRetentionDays=1, ChangeableForDays=3))[0] == LOCKED
    assert refusal(lambda: lock(site, MinRetentionDays=9))[0] == LOCKED
    vault = site.backup.describe_backup_vault(BackupVaultName="v1")
    assert (vault["Locked"], vault["MinRetentionDays"]) == (True, 5)


@pytest.mark.parametrize("mode", [{}, {"ChangeableForDays": 3}])
def test_no_one_deletes_or_shortens(site: Any, refusal: Any, mode: dict[str, int]) -> None:
    """In both modes, from the first moment, nobody (root and administrator alike) deletes or re-dates a point."""
    site.vault()
    point = site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 10})
    lock(site, MinRetentionDays=7, **mode)
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    admin = site.role(name="Administrator", trust=trust)
    given = site.client("sts").assume_role(RoleArn=admin, RoleSessionName="session")["Credentials"]
    session = site.aws.session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    for client in (site.backup, session.client("backup", region_name="us-east-1")):
        where = {"BackupVaultName": "v1", "RecoveryPointArn": point}
        assert refusal(lambda c=client, w=where: c.delete_recovery_point(**w))[0] == LOCKED
        for days in (8, 400):
            wish = {"DeleteAfterDays": days}
            code, _ = refusal(lambda c=client, w=where, x=wish: c.update_recovery_point_lifecycle(**w, Lifecycle=x))
            assert code == LOCKED
    assert refusal(lambda: site.backup.delete_backup_vault(BackupVaultName="v1"))[0] == LOCKED
    assert [one["Lifecycle"] for one in site.points()] == [{"DeleteAfterDays": 10}]


@pytest.mark.parametrize("bars", [True, False])
def test_continuous_points_cannot_leave_a_locked_vault(open_site: Any, rule: Any, refusal: Any, bars: bool) -> None:
    """Disassociation is refused in a locked vault (AWS does not say it: a setting), and stops an S3 stream."""
    site = open_site(settings=Settings(lock_keeps_associated=bars))
    site.vault()
    site.bucket("bucket-one")
    site.plan(rule(keep=35, EnableContinuousBackup=True))
    site.advance(hours=6)
    [point] = site.points()
    assert point["Status"] == "AVAILABLE"
    where = {"BackupVaultName": "v1", "RecoveryPointArn": point["RecoveryPointArn"]}
    lock(site, MinRetentionDays=7)
    if bars:
        assert refusal(lambda: site.backup.disassociate_recovery_point(**where))[0] == LOCKED
        unlock(site)
    site.backup.disassociate_recovery_point(**where)
    assert [one["Status"] for one in site.points()] == ["STOPPED"]


@pytest.mark.parametrize(
    ("keep", "ending"), [(None, "FAILED"), (6, "FAILED"), (7, "COMPLETED"), (35, "COMPLETED"), (36, "FAILED")]
)
def test_retention_outside_the_range_fails_the_job(site: Any, keep: int | None, ending: str) -> None:
    """A job whose retention is outside the lock's range (for ever breaks a maximum) fails in AWS's words."""
    site.vault()
    lock(site, MinRetentionDays=7, MaxRetentionDays=35)
    lifecycle = {"Lifecycle": {"DeleteAfterDays": keep}} if keep else {}
    job_id = site.start(site.bucket("bucket-one"), **lifecycle)
    site.settle()
    job = site.job(job_id)
    assert job["State"] == ending
    assert job.get("StatusMessage") == (OUTSIDE if ending == "FAILED" else None)
    assert len(site.points()) == (1 if ending == "COMPLETED" else 0)


def test_older_points_keep_their_dates(site: Any) -> None:
    """A lock does not look back: a point from before keeps its shorter retention, and expires in the locked vault."""
    site.vault()
    site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 3})
    lock(site, MinRetentionDays=30, ChangeableForDays=3)
    site.advance(days=2, hours=23)
    assert len(site.points()) == 1
    site.advance(hours=2)
    assert site.points() == []


def test_an_empty_vault_goes_even_under_compliance(site: Any) -> None:
    """Compliance mode protects recovery points; a vault whose points have expired can be deleted."""
    site.vault()
    site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 7})
    lock(site, MinRetentionDays=7, ChangeableForDays=3)
    site.advance(days=8)
    site.backup.delete_backup_vault(BackupVaultName="v1")
    assert site.backup.list_backup_vaults()["BackupVaultList"] == []


def test_jobs_tell_whether_their_vault_is_locked(site: Any) -> None:
    """VaultLockState of a job is LOCKED in either mode, else UNLOCKED."""
    site.vault()
    arn = site.bucket("bucket-one")
    assert site.job(site.start(arn))["VaultLockState"] == "UNLOCKED"
    lock(site, MinRetentionDays=1)
    assert site.job(site.start(arn))["VaultLockState"] == "LOCKED"
    lock(site, MinRetentionDays=1, ChangeableForDays=3)
    assert site.job(site.start(arn))["VaultLockState"] == "LOCKED"
