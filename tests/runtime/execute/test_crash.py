"""Killed at any call and run again, an apply comes to the same end as if nothing had happened."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PAYMENTS = "100000000010"
KILLED = 137


def changed(shape: dict[str, Any]) -> None:
    """Another retention, another selection, no lock, other notifications, one more vault."""
    shape["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 90
    equals = shape["selections"][0]["BackupSelection"]["Conditions"]["StringEquals"]
    equals[0]["ConditionValue"] = "silver"
    shape["vault_locks"] = []
    shape["vault_notifications"][0]["BackupVaultEvents"] = ["COPY_JOB_FAILED"]
    shape["vaults"].append({"BackupVaultName": "second"})


def nothing(shape: dict[str, Any]) -> None:
    """The build wants nothing."""
    for noun in [noun for noun in shape if noun != "region"]:
        shape[noun] = []


CHANGES: dict[str, Callable[[dict[str, Any]], None] | None] = {"empty": nothing, "first": None, "second": changed}


@pytest.fixture
def hand(cloud: Any, builds: Any, tmp_path: Path) -> Iterator[Callable[..., int]]:
    """Applies one of the three builds in a process of its own; gives its exit code."""
    folders = {name: builds.write(tmp_path / name, change, (PAYMENTS,)) for name, change in CHANGES.items()}
    script = Path(__file__).with_name("hand.py")
    process = subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout

    def apply(name: str, kill: int = 0, when: str = "before") -> int:
        order = {
            "url": cloud.url,
            "keys": [cloud.local.access_key, cloud.local.secret_key],
            "build": str(folders[name]),
            "journals": str(tmp_path / "journals"),
            "only": [],
            "approve": [],
            "kill": kill,
            "when": when,
        }
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        return int(stdout.readline())

    yield apply
    stdin.close()
    process.wait(10)
    stdout.close()


@pytest.mark.parametrize(("start", "end"), [("empty", "first"), ("first", "second"), ("second", "empty")])
def test_it_converges_from_every_call(hand: Callable[..., int], cloud: Any, start: str, end: str) -> None:
    """For each writing call: killed there, run again; the state is that of a clean run, with nothing twice.

    Dying before a call leaves AWS as dying after the call before it, so each boundary is visited once.
    """
    assert hand(start) == 0
    assert hand(end) == 0
    clean = cloud.state()
    boundaries = 0
    for when in ("before", "after"):
        for number in range(1, 2 if when == "before" else 100):
            assert hand(start) == 0
            code = hand(end, number, when)
            if code != KILLED:
                assert code == 0
                break
            boundaries += 1
            assert hand(end) == 0
            assert cloud.state() == clean, f"killed {when} call {number}"
            assert hand(end, 1) == 0, "a third run writes nothing"
    assert boundaries > 3
    assert cloud.state() == clean
