"""Copies into air-gapped vaults, between them, and out of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backstay_local.backup import Settings
from backstay_local.backup.airgap import eligible

KEEP = {"Lifecycle": {"DeleteAfterDays": 30}}


def test_into_an_air_gapped_vault(site: Any) -> None:
    """A copy has AWS Backup's ARN whatever its type, the vault's key, and is restored without its source."""
    site.vault()
    target = site.air_gapped()
    point = site.take(site.volume(), **KEEP)
    job = site.copy(point, target)
    assert (job["State"], job["DestinationVaultType"]) == ("COMPLETED", "LOGICALLY_AIR_GAPPED_BACKUP_VAULT")
    assert "DestinationEncryptionKeyArn" not in job
    arn = job["DestinationRecoveryPointArn"]
    assert point.startswith("arn:aws:ec2:")
    assert arn.startswith(f"arn:aws:backup:us-east-1:{site.account}:recovery-point:")
    copy = site.backup.describe_recovery_point(BackupVaultName="lag", RecoveryPointArn=arn)
    assert (copy["VaultType"], copy["EncryptionKeyType"]) == (job["DestinationVaultType"], "AWS_OWNED_KMS_KEY")
    assert copy["IsEncrypted"] is True
    assert "EncryptionKeyArn" not in copy
    site.backup.delete_recovery_point(BackupVaultName="v1", RecoveryPointArn=point)
    site.settle()
    started = site.backup.start_restore_job(
        RecoveryPointArn=arn, Metadata={"availabilityZone": "us-east-1a"}, IamRoleArn=site.role()
    )
    site.settle()
    restored = site.backup.describe_restore_job(RestoreJobId=started["RestoreJobId"])
    assert restored["Status"] == "COMPLETED", restored


def test_retention_must_fit(site: Any) -> None:
    """A copy that is kept shorter or longer than the vault allows, or for ever, fails."""
    site.vault()
    target = site.air_gapped(days=(10, 100))
    point = site.take(site.bucket("bucket-one"))
    for days, state in ((9, "FAILED"), (10, "COMPLETED"), (101, "FAILED"), (None, "FAILED")):
        lifecycle = {} if days is None else {"Lifecycle": {"DeleteAfterDays": days}}
        assert site.copy(point, target, **lifecycle)["State"] == state, days


def test_by_rule(site: Any, rule: Any) -> None:
    """A rule's copy action may name an air-gapped vault; the copy job says which backup it came from."""
    site.vault()
    target = site.air_gapped()
    site.bucket("bucket-one")
    site.plan(rule(CopyActions=[{"DestinationBackupVaultArn": target}]))
    site.advance(hours=6)
    [job] = site.backup.list_copy_jobs()["CopyJobs"]
    assert job["State"] == "COMPLETED"
    assert [one["BackupJobId"] for one in site.jobs()] == [job["CreatedByBackupJobId"]]


def test_out_again_needs_a_key_of_the_customer(site: Any) -> None:
    """From an air-gapped vault a copy goes into another, or into a standard vault with a customer's key."""
    site.vault()
    site.vault("plain")
    site.vault("keyed", EncryptionKeyArn=site.key())
    first, second = site.air_gapped(), site.air_gapped("lag2")
    point = site.copy(site.take(site.volume(), **KEEP), first)["DestinationRecoveryPointArn"]

    def target(name: str) -> str:
        return f"arn:aws:backup:us-east-1:{site.account}:backup-vault:{name}"

    refused = site.copy(point, target("plain"), source="lag")
    assert (refused["State"], refused["StatusMessage"]) == ("FAILED", eligible.OWN_KEY)
    back = site.copy(point, target("keyed"), source="lag")
    assert back["DestinationRecoveryPointArn"].startswith("arn:aws:ec2:us-east-1::snapshot/")
    assert site.copy(point, second, source="lag")["State"] == "COMPLETED"


@pytest.mark.parametrize("takes", [True, False])
def test_unencrypted_volumes(open_site: Any, takes: bool) -> None:
    """AWS's pages disagree about them: the setting decides."""
    site = open_site(settings=Settings(air_gap_takes_unencrypted=takes))
    site.vault()
    job = site.copy(site.take(site.volume(), **KEEP), site.air_gapped())
    assert job["State"] == ("COMPLETED" if takes else "FAILED")


def test_a_key_of_aws_does_not_pass(site: Any) -> None:
    """A volume under aws/ebs cannot be copied into an air-gapped vault; one under a customer's key can."""
    site.vault()
    target = site.air_gapped()
    for members, message in (({}, eligible.AWS_KEY), ({"KmsKeyId": site.key()}, None)):
        job = site.copy(site.take(site.volume(Encrypted=True, **members), **KEEP), target)
        assert job.get("StatusMessage") == message


def test_twenty_volumes_at_once(open_site: Any) -> None:
    """No more than 20 copies of EBS run into air-gapped vaults at once; the others follow."""
    site = open_site(settings=Settings(run_time=timedelta(minutes=1)))
    site.vault()
    target = site.air_gapped()
    jobs = [site.start(site.volume(), **KEEP) for _ in range(22)]
    site.advance(minutes=5)
    for job in jobs:
        site.backup.start_copy_job(
            RecoveryPointArn=site.job(job)["RecoveryPointArn"],
            SourceBackupVaultName="v1",
            DestinationBackupVaultArn=target,
            IamRoleArn=site.role(),
        )
    site.advance(seconds=5)
    running = site.backup.list_copy_jobs(ByState="RUNNING")["CopyJobs"]
    assert len(running) == 20
    site.advance(minutes=5)
    assert len(site.backup.list_copy_jobs(ByState="COMPLETED")["CopyJobs"]) == 22
