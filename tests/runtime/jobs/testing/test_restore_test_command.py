"""`backstay restore-test`, as a person and a pipeline see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backstay_contract import schema

PAYMENTS, REGION = "100000000010", "eu-central-1"
ROLE = "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole"
Make = Callable[..., str]
Test = Callable[..., Result]


def _plan(name: str = "weekly") -> dict[str, Any]:
    points = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}
    return {
        "RestoreTestingPlan": {
            "RestoreTestingPlanName": name,
            "ScheduleExpression": "cron(0 6 * * ? *)",
            "StartWindowHours": 1,
            "RecoveryPointSelection": points,
        }
    }


def _selection(name: str, type_: str, plan: str = "weekly", hours: int = 0) -> dict[str, Any]:
    return {
        "RestoreTestingPlanName": plan,
        "RestoreTestingSelection": {
            "RestoreTestingSelectionName": name,
            "ProtectedResourceType": type_,
            "IamRoleArn": ROLE,
            "ProtectedResourceArns": ["*"],
            "ValidationWindowHours": hours,
        },
    }


@pytest.fixture
def tested() -> Callable[[dict[str, Any]], None]:
    """Changes a build: buckets and tables are restored in tests."""

    def change(body: dict[str, Any]) -> None:
        body["restore_testing_plans"] = [_plan()]
        body["restore_testing_selections"] = [
            _selection("buckets", "S3", hours=8),
            _selection("tables", "DynamoDB", hours=8),
        ]

    return change


@pytest.fixture
def build(ready: Any, bucket: Make, table: Make, builds: Any, tmp_path: Path, job: Any, tested: Any) -> Path:
    """A build with restore tests, and the backups of a bucket and a table that they take."""
    bucket("acme-ledger", {"a": b"1", "b/c": b"22"}, backup="gold")
    table("orders", {"1": "x", "2": "y"}, backup="gold")
    made: Path = builds.write(tmp_path / "build", tested)
    assert job("backup", made, "--account", PAYMENTS).exit_code == 0
    return made


@pytest.fixture
def test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Test:
    """Runs the command."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str | Path) -> Result:
        from backstay_agent.cli.restore_test import restore_test

        done = CliRunner().invoke(restore_test, [str(argument) for argument in arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return invoke


def _buckets(cloud: Any) -> set[str]:
    return {one["Name"] for one in cloud.client("s3").list_buckets()["Buckets"]}


def _tables(cloud: Any) -> set[str]:
    return set(cloud.client("dynamodb").list_tables()["TableNames"])


def _jobs(cloud: Any) -> int:
    return len(cloud.client("backup").list_restore_jobs()["RestoreJobs"])


def test_all_is_well(ready: Any, build: Path, test: Test) -> None:
    """Each recovery point is restored, compared, given to the user's check, timed, and deleted; the source stays."""
    check = 'sh -c \'test -n "$BACKSTAY_RESTORED_ARN" && test "$BACKSTAY_RESTORED_ARN" = "$0"\' {arn}'
    done = test(build, "--within", "4h", "--validate", check)
    assert done.exit_code == 0, done.output
    assert "2 restore tests: 2 passed." in done.output
    assert "verified: 2 objects" in done.output
    assert "verified: ACTIVE with 2 items" in done.output
    assert "of 4 h" in done.output
    assert done.output.count("the command agrees") == 2
    assert _buckets(ready) == {"acme-ledger"}
    assert _tables(ready) == {"orders"}


def test_report(build: Path, test: Test, tmp_path: Path) -> None:
    """The report for machines keeps its schema and says what was restored from what, in which time."""
    import jsonschema

    done = test(build, "--format", "json", "-o", tmp_path / "out" / "tests.json", "--selection", "tables")
    assert done.exit_code == 0, done.output
    report = json.loads((tmp_path / "out" / "tests.json").read_bytes())
    jsonschema.validate(report, schema.load("restore-tests"))
    [row] = report["tests"]
    assert row["status"] == "passed"
    assert row["cleaned"] == "deleted"
    assert row["resource"].endswith("table/orders")
    assert row["restored"].rpartition("/")[2].startswith("backstay-restore-test-")
    assert row["seconds"] > 0
    assert report["summary"]["tests"] == 1


@pytest.mark.long
def test_too_late(build: Path, test: Test) -> None:
    """A restore that takes longer than the target is a finding, with both times."""
    done = test(build, "--selection", "buckets", "--within", "0.1s")
    assert done.exit_code == 1
    assert "✗ late" in done.output
    assert "of 0.1 s" in done.output


def test_check_disagrees(ready: Any, build: Path, test: Test) -> None:
    """The user's check decides; what it wrote is shown harmlessly, and what was restored is deleted all the same."""
    check = "sh -c 'printf \"row count is 0\\n\\033[31mred\"; exit 7'"
    done = test(build, "--selection", "tables", "--validate", check)
    assert done.exit_code == 1
    assert "the command gave exit code 7" in done.output
    assert "| row count is 0" in done.output
    assert "\x1b" not in done.output
    assert _tables(ready) == {"orders"}


@pytest.mark.long
def test_check_that_never_ends(build: Path, test: Test) -> None:
    """A check that does not end in its time is stopped, and counts as a failure."""
    done = test(build, "--selection", "tables", "--validate", "sleep 60", "--validate-time", "1s")
    assert done.exit_code == 1
    assert "the command did not end well" in done.output


@pytest.mark.long
def test_again(ready: Any, build: Path, test: Test) -> None:
    """The same test can be made again on the same day: what was deleted is restored anew."""
    for number in (1, 2):
        assert test(build, "--selection", "tables").exit_code == 0
        assert _jobs(ready) == number
        ready.local.advance(timedelta(seconds=5))


@pytest.mark.long
def test_kept(ready: Any, build: Path, test: Test) -> None:
    """With --keep it stays, marked, and the next run looks at the same one and deletes it."""
    assert test(build, "--selection", "tables", "--keep").exit_code == 0
    [kept] = _tables(ready) - {"orders"}
    ready.local.advance(timedelta(seconds=5))
    assert test(build, "--selection", "tables").exit_code == 0
    assert kept not in _tables(ready)
    assert _jobs(ready) == 1


@pytest.mark.long
def test_nothing_to_restore(ready: Any, build: Path, test: Test) -> None:
    """A resource without a recovery point that fits is told, and is no failure of a restore."""
    backup = ready.client("backup")
    for point in backup.list_recovery_points_by_backup_vault(BackupVaultName="primary")["RecoveryPoints"]:
        if point["ResourceType"] == "S3":
            backup.delete_recovery_point(BackupVaultName="primary", RecoveryPointArn=point["RecoveryPointArn"])
    ready.local.advance(timedelta(days=31))
    done = test(build)
    assert "no recovery point of the last 30 days" in done.output
    assert done.exit_code == 0


@pytest.mark.long
def test_broken_restore(ready: Any, build: Path, test: Test) -> None:
    """A restore that fails is told in AWS's words, and in plain ones."""
    ready.client("iam").delete_role(RoleName="AWSBackupDefaultServiceRole")
    done = test(build, "--selection", "tables")
    assert done.exit_code == 1
    assert "cannot be assumed by AWS Backup" in done.output
    assert "backstay rules role-not-for-backup" in done.output


def test_bad_input(build: Path, test: Test) -> None:
    """What does not exist is told with what is nearest; what cannot be read, as such."""
    for arguments, code, told in (
        (("--plan", "weekl"), 1, "has a restore test weekl; nearest: weekly"),
        (("--selection", "bucket"), 1, "has a selection bucket; nearest: buckets"),
        (
            ("--resource", "arn:aws:s3:::acme-ledge"),
            1,
            "takes arn:aws:s3:::acme-ledge; nearest: arn:aws:s3:::acme-ledger",
        ),
        (("--within", "soon"), 2, "is no span of time"),
        (("--validate", "sh -c 'x"), 2, "No closing quotation"),
        (("--account", "nobody"), 1, "names no account nobody"),
    ):
        done = test(build, *arguments)
        assert done.exit_code == code, done.output
        assert told in done.output


def test_no_tests(ready: Any, builds: Any, test: Test, tmp_path: Path) -> None:
    """A build without restore tests says so."""
    done = test(builds.write(tmp_path / "bare"))
    assert done.exit_code == 1
    assert "the build has no restore testing plan" in done.output
    assert ready.client("backup").list_restore_jobs()["RestoreJobs"] == []


@pytest.fixture
def by_aws(ready: Any, build: Path) -> Path:
    """AWS has the plan of the build, and has run it once."""
    backup = ready.client("backup")
    backup.create_restore_testing_plan(RestoreTestingPlan=_plan()["RestoreTestingPlan"])
    for name, type_ in (("buckets", "S3"), ("tables", "DynamoDB")):
        body = _selection(name, type_, hours=8)["RestoreTestingSelection"]
        body["IamRoleArn"] = ROLE.replace("$account", PAYMENTS)
        backup.create_restore_testing_selection(RestoreTestingPlanName="weekly", RestoreTestingSelection=body)
    _past_six(ready)
    return build


def _past_six(cloud: Any) -> None:
    """Let time go by until the plan has run, and all that it started has ended."""
    now = cloud.client("backup").list_backup_vaults()["ResponseMetadata"]["HTTPHeaders"]["date"]
    at = parsedate_to_datetime(now)
    six = at.replace(hour=6, minute=0, second=0)
    cloud.local.advance((six if six > at else six + timedelta(days=1)) - at + timedelta(minutes=90))


def _verdicts(cloud: Any) -> list[tuple[str, str]]:
    jobs = cloud.client("backup").list_restore_jobs()["RestoreJobs"]
    return sorted((job["ResourceType"], job.get("ValidationStatus", "")) for job in jobs)


def test_scheduled(ready: Any, by_aws: Path, test: Test) -> None:
    """What AWS's own plan restored is judged within the window, AWS is told, and nothing else is started."""
    before = _jobs(ready)
    assert ("S3", "VALIDATING") in _verdicts(ready)
    done = test(by_aws, "--scheduled", "--validate", "sh -c 'test {type} = S3'", "--since", "1d")
    assert done.exit_code == 1, done.output
    assert "1 passed, 1 failed" in done.output
    assert _verdicts(ready) == [("DynamoDB", "FAILED"), ("S3", "SUCCESSFUL")]
    assert _jobs(ready) == before
    again = test(by_aws, "--scheduled", "--since", "1d")
    assert again.exit_code == 1
    assert "1 passed, 1 failed" in again.output


@pytest.mark.long
def test_scheduled_and_nobody_looked(ready: Any, by_aws: Path, test: Test) -> None:
    """A window that ended without a verdict is a failure: nobody knows whether the restore was any good."""
    ready.local.advance(timedelta(hours=9))
    done = test(by_aws, "--scheduled", "--since", "1d")
    assert done.exit_code == 1
    assert "nobody gave a verdict within the validation window" in done.output


def test_one_recovery_point(ready: Any, build: Path, test: Test) -> None:
    """A recovery point that is named is tested without any plan that takes it; one that is none is a complaint."""
    listed = ready.client("backup").list_recovery_points_by_backup_vault(BackupVaultName="primary")["RecoveryPoints"]
    [point] = [one["RecoveryPointArn"] for one in listed if one["ResourceType"] == "DynamoDB"]
    done = test(build, "--point", point)
    assert done.exit_code == 0, done.output
    assert "1 restore test: 1 passed." in done.output
    assert _tables(ready) == {"orders"}
    assert test(build, "--point", "nothing").exit_code == 2
    assert test(build, "--point", point[:-3]).exit_code == 1
    assert test(build, "--point", point, "--scheduled").exit_code == 2
