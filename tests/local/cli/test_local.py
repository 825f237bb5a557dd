"""`backstay local`: up, down, status, seed, clock, faults, check, as a shell and its user see them."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import Result

from backstay_local import running

Run = Callable[..., Result]
Exports = Callable[[str], dict[str, str]]


def enter(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> None:
    """What `eval "$(backstay local up)"` does."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    boto3.setup_default_session()


def test_up_speaks_to_the_shell_and_every_client_follows(
    run: Run, exports: Exports, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard output is exports only; boto3 without any argument then works; `down` ends it."""
    result = run("up")
    assert result.exit_code == 0, result.output
    settings = exports(result.stdout)
    assert list(settings) == [
        "AWS_ENDPOINT_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
    ]
    enter(monkeypatch, settings)
    assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert boto3.client("backup").list_backup_vaults()["BackupVaultList"] == []
    again = run("up")
    assert exports(again.stdout)["AWS_ENDPOINT_URL"] == settings["AWS_ENDPOINT_URL"]
    assert run("down").exit_code == 0
    dead = run("status")
    assert dead.exit_code == 2
    assert f"no embedded AWS answers at {settings['AWS_ENDPOINT_URL']}" in dead.stderr


def test_state_survives_down_and_up(
    run: Run, exports: Exports, tmp_path: Path, org_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vaults, buckets, the organization, the key and the clock are there again, on another port."""
    data = str(tmp_path / "data")
    first = exports(run("up", "--data", data, "--start", "2030-01-01T00:00Z").stdout)
    enter(monkeypatch, first)
    seeded = run("seed", str(org_file))
    assert seeded.exit_code == 0, seeded.output
    assert "organization" in seeded.stdout
    boto3.client("backup").create_backup_vault(BackupVaultName="safe")
    boto3.client("s3").create_bucket(Bucket="kept")
    advanced = run("clock", "advance", "30d")
    assert advanced.stdout.startswith("2030-01-31T00:")
    assert run("down", "--data", data).exit_code == 0
    second = exports(run("up", "--data", data).stdout)
    assert second["AWS_ACCESS_KEY_ID"] == first["AWS_ACCESS_KEY_ID"]
    enter(monkeypatch, second)
    facts = json.loads(run("status", "--format", "json").stdout)
    assert (facts["management_account"], facts["organization"], facts["accounts"]) == ("100000000001", "o-acme0001", 4)
    assert boto3.client("backup").list_backup_vaults()["BackupVaultList"][0]["BackupVaultName"] == "safe"
    assert boto3.client("s3").list_buckets()["Buckets"][0]["Name"] == "kept"
    assert run("clock", "show").stdout.startswith("2030-01-31T00:")
    assert run("check").exit_code == 0


def test_acknowledged_backup_calls_survive_a_kill(
    run: Run, exports: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After `kill -9` every vault that was acknowledged is there, and nothing stands in the way of the next start."""
    data = tmp_path / "data"
    enter(monkeypatch, exports(run("up", "--data", str(data)).stdout))
    boto3.client("backup").create_backup_vault(BackupVaultName="safe")
    found = running.find(data)
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while _answers(found.endpoint) and time.monotonic() < until:
        time.sleep(0.02)
    enter(monkeypatch, exports(run("up", "--data", str(data)).stdout))
    assert boto3.client("backup").list_backup_vaults()["BackupVaultList"][0]["BackupVaultName"] == "safe"


def _answers(endpoint: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", int(endpoint.rpartition(":")[2])), 1).close()
    except OSError:
        return False
    return True


def test_several_run_side_by_side(run: Run, exports: Exports, tmp_path: Path) -> None:
    """Two folders are two worlds, with keys of their own that the other does not know."""
    one, two = (exports(run("up", "--data", str(tmp_path / name)).stdout) for name in ("one", "two"))
    assert one["AWS_ENDPOINT_URL"] != two["AWS_ENDPOINT_URL"]
    stranger = boto3.client(
        "backup",
        endpoint_url=two["AWS_ENDPOINT_URL"],
        aws_access_key_id=one["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=one["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
    )
    with pytest.raises(stranger.exceptions.ClientError, match="UnrecognizedClientException"):
        stranger.list_backup_vaults()
    for name in ("one", "two"):
        assert run("down", "--data", str(tmp_path / name)).exit_code == 0


def test_a_fixed_key_is_admitted(run: Run, exports: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--accept-key` lets a suite in that signs with a key of its own."""
    enter(monkeypatch, exports(run("up", "--accept-key", "testing=222222222222").stdout))
    enter(monkeypatch, {"AWS_ACCESS_KEY_ID": "testing"})
    assert boto3.client("sts").get_caller_identity()["Account"] == "222222222222"


def test_the_note_with_the_key_is_private(run: Run, tmp_path: Path) -> None:
    """Files that hold the key can be read by their owner only."""
    run("up", "--data", str(tmp_path / "data"))
    for name in ("server.json", "identity.json"):
        assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600


def test_doors_are_shut_without_the_key(run: Run, exports: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeding and the clock need the management account's key and secret."""
    enter(monkeypatch, exports(run("up").stdout))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "guessed")
    for command in (("status",), ("clock", "advance", "1d"), ("down",)):
        result = run(*command)
        assert result.exit_code == 2
        assert "only with the management account's access key and secret" in result.stderr


def test_faults_are_added_seen_and_ended(run: Run, exports: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault strikes the clients of the server until it is used up, cleared, or was never good."""
    enter(monkeypatch, exports(run("up").stdout) | {"AWS_MAX_ATTEMPTS": "1"})
    backup = boto3.client("backup")
    added = run("faults", "add", "throttle", "--on", "backup:List*", "--count", "1")
    assert (added.exit_code, added.stdout) == (0, "fault-1\n"), added.output
    with pytest.raises(backup.exceptions.ClientError, match="ThrottlingException"):
        backup.list_backup_vaults()
    backup.list_backup_vaults()
    assert run("faults", "list").stdout == "fault-1 throttle backup:List* count=1 (struck 1 of 2)\n"
    assert "a rate is above 0" in run("faults", "add", "throttle", "--rate", "2").stderr
    assert "there is no fault 'fault-7'" in run("faults", "clear", "fault-7").stderr
    assert run("faults", "clear", "fault-1").stderr == "ended 1\n"
    assert run("faults", "list").stdout == ""


def test_in_the_foreground_it_serves_others_with_the_key(exports: Exports, tmp_path: Path) -> None:
    """As in a container: on every address, with its key on standard output, until SIGTERM; strangers are refused."""
    words = (
        "--foreground",
        "--host",
        "0.0.0.0",
        "--data",
        str(tmp_path / "data"),
        "--setting",
        "plan_needs_vault=true",
    )
    command = [sys.executable, "-m", "backstay.cli.main", "local", "up", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as server:
        assert server.stdout is not None
        told = exports("".join(server.stdout.readline() for _ in range(5)))
        address = told["AWS_ENDPOINT_URL"].replace("127.0.0.1", "127.0.0.2")  # only who listens everywhere hears this

        def backup(key: str) -> Any:
            return boto3.client(
                "backup", told["AWS_REGION"], endpoint_url=address, aws_access_key_id=key, aws_secret_access_key="x"
            )

        ours, foreign = backup(told["AWS_ACCESS_KEY_ID"]), backup("AKIASTRANGER")
        assert ours.list_backup_vaults()["BackupVaultList"] == []
        with pytest.raises(foreign.exceptions.ClientError, match="UnrecognizedClientException"):
            foreign.list_backup_vaults()
        plan = {"BackupPlanName": "p", "Rules": [{"RuleName": "r", "TargetBackupVaultName": "v1"}]}
        with pytest.raises(ours.exceptions.ClientError, match="v1"):
            ours.create_backup_plan(BackupPlan=plan)
        server.terminate()
        assert server.wait(30) == 0


def test_a_port_in_use_is_told(run: Run, tmp_path: Path) -> None:
    """A taken port is a complaint with the port in it, exit 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("up", "--port", str(port), "--data", str(tmp_path / "data"))
    assert result.exit_code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr
    assert result.stdout == ""


def test_a_folder_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    """A file where the folder should be is a complaint, exit 2."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run("up", "--data", str(tmp_path / "file" / "data"))
    assert result.exit_code == 2
    assert "cannot write in" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("status",), "no embedded AWS runs in"),
        (("down", "--data", "nowhere"), "no embedded AWS runs in nowhere"),
        (("clock", "advance", "soon"), "'soon' is no duration"),
        (("faults", "list"), "no embedded AWS runs in"),
        (("up", "--accept-key", "x"), "wants KEY=ACCOUNT"),
        (("up", "--host", "0.0.0.0"), "--host goes with --foreground only"),
        (("up", "--setting", "run_time=soon"), "run_time: 'soon' is no duration"),
        (("up", "--start", "tomorrow"), "wants a time in ISO 8601"),
    ],
)
def test_mistakes_are_told_in_one_line(run: Run, arguments: tuple[str, ...], complaint: str) -> None:
    """What the caller has to mend is one line on standard error, exit 2."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_bad_seed_file_is_told(run: Run, exports: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is missing, or wrong, is named with its place, exit 2."""
    enter(monkeypatch, exports(run("up").stdout))
    missing = run("seed", str(tmp_path / "none.yaml"))
    assert (missing.exit_code, "none.yaml: No such file" in missing.stderr) == (2, True)
    (tmp_path / "bad.json").write_text('{"root": }', encoding="utf-8")
    bad = run("seed", str(tmp_path / "bad.json"))
    assert (bad.exit_code, "bad.json:1:10: Expecting value" in bad.stderr) == (2, True)


def test_metering_counts_what_is_kept(run: Run, tmp_path: Path) -> None:
    """A table for people and JSON for programs; without backups, only its head."""
    assert run("up", "--data", str(tmp_path)).exit_code == 0
    assert json.loads(run("metering", "--data", str(tmp_path), "--format", "json").stdout) == {"meters": []}
    head = run("metering", "--data", str(tmp_path)).stdout.split()
    assert head == ["account", "Region", "vault", "type", "points", "warm", "cold", "transferred", "restored"]
    assert run("down", "--data", str(tmp_path)).exit_code == 0
