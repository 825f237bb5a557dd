"""Malware scans: of real bytes, by rule and on demand, in full and incrementally, of continuous backups."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backstay_local.backup import Settings
from backstay_local.backup.scans import scanner

EICAR = scanner.PATTERN
GUARDDUTY = {"Service": "malware-protection.guardduty.amazonaws.com"}
SCANNER = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": GUARDDUTY, "Action": "sts:AssumeRole"}],
}
FULL = {"MalwareScanner": "GUARDDUTY", "ScanMode": "FULL_SCAN"}
INCREMENTAL = {"MalwareScanner": "GUARDDUTY", "ScanMode": "INCREMENTAL_SCAN"}
HOURLY = "cron(0 * ? * * *)"


def scanner_role(site: Any) -> str:
    """The role that the scanner takes."""
    return str(site.role(trust=SCANNER, name="ScannerRole"))


def start(site: Any, point: str, mode: str = "FULL_SCAN", **members: Any) -> str:
    """Start a scan of a recovery point in the vault v1; gives the id of the job."""
    asked = {
        "BackupVaultName": "v1",
        "RecoveryPointArn": point,
        "IamRoleArn": site.role(),
        "ScannerRoleArn": scanner_role(site),
        "MalwareScanner": "GUARDDUTY",
        "ScanMode": mode,
    }
    return str(site.backup.start_scan_job(**{**asked, **members})["ScanJobId"])


def job(site: Any, job_id: str) -> dict[str, Any]:
    """A scan job as it is described."""
    return dict(site.backup.describe_scan_job(ScanJobId=job_id))


def scan(site: Any, point: str, mode: str = "FULL_SCAN", **members: Any) -> dict[str, Any]:
    """Scan a recovery point; gives the job that has come to its end."""
    job_id = start(site, point, mode, **members)
    site.settle()
    return job(site, job_id)


def result(found: dict[str, Any]) -> str:
    """The result of a scan that completed."""
    assert found["State"] == "COMPLETED", found
    return str(found["ScanResult"]["ScanResultStatus"])


def put(site: Any, key: str, body: bytes, bucket: str = "bucket-one") -> None:
    """Put an object into a bucket."""
    site.client("s3").put_object(Bucket=bucket, Key=key, Body=body)


def instance_of(site: Any) -> str:
    """A running instance."""
    made = site.client("ec2").run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)
    return f"arn:aws:ec2:us-east-1:{site.account}:instance/{made['Instances'][0]['InstanceId']}"


def settings(site: Any, *kinds: str) -> list[dict[str, Any]]:
    """The scan settings of a plan."""
    return [{"MalwareScanner": "GUARDDUTY", "ResourceTypes": list(kinds), "ScannerRoleArn": scanner_role(site)}]


def jobs(site: Any, **filters: Any) -> list[dict[str, Any]]:
    """All scan jobs, oldest first."""
    pages = site.backup.get_paginator("list_scan_jobs").paginate(**filters, PaginationConfig={"PageSize": 3})
    return [one for page in pages for one in page["ScanJobs"]][::-1]


@given(
    some.lists(some.binary(max_size=90), max_size=4), some.lists(some.integers(1, 120), max_size=12), some.booleans()
)
def test_the_pattern_is_found_however_bytes_are_cut(around: list[bytes], cuts: list[int], infected: bool) -> None:
    """The scanner finds the test file wherever it stands, and nothing else, whatever the parts it gets."""
    half = len(around) // 2
    body = b"".join(around[:half]) + (EICAR if infected else EICAR[:-1]) + b"".join(around[half:])
    places = sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})
    parts = [body[a:b] for a, b in pairwise(places)]
    assert scanner.found(parts) is (EICAR in body)


def test_threats_are_found_in_real_bytes(slow_site: Any) -> None:
    """An infected object makes THREATS_FOUND, a clean bucket NO_THREATS_FOUND; the recovery point tells of both."""
    site = slow_site
    site.vault()
    clean, infected = site.bucket("bucket-one"), site.bucket("bucket-two", objects={"a": b"x", "b": b"y" * 99 + EICAR})
    good, bad = site.take(clean), site.take(infected)
    job_id = start(site, good)
    assert (job(site, job_id)["State"], "ScanResult" in job(site, job_id)) == ("CREATED", False)
    site.advance(minutes=2)
    assert job(site, job_id)["State"] == "RUNNING"
    site.settle()
    found = job(site, job_id)
    assert result(found) == "NO_THREATS_FOUND"
    assert (found["ResourceArn"], found["ResourceType"], found["ResourceName"]) == (clean, "S3", "bucket-one")
    assert (found["ScanMode"], found["BackupVaultName"], found["AccountId"]) == ("FULL_SCAN", "v1", site.account)
    assert found["CompletionDate"] > found["CreationDate"]
    assert not {"ScanBaseRecoveryPointArn", "ContinuousScanEndTime", "CreatedBy"} & set(found)
    assert result(scan(site, bad)) == "THREATS_FOUND"
    summed = {one["RecoveryPointArn"]: one["AggregatedScanResult"] for one in site.points()}
    assert [(summed[one]["FailedScan"], summed[one]["Findings"]) for one in (good, bad)] == [
        (False, []),
        (False, ["MALWARE"]),
    ]
    described = site.backup.describe_recovery_point(BackupVaultName="v1", RecoveryPointArn=bad)["ScanResults"]
    assert [(one["ScanJobState"], one["Findings"]) for one in described] == [("COMPLETED", ["MALWARE"])]


def test_five_scans_are_told_of(site: Any) -> None:
    """A recovery point tells of its five newest scans; a list says whether one of them failed."""
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    for _ in range(6):
        scan(site, point)
    described = site.backup.describe_recovery_point(BackupVaultName="v1", RecoveryPointArn=point)
    assert len(described["ScanResults"]) == 5
    leaving = site.role(trust=SCANNER, name="Leaving")
    failing = start(site, point, ScannerRoleArn=leaving)
    site.client("iam").delete_role(RoleName="Leaving")
    site.settle()
    failed = job(site, failing)
    assert (failed["State"], "ScanResult" in failed, "GuardDuty" in failed["StatusMessage"]) == ("FAILED", False, True)
    [listed] = site.points()
    assert listed["AggregatedScanResult"]["FailedScan"] is True
    [by_resource] = site.backup.list_recovery_points_by_resource(ResourceArn="arn:aws:s3:::bucket-one")[
        "RecoveryPoints"
    ]
    assert by_resource["AggregatedScanResult"] == listed["AggregatedScanResult"]


def test_refusals(site: Any, refusal: Any) -> None:
    """Roles must exist and trust who takes them; the mode must fit the point, the base must fit both."""
    site.vault()
    point, other = site.take(site.bucket("bucket-one")), site.take(site.bucket("bucket-two"))
    site.advance(hours=1)
    later = site.take("arn:aws:s3:::bucket-one")
    invalid, refused = "InvalidParameterValueException", "InvalidRequestException"

    def code(*arguments: Any, **members: Any) -> str:
        return str(refusal(lambda: start(site, *arguments, **members))[0])

    assert code(point, ScannerRoleArn=f"arn:aws:iam::{site.account}:role/absent") == invalid
    assert code(point, ScannerRoleArn=site.role()) == invalid
    assert code(point, IamRoleArn=scanner_role(site)) == invalid
    assert code(point + "x") == "ResourceNotFoundException"
    assert code(later, ScanBaseRecoveryPointArn=point) == invalid
    assert code(later, "INCREMENTAL_SCAN", ScanBaseRecoveryPointArn=other) == invalid
    assert code(point, "INCREMENTAL_SCAN", ScanBaseRecoveryPointArn=later) == invalid
    assert code(later, "INCREMENTAL_SCAN", ScanBaseRecoveryPointArn=point) == refused  # never scanned
    assert code(point, ContinuousScanEndTime=site.aws.clock.now()) == invalid
    table = site.client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["TableArn"]
    assert code(site.take(table)) == refused
    assert refusal(lambda: site.backup.describe_scan_job(ScanJobId="none"))[0] == "ResourceNotFoundException"


def test_idempotency(site: Any, refusal: Any) -> None:
    """The same token and request give the same job; without a token every call makes one, with HTTP 201."""
    site.vault()
    point = site.take(site.bucket("bucket-one"))
    first = start(site, point, IdempotencyToken="t")
    assert start(site, point, IdempotencyToken="t") == first
    other = refusal(
        lambda: start(site, point, IdempotencyToken="t", MalwareScanner="GUARDDUTY", ScanMode="INCREMENTAL_SCAN")
    )
    assert other[0] == "InvalidParameterValueException"
    assert start(site, point) != start(site, point)
    asked = {"BackupVaultName": "v1", "RecoveryPointArn": point, "MalwareScanner": "GUARDDUTY", "ScanMode": "FULL_SCAN"}
    answer = site.backup.start_scan_job(**asked, IamRoleArn=site.role(), ScannerRoleArn=scanner_role(site))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201


def test_incremental_scans(site: Any) -> None:
    """An incremental scan reads what changed since its base, and again what was infected there."""
    site.vault()
    bucket = site.bucket("bucket-one", objects={"old": b"x"})
    first = site.take(bucket)
    unscanned = scan(site, first, "INCREMENTAL_SCAN")
    assert (unscanned["ScanMode"], "ScanBaseRecoveryPointArn" in unscanned) == ("FULL_SCAN", False)
    put(site, "bad", EICAR)
    second = site.take(bucket)
    found = scan(site, second, "INCREMENTAL_SCAN")
    assert (found["ScanMode"], found["ScanBaseRecoveryPointArn"]) == ("INCREMENTAL_SCAN", first)
    assert result(found) == "THREATS_FOUND"
    third = site.take(bucket)
    assert result(scan(site, third, "INCREMENTAL_SCAN", ScanBaseRecoveryPointArn=second)) == "THREATS_FOUND"
    assert result(scan(site, third, "INCREMENTAL_SCAN", ScanBaseRecoveryPointArn=first)) == "THREATS_FOUND"
    site.advance(days=91)
    fourth = site.take(bucket)
    assert result(scan(site, fourth, "INCREMENTAL_SCAN", ScanBaseRecoveryPointArn=third)) == "NO_THREATS_FOUND"
    assert result(scan(site, fourth)) == "THREATS_FOUND"


@pytest.mark.parametrize("missing", ["old", "gone"])
def test_without_a_base_that_serves_a_scan_is_full(site: Any, missing: str) -> None:
    """A base that is older than 365 days, or deleted, makes an incremental scan a full one."""
    site.vault()
    bucket = site.bucket("bucket-one", objects={"bad": EICAR})
    base = site.take(bucket)
    scan(site, base)
    site.advance(days=366 if missing == "old" else 100)
    target = site.take(bucket)
    if missing == "gone":
        site.backup.delete_recovery_point(BackupVaultName="v1", RecoveryPointArn=base)
        site.settle()
    found = scan(site, target, "INCREMENTAL_SCAN", ScanBaseRecoveryPointArn=base)
    assert (found["ScanMode"], result(found)) == ("FULL_SCAN", "THREATS_FOUND")
    assert "ScanBaseRecoveryPointArn" not in found


def test_copies_of_instances_are_scanned_in_full_only(site: Any, refusal: Any) -> None:
    """A copied EC2 recovery point does not take an incremental scan; a copied S3 one does."""
    site.vault()
    site.vault("v2", EncryptionKeyArn=site.key())
    instance = site.take(instance_of(site))
    bucket = site.take(site.bucket("bucket-one"))
    for point in (instance, bucket):
        site.backup.start_copy_job(
            RecoveryPointArn=point,
            SourceBackupVaultName="v1",
            DestinationBackupVaultArn=f"arn:aws:backup:us-east-1:{site.account}:backup-vault:v2",
            IamRoleArn=site.role(),
        )
    site.settle()
    copies = {one["ResourceType"]: one["RecoveryPointArn"] for one in site.points("v2")}
    code, _ = refusal(lambda: start(site, copies["EC2"], "INCREMENTAL_SCAN", BackupVaultName="v2"))
    assert code == "InvalidRequestException"
    assert result(scan(site, copies["S3"], "INCREMENTAL_SCAN", BackupVaultName="v2")) == "NO_THREATS_FOUND"


def test_damage_is_an_issue(site: Any) -> None:
    """A scan that cannot read one object ends with issues; one that can read none fails."""
    site.vault()
    point = site.take(site.bucket("bucket-one", objects={"a": b"a" * 10, "b": EICAR}))
    chunks = [path for path in (Path(site.aws.folder) / "data" / "chunks").rglob("*") if path.is_file()]
    whole = {path: path.read_bytes() for path in chunks}
    [object_a] = [path for path, body in whole.items() if len(body) == min(map(len, whole.values()))]
    object_a.write_bytes(whole[object_a][:-1])
    found = scan(site, point)
    assert (found["State"], found["ScanResult"]["ScanResultStatus"]) == ("COMPLETED_WITH_ISSUES", "THREATS_FOUND")
    for path in chunks:
        path.write_bytes(b"")
    assert scan(site, point)["State"] == "FAILED"


@pytest.mark.parametrize("told", ["UNKNOWN", "THREATS_FOUND"])
def test_without_content_the_result_is_a_setting(open_site: Any, told: Any) -> None:
    """A recovery point that holds a description only cannot be read: UNKNOWN, or what the settings say."""
    site = open_site(settings=Settings(scan_without_content=told))
    site.vault()
    found = scan(site, site.take(instance_of(site)))
    assert (result(found), "nothing was read" in found["StatusMessage"]) == (told, True)


def test_cold_points_are_not_scanned(site: Any) -> None:
    """The scan of an archived snapshot fails."""
    site.vault()
    cold = {"MoveToColdStorageAfterDays": 10, "DeleteAfterDays": 100, "OptInToArchiveForSupportedResources": True}
    point = site.take(site.volume(), Lifecycle=cold)
    site.advance(days=11)
    assert scan(site, point)["State"] == "FAILED"


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


def stream(site: Any, rule: Any, mode: dict[str, str]) -> str:
    """An hourly continuous backup of bucket-one that is scanned, after its first run; gives the recovery point."""
    site.vault()
    site.plan(
        rule(schedule=HOURLY, keep=10, EnableContinuousBackup=True, ScanActions=[mode]),
        select={"Resources": [site.bucket("bucket-one")]},
        ScanSettings=settings(site, "S3"),
    )
    site.advance(hours=1)
    [point] = site.points()
    return str(point["RecoveryPointArn"])


def moment(site: Any, point: str, at: datetime) -> dict[str, Any]:
    """What scans say about a point in time."""
    return dict(
        site.backup.get_pitr_malware_scan_results(
            BackupVaultName="v1", RecoveryPointArn=point, ScanEndTime=at, MalwareScanner="GUARDDUTY"
        )
    )


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
