"""The guard itself: it stops a lock that nobody approved, in this process and in others; an approved one goes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.guard import judge, watch

from backstay_agent.aws import Aws, Endpoint
from backstay_agent.cli.apply import apply
from backstay_agent.cli.plan import plan
from backstay_contract.build import BuildIndex, Shape
from backstay_contract.canonical import digest, pretty
from backstay_local import LocalAws

ACCOUNT, REGION = "100000000001", "eu-central-1"
ORGANIZATION = f"""
id: o-acme0001
management_account: "{ACCOUNT}"
regions: [{REGION}]
root: {{accounts: [{{id: "{ACCOUNT}", name: management}}]}}
"""
LOCK = {"BackupVaultName": "safe", "MinRetentionDays": 7, "ChangeableForDays": 3}


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An embedded AWS with one vault, at an address; the environment has its key."""
    with LocalAws() as local, local.serve() as url:
        local.seed_texts([("org.yaml", ORGANIZATION)])
        local.client("backup", region=REGION).create_backup_vault(BackupVaultName="safe")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", local.access_key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", local.secret_key)
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield url


def _lock(url: str, **members: Any) -> Aws:
    aws = Aws(Endpoint(url, region=REGION))
    aws.call(ACCOUNT, REGION, "backup", "PutBackupVaultLockConfiguration", **members)
    return aws


def test_a_lock_that_nobody_approved_is_stopped(url: str) -> None:
    """The agent's call never leaves, and the test that made it would fail."""
    with pytest.raises(watch.StoppedError, match="needs lock-"):
        _lock(url, **LOCK)
    (told,) = watch.drain()
    assert told.startswith(f"PutBackupVaultLockConfiguration in {ACCOUNT}, {REGION}")
    aws = Aws(Endpoint(url, region=REGION))
    assert not aws.call(ACCOUNT, REGION, "backup", "DescribeBackupVault", BackupVaultName="safe")["Locked"]


def test_another_lock_than_the_approved_one_is_stopped(url: str) -> None:
    """An approval is for one account, Region, vault and wish: three days are not four."""
    wish = {"MinRetentionDays": 7, "ChangeableForDays": 4}
    four = judge.action_id("lock", judge.Sent("", ACCOUNT, REGION, "", {}), "safe", wish)
    with watch.approving(["--approve", four]):
        with pytest.raises(watch.StoppedError):
            _lock(url, **LOCK)
        _lock(url, **{**LOCK, **wish})
    assert len(watch.drain()) == 1


def test_a_lock_in_governance_mode_needs_nobody(url: str) -> None:
    """It can be taken back."""
    _lock(url, BackupVaultName="safe", MinRetentionDays=7)


@pytest.mark.parametrize(
    ("service", "operation", "members"),
    [
        ("backup", "DeleteRecoveryPoint", {"BackupVaultName": "safe", "RecoveryPointArn": "arn:aws:ec2:x::snapshot/s"}),
        ("backup", "DisassociateRecoveryPoint", {"BackupVaultName": "safe", "RecoveryPointArn": "arn:aws:rds:x::s"}),
        ("backup", "CancelLegalHold", {"LegalHoldId": "1", "CancelDescription": "over"}),
        ("kms", "ScheduleKeyDeletion", {"KeyId": "alias/aws/backup"}),
        (
            "backup",
            "CreateLogicallyAirGappedBackupVault",
            {"BackupVaultName": "apart", "MinRetentionDays": 7, "MaxRetentionDays": 90},
        ),
    ],
)
def test_what_else_is_final_is_stopped(url: str, service: str, operation: str, members: dict[str, Any]) -> None:
    """Recovery points, holds, keys, and vaults that stay for ever: none by the way."""
    aws = Aws(Endpoint(url, region=REGION))
    with watch.approving(["--approve", "lock-0123456789ab"]), pytest.raises(watch.StoppedError):
        aws.call(ACCOUNT, REGION, service, operation, **members)
    assert len(watch.drain()) == 1


def test_other_processes_are_watched_too(url: str) -> None:
    """A process that a test starts is stopped likewise, and the test that started it is told."""
    program = f"""
from backstay_agent.aws import Aws, Endpoint
Aws(Endpoint({url!r}, region={REGION!r})).call({ACCOUNT!r}, {REGION!r}, "backup",
    "PutBackupVaultLockConfiguration", **{LOCK!r})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "StoppedError" in done.stderr
    assert len(watch.drain()) == 1


def test_a_lock_approved_on_the_command_line_goes(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The id that a plan shows is the one that the guard says the request has; `--yes` alone sends no lock."""
    monkeypatch.chdir(tmp_path)
    _write(tmp_path / "build")
    shown = json.loads(CliRunner().invoke(plan, ["build", "--format", "json"]).stdout)["actions"]
    (identity,) = [action["id"] for action in shown if action["kind"] == "put-vault-lock"]
    assert CliRunner().invoke(apply, ["build", "--yes"]).exit_code == 4
    assert CliRunner().invoke(apply, ["build", "--yes", f"--approve={identity}"]).exit_code == 0
    aws = Aws(Endpoint(url, region=REGION))
    assert aws.call(ACCOUNT, REGION, "backup", "DescribeBackupVault", BackupVaultName="cage")["Locked"]


def _write(folder: Path) -> None:
    lock = {"BackupVaultName": "cage", "MinRetentionDays": 7, "ChangeableForDays": 3}
    shape = {"region": REGION, "vaults": [{"BackupVaultName": "cage"}], "vault_locks": [lock]}
    document = Shape.model_validate(shape).document()
    regions = {REGION: digest(document)}
    organization = {"id": "o-acme0001", "management_account": ACCOUNT, "backup_account": ACCOUNT}
    index = BuildIndex.model_validate(
        {
            "organization": organization,
            "policies": ["one"],
            "global_settings": {},
            "accounts": {ACCOUNT: {"name": "management", "unit": "Root", "regions": regions}},
        }
    )
    (folder / "shapes").mkdir(parents=True)
    (folder / "shapes" / f"{digest(document)}.json").write_bytes(pretty(document))
    (folder / "index.json").write_bytes(pretty(index.model_dump(mode="json")))
