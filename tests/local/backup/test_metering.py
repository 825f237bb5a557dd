"""What would be billed, counted from recovery points and jobs."""

from __future__ import annotations

from typing import Any


def test_bytes_are_counted_by_account_vault_and_type(site: Any) -> None:
    """Kept warm and cold, copied to another Region (not within one), and restored."""
    site.vault()
    site.vault("near", EncryptionKeyArn=site.key())
    far = site.vault("far", region="eu-west-1", EncryptionKeyArn=site.key(region="eu-west-1"))
    bucket = site.bucket("data", objects={"a": b"x" * 1000, "b": b"y" * 500})
    volume = site.volume()
    point = site.take(bucket)
    site.take(volume, Lifecycle={"MoveToColdStorageAfterDays": 1, "DeleteAfterDays": 200})
    site.take(
        volume,
        Lifecycle={
            "MoveToColdStorageAfterDays": 1,
            "DeleteAfterDays": 200,
            "OptInToArchiveForSupportedResources": True,
        },
    )
    for vault in ("near", "far"):
        place = far if vault == "far" else far.replace("eu-west-1", "us-east-1").replace("far", "near")
        site.backup.start_copy_job(
            RecoveryPointArn=point, SourceBackupVaultName="v1", DestinationBackupVaultArn=place, IamRoleArn=site.role()
        )
        site.settle()
    for name in ("one", "two"):
        metadata = {"DestinationBucketName": f"restored-{name}", "NewBucket": "true"}
        site.backup.start_restore_job(RecoveryPointArn=point, Metadata=metadata, IamRoleArn=site.role())
    site.advance(days=3)
    gib = 1024**3
    counted = {
        (one.region, one.vault, one.type): (
            one.recovery_points,
            one.warm_bytes,
            one.cold_bytes,
            one.transferred_bytes,
            one.restored_bytes,
        )
        for one in site.aws.backup.meters()
    }
    assert counted == {
        ("us-east-1", "v1", "S3"): (1, 1500, 0, 1500, 3000),
        ("us-east-1", "v1", "EBS"): (2, gib, gib, 0, 0),
        ("us-east-1", "near", "S3"): (1, 1500, 0, 0, 0),
        ("eu-west-1", "far", "S3"): (1, 1500, 0, 0, 0),
    }
    assert {one.account for one in site.aws.backup.meters()} == {site.account}
