"""Malware scans by rule and of continuous backups, several at a time, in lists, events and after a restart."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.local.backup.scanning import (
    EICAR,
    FULL,
    INCREMENTAL,
    job,
    jobs,
    moment,
    put,
    result,
    scan,
    scanner_role,
    settings,
    start,
    stream,
)

from backstay_local.backup import Settings


def test_rules_scan_what_they_back_up(site: Any, rule: Any) -> None:
    """A rule with a scan action scans the types of the plan's setting after each backup, and says which rule it was."""
    site.vault()
    bucket, volume = site.bucket("bucket-one", objects={"bad": EICAR}), site.volume()
    plan = site.plan(
        rule("daily", ScanActions=[INCREMENTAL]),
        rule("plain", schedule="cron(0 15 ? * * *)", StartWindowMinutes=60),
        select={"Resources": [bucket, volume]},
        ScanSettings=settings(site, "S3"),
    )
    site.advance(days=2)
    made = jobs(site)
    assert [(one["ScanMode"], one["ResourceType"]) for one in made] == [("FULL_SCAN", "S3"), ("INCREMENTAL_SCAN", "S3")]
    assert {one["ScanResult"]["ScanResultStatus"] for one in made} == {"THREATS_FOUND"}
    assert made[1]["ScanBaseRecoveryPointArn"] == made[0]["RecoveryPointArn"]
    kept = site.backup.get_backup_plan(BackupPlanId=plan)
    assert made[0]["CreatedBy"] == {
        "BackupPlanId": plan,
        "BackupPlanArn": kept["BackupPlanArn"],
        "BackupPlanVersion": kept["VersionId"],
        "BackupRuleId": kept["BackupPlan"]["Rules"][0]["RuleId"],
    }
    assert (made[0]["IamRoleArn"], made[0]["ScannerRoleArn"]) == (site.role(), scanner_role(site))
    assert kept["BackupPlan"]["ScanSettings"] == settings(site, "S3")


def test_all_types(site: Any, rule: Any) -> None:
    """A scan setting for ALL is one for every type that can be scanned."""
    site.vault()
    resources = [site.bucket("bucket-one"), site.volume()]
    site.plan(rule(ScanActions=[FULL]), select={"Resources": resources}, ScanSettings=settings(site, "ALL"))
    site.advance(days=1)
    assert {one["ResourceType"] for one in jobs(site)} == {"S3", "EBS"}


@pytest.mark.parametrize(
    ("actions", "change", "word"),
    [
        ([FULL], None, "ScanSettings"),
        ([], {}, "ScanActions"),
        ([{"ScanMode": "FULL_SCAN"}], {}, "MalwareScanner"),
        ([FULL], {"ResourceTypes": ["RDS"]}, "RDS"),
        ([FULL], {"ResourceTypes": []}, "ResourceTypes"),
        ([FULL], {"ScannerRoleArn": "role"}, "ScannerRoleArn"),
    ],
)
def test_what_a_plan_may_say(site: Any, rule: Any, refusal: Any, actions: Any, change: Any, word: str) -> None:
    """Scan actions and scan settings need one another, a scanner, a mode, scannable types and a role."""
    [setting] = settings(site, "S3")
    members = {} if change is None else {"ScanSettings": [{**setting, **change}]}
    code, message = refusal(lambda: site.plan(rule(ScanActions=actions), **members))
    assert (code, word in message) == ("InvalidParameterValueException", True)


def test_half_a_scan_may_be_taken(open_site: Any, rule: Any) -> None:
    """On request scan actions without settings are taken, and do nothing."""
    site = open_site(settings=Settings(scan_halves=True))
    site.vault()
    site.plan(rule(ScanActions=[FULL]), select={"Resources": [site.bucket("bucket-one")]})
    site.advance(days=1)
    assert (len(site.points()), jobs(site)) == (1, [])


def test_scans_of_a_continuous_backup(site: Any, rule: Any, refusal: Any) -> None:
    """Scans follow the stream slice by slice; what came and went in one slice is told for that slice."""
    point = stream(site, rule, INCREMENTAL)
    put(site, "bad", EICAR)
    site.advance(hours=1)
    infected = site.aws.clock.now()
    site.client("s3").delete_object(Bucket="bucket-one", Key="bad")
    site.advance(hours=1)
    first, second, third = jobs(site)
    assert [result(one) for one in (first, second, third)] == ["NO_THREATS_FOUND", "THREATS_FOUND", "NO_THREATS_FOUND"]
    assert [one["ScanMode"] for one in (first, second)] == ["FULL_SCAN", "INCREMENTAL_SCAN"]
    assert second["ContinuousScanStartTime"] == first["ContinuousScanEndTime"]
    assert third["ContinuousScanStartTime"] == second["ContinuousScanEndTime"]
    assert "ScanBaseRecoveryPointArn" not in second
    within = second["ContinuousScanEndTime"] - timedelta(minutes=1)
    told = moment(site, point, within)
    assert told["ScanResult"] == {"ScanResultStatus": "THREATS_FOUND"}
    assert (told["ScanId"], told["LastScanJobTime"]) == (second["ScanId"], second["CompletionDate"])
    assert (told["ScanMode"], told["ScanEndTime"]) == ("INCREMENTAL_SCAN", within)
    after = third["ContinuousScanEndTime"] - timedelta(minutes=1)
    assert moment(site, point, after)["ScanResult"] == {"ScanResultStatus": "NO_THREATS_FOUND"}
    unseen = moment(site, point, site.aws.clock.now())
    assert (unseen["ScanResult"], "ScanId" in unseen) == ({"ScanResultStatus": "UNKNOWN"}, False)
    with_future = refusal(lambda: moment(site, point, site.aws.clock.now() + timedelta(days=1)))
    assert with_future[0] == "InvalidParameterValueException"
    assert scan(site, point, ContinuousScanEndTime=infected)["ScanResult"]["ScanResultStatus"] == "THREATS_FOUND"
    before = first["ContinuousScanEndTime"]
    assert result(scan(site, point, ContinuousScanEndTime=before)) == "NO_THREATS_FOUND"


def test_on_demand_scans_of_a_continuous_backup(site: Any, rule: Any, refusal: Any) -> None:
    """They are full, up to a point in time that the backup has; a snapshot has no results of a point in time."""
    point = stream(site, rule, FULL)
    code, _ = refusal(lambda: start(site, point, "INCREMENTAL_SCAN"))
    assert code == "InvalidRequestException"
    for wrong in (timedelta(days=1), -timedelta(days=1)):
        end = site.aws.clock.now() + wrong
        code, _ = refusal(lambda end=end: start(site, point, ContinuousScanEndTime=end))
        assert code == "InvalidParameterValueException"
    found = scan(site, point)
    assert found["ContinuousScanStartTime"] < found["ContinuousScanEndTime"] < found["CreationDate"]
    snapshot = site.take("arn:aws:s3:::bucket-one")
    asked = {"BackupVaultName": "v1", "ScanEndTime": site.aws.clock.now(), "MalwareScanner": "GUARDDUTY"}
    code, _ = refusal(lambda: site.backup.get_pitr_malware_scan_results(RecoveryPointArn=snapshot, **asked))
    assert code == "InvalidParameterValueException"


def test_one_scan_of_a_point_at_a_time(slow_site: Any) -> None:
    """The second scan of a recovery point waits; more than ten that wait make the oldest of them fail."""
    site = slow_site
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    first = start(site, point)
    site.advance(minutes=2)
    waiting = [start(site, point) for _ in range(11)]
    assert [job(site, one)["State"] for one in (first, *waiting)] == ["RUNNING", "FAILED", *["CREATED"] * 10]
    site.advance(minutes=10)
    assert Counter(one["State"] for one in jobs(site)) == {"COMPLETED": 1, "FAILED": 1, "RUNNING": 1, "CREATED": 9}
    assert job(site, waiting[1])["State"] == "RUNNING"
    site.advance(hours=2)
    assert Counter(one["State"] for one in jobs(site)) == {"COMPLETED": 11, "FAILED": 1}


def test_a_point_under_a_scan_is_not_deleted(slow_site: Any, refusal: Any) -> None:
    """While a scan runs its recovery point is in use; a scan that waits fails once the point is gone."""
    site = slow_site
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    start(site, point)
    site.advance(minutes=2)
    delete = site.backup.delete_recovery_point
    code, _ = refusal(lambda: delete(BackupVaultName="v1", RecoveryPointArn=point))
    assert code == "InvalidResourceStateException"
    site.settle()
    start(site, point)
    delete(BackupVaultName="v1", RecoveryPointArn=point)
    assert refusal(lambda: start(site, point))[0] == "InvalidRequestException"
    site.settle()
    assert [one["State"] for one in jobs(site)] == ["COMPLETED", "FAILED"]


def test_list_filters_and_summaries(slow_site: Any) -> None:
    """Jobs are listed by point, resource, vault, state, result and time; summaries count them by all of these."""
    site = slow_site
    site.vault()
    good, bad = site.take(site.bucket("bucket-one")), site.take(site.bucket("bucket-two", objects={"b": EICAR}))
    first = scan(site, good)["ScanJobId"]
    site.advance(hours=1)
    second = scan(site, bad)["ScanJobId"]
    between = site.aws.clock.now() - timedelta(minutes=30)
    third = start(site, bad)

    def found(**filters: Any) -> list[str]:
        return [one["ScanJobId"] for one in jobs(site, **filters)]

    assert found(ByAccountId=site.account) == [first, second, third]
    assert found(ByRecoveryPointArn=good) == found(ByResourceArn="arn:aws:s3:::bucket-one") == [first]
    assert found(ByBackupVaultName="v1", ByMalwareScanner="GUARDDUTY", ByResourceType="S3") == [first, second, third]
    assert (found(ByResourceType="EBS"), found(ByState="CREATED")) == ([], [third])
    assert found(ByScanResultStatus="THREATS_FOUND") == found(ByCompleteAfter=between) == [second]
    assert found(ByCompleteBefore=between) == [first]
    told = site.backup.list_scan_job_summaries()["ScanJobSummaries"]
    assert {(one["State"], one.get("ScanResultStatus"), one["Count"]) for one in told} == {
        ("COMPLETED", "NO_THREATS_FOUND", 1),
        ("COMPLETED", "THREATS_FOUND", 1),
        ("CREATED", None, 1),
    }
    [total] = site.backup.list_scan_job_summaries(
        ResourceType="S3", State="AGGREGATE_ALL", ScanResultStatus="THREATS_FOUND"
    )["ScanJobSummaries"]
    assert (total["Count"], total["MalwareScanner"], total["AccountId"]) == (1, "GUARDDUTY", site.account)


def test_events(site: Any, rule: Any, heard: Any) -> None:
    """Every change of a scan's state is an event in AWS's shape, with the rule under the name backupRuleId."""
    site.vault()
    bucket = site.bucket("bucket-one", objects={"bad": EICAR})
    site.plan(rule(ScanActions=[FULL]), select={"Resources": [bucket]}, ScanSettings=settings(site, "S3"))
    site.advance(days=1)
    told = [one for one in heard() if one["detail-type"] == "Scan Job State Change"]
    details = [one["detail"] for one in told]
    assert [one["state"] for one in details] == ["CREATED", "RUNNING", "COMPLETED"]
    [made] = jobs(site)
    assert {(one["scanJobId"], one["scanId"], one["recoveryPointArn"]) for one in details} == {
        (made["ScanJobId"], made["ScanId"], made["RecoveryPointArn"])
    }
    assert set(details[0]["createdBy"]) == {"backupPlanArn", "backupPlanId", "backupPlanVersion", "backupRuleId"}
    assert [one.get("scanResult") for one in details] == [None, None, {"scanResultStatus": "THREATS_FOUND"}]
    assert [("completionDate" in one, "statusMessage" in one) for one in details] == [(False, False)] * 2 + [
        (True, True)
    ]
    assert {tuple(one["resources"]) for one in told} == {(made["RecoveryPointArn"],)}


def test_scans_survive_a_restart(open_site: Any, tmp_path: Path) -> None:
    """A scan that has not ended when the process does comes to its end after the next start."""
    site = open_site(tmp_path)
    site.vault()
    job_id = start(site, site.take(site.bucket("bucket-one", objects={"bad": EICAR})))
    site.aws.close()
    again = open_site(tmp_path, None)
    again.settle()
    assert result(job(again, job_id)) == "THREATS_FOUND"
