"""How an apply ends early and is taken up again: failures that are enough, Ctrl-C, a process that was killed."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PAYMENTS, RISK = "100000000010", "100000000011"


@pytest.fixture
def build(builds: Any, tmp_path: Path) -> Path:
    """A build for two accounts, `build` in the working directory."""
    return builds.write(tmp_path / "build")  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Ctrl-C is heeded, also where these tests run in the background of a shell, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt(folder: Path) -> None:
    """Press Ctrl-C as soon as a journal says that an action has started."""
    for _ in range(600):
        if any(b'"started"' in path.read_bytes() for path in folder.glob("*.jsonl")):
            signal.raise_signal(signal.SIGINT)
            return
        time.sleep(0.05)


def test_after_enough_failures_no_account_is_begun(cloud: Any, run: Any, build: Path) -> None:
    """--fail-fast: the account that comes after the failed one is left as it is, and told so."""
    cloud.local.faults.add("expired", "backup:CreateBackupVault", account=PAYMENTS)
    result = run("apply", "build", "--yes", "--fail-fast", "--max-parallel", "1")
    assert result.exit_code == 3
    assert "not begun, since 1 account failed before" in result.stdout
    assert cloud.state(RISK) == {"vaults": [], "plans": []}
    cloud.local.faults.clear()
    assert run("apply", "build", "--yes").exit_code == 0


def test_by_default_one_failure_stops_nobody(cloud: Any, run: Any, build: Path) -> None:
    """Without --max-failures the other account is done; with two allowed failures as well."""
    cloud.local.faults.add("expired", "backup:CreateBackupVault", account=PAYMENTS)
    assert run("apply", "build", "--yes", "--max-failures", "2", "--max-parallel", "1").exit_code == 3
    assert len(cloud.state(RISK)["plans"]) == 1
    assert run("apply", "build", "--yes", "--fail-fast", "--max-failures", "2").exit_code == 2


def test_a_first_interrupt_ends_what_is_under_way(cloud: Any, run: Any, build: Path, tmp_path: Path) -> None:
    """Ctrl-C during a call: it is finished and journaled, the rest is not begun, exit 3; the next apply goes on."""
    cloud.local.faults.add("slow", "backup:CreateBackupVault", seconds=1.5)
    threading.Thread(target=interrupt, args=[tmp_path / ".backstay/journal"]).start()
    result = run("apply", "build", "--yes", "--max-parallel", "1")
    assert (result.exit_code, "interrupted: what was under way has ended" in result.stderr) == (3, True), result.output
    cloud.local.faults.clear()
    (journal,) = (tmp_path / ".backstay/journal").iterdir()
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    done = [line["action"] for line in lines if line.get("outcome") == "done"]
    assert [line["action"] for line in lines if line.get("outcome") == "started"] == done
    assert 0 < len(done) < 12
    again = run("apply", "build", "--yes")
    assert again.exit_code == 0
    assert f"goes on with apply {journal.stem}" in again.stderr
    assert f"({len(done)} of 12 actions were done)" in again.stderr
    assert "goes on with" not in run("apply", "build", "--yes").stderr


def test_a_saved_plan_is_finished_after_a_cut(cloud: Any, run: Any, build: Path, tmp_path: Path) -> None:
    """What a killed process left of a saved plan is done by the same command, and nothing twice."""
    run("plan", "build", "-o", "plan.json")
    cloud.local.faults.add("slow", "backup:CreateBackupVault", seconds=1.5)
    threading.Thread(target=interrupt, args=[tmp_path / ".backstay/journal"]).start()
    assert run("apply", "plan.json", "--yes", "--max-parallel", "1").exit_code == 3
    cloud.local.faults.clear()
    with (next((tmp_path / ".backstay/journal").iterdir())).open("ab") as journal:
        journal.write(b'{"action": "half a li')
    assert run("apply", "plan.json", "--yes").exit_code == 0
    for account in (PAYMENTS, RISK):
        assert [len(cloud.state(account)[noun]) for noun in ("vaults", "plans")] == [1, 1]
