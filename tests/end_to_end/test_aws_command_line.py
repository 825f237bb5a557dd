"""The stock `aws` command line against `backstay local up`: a foreign client, which knows nothing of us."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
AWS = ROOT / ".venv-peers" / "awscli" / "bin" / "aws"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An embedded AWS of its own, and the environment that `local up` prints for it."""
    assert AWS.exists(), "the stock AWS command line is missing; `make test` installs it"
    data = tmp_path_factory.mktemp("aws")
    backstay = [sys.executable, "-m", "backstay.cli.main", "local"]
    up = subprocess.run([*backstay, "up", "--data", str(data)], capture_output=True, text=True, check=True)
    lines = up.stdout.splitlines()
    assert all(line.startswith("export ") for line in lines), up.stdout
    exported = dict(shlex.split(line)[1].split("=", 1) for line in lines)
    yield {"PATH": os.environ["PATH"], "HOME": str(data), "AWS_PAGER": "", **exported}
    subprocess.run([*backstay, "down", "--data", str(data)], check=True, capture_output=True)
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="module")
def aws(environment: dict[str, str]) -> Run:
    """Run `aws …`; answers are JSON on standard output."""

    def run(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([AWS, *arguments], capture_output=True, text=True, env=environment)
        assert not check or done.returncode == 0, done.stderr
        return done

    return run


def wait(aws: Run, words: list[str], key: str) -> dict[str, str]:
    """Ask until a job is at its end."""
    for _ in range(60):
        answer: dict[str, str] = json.loads(aws(*words).stdout)
        if answer[key] in ("COMPLETED", "FAILED", "ABORTED", "EXPIRED"):
            return answer
        time.sleep(0.5)
    raise AssertionError(f"{words} did not end")


@pytest.mark.long
def test_many_operations_by_their_options(aws: Run) -> None:
    """What people type: plans from JSON, pages, queries, tags, policies, settings, templates, and what is refused."""

    def backup(*words: str) -> Any:
        said = aws("backup", *words).stdout
        return json.loads(said) if said.strip() else {}

    def refused(*words: str) -> str:
        done = aws("backup", *words, check=False)
        assert done.returncode != 0
        return done.stderr

    vaults = [f"many-{number}" for number in range(3)]
    arns = [backup("create-backup-vault", "--backup-vault-name", name)["BackupVaultArn"] for name in vaults]
    for extra in ((), ("--page-size", "1")):
        listed = backup("list-backup-vaults", *extra, "--query", "BackupVaultList[].BackupVaultName")
        assert set(vaults) <= set(listed)
    first = backup("list-backup-vaults", "--max-items", "1")
    assert len(first["BackupVaultList"]) == 1
    assert backup("list-backup-vaults", "--starting-token", first["NextToken"])["BackupVaultList"]
    assert "AlreadyExistsException" in refused("create-backup-vault", "--backup-vault-name", vaults[0])
    assert "AccessDeniedException" in refused("describe-backup-vault", "--backup-vault-name", "never-was")

    backup("tag-resource", "--resource-arn", arns[0], "--tags", "owner=us,cost=low")
    backup("untag-resource", "--resource-arn", arns[0], "--tag-key-list", "cost")
    assert backup("list-tags", "--resource-arn", arns[0])["Tags"] == {"owner": "us"}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteBackupVault", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    backup("put-backup-vault-access-policy", "--backup-vault-name", vaults[0], "--policy", policy)
    assert "AccessDeniedException" in refused("delete-backup-vault", "--backup-vault-name", vaults[0])
    backup("delete-backup-vault-access-policy", "--backup-vault-name", vaults[0])

    rule = {"RuleName": "daily", "TargetBackupVaultName": vaults[0], "Lifecycle": {"DeleteAfterDays": 35}}
    document = json.dumps({"BackupPlanName": "many", "Rules": [rule]})
    plan = backup("create-backup-plan", "--backup-plan", document, "--backup-plan-tags", "owner=us")
    told = backup("get-backup-plan", "--backup-plan-id", plan["BackupPlanId"], "--max-scheduled-runs-preview", "3")
    assert (told["BackupPlan"]["Rules"][0]["StartWindowMinutes"], len(told["ScheduledRunsPreview"])) == (480, 3)
    longer = json.dumps({"BackupPlanName": "many", "Rules": [{**rule, "Lifecycle": {"DeleteAfterDays": 70}}]})
    backup("update-backup-plan", "--backup-plan-id", plan["BackupPlanId"], "--backup-plan", longer)
    versions = backup("list-backup-plan-versions", "--backup-plan-id", plan["BackupPlanId"])
    assert len(versions["BackupPlanVersionsList"]) == 2
    exported = backup("export-backup-plan-template", "--backup-plan-id", plan["BackupPlanId"])
    text = exported["BackupPlanTemplateJson"]
    again = backup("get-backup-plan-from-json", "--backup-plan-template-json", text)["BackupPlan"]
    assert again["Rules"][0]["Lifecycle"] == {"DeleteAfterDays": 70}
    bad = json.dumps({"BackupPlanName": "bad", "Rules": [{**rule, "StartWindowMinutes": 5}]})
    assert "InvalidParameterValueException" in refused("create-backup-plan", "--backup-plan", bad)

    backup("update-region-settings", "--resource-type-opt-in-preference", "EBS=false,S3=true")
    assert backup("describe-region-settings")["ResourceTypeOptInPreference"]["EBS"] is False
    backup("update-region-settings", "--resource-type-opt-in-preference", "EBS=true")
    assert "S3" in backup("get-supported-resource-types")["ResourceTypes"]
    assert backup("list-backup-jobs", "--by-created-after", "2020-01-01", "--by-resource-type", "EBS") == {
        "BackupJobs": []
    }
    assert "BackupJobSummaries" in backup("list-backup-job-summaries", "--aggregation-period", "ONE_DAY")
    backup("delete-backup-plan", "--backup-plan-id", plan["BackupPlanId"])
    for name in vaults:
        backup("delete-backup-vault", "--backup-vault-name", name)


def test_vault_lock_backup_refusal_and_restore(aws: Run, tmp_path: Path) -> None:
    """`aws` makes a vault, locks it, backs a bucket up, is refused the deletion, and gets the bytes back."""
    photo = tmp_path / "photo.bin"
    photo.write_bytes(os.urandom(300_000))
    aws("s3api", "create-bucket", "--bucket", "cli-photos")
    aws("s3api", "put-bucket-versioning", "--bucket", "cli-photos", "--versioning-configuration", "Status=Enabled")
    aws("s3", "cp", str(photo), "s3://cli-photos/2026/photo.bin")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    role = json.loads(
        aws(
            "iam", "create-role", "--role-name", "AWSBackupCli", "--assume-role-policy-document", json.dumps(trust)
        ).stdout
    )["Role"]["Arn"]

    aws("backup", "create-backup-vault", "--backup-vault-name", "cli-vault")
    lock = ("--backup-vault-name", "cli-vault", "--min-retention-days", "7", "--max-retention-days", "400")
    aws("backup", "put-backup-vault-lock-configuration", *lock)
    described = json.loads(aws("backup", "describe-backup-vault", "--backup-vault-name", "cli-vault").stdout)
    assert (described["Locked"], described["MinRetentionDays"]) == (True, 7)

    start = ("--resource-arn", "arn:aws:s3:::cli-photos", "--iam-role-arn", role, "--lifecycle", "DeleteAfterDays=35")
    job = json.loads(aws("backup", "start-backup-job", "--backup-vault-name", "cli-vault", *start).stdout)[
        "BackupJobId"
    ]
    ended = wait(aws, ["backup", "describe-backup-job", "--backup-job-id", job], "State")
    assert ended["State"] == "COMPLETED", ended
    listed = json.loads(
        aws("backup", "list-recovery-points-by-backup-vault", "--backup-vault-name", "cli-vault").stdout
    )["RecoveryPoints"]
    assert [point["ResourceArn"] for point in listed] == ["arn:aws:s3:::cli-photos"]
    point = ("--backup-vault-name", "cli-vault", "--recovery-point-arn", listed[0]["RecoveryPointArn"])
    assert json.loads(aws("backup", "describe-recovery-point", *point).stdout)["Status"] == "COMPLETED"

    refused = aws("backup", "delete-recovery-point", *point, check=False)
    assert refused.returncode != 0
    assert "InvalidRequestException" in refused.stderr
    assert (
        len(
            json.loads(
                aws("backup", "list-recovery-points-by-backup-vault", "--backup-vault-name", "cli-vault").stdout
            )["RecoveryPoints"]
        )
        == 1
    )

    metadata = json.loads(aws("backup", "get-recovery-point-restore-metadata", *point).stdout)["RestoreMetadata"]
    metadata |= {"DestinationBucketName": "cli-photos-back", "NewBucket": "true"}
    restore = (
        "--recovery-point-arn",
        listed[0]["RecoveryPointArn"],
        "--iam-role-arn",
        role,
        "--metadata",
        json.dumps(metadata),
    )
    restored = json.loads(aws("backup", "start-restore-job", *restore).stdout)["RestoreJobId"]
    done = wait(aws, ["backup", "describe-restore-job", "--restore-job-id", restored], "Status")
    assert done["Status"] == "COMPLETED", done
    back = tmp_path / "back.bin"
    aws("s3", "cp", "s3://cli-photos-back/2026/photo.bin", str(back))
    assert back.read_bytes() == photo.read_bytes()
