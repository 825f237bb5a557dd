"""What tests of malware scans do all the time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
