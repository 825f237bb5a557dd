"""Lifecycles with every member, given on demand and changed later; and the one that nobody may give."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

INVALID = "InvalidParameterValueException"
ARCHIVE = {"MoveToColdStorageAfterDays": 10, "DeleteAfterDays": 100, "OptInToArchiveForSupportedResources": True}
EVENT = {"DeleteAfterDays": 30, "DeleteAfterEvent": "DELETE_AFTER_COPY"}
WORDS = "DeleteAfterEvent cannot be set"


def test_a_volume_is_archived_only_where_it_was_said(site: Any) -> None:
    """Backup, copy and update say each whether their point goes to the archive; it is cold at its time, or never."""
    site.vault()
    far = site.vault("far", EncryptionKeyArn=site.key())
    volume = site.volume(Encrypted=True, KmsKeyId=site.key())
    point = site.take(volume, Lifecycle={**ARCHIVE, "OptInToArchiveForSupportedResources": False})
    [job] = site.jobs()
    assert job["RecoveryPointLifecycle"]["OptInToArchiveForSupportedResources"] is False
    copy = site.copy(point, far, Lifecycle=ARCHIVE)
    assert (copy["State"], copy["DestinationRecoveryPointLifecycle"]) == ("COMPLETED", ARCHIVE)
    site.advance(days=11)

    def storage(arn: str, vault: str) -> str:
        return str(site.backup.describe_recovery_point(BackupVaultName=vault, RecoveryPointArn=arn)["StorageClass"])

    assert (storage(point, "v1"), storage(copy["DestinationRecoveryPointArn"], "far")) == ("WARM", "COLD")
    later = {**ARCHIVE, "MoveToColdStorageAfterDays": 14, "DeleteAfterDays": 104}
    where = {"BackupVaultName": "v1", "RecoveryPointArn": point}
    told = site.backup.update_recovery_point_lifecycle(**where, Lifecycle=later)
    created = site.backup.describe_recovery_point(**where)["CreationDate"]
    assert told["Lifecycle"] == later
    assert told["CalculatedLifecycle"]["MoveToColdStorageAt"] - created == timedelta(days=14)
    site.advance(days=3, hours=1)
    assert storage(point, "v1") == "COLD"


def test_no_request_ends_a_point_by_an_event(site: Any, rule: Any, refusal: Any) -> None:
    """Plans, backups, copies and updates are refused that name one: only AWS Backup itself does."""
    site.vault()
    far = site.vault("far")
    point = site.take(site.bucket("bucket-one"))
    named = {"BackupPlanId": site.plan(rule())}
    copying = [{"DestinationBackupVaultArn": far, "Lifecycle": EVENT}]
    for asked in (rule(Lifecycle=EVENT), rule(CopyActions=copying)):
        plan = {"BackupPlanName": "event", "Rules": [asked]}
        for act in (
            lambda plan=plan: site.backup.create_backup_plan(BackupPlan=plan),
            lambda plan=plan: site.backup.update_backup_plan(**named, BackupPlan=plan),
        ):
            code, words = refusal(act)
            assert (code, WORDS in words) == (INVALID, True)
    where = {"BackupVaultName": "v1", "RecoveryPointArn": point}
    for act in (
        lambda: site.start("arn:aws:s3:::bucket-one", Lifecycle=EVENT),
        lambda: site.copy(point, far, Lifecycle=EVENT),
        lambda: site.backup.update_recovery_point_lifecycle(**where, Lifecycle=EVENT),
    ):
        code, words = refusal(act)
        assert (code, WORDS in words) == (INVALID, True)
    assert len(site.jobs()) == 1


def test_a_temporary_point_stays_temporary(slow_site: Any) -> None:
    """On its way into an air-gapped vault a point ends with its copy, whatever lifecycle it is given meanwhile."""
    site = slow_site
    site.vault()
    target = site.air_gapped()
    site.advance(minutes=5)
    site.start(site.volume(), LogicallyAirGappedBackupVaultArn=target, Lifecycle={"DeleteAfterDays": 30})
    site.advance(minutes=12)
    [point], [job] = site.points(), site.jobs()
    assert job["RecoveryPointLifecycle"] == EVENT
    where = {"BackupVaultName": "v1", "RecoveryPointArn": point["RecoveryPointArn"]}
    told = site.backup.update_recovery_point_lifecycle(**where, Lifecycle={"DeleteAfterDays": 25})
    changed = {**EVENT, "DeleteAfterDays": 25}
    assert told["Lifecycle"] == changed == site.backup.describe_recovery_point(**where)["Lifecycle"]
    site.settle()
    assert (site.points(), len(site.points("lag"))) == ([], 1)
