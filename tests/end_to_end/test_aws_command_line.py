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
