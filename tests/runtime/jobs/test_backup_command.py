"""`backstay backup`, as a person sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

CENTRAL, PAYMENTS, RISK, REGION = "100000000002", "100000000010", "100000000011", "eu-central-1"
Job = Callable[..., Result]
Make = Callable[..., str]


def _points(cloud: Any, account: str = PAYMENTS, vault: str = "primary") -> list[dict[str, Any]]:
    listed = cloud.client("backup", account).list_recovery_points_by_backup_vault(BackupVaultName=vault)
    points: list[dict[str, Any]] = listed["RecoveryPoints"]
    return points


def _jobs(cloud: Any, account: str = PAYMENTS) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = cloud.client("backup", account).list_backup_jobs()["BackupJobs"]
    return jobs


def test_backs_up_and_copies(
    ready: Any, bucket: Make, table: Make, builds: Any, copying: Any, tmp_path: Path, job: Job
) -> None:
    """What selections take is backed up as the rule says, copied to the central account, and summed up."""
    ledger = bucket("acme-ledger", {"a": b"1"}, backup="gold")
    bucket("acme-scratch", {"a": b"1"})
    orders = table("orders", {"1": "x"}, account=RISK, backup="gold")
    done = job("backup", builds.write(tmp_path / "build", copying))
    assert done.exit_code == 0, done.output
    assert "2 backups completed. 2 copies completed." in done.output
    [point], [other] = _points(ready), _points(ready, RISK)
    assert (point["ResourceArn"], other["ResourceArn"]) == (ledger, orders)
    assert point["Lifecycle"] == {"DeleteAfterDays": 35}
    tags = ready.client("backup").list_tags(ResourceArn=point["RecoveryPointArn"])["Tags"]
    assert tags == {
        "backup": "gold",
        "backstay:owner": "o-acme0001",
        "backstay:plan": "gold",
        "backstay:rule": "daily",
    }
    copies = _points(ready, CENTRAL, "central")
    assert {copy["ResourceArn"] for copy in copies} == {ledger, orders}
    assert {copy["Lifecycle"]["DeleteAfterDays"] for copy in copies} == {90}


def test_repeated_it_starts_nothing_twice(ready: Any, bucket: Make, builds: Any, tmp_path: Path, job: Job) -> None:
    """The same command on the same day finds its jobs again; another token is another run."""
    bucket("acme-ledger", {"a": b"1"}, backup="gold")
    build = builds.write(tmp_path / "build")
    assert job("backup", build).exit_code == 0
    again = job("backup", build)
    assert (again.exit_code, len(_jobs(ready))) == (0, 1), again.output
    assert job("backup", build, "--token", "before-the-migration").exit_code == 0
    assert len(_jobs(ready)) == 2


def test_a_failed_job_is_tried_anew(ready: Any, bucket: Make, builds: Any, tmp_path: Path, job: Job) -> None:
    """A job that failed is told with AWS's reason, gives 1, and does not stand in the way of the next run."""
    bucket("acme-ledger", {"a": b"1"}, backup="gold")
    versioning = ready.client("s3").put_bucket_versioning
    versioning(Bucket="acme-ledger", VersioningConfiguration={"Status": "Suspended"})
    build = builds.write(tmp_path / "build")
    failed = job("backup", build)
    assert failed.exit_code == 1
    assert "S3 Versioning must be enabled on bucket acme-ledger" in failed.output
    versioning(Bucket="acme-ledger", VersioningConfiguration={"Status": "Enabled"})
    ready.local.advance(timedelta(seconds=2))
    assert job("backup", build).exit_code == 0
    assert [one["State"] for one in _jobs(ready)] == ["COMPLETED", "FAILED"]


def test_without_waiting(ready: Any, bucket: Make, builds: Any, copying: Any, tmp_path: Path, job: Job) -> None:
    """With --no-wait jobs are started and told as running; copies are left to the command that makes them later."""
    bucket("acme-ledger", {"a": b"1"}, backup="gold")
    build = builds.write(tmp_path / "build", copying)
    started = job("backup", build, "--no-wait")
    assert started.exit_code == 0
    assert "0 of 1 backup completed, 1 running." in started.output
    assert "backstay copy" in started.output
    ready.local.advance(timedelta(minutes=1))
    assert (len(_points(ready)), len(_points(ready, CENTRAL, "central"))) == (1, 0)
    assert job("copy", build).exit_code == 0
    assert len(_points(ready, CENTRAL, "central")) == 1


def test_an_account_that_cannot_be_entered(ready: Any, bucket: Make, builds: Any, tmp_path: Path, job: Job) -> None:
    """An account without the agent's role is named, gives 3, and stops no other."""
    bucket("acme-ledger", {"a": b"1"}, backup="gold")
    ready.client("iam", RISK).delete_role(RoleName="backstay-agent")
    done = job("backup", builds.write(tmp_path / "build"))
    assert done.exit_code == 3
    assert "? risk-prod (100000000011): AccessDenied while assuming backstay-agent" in done.output
    assert "1 backup completed." in done.output
    assert "Traceback" not in done.output


def test_a_vault_that_is_not_there(cloud: Any, builds: Any, tmp_path: Path, job: Job) -> None:
    """Before the build is applied its vaults are missing; AWS's refusal is the reason that is told."""
    cloud.client("s3").create_bucket(Bucket="b-1", CreateBucketConfiguration={"LocationConstraint": REGION})
    tagging = {"TagSet": [{"Key": "backup", "Value": "gold"}]}
    cloud.client("s3").put_bucket_tagging(Bucket="b-1", Tagging=tagging)
    done = job("backup", builds.write(tmp_path / "build"))
    assert done.exit_code == 1
    assert "ResourceNotFoundException from StartBackupJob" in done.output


def test_nothing_to_back_up(ready: Any, builds: Any, tmp_path: Path, job: Job) -> None:
    """Where no selection takes anything, that is said, and nothing is wrong."""
    done = job("backup", builds.write(tmp_path / "build"))
    assert done.exit_code == 0
    assert "No selection takes any of the 0 resources that were found." in done.output


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--plan", "glod"], 1, "error: no account in question has a plan glod; nearest: gold"),
        (["--rule", "dayly"], 1, "error: no plan in question has a rule dayly; nearest: daily"),
        (["--account", "payment-prod"], 1, "error: the build names no account payment-prod; nearest: payments-prod"),
        (["--resource", "arn:aws:s3:::acme-ledgr"], 1, "nearest: arn:aws:s3:::acme-ledger"),
        (["--resource", "arn:aws:s3"], 2, "error: --resource arn:aws:s3 is not an ARN"),
        (["--endpoint-url", "http://127.0.0.1:9"], 2, "error: no answer at http://127.0.0.1:9"),
    ],
)
def test_bad_input(
    ready: Any, bucket: Make, builds: Any, tmp_path: Path, job: Job, options: list[str], code: int, says: str
) -> None:
    """Bad input is told in a sentence with the right exit code, and nothing is started."""
    bucket("acme-ledger", {"a": b"1"}, backup="gold")
    told = job("backup", builds.write(tmp_path / "build"), *options)
    assert told.exit_code == code
    assert says in told.output
    assert "Traceback" not in told.output
    assert _jobs(ready) == []


def test_no_build(ready: Any, tmp_path: Path, job: Job) -> None:
    """A folder that holds no build is told as such."""
    told = job("backup", tmp_path)
    assert (told.exit_code, "is not a build" in told.output) == (2, True)


def test_narrowed(ready: Any, bucket: Make, table: Make, builds: Any, tmp_path: Path, job: Job) -> None:
    """Narrowed to an account and a resource, only that is backed up."""
    arn = bucket("acme-ledger", {"a": b"1"}, backup="gold")
    table("orders", {"1": "x"}, backup="gold")
    table("orders", {"1": "x"}, account=RISK, backup="gold")
    build = builds.write(tmp_path / "build")
    assert job("backup", build, "--account", "payments-prod", "--resource", arn).exit_code == 0
    assert [one["ResourceArn"] for one in _points(ready)] == [arn]
    assert _points(ready, RISK) == []


def test_names_from_outside(ready: Any, builds: Any, tmp_path: Path, job: Job) -> None:
    """An account name with control characters in the build cannot act on a terminal."""
    build = builds.write(tmp_path / "build")
    index = json.loads((build / "index.json").read_text())
    index["accounts"][RISK]["name"] = "risk\u001b[2J"
    (build / "index.json").write_text(json.dumps(index))
    ready.client("iam", RISK).delete_role(RoleName="backstay-agent")
    assert "\u001b" not in job("backup", build).output


def test_the_day_is_that_of_aws(ready: Any, bucket: Make, builds: Any, tmp_path: Path, job: Job) -> None:
    """Runs of one day are one run, by AWS Backup's calendar; the next day everything is backed up again."""
    bucket("acme-ledger", {"a": b"1"}, backup="gold")
    build = builds.write(tmp_path / "build")
    assert job("backup", build).exit_code == 0
    ready.local.advance(timedelta(days=1))
    assert "1 backup completed." in job("backup", build).output
    assert len(_jobs(ready)) == 2
