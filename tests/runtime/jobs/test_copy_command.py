"""`backstay copy`, as a person sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

CENTRAL, PAYMENTS, REGION = "100000000002", "100000000010", "eu-central-1"
VAULT = f"arn:aws:backup:{REGION}:{CENTRAL}:backup-vault:central"
Job = Callable[..., Result]
Make = Callable[..., str]


def _copies(cloud: Any) -> list[dict[str, Any]]:
    listed = cloud.client("backup", CENTRAL).list_recovery_points_by_backup_vault(BackupVaultName="central")
    points: list[dict[str, Any]] = listed["RecoveryPoints"]
    return points


def _copy_jobs(cloud: Any) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = cloud.client("backup").list_copy_jobs()["CopyJobs"]
    return jobs


@pytest.fixture
def uncopied(ready: Any, bucket: Make, builds: Any, copying: Any, tmp_path: Path, job: Job) -> Path:
    """A build whose rule copies, and a backup by it that was not copied."""
    bucket("acme-ledger", {"a": b"1"}, backup="gold")
    build: Path = builds.write(tmp_path / "build", copying)
    assert job("backup", build, "--no-copies").exit_code == 0
    assert _copies(ready) == []
    return build


def test_copies_what_is_missing_and_only_that(ready: Any, uncopied: Path, job: Job) -> None:
    """A backup on demand is known by its tags; it is copied once, and then there is nothing to do."""
    done = job("copy", uncopied)
    assert done.exit_code == 0, done.output
    assert "1 copy completed." in done.output
    [copy] = _copies(ready)
    assert copy["Lifecycle"]["DeleteAfterDays"] == 90
    again = job("copy", uncopied)
    assert again.exit_code == 0
    assert "1 copy is there already." in again.output
    assert len(_copy_jobs(ready)) == 1


def test_scheduled_backups(ready: Any, bucket: Make, builds: Any, copying: Any, tmp_path: Path, job: Job) -> None:
    """A backup that the plan itself made is known by its maker, and only the newest of a resource is copied."""
    bucket("acme-ledger", {"a": b"1"}, backup="gold")
    backup = ready.client("backup")
    rule = {
        "RuleName": "daily",
        "TargetBackupVaultName": "primary",
        "ScheduleExpression": "cron(0 3 ? * * *)",
        "Lifecycle": {"DeleteAfterDays": 35},
    }
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "gold", "Rules": [rule]})["BackupPlanId"]
    role = f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole"
    tags = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "gold"}]
    selection = {"SelectionName": "tier-gold", "IamRoleArn": role, "ListOfTags": tags}
    backup.create_backup_selection(BackupPlanId=plan, BackupSelection=selection)
    ready.local.advance(timedelta(days=2))
    points = backup.list_recovery_points_by_backup_vault(BackupVaultName="primary")["RecoveryPoints"]
    assert len(points) == 2
    assert job("copy", builds.write(tmp_path / "build", copying)).exit_code == 0
    newest = max(points, key=lambda point: point["CreationDate"])
    assert [one["SourceRecoveryPointArn"] for one in _copy_jobs(ready)] == [newest["RecoveryPointArn"]]


def test_a_copy_on_its_way_is_followed(ready: Any, uncopied: Path, job: Job) -> None:
    """A copy that somebody has started already is waited for, and not started again."""
    assert "1 running" in job("copy", uncopied, "--no-wait").output
    done = job("copy", uncopied, "--token", "another")
    assert (done.exit_code, "1 copy completed." in done.output) == (0, True), done.output
    assert len(_copy_jobs(ready)) == 1


def test_old_recovery_points(ready: Any, bucket: Make, builds: Any, copying: Any, tmp_path: Path, job: Job) -> None:
    """When AWS no longer lists the copy job, the destination itself is asked whether the copy is there."""

    def long(body: dict[str, Any]) -> None:
        copying(body)
        rule = body["plans"][0]["BackupPlan"]["Rules"][0]
        rule["Lifecycle"] = rule["CopyActions"][0]["Lifecycle"] = {"DeleteAfterDays": 300}

    bucket("acme-ledger", {"a": b"1"}, backup="gold")
    build = builds.write(tmp_path / "build", long)
    assert job("backup", build).exit_code == 0
    ready.local.advance(timedelta(days=40))
    assert _copy_jobs(ready) == []
    again = job("copy", build)
    assert "1 copy is there already." in again.output, again.output
    assert len(_copies(ready)) == 1


def test_a_copy_that_is_refused(ready: Any, uncopied: Path, job: Job) -> None:
    """A copy that AWS refuses is told with AWS's reason, and tried anew when the reason is gone."""
    management = ready.client("backup", "100000000001")
    management.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "false"})
    failed = job("copy", uncopied)
    assert failed.exit_code == 1
    assert "Cross-account copy feature is not enabled for the current organization." in failed.output
    management.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})
    ready.local.advance(timedelta(seconds=2))
    assert job("copy", uncopied).exit_code == 0
    assert len(_copies(ready)) == 1


def test_unknown_resource(ready: Any, uncopied: Path, job: Job) -> None:
    """A resource without a recovery point is told with the nearest that has one."""
    told = job("copy", uncopied, "--resource", "arn:aws:s3:::acme-ledgr")
    assert told.exit_code == 1
    assert "nearest: arn:aws:s3:::acme-ledger" in told.output
    assert _copy_jobs(ready) == []


def test_a_build_without_copies(ready: Any, builds: Any, tmp_path: Path, job: Job) -> None:
    """Where no rule copies, nothing is started, and nothing is wrong."""
    told = job("copy", builds.write(tmp_path / "build"))
    assert (told.exit_code, "Nothing was started." in told.output) == (0, True)


def test_a_vault_that_is_not_there(cloud: Any, builds: Any, copying: Any, tmp_path: Path, job: Job) -> None:
    """Before the build is applied its vaults are missing: that is said of each account, and no more is claimed."""
    told = job("copy", builds.write(tmp_path / "build", copying))
    assert told.exit_code == 3
    assert (
        "payments-prod (100000000010), eu-central-1: vault primary is not there: apply the build first" in told.output
    )
