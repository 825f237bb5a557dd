"""What the demo looks up in AWS and does to it itself: the hand of the administrator in its story."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from backstay_agent.aws import Aws, AwsProblem, Endpoint
from backstay_agent.permit import granted
from backstay_agent.read_build import read_build

EMERGENCY_ROLE = "backup-emergency"

Contents = Mapping[str, str]
"""Object key → SHA-256 of its bytes."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs that AWS still lists, counted."""

    backups: int
    failed: int
    copies: int
    accounts: int


def same_bytes(before: Contents, after: Contents) -> str:
    """The verdict of the comparison; raises if anything differs."""
    different = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    if different or not before:
        raise AssertionError(f"the restored bucket is not what was there: {', '.join(different) or 'it was empty'}")
    return f"  ✓ byte for byte  {len(before)} of {len(before)} objects are what they were (SHA-256 of each compared)"


class World:
    """AWS through the agent's own session, for the accounts and Regions of a build."""

    def __init__(self, url: str, build: Path) -> None:
        """AWS at `url`; the build is read when its places are first needed."""
        self._aws = Aws(Endpoint(url))
        self._emergency = Aws(Endpoint(url, role_name=EMERGENCY_ROLE))
        self._build = build

    @cached_property
    def _places(self) -> tuple[tuple[str, str], ...]:
        accounts = read_build(self._build).index.accounts
        return tuple((account, region) for account in sorted(accounts) for region in sorted(accounts[account].regions))

    def jobs(self) -> Jobs:
        """Count backup and copy jobs of all accounts, as far as AWS remembers them (30 days)."""
        backups: Counter[str] = Counter()
        copies: Counter[str] = Counter()
        accounts = set()
        for account, region in self._places:
            for job in self._aws.pages(account, region, "backup", "ListBackupJobs", "BackupJobs"):
                backups[job["State"]] += 1
                accounts.add(account)
            for job in self._aws.pages(account, region, "backup", "ListCopyJobs", "CopyJobs"):
                copies[job["State"]] += 1
        failed = sum(count for state, count in backups.items() if state in ("FAILED", "EXPIRED", "ABORTED"))
        return Jobs(backups["COMPLETED"], failed + copies["FAILED"], copies["COMPLETED"], len(accounts))

    def points(self, vault: str = "") -> list[dict[str, Any]]:
        """The recovery points of all accounts and Regions, or of the vaults of one name."""
        return [point for place in self._places for point in self._points(*place, vault)]

    def oldest_hourly(self) -> timedelta:
        """How old the oldest recovery point of a rule named `hourly` is."""
        ages: list[timedelta] = [
            self._aws.now - point["CreationDate"]
            for point in self.points("acme-primary")
            if point.get("CreatedBy", {}).get("BackupRuleName") == "hourly"
        ]
        return max(ages)

    def newest_point(self, account: str, region: str, vault: str, bucket: str) -> str:
        """The ARN of the newest recovery point of a bucket in a vault."""
        found = [p for p in self._points(account, region, vault) if p["ResourceArn"].endswith(f":{bucket}")]
        newest: str = max(found, key=lambda point: point["CreationDate"])["RecoveryPointArn"]
        return newest

    def try_to_delete(self, account: str, region: str, vault: str, point: str) -> str:
        """Try to delete a recovery point in the emergency role; give AWS's refusal, and raise if there is none."""
        names = {"BackupVaultName": vault, "RecoveryPointArn": point}
        try:
            with granted("backup", "DeleteRecoveryPoint", names):
                self._emergency.call(account, region, "backup", "DeleteRecoveryPoint", **names)
        except AwsProblem as refusal:
            self._aws.call(account, region, "backup", "DescribeRecoveryPoint", **names)
            return f"An error occurred ({refusal.code}) when calling {refusal.operation}: {refusal.message}"
        raise AssertionError(f"{point} was deleted from the locked vault {vault}")

    def contents(self, account: str, region: str, bucket: str) -> Contents:
        """Every object of a bucket, as the digest of its bytes."""
        listed = self._aws.call(account, region, "s3", "ListObjectsV2", Bucket=bucket).get("Contents", ())
        return {
            item["Key"]: hashlib.sha256(
                self._aws.call(account, region, "s3", "GetObject", Bucket=bucket, Key=item["Key"])["Body"].read()
            ).hexdigest()
            for item in listed
        }

    def destroy_bucket(self, account: str, region: str, bucket: str) -> None:
        """Delete a bucket with every version of every object, and make sure that it is gone."""
        versions = self._aws.call(account, region, "s3", "ListObjectVersions", Bucket=bucket)
        for item in (*versions.get("Versions", ()), *versions.get("DeleteMarkers", ())):
            self._aws.call(
                account, region, "s3", "DeleteObject", Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"]
            )
        self._aws.call(account, region, "s3", "DeleteBucket", Bucket=bucket)
        try:
            self._aws.call(account, region, "s3", "HeadBucket", Bucket=bucket)
        except AwsProblem:
            return
        raise AssertionError(f"bucket {bucket} is still there")

    def _points(self, account: str, region: str, vault: str) -> Iterator[dict[str, Any]]:
        for one in self._aws.pages(account, region, "backup", "ListBackupVaults", "BackupVaultList"):
            name = one["BackupVaultName"]
            if vault in ("", name):
                yield from self._aws.pages(
                    account,
                    region,
                    "backup",
                    "ListRecoveryPointsByBackupVault",
                    "RecoveryPoints",
                    BackupVaultName=name,
                )
