"""Malware scans: of real bytes, by rule and on demand, in full and incrementally, of continuous backups."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.local.backup.scanning import (
    EICAR,
    SCANNER,
    instance_of,
    job,
    put,
    result,
    scan,
    scanner_role,
    start,
)

from backstay_local.backup import Settings
from backstay_local.backup.scans import scanner


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
