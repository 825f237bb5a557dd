"""The scheduler: rules run when AWS says, once per resource, through daylight saving and overlaps."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo


def hours(site: Any, name: str) -> list[int]:
    """The UTC hours at which a rule made jobs, in order of time."""
    made = [job for job in site.jobs() if job["CreatedBy"]["BackupRuleName"] == name]
    return sorted(job["CreationDate"].astimezone(UTC).hour for job in made)


def test_created_by(site: Any, rule: Any) -> None:
    """A scheduled job says which plan, version and rule made it, and when it was to start."""
    site.vault()
    site.bucket("bucket-one")
    plan_id = site.plan(rule("nightly", RecoveryPointTags={"by": "rule"}))
    site.advance(hours=6)
    [job] = site.jobs()
    plan = site.backup.get_backup_plan(BackupPlanId=plan_id)
    assert job["CreatedBy"] == {
        "BackupPlanId": plan_id,
        "BackupPlanArn": plan["BackupPlanArn"],
        "BackupPlanName": "plan",
        "BackupPlanVersion": plan["VersionId"],
        "BackupRuleId": plan["BackupPlan"]["Rules"][0]["RuleId"],
        "BackupRuleName": "nightly",
        "BackupRuleCron": "cron(0 5 ? * * *)",
        "BackupRuleTimezone": "Etc/UTC",
    }
    assert job["CreationDate"] == datetime(2026, 11, 22, 5, tzinfo=UTC) == plan["LastExecutionDate"]
    assert (job["StartBy"] - job["CreationDate"]).total_seconds() == 8 * 3600
    assert site.backup.list_tags(ResourceArn=job["RecoveryPointArn"])["Tags"] == {"by": "rule"}


def test_overlapping_start_windows(site: Any, rule: Any) -> None:
    """AWS's own example: hourly for a day with a 1 h window beside 12-hourly for a week with 8 h: 2 long, 8 short."""
    site.vault()
    site.bucket("bucket-one")
    site.plan(
        rule("hourly", "cron(0 * ? * * *)", 1, StartWindowMinutes=60),
        rule("half-daily", "cron(0 0/12 ? * * *)", 7, StartWindowMinutes=480),
    )
    site.advance(days=1)
    assert hours(site, "half-daily") == [0, 12]
    assert hours(site, "hourly") == [8, 9, 10, 11, 20, 21, 22, 23]


def test_grandfather_father_son(site: Any, rule: Any) -> None:
    """Daily, weekly and monthly at the same hour leave one backup a day, under the longest retention."""
    site.vault()
    site.bucket("bucket-one")
    site.plan(
        rule("daily", keep=35),
        rule("weekly", "cron(0 5 ? * SUN *)", 90),
        rule("monthly", "cron(0 5 1 * ? *)", 365),
    )
    site.advance(days=15)
    made = sorted((job["CreationDate"].astimezone(UTC).day, job["CreatedBy"]["BackupRuleName"]) for job in site.jobs())
    assert [name for day, name in made if day in (22, 29, 6)] == ["weekly"] * 3
    assert [name for day, name in made if day == 1] == ["monthly"]
    assert len(made) == 15


def test_daylight_saving(open_site: Any, rule: Any) -> None:
    """A rule at 02:30 in Berlin skips the night without that hour, and runs once in the long night."""
    site = open_site(start=datetime(2027, 3, 26, 12, tzinfo=UTC))
    site.vault()
    site.bucket("bucket-one")
    berlin = {"ScheduleExpressionTimezone": "Europe/Berlin"}
    site.plan(rule("night", "cron(30 2 ? * * *)", **berlin), rule("noon", "cron(0 12 ? * * *)", **berlin))
    site.advance(days=4)
    local = sorted(
        job["CreationDate"].astimezone(ZoneInfo("Europe/Berlin")).strftime("%d %H:%M") for job in site.jobs()
    )
    assert local == ["27 02:30", "27 12:00", "28 12:00", "29 02:30", "29 12:00", "30 02:30", "30 12:00"]
    autumn = open_site(start=datetime(2027, 10, 30, 12, tzinfo=UTC))
    autumn.vault()
    autumn.bucket("bucket-one")
    autumn.plan(rule("night", "cron(30 2 ? * * *)", **berlin))
    autumn.advance(days=2)
    assert [job["CreationDate"].astimezone(UTC).strftime("%d %H:%M") for job in autumn.jobs()] == [
        "01 01:30",
        "31 00:30",
    ]


def test_one_resource_two_selections(site: Any, rule: Any) -> None:
    """A resource that two selections of a plan take is backed up once a run."""
    site.vault()
    arn = site.bucket("bucket-one", {"a": "b"})
    plan_id = site.plan(rule())
    selection = {"SelectionName": "again", "IamRoleArn": site.role(), "Resources": [arn]}
    site.backup.create_backup_selection(BackupPlanId=plan_id, BackupSelection=selection)
    site.advance(hours=6)
    assert len(site.jobs()) == 1


def test_two_plans_take_turns(site: Any, rule: Any) -> None:
    """Two plans at the same time both back up a resource, one after the other."""
    site.vault()
    site.bucket("bucket-one")
    site.plan(rule(), name="one")
    site.plan(rule(keep=7), name="two")
    site.advance(hours=6)
    first, second = sorted(site.jobs(), key=lambda job: job["CompletionDate"])
    assert second["InitiationDate"] >= first["CompletionDate"]
    assert {first["State"], second["State"]} == {"COMPLETED"}


def test_update_and_deletion_move_the_runs(site: Any, rule: Any) -> None:
    """A changed schedule counts from the update on; without selections nothing runs any more."""
    site.vault()
    site.bucket("bucket-one")
    plan_id = site.plan(rule(schedule="cron(0 5 ? * * *)"))
    plan = {"BackupPlanName": "plan", "Rules": [rule(schedule="cron(0 7 ? * * *)")]}
    site.backup.update_backup_plan(BackupPlanId=plan_id, BackupPlan=plan)
    site.advance(days=1)
    assert hours(site, "daily") == [7]
    [selection] = site.backup.list_backup_selections(BackupPlanId=plan_id)["BackupSelectionsList"]
    site.backup.delete_backup_selection(BackupPlanId=plan_id, SelectionId=selection["SelectionId"])
    site.advance(days=3)
    assert hours(site, "daily") == [7]


def test_stream(site: Any, rule: Any) -> None:
    """A continuous rule keeps one recovery point a bucket whose end moves on, and snapshots of other types."""
    site.vault()
    site.bucket("bucket-one")
    site.volume()
    site.plan(rule(keep=7, EnableContinuousBackup=True))
    site.advance(days=3)
    by_type = {kind: [one for one in site.points() if one["ResourceType"] == kind] for kind in ("S3", "EBS")}
    [stream] = by_type["S3"]
    assert stream["Status"] == "AVAILABLE"
    assert (stream["CalculatedLifecycle"]["DeleteAt"].astimezone(UTC).day, len(by_type["EBS"])) == (1, 3)
    site.client("s3").delete_object(Bucket="bucket-one", Key="one")
    site.advance(days=1)
    assert len([one for one in site.points() if one["ResourceType"] == "S3"]) == 1


def test_stream_in_a_second_vault(site: Any, rule: Any) -> None:
    """A bucket's stream stays in one vault: a second vault fails, in AWS's words."""
    site.vault()
    site.vault("v2")
    site.bucket("bucket-one")
    site.plan(rule("first", keep=7, EnableContinuousBackup=True))
    site.plan(
        rule("second", "cron(0 9 ? * * *)", 7, EnableContinuousBackup=True, TargetBackupVaultName="v2"), name="second"
    )
    site.advance(days=1)
    [failed] = [job for job in site.jobs() if job["State"] == "FAILED"]
    assert failed["StatusMessage"] == "Bucket bucket-one already has continuous backup enabled for another vault"


def test_a_day_of_many_plans_is_quick(site: Any, rule: Any) -> None:
    """A day of hourly and daily rules in four accounts advances in seconds, job by job."""
    accounts = [site.account, *(site.member(f"member-{number}") for number in range(3))]
    for number, account in enumerate(accounts):
        site.vault("v1", account)
        for one in range(5):
            site.bucket(f"bucket-{number}-{one}", account=account)
        client = site.client("backup", account)
        plan = {
            "BackupPlanName": "plan",
            "Rules": [rule("hourly", "cron(0 * ? * * *)", 1, StartWindowMinutes=60), rule("daily", keep=7)],
        }
        plan_id = client.create_backup_plan(BackupPlan=plan)["BackupPlanId"]
        selection = {"SelectionName": "all", "IamRoleArn": site.role(account), "Resources": ["*"]}
        client.create_backup_selection(BackupPlanId=plan_id, BackupSelection=selection)
    began = time.process_time()
    site.advance(days=1)
    spent = time.process_time() - began
    jobs = site.jobs(ByAccountId="*")
    assert len(jobs) == 20 * 17  # the daily rule's window of 8 hours takes the place of 8 hourly runs
    assert {job["State"] for job in jobs} == {"COMPLETED"}
    assert spent < 30
