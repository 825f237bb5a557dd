"""Air-gapped vaults: how they are made, what they show, and that nobody loosens them."""

from __future__ import annotations

from typing import Any

import pytest

KIND = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"


def described(site: Any, name: str = "lag") -> dict[str, Any]:
    """A vault as DescribeBackupVault shows it."""
    return dict(site.backup.describe_backup_vault(BackupVaultName=name))


def made(site: Any, name: str = "lag", low: int = 7, high: int = 30, **members: Any) -> dict[str, Any]:
    """What the creation of an air-gapped vault answers."""
    return dict(
        site.backup.create_logically_air_gapped_backup_vault(
            BackupVaultName=name, MinRetentionDays=low, MaxRetentionDays=high, **members
        )
    )


def test_made_a_little_later_and_locked_at_once(site: Any) -> None:
    """A new vault is CREATING, then AVAILABLE; its compliance lock holds from its creation."""
    answer = made(site, BackupVaultTags={"team": "a"})
    assert answer["VaultState"] == "CREATING"
    first = described(site)
    assert (first["VaultState"], first["Locked"], first["LockDate"]) == ("CREATING", True, answer["CreationDate"])
    site.advance(seconds=1)
    vault = described(site)
    assert (vault["VaultState"], vault["VaultType"]) == ("AVAILABLE", KIND)
    assert (vault["MinRetentionDays"], vault["MaxRetentionDays"]) == (7, 30)
    assert vault["EncryptionKeyType"] == "AWS_OWNED_KMS_KEY"
    assert "EncryptionKeyArn" not in vault
    assert site.backup.list_tags(ResourceArn=answer["BackupVaultArn"])["Tags"] == {"team": "a"}


@pytest.mark.parametrize(("low", "high"), [(6, 30), (30, 29), (7, 36_501), (36_501, 36_501), (-1, 30)])
def test_bounds(site: Any, refusal: Any, low: int, high: int) -> None:
    """At least 7 days, at most 36,500, and the longer not shorter than the shorter."""
    assert refusal(lambda: made(site, low=low, high=high))[0] == "InvalidParameterValueException"


def test_not_in_every_region(site: Any, refusal: Any) -> None:
    """Some Regions have no air-gapped vaults."""
    client = site.client("backup", region="ca-west-1")
    code, _ = refusal(
        lambda: client.create_logically_air_gapped_backup_vault(
            BackupVaultName="lag", MinRetentionDays=7, MaxRetentionDays=30
        )
    )
    assert code == "InvalidRequestException"


def test_same_token_same_answer(site: Any, refusal: Any) -> None:
    """A repeated request makes nothing; another one under the name, or of another kind, finds it taken."""
    first, again = (made(site, CreatorRequestId="t")["CreationDate"] for _ in range(2))
    assert first == again
    assert refusal(lambda: made(site, high=31, CreatorRequestId="t"))[0] == "AlreadyExistsException"
    assert refusal(lambda: site.vault("lag"))[0] == "AlreadyExistsException"
    assert len(site.backup.list_backup_vaults()["BackupVaultList"]) == 1


def test_the_key_of_aws_is_out_of_reach(site: Any) -> None:
    """The key that AWS owns is not among the keys of the account."""
    site.air_gapped()
    assert site.client("kms").list_keys()["Keys"] == []


def test_own_key(site: Any, refusal: Any) -> None:
    """A customer managed key is shown; one of AWS Backup's own in the account is refused."""
    key = site.key()
    site.air_gapped(EncryptionKeyArn=key)
    vault = described(site)
    assert (vault["EncryptionKeyArn"], vault["EncryptionKeyType"]) == (key, "CUSTOMER_MANAGED_KMS_KEY")
    site.vault()
    default = described(site, "v1")["EncryptionKeyArn"]
    assert "EncryptionKeyType" not in described(site, "v1")
    assert refusal(lambda: made(site, "other", EncryptionKeyArn=default))[0] == "InvalidParameterValueException"


def test_a_key_that_goes_off_fails_the_creation(site: Any) -> None:
    """A vault whose key cannot be used when it is made is FAILED, and takes no backup."""
    key = site.key()
    made(site, EncryptionKeyArn=key)
    site.client("kms").disable_key(KeyId=key)
    site.advance(seconds=1)
    assert described(site)["VaultState"] == "FAILED"


def test_nobody_loosens_the_lock(site: Any, refusal: Any) -> None:
    """The lock of an air-gapped vault can neither be changed nor removed, not even in its first second."""
    made(site)
    for act in (
        lambda: site.backup.put_backup_vault_lock_configuration(BackupVaultName="lag", MaxRetentionDays=30),
        lambda: site.backup.put_backup_vault_lock_configuration(BackupVaultName="lag", ChangeableForDays=3),
        lambda: site.backup.delete_backup_vault_lock_configuration(BackupVaultName="lag"),
    ):
        assert refusal(act)[0] == "InvalidRequestException"


def test_only_an_empty_one_can_be_deleted(site: Any, refusal: Any) -> None:
    """A recovery point in it cannot be deleted, so neither can the vault until the point's time is over."""
    site.vault()
    target = site.air_gapped()
    point = site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 7})
    copy = site.copy(point, target)["DestinationRecoveryPointArn"]
    delete = site.backup.delete_backup_vault
    assert refusal(lambda: delete(BackupVaultName="lag"))[0] == "InvalidRequestException"
    code, _ = refusal(lambda: site.backup.delete_recovery_point(BackupVaultName="lag", RecoveryPointArn=copy))
    assert code == "InvalidRequestException"
    site.advance(days=8)
    delete(BackupVaultName="lag")
    site.advance(days=8)
    assert [one["BackupVaultName"] for one in site.backup.list_backup_vaults()["BackupVaultList"]] == ["v1"]


def test_lists_by_type(site: Any) -> None:
    """A list can be of one type of vaults."""
    site.vault()
    site.air_gapped()
    for kind, names in ((KIND, ["lag"]), ("BACKUP_VAULT", ["v1"]), ("RESTORE_ACCESS_BACKUP_VAULT", [])):
        found = site.backup.list_backup_vaults(ByVaultType=kind)["BackupVaultList"]
        assert [one["BackupVaultName"] for one in found] == names


def test_survives_a_restart(open_site: Any, tmp_path: Any) -> None:
    """What lies under a key that AWS owns can be restored after the process is gone."""
    site = open_site(tmp_path)
    site.vault()
    target = site.air_gapped()
    arn = site.copy(site.take(site.bucket("bucket-one"), Lifecycle={"DeleteAfterDays": 30}), target)[
        "DestinationRecoveryPointArn"
    ]
    site.aws.close()
    again = open_site(tmp_path, None)
    metadata = again.backup.get_recovery_point_restore_metadata(BackupVaultName="lag", RecoveryPointArn=arn)
    assert metadata["ResourceType"] == "S3"
