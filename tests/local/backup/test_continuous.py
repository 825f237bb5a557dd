"""Continuous backups: their retention, what stops them, and what copies of them are worth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backstay_local.backup import Settings


def points(site: Any, vault: str = "v1") -> list[tuple[str, int]]:
    """Status and retention of the recovery points of a vault, newest first."""
    return [(one["Status"], one["Lifecycle"]["DeleteAfterDays"]) for one in site.points(vault)]


def test_a_copy_is_as_old_as_the_run_that_made_it(site: Any, rule: Any) -> None:
    """A rule's copies of a stream are snapshots of their day, and are kept as long as the rule says from then on."""
    site.vault()
    copy = {"DestinationBackupVaultArn": site.vault("v2"), "Lifecycle": {"DeleteAfterDays": 3}}
    site.bucket("bucket-one")
    site.plan(rule(keep=35, EnableContinuousBackup=True, CopyActions=[copy]))
    site.advance(days=6)
    kept = site.points("v2")
    assert [one["CreationDate"].day for one in kept] == [27, 26, 25]
    for one in kept:
        assert one["CalculatedLifecycle"]["DeleteAt"] - one["CreationDate"] == timedelta(days=3)


@pytest.mark.parametrize("days", [10, 20])
def test_a_new_retention_stops_the_stream_of_a_bucket(site: Any, rule: Any, days: int) -> None:
    """At the next run the old stream is STOPPED, and a new one begins; the old one is kept as long as it was to be."""
    site.vault()
    site.bucket("bucket-one")
    plan_id = site.plan(rule(keep=15, EnableContinuousBackup=True))
    site.advance(days=1)
    plan = {"BackupPlanName": "plan", "Rules": [rule(keep=days, EnableContinuousBackup=True)]}
    site.backup.update_backup_plan(BackupPlanId=plan_id, BackupPlan=plan)
    assert points(site) == [("AVAILABLE", 15)]
    site.advance(days=1)
    assert points(site) == [("AVAILABLE", days), ("STOPPED", 15)]
    site.advance(days=14)
    assert points(site) == [("AVAILABLE", days)]


@pytest.mark.parametrize(("mode", "expected"), [("update", 1), ("stop", 2)])
def test_a_new_retention_of_a_database(open_site: Callable[..., Any], rule: Any, mode: Any, expected: int) -> None:
    """AWS's texts disagree on whether its stream stops, too; the setting says which holds."""
    site = open_site(settings=Settings(stream_of_databases=mode))
    site.vault()
    rds = site.client("rds")
    rds.create_db_instance(DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="mysql", AllocatedStorage=5)
    plan_id = site.plan(rule(keep=15, EnableContinuousBackup=True))
    site.advance(days=1)
    plan = {"BackupPlanName": "plan", "Rules": [rule(keep=7, EnableContinuousBackup=True)]}
    site.backup.update_backup_plan(BackupPlanId=plan_id, BackupPlan=plan)
    site.advance(days=1)
    found = points(site)
    assert (found[0], len(found)) == (("AVAILABLE", 7), expected)


def test_two_rules_keep_one_stream_for_the_longer_time(site: Any, rule: Any) -> None:
    """The longer retention wins while its rule is there; once the rule is gone, the other's holds."""
    site.vault()
    site.bucket("bucket-one")
    long = rule("long", keep=20, EnableContinuousBackup=True)
    short = rule("short", "cron(0 20 ? * * *)", 10, EnableContinuousBackup=True)
    plan_id = site.plan(long, short)
    site.advance(days=2)
    assert points(site) == [("AVAILABLE", 20)]
    site.backup.update_backup_plan(BackupPlanId=plan_id, BackupPlan={"BackupPlanName": "plan", "Rules": [short]})
    site.advance(days=1)
    assert points(site) == [("AVAILABLE", 10), ("STOPPED", 20)]


def test_what_is_lost_is_stopped_told_and_begun_anew(site: Any, rule: Any, heard: Any) -> None:
    """Without versioning a bucket's stream is STOPPED, with an event and a notification; repaired, a new one begins."""
    site.vault()
    site.bucket("bucket-one")
    site.backup.put_backup_vault_notifications(
        BackupVaultName="v1", SNSTopicArn=heard.topic, BackupVaultEvents=["CONTINUOUS_BACKUP_INTERRUPTED"]
    )
    site.plan(rule(keep=35, EnableContinuousBackup=True))
    site.advance(days=1)
    s3 = site.client("s3")
    s3.put_bucket_versioning(Bucket="bucket-one", VersioningConfiguration={"Status": "Suspended"})
    site.advance(days=1)
    assert points(site) == [("STOPPED", 35)]
    told = heard()
    [notification] = [one for one in told if one.get("Type") == "Notification"]
    assert site.points()[0]["RecoveryPointArn"] in notification["Message"]
    statuses = [one["detail"].get("status") for one in told if one.get("detail-type") == "Recovery Point State Change"]
    assert statuses == ["AVAILABLE", "STOPPED"]
    s3.put_bucket_versioning(Bucket="bucket-one", VersioningConfiguration={"Status": "Enabled"})
    site.advance(days=1)
    assert points(site) == [("AVAILABLE", 35), ("STOPPED", 35)]


def test_all_backups_of_a_streamed_bucket_lie_in_one_vault(site: Any, rule: Any) -> None:
    """A periodic backup into another vault fails, into the same one does not."""
    site.vault()
    site.vault("v2")
    bucket = site.bucket("bucket-one")
    site.plan(rule(keep=7, EnableContinuousBackup=True))
    site.advance(hours=6)
    elsewhere, here = (site.start(bucket, "v2"), site.start(bucket))
    site.settle()
    assert site.job(elsewhere)["StatusMessage"] == (
        "Bucket bucket-one already has continuous backup enabled for another vault"
    )
    assert site.job(here)["State"] == "COMPLETED"
