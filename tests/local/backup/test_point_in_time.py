"""Continuous backups of buckets: any second between two runs of their rule can be restored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest


@pytest.fixture
def history(site: Any, rule: Callable[..., Any]) -> dict[str, Any]:
    """A bucket with a continuous backup, changed hour by hour; the times just after each change by their names."""
    site.vault()
    site.bucket("diary", objects={"a": b"first", "b": b"stays"})
    site.plan(rule(keep=30, EnableContinuousBackup=True, schedule="cron(0 5 ? * * *)"))
    site.advance(hours=5)
    s3, times = site.client("s3"), {"start": site.aws.clock.now()}

    def change(name: str, act: Callable[[], object]) -> None:
        site.advance(hours=1)
        act()
        times[name] = site.aws.clock.now()

    change("second", lambda: s3.put_object(Bucket="diary", Key="a", Body=b"second"))
    change("new", lambda: s3.put_object(Bucket="diary", Key="c", Body=b"new"))
    change("deleted", lambda: s3.delete_object(Bucket="diary", Key="a"))
    change("third", lambda: s3.put_object(Bucket="diary", Key="a", Body=b"third"))
    change("many", lambda: s3.delete_objects(Bucket="diary", Delete={"Objects": [{"Key": "a"}, {"Key": "b"}]}))
    site.advance(days=1)
    return times


def _restored(site: Any, moment: str) -> dict[str, Any]:
    [point] = site.points()
    job = site.backup.start_restore_job(
        RecoveryPointArn=point["RecoveryPointArn"],
        Metadata={"DestinationBucketName": "again", "NewBucket": "true", "RestoreTime": moment},
        IamRoleArn=site.role(),
    )
    site.settle()
    return dict(site.backup.describe_restore_job(RestoreJobId=job["RestoreJobId"]))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("start", {"a": b"first", "b": b"stays"}),
        ("second", {"a": b"second", "b": b"stays"}),
        ("new", {"a": b"second", "b": b"stays", "c": b"new"}),
        ("deleted", {"b": b"stays", "c": b"new"}),
        ("third", {"a": b"third", "b": b"stays", "c": b"new"}),
        ("many", {"c": b"new"}),
    ],
)
def test_every_moment_between_two_runs_comes_back(
    site: Any, history: dict[str, Any], name: str, expected: dict[str, bytes]
) -> None:
    """Overwritten, deleted and new objects are as they were a second after the change, and minutes later."""
    restored = _restored(site, (history[name] + timedelta(minutes=7, seconds=1)).isoformat())
    assert restored["Status"] == "COMPLETED", restored
    s3 = site.client("s3")
    listed = s3.list_objects_v2(Bucket="again").get("Contents", [])
    assert {one["Key"]: s3.get_object(Bucket="again", Key=one["Key"])["Body"].read() for one in listed} == expected


def test_before_the_first_run_there_is_nothing(site: Any, history: dict[str, Any]) -> None:
    """A moment before the continuous backup began fails the job, whatever versions the bucket had then."""
    restored = _restored(site, (history["start"] - timedelta(hours=3)).isoformat())
    assert restored["Status"] == "FAILED"
    assert "no state of" in restored["StatusMessage"]


def test_versions_are_dated_by_the_clock_that_backups_go_by(site: Any) -> None:
    """LastModified of what is written after the clock moved is the moved time."""
    site.bucket("diary")
    site.advance(days=3)
    s3 = site.client("s3")
    s3.put_object(Bucket="diary", Key="late", Body=b"1")
    [late] = [one for one in s3.list_object_versions(Bucket="diary")["Versions"] if one["Key"] == "late"]
    assert abs(late["LastModified"] - site.aws.clock.now()) < timedelta(seconds=30)
