"""What the rest of the world hears: SNS notifications of vaults and events on EventBridge."""

from __future__ import annotations

from typing import Any

import pytest


def subscribe(site: Any, topic: str, *names: str) -> None:
    """Send these events of the vault v1 to a topic."""
    site.backup.put_backup_vault_notifications(BackupVaultName="v1", SNSTopicArn=topic, BackupVaultEvents=list(names))


def test_notification_of_an_end(site: Any, heard: Any) -> None:
    """BACKUP_JOB_COMPLETED comes for every end, told apart by State; deprecated events never come."""
    site.vault()
    subscribe(site, heard.topic, "BACKUP_JOB_COMPLETED", "BACKUP_JOB_SUCCESSFUL", "BACKUP_JOB_FAILED")
    good = site.start(site.bucket("bucket-one"))
    bad = site.start("arn:aws:s3:::never-was")
    site.settle()
    told = [one for one in heard() if one.get("Type") == "Notification"]
    assert {one["Subject"] for one in told} == {"Notification from AWS Backup"}
    found = {
        (attributes["Id"]["Value"], attributes["State"]["Value"], attributes["EventType"]["Value"])
        for attributes in (one["MessageAttributes"] for one in told)
    }
    assert found == {(good, "COMPLETED", "BACKUP_JOB"), (bad, "FAILED", "BACKUP_JOB")}
    assert len(told) == 2
    assert {one["MessageAttributes"]["AccountId"]["Value"] for one in told} == {site.account}


def test_put_get_delete(site: Any, heard: Any, refusal: Any) -> None:
    """A vault keeps one topic of its account; FIFO topics, foreign ones and other ARNs are refused."""
    site.vault()
    assert refusal(lambda: site.backup.get_backup_vault_notifications(BackupVaultName="v1"))[0] == (
        "ResourceNotFoundException"
    )
    subscribe(site, heard.topic, "COPY_JOB_FAILED", "BACKUP_JOB_STARTED")
    found = site.backup.get_backup_vault_notifications(BackupVaultName="v1")
    assert (found["SNSTopicArn"], found["BackupVaultEvents"]) == (
        heard.topic,
        ["COPY_JOB_FAILED", "BACKUP_JOB_STARTED"],
    )
    for wrong in (
        heard.topic + ".fifo",
        heard.topic.replace(site.account, "999999999999"),
        f"arn:aws:sqs:us-east-1:{site.account}:q",
    ):
        code, _ = refusal(lambda wrong=wrong: subscribe(site, wrong, "BACKUP_JOB_STARTED"))
        assert code == "InvalidParameterValueException"
    site.backup.delete_backup_vault_notifications(BackupVaultName="v1")
    site.start(site.bucket("bucket-one"))
    site.settle()
    assert not [one for one in heard() if one.get("Type") == "Notification"]


def test_events_of_a_backup(site: Any, heard: Any) -> None:
    """Every state of a job is an event; sizes are strings, CREATED has three members, the point has its own event."""
    site.vault()
    job_id = site.start(site.bucket("bucket-one"))
    site.settle()
    events = [one for one in heard() if one.get("source") == "aws.backup"]
    jobs = [one["detail"] for one in events if one["detail-type"] == "Backup Job State Change"]
    assert [one["state"] for one in jobs] == ["CREATED", "RUNNING", "COMPLETED"]
    assert set(jobs[0]) == {"backupJobId", "state", "creationDate"}
    told = [one["resources"] for one in events if one["detail-type"] == "Backup Job State Change"]
    assert told == [[], [], [site.points()[0]["RecoveryPointArn"]]]
    assert (jobs[2]["backupJobId"], jobs[2]["backupSizeInBytes"], jobs[2]["percentDone"]) == (job_id, "1", 100)
    assert (jobs[1]["percentDone"], jobs[1]["expectedCompletionDate"]) == (0, "Nov 22, 2026 12:30:01 AM")
    assert "expectedCompletionDate" not in jobs[2]
    [point] = [one for one in events if one["detail-type"] == "Recovery Point State Change"]
    assert (point["detail"]["status"], point["detail"]["isEncrypted"]) == ("COMPLETED", "true")
    assert point["resources"] == [site.points()[0]["RecoveryPointArn"]]
    [vault] = [one for one in events if one["detail-type"] == "Backup Vault State Change"]
    assert vault["detail"] == {"backupVaultName": "v1", "state": "CREATED"}


def test_events_of_plans_and_locks(site: Any, heard: Any, rule: Any) -> None:
    """Plans and vaults tell their changes; a lock says isLocked in a string, settings the opt-ins."""
    site.vault()
    plan_id = site.plan(rule())
    site.backup.put_backup_vault_lock_configuration(BackupVaultName="v1", MinRetentionDays=1)
    site.backup.update_region_settings(ResourceTypeOptInPreference={"EFS": False})
    events = {one["detail-type"]: one["detail"] for one in heard()}
    assert events["Backup Plan State Change"]["backupPlanId"] == plan_id
    assert events["Backup Vault State Change"]["isLocked"] == "true"
    assert events["Region Setting State Change"]["ResourceTypeOptInPreference"] == {"EFS": False}


def test_events_of_restore_and_copy(site: Any, heard: Any) -> None:
    """Restores spell `state` once and `status` after; copies give their size as a number."""
    site.vault()
    site.vault("second")
    point = site.take(site.bucket("bucket-one"))
    site.backup.start_restore_job(
        RecoveryPointArn=point, Metadata={"DestinationBucketName": "bucket-new", "NewBucket": "true"}
    )
    site.backup.start_copy_job(
        RecoveryPointArn=point,
        SourceBackupVaultName="v1",
        DestinationBackupVaultArn=f"arn:aws:backup:us-east-1:{site.account}:backup-vault:second",
        IamRoleArn=site.role(),
    )
    site.settle()
    events = heard()
    restores = [one["detail"] for one in events if one["detail-type"] == "Restore Job State Change"]
    assert [one.get("state") or one["status"] for one in restores] == ["CREATED", "PENDING", "RUNNING", "COMPLETED"]
    assert ["state" in one for one in restores] == [True, False, False, False]
    assert set(restores[0]) == {"restoreJobId", "creationDate", "state"}
    assert (restores[3]["percentDone"], restores[3]["backupSizeInBytes"]) == (100, "1")
    copies = [one["detail"] for one in events if one["detail-type"] == "Copy Job State Change"]
    assert [one["state"] for one in copies] == ["CREATED", "RUNNING", "COMPLETED"]
    assert set(copies[0]) == {"creationDate", "state", "sourceBackupVaultArn", "destinationBackupVaultArn"}
    assert copies[1]["destinationRecoveryPointArn"] == {}
    assert copies[2]["backupSizeInBytes"] == 1


def test_a_message_that_cannot_be_sent_keeps_nothing_else_back(
    site: Any, heard: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is told of has happened: the call succeeds, the failure is logged, and the messages after it are sent."""
    put, failures = site.aws.world.put_event, iter([True])

    def flaky(*arguments: Any) -> None:
        if next(failures, False):
            raise RuntimeError("nobody there")
        put(*arguments)

    monkeypatch.setattr(site.aws.world, "put_event", flaky)
    site.vault("v1")
    site.vault("v2")
    assert [event["detail"]["backupVaultName"] for event in heard()] == ["v2"]
    assert "could not be sent" in caplog.text
    assert len(site.backup.list_backup_vaults()["BackupVaultList"]) == 2
