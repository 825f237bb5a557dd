"""`backstay copy` over stops and back from the central account, as a person sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from backstay_agent.jobs.copy import gaps, perform
from backstay_agent.jobs.narrow import Narrow
from backstay_agent.jobs.start import Run
from backstay_agent.jobs.ways import all_ways
from backstay_agent.read_build import read_build

CENTRAL, PAYMENTS, RISK, REGION = "100000000002", "100000000010", "100000000011", "eu-central-1"
CENTRAL_VAULT = f"arn:aws:backup:{REGION}:{CENTRAL}:backup-vault:central"
Job = Callable[..., Result]
Make = Callable[..., str]


def _points(cloud: Any, account: str, vault: str) -> list[dict[str, Any]]:
    listed = cloud.client("backup", account).list_recovery_points_by_backup_vault(BackupVaultName=vault)
    points: list[dict[str, Any]] = listed["RecoveryPoints"]
    return points


def _copies(cloud: Any, account: str = PAYMENTS) -> int:
    return len(cloud.client("backup", account).list_copy_jobs()["CopyJobs"])


def _open(cloud: Any, account: str, vault: str) -> None:
    cloud.client("backup", account).put_backup_vault_access_policy(
        BackupVaultName=vault,
        Policy='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",'
        ' "Action": "backup:CopyIntoBackupVault", "Resource": "*"}]}',
    )


@pytest.fixture
def volume(ready: Any) -> str:
    """A tagged EBS volume under the key that AWS manages, which cannot go to another account as it is."""
    made = ready.client("ec2").create_volume(
        AvailabilityZone=f"{REGION}a",
        Size=1,
        Encrypted=True,
        TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "backup", "Value": "gold"}]}],
    )
    return str(made["VolumeId"])


@pytest.fixture
def stopping(copying: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    """Changes a build: copies go to the central account, and there is a vault with a customer's key."""

    def change(body: dict[str, Any]) -> None:
        copying(body)
        body["vaults"].append({"BackupVaultName": "stop"})

    return change


def _make_stop(cloud: Any) -> None:
    key = cloud.client("kms", PAYMENTS).create_key(
        Policy='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"},'
        ' "Action": "kms:*", "Resource": "*"}]}'
    )
    arn = key["KeyMetadata"]["Arn"]
    cloud.client("backup").create_backup_vault(BackupVaultName="stop", EncryptionKeyArn=arn)


def test_no_stop(ready: Any, volume: str, builds: Any, tmp_path: Path, job: Job, stopping: Any) -> None:
    """Where only a stop would help and there is none, nothing is started, and the reason and the remedy are said."""
    done = job("backup", builds.write(tmp_path / "build", stopping), "--account", PAYMENTS)
    assert done.exit_code == 1
    assert "AWS managed key cannot go to another account" in done.output
    assert "a stop on the way needs a standard vault with a customer managed key" in done.output
    assert volume in done.output
    assert _copies(ready) == 0


@pytest.fixture
def scheduled(ready: Any, volume: str, builds: Any, tmp_path: Path, stopping: Any) -> Path:
    """The volume's backup by a plan of the build's name whose rule does not copy, and a vault to stop at."""
    _make_stop(ready)
    backup = ready.client("backup")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "primary", "ScheduleExpression": "cron(0 3 ? * * *)"}
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "gold", "Rules": [rule]})["BackupPlanId"]
    role = f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole"
    arn = f"arn:aws:ec2:{REGION}:{PAYMENTS}:volume/{volume}"
    selection = {"SelectionName": "s", "IamRoleArn": role, "Resources": [arn]}
    backup.create_backup_selection(BackupPlanId=plan, BackupSelection=selection)
    ready.local.advance(timedelta(days=1))
    assert len(_points(ready, PAYMENTS, "primary")) == 1
    build: Path = builds.write(tmp_path / "build", stopping)
    return build


def test_two_hops(ready: Any, scheduled: Path, job: Job) -> None:
    """A backup under AWS's key reaches the other account over a vault with a customer's key, once; it leaves there."""
    done = job("copy", scheduled, "--account", PAYMENTS)
    assert done.exit_code == 0, done.output
    assert f"1 copy over stop in {PAYMENTS}, {REGION}, because a backup of EBS under an AWS managed key" in done.output
    assert "1 copy completed" in done.output
    assert len(_points(ready, CENTRAL, "central")) == 1
    [left] = _points(ready, PAYMENTS, "stop")
    assert 4 <= left["Lifecycle"]["DeleteAfterDays"] <= 5
    again = job("copy", scheduled, "--account", PAYMENTS, "--token", "another")
    assert again.exit_code == 0, again.output
    assert _copies(ready) == 2
    assert len(_points(ready, CENTRAL, "central")) == 1


@pytest.mark.long
def test_one_hop_after_the_other(ready: Any, scheduled: Path, job: Job) -> None:
    """Started without waiting, a copy over a stop is at the stop; the same command later goes on from there."""
    started = job("copy", scheduled, "--account", PAYMENTS, "--no-wait")
    assert "Only first hops were started" in started.output
    ready.local.advance(timedelta(minutes=5))
    assert _points(ready, CENTRAL, "central") == []
    done = job("copy", scheduled, "--account", PAYMENTS)
    assert done.exit_code == 0, done.output
    assert len(_points(ready, CENTRAL, "central")) == 1
    assert len(_points(ready, PAYMENTS, "stop")) == 1


@pytest.fixture
def gathered(ready: Any, bucket: Make, builds: Any, tmp_path: Path, job: Job, copying: Any) -> Path:
    """A bucket whose backup went to the central account, and was lost where it was made. Gives the build."""
    bucket("acme-ledger", {"a": b"1"}, backup="gold")
    build: Path = builds.write(tmp_path / "build", copying)
    assert job("backup", build, "--account", PAYMENTS).exit_code == 0
    [point] = _points(ready, PAYMENTS, "primary")
    ready.client("backup").delete_recovery_point(BackupVaultName="primary", RecoveryPointArn=point["RecoveryPointArn"])
    return build


def test_back(ready: Any, gathered: Path, job: Job) -> None:
    """What was gathered comes back to the vault it was made in, for some days, once; and can be restored there."""
    _open(ready, PAYMENTS, "primary")
    done = job("copy", gathered, "--from-central", "--keep-days", "20")
    assert done.exit_code == 0, done.output
    assert "1 copy completed" in done.output
    [point] = _points(ready, PAYMENTS, "primary")
    assert point["SourceBackupVaultArn"] == CENTRAL_VAULT
    assert point["Lifecycle"]["DeleteAfterDays"] == 21
    again = job("copy", gathered, "--from-central", "--token", "another")
    assert "1 copy is there already." in again.output
    restored = job("restore", point["RecoveryPointArn"])
    assert restored.exit_code == 0, restored.output
    assert "verified" in restored.output


@pytest.mark.long
def test_back_into_another_account(ready: Any, gathered: Path, job: Job) -> None:
    """With --to it goes to another account of the build: where to restore when the first one is lost."""
    _open(ready, RISK, "primary")
    done = job("copy", gathered, "--from-central", "--to", "risk-prod", "--resource", "arn:aws:s3:::acme-ledger")
    assert done.exit_code == 0, done.output
    assert [point["ResourceArn"] for point in _points(ready, RISK, "primary")] == ["arn:aws:s3:::acme-ledger"]


def test_back_into_a_closed_vault(gathered: Path, job: Job) -> None:
    """A vault that lets nobody in is a failure that says what to change."""
    done = job("copy", gathered, "--from-central")
    assert done.exit_code == 1
    assert "Access Denied trying to call AWS Backup service" in done.output
    assert "backup:CopyIntoBackupVault" in done.output
    assert "backstay rules copy-not-admitted" in done.output


@pytest.mark.long
def test_back_to_nowhere(gathered: Path, job: Job) -> None:
    """A vault that does not exist, an account that nobody knows and options that do not go together are complaints."""
    missing = job("copy", gathered, "--from-central", "--into", "nowhere")
    assert missing.exit_code == 3
    assert "vault nowhere is not there" in missing.output
    assert job("copy", gathered, "--from-central", "--to", "nobody").exit_code == 2
    assert job("copy", gathered, "--to", "risk-prod").exit_code == 2


class _Killed(BaseException):
    """The process ends here, as far as the agent can tell."""


@pytest.mark.long
@pytest.mark.parametrize("call", [1, 2])
def test_killed_on_the_way(ready: Any, scheduled: Path, call: int) -> None:
    """Killed after AWS took any hop and run again, each hop was made once."""

    def copy(aws: Any, number: int | None) -> list[Any]:
        seen = []

        def die(model: Any, **_: Any) -> None:
            seen.append(model.name)
            if seen.count("StartCopyJob") == number and model.name == "StartCopyJob":
                raise _Killed

        aws.botocore_session.register("after-call.backup", die)
        aws.caller()
        now = aws.now.replace(microsecond=0)
        build, places = read_build(scheduled), [(PAYMENTS, REGION)]
        run = Run("today", build.digest, "o-acme0001", now)
        gap = gaps(build, aws, places, Narrow(), now, 1, lambda *_: None)
        ways = all_ways(aws, build, gap.todo, now, 1)
        return perform(aws, run, gap, ways, 1, lambda *_: None, wait=True)

    with pytest.raises(_Killed):
        copy(ready.aws(), call)
    ready.local.advance(timedelta(minutes=5))
    outcomes = copy(ready.aws(), None)
    assert all(one.status == "completed" for one in outcomes)
    assert _copies(ready) == 2
    assert len(_points(ready, CENTRAL, "central")) == 1
    assert len(_points(ready, PAYMENTS, "stop")) == 1
