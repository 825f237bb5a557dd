"""An air-gapped vault as the primary target: each kind of resource takes the way that AWS says."""

from __future__ import annotations

from typing import Any

import pytest

from backstay_local.backup import Settings

AIR_GAPPED = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
NOT_SUPPORTED = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT_NOT_SUPPORTED"
KEEP = {"Lifecycle": {"DeleteAfterDays": 30}}


def test_fully_managed_types_go_straight_in(site: Any, rule: Any) -> None:
    """A bucket's point is made in the air-gapped vault; the rule's copies are made from there."""
    site.vault()
    far = site.vault("far", region="eu-west-1", EncryptionKeyArn=site.key(region="eu-west-1"))
    target = site.air_gapped()
    site.bucket("bucket-one")
    site.plan(rule(TargetLogicallyAirGappedBackupVaultArn=target, CopyActions=[{"DestinationBackupVaultArn": far}]))
    site.advance(hours=6)
    [job] = site.jobs()
    assert (job["State"], job["BackupVaultName"], job["VaultType"]) == ("COMPLETED", "lag", AIR_GAPPED)
    assert site.points() == []
    [point] = site.points("lag")
    assert point["Lifecycle"] == {"DeleteAfterDays": 35}
    [copy] = site.backup.list_copy_jobs()["CopyJobs"]
    assert (copy["State"], copy["SourceBackupVaultArn"]) == ("COMPLETED", target)


@pytest.mark.parametrize("allowed", [False, True])
def test_copy_actions_between_air_gapped_vaults(open_site: Any, rule: Any, allowed: bool) -> None:
    """Whether a rule may copy from its primary vault into another air-gapped one is a setting."""
    site = open_site(settings=Settings(air_gap_copies_by_rule=allowed))
    site.vault()
    target, second = site.air_gapped(), site.air_gapped("lag2")
    site.bucket("bucket-one")
    site.plan(rule(TargetLogicallyAirGappedBackupVaultArn=target, CopyActions=[{"DestinationBackupVaultArn": second}]))
    site.advance(hours=6)
    [copy] = site.backup.list_copy_jobs()["CopyJobs"]
    assert copy["State"] == ("COMPLETED" if allowed else "FAILED")


def test_other_types_pass_through_the_standard_vault(site: Any) -> None:
    """A volume's point is temporary: copied by itself, and deleted once the copy is there."""
    site.vault()
    target = site.air_gapped()
    job_id = site.start(site.volume(), LogicallyAirGappedBackupVaultArn=target, **KEEP)
    site.advance(seconds=1.05)
    [point] = site.points()
    assert point["Lifecycle"] == {"DeleteAfterDays": 30, "DeleteAfterEvent": "DELETE_AFTER_COPY"}
    assert (point["VaultType"], site.points("lag")) == ("BACKUP_VAULT", [])
    site.settle()
    job = site.job(job_id)
    assert (job["State"], job["VaultType"], job["MessageCategory"]) == ("COMPLETED", "BACKUP_VAULT", "SUCCESS")
    assert job["RecoveryPointLifecycle"]["DeleteAfterEvent"] == "DELETE_AFTER_COPY"
    [copy] = site.backup.list_copy_jobs()["CopyJobs"]
    assert (copy["CreatedByBackupJobId"], "CreatedBy" in copy) == (job_id, False)
    assert site.points() == []
    [kept] = site.points("lag")
    assert kept["Lifecycle"] == {"DeleteAfterDays": 30}


def test_all_copies_come_first(site: Any, rule: Any) -> None:
    """The temporary point waits for the other copies of its rule, too."""
    site.vault()
    far = site.vault("far", region="eu-west-1", EncryptionKeyArn=site.key(region="eu-west-1"))
    target = site.air_gapped()
    site.volume()
    site.plan(rule(TargetLogicallyAirGappedBackupVaultArn=target, CopyActions=[{"DestinationBackupVaultArn": far}]))
    site.advance(hours=6)
    copies = site.backup.list_copy_jobs()["CopyJobs"]
    assert [(one["State"], one["SourceBackupVaultArn"].rsplit(":", 1)[1]) for one in copies] == [
        ("COMPLETED", "v1")
    ] * 2
    assert site.points() == []
    assert len(site.points("lag")) == len(site.points("far", region="eu-west-1")) == 1


def test_a_failed_copy_leaves_the_point(site: Any) -> None:
    """When the air-gapped vault does not take the retention, the standard vault keeps the point for its time."""
    site.vault()
    target = site.air_gapped(days=(7, 10))
    site.start(site.volume(), LogicallyAirGappedBackupVaultArn=target, **KEEP)
    site.advance(days=29)
    assert [one["State"] for one in site.backup.list_copy_jobs()["CopyJobs"]] == ["FAILED"]
    assert len(site.points()) == 1
    site.advance(days=2)
    assert site.points() == []


def test_what_cannot_be_there_stays_and_is_told(site: Any) -> None:
    """An AWS managed key, or a type without support, leaves the point in the standard vault: COMPLETED, with a note."""
    site.vault()
    target = site.air_gapped()
    instance = site.client("rds").create_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="mysql", AllocatedStorage=20
    )["DBInstance"]["DBInstanceArn"]
    for arn in (site.volume(Encrypted=True), instance):
        job_id = site.start(arn, LogicallyAirGappedBackupVaultArn=target, **KEEP)
        site.settle()
        job = site.job(job_id)
        assert (job["State"], job["MessageCategory"]) == ("COMPLETED", NOT_SUPPORTED)
        assert job["RecoveryPointLifecycle"] == {"DeleteAfterDays": 30}
    assert len(site.points()) == 2
    assert site.backup.list_copy_jobs()["CopyJobs"] == []


@pytest.mark.parametrize("longest", [365, 10])
def test_continuous_backups_of_aurora(site: Any, rule: Any, longest: int) -> None:
    """The stream stays in the standard vault; a snapshot of it is copied, and gone however that ends."""
    site.vault()
    target = site.air_gapped(days=(7, longest))
    site.client("rds").create_db_cluster(
        DBClusterIdentifier="books",
        Engine="aurora-mysql",
        MasterUsername="admin",
        MasterUserPassword="password",
        StorageEncrypted=True,
        KmsKeyId=site.key(),
    )
    site.plan(rule(EnableContinuousBackup=True, TargetLogicallyAirGappedBackupVaultArn=target))
    site.advance(hours=6)
    [stream] = site.points()
    assert (stream["Status"], stream["Lifecycle"]) == ("AVAILABLE", {"DeleteAfterDays": 35})
    [copy] = site.backup.list_copy_jobs()["CopyJobs"]
    assert copy["SourceRecoveryPointArn"] != stream["RecoveryPointArn"]
    assert copy["State"] == ("COMPLETED" if longest > 35 else "FAILED")
    assert len(site.points("lag")) == (1 if longest > 35 else 0)


def test_only_an_air_gapped_vault_of_the_place(site: Any, rule: Any, refusal: Any) -> None:
    """The ARN must be of the same account and Region: in a plan, and in a request, where the vault must be there."""
    plain, target = site.vault(), site.air_gapped()
    arn = site.bucket("bucket-one")
    wrong = {
        "no arn": "InvalidParameterValueException",
        target.replace("us-east-1", "eu-west-1"): "InvalidParameterValueException",
        target.replace(site.account, "111111111111"): "InvalidParameterValueException",
    }
    for given, code in wrong.items():
        assert refusal(lambda given=given: site.start(arn, LogicallyAirGappedBackupVaultArn=given))[0] == code
        named = rule(TargetLogicallyAirGappedBackupVaultArn=given)
        found, message = refusal(
            lambda named=named: site.backup.create_backup_plan(BackupPlan={"BackupPlanName": "wrong", "Rules": [named]})
        )
        assert (found, message.startswith("Error in rule daily : ")) == (code, True)
    assert refusal(lambda: site.start(arn, LogicallyAirGappedBackupVaultArn=plain))[0] == (
        "InvalidParameterValueException"
    )
    missing = target + "-not"
    assert refusal(lambda: site.start(arn, LogicallyAirGappedBackupVaultArn=missing))[0] == "ResourceNotFoundException"
    assert refusal(lambda: site.start(arn, vault="lag"))[0] == "InvalidRequestException"
