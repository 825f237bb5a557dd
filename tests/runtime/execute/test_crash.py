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
Change = Callable[[dict[str, Any]], None]


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


CHANGES: dict[str, Change | None] = {"empty": nothing, "first": None, "second": changed}


@pytest.fixture
def hand(cloud: Any, builds: Any, every: Change, every_changed: Change, tmp_path: Path) -> Iterator[Callable[..., int]]:
    """Applies one of the builds in a process of its own; gives its exit code."""
    changes = {**CHANGES, "every": every, "other": every_changed}
    folders = {name: builds.write(tmp_path / name, change, (PAYMENTS,)) for name, change in changes.items()}
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
            "approve": "all",
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
    converges(hand, cloud, start, end)


@pytest.mark.long
@pytest.mark.parametrize(("start", "end"), [("empty", "every"), ("every", "other"), ("every", "empty")])
def test_every_kind_of_thing_converges(hand: Callable[..., int], cloud: Any, start: str, end: str) -> None:
    """The same for one thing of every kind: keys, roles, holds, audits and restore tests are there once, and whole."""
    converges(hand, cloud, start, end)


def forget(cloud: Any) -> None:
    """Take away by hand what the agent never deletes: managed keys and roles."""
    kms, iam = cloud.client("kms"), cloud.client("iam")
    for row in kms.list_aliases()["Aliases"]:
        if row["AliasName"] == "alias/own":
            kms.delete_alias(AliasName=row["AliasName"])
    for row in kms.list_keys()["Keys"]:
        about = kms.describe_key(KeyId=row["KeyId"])["KeyMetadata"]
        if (about["KeyManager"], about["KeyState"]) == ("CUSTOMER", "Enabled"):
            kms.schedule_key_deletion(KeyId=row["KeyId"])
    if any(role["RoleName"] == "Own" for role in iam.list_roles()["Roles"]):
        for one in iam.list_attached_role_policies(RoleName="Own")["AttachedPolicies"]:
            iam.detach_role_policy(RoleName="Own", PolicyArn=one["PolicyArn"])
        for name in iam.list_role_policies(RoleName="Own")["PolicyNames"]:
            iam.delete_role_policy(RoleName="Own", PolicyName=name)
        iam.delete_role(RoleName="Own")


def converges(hand: Callable[..., int], cloud: Any, start: str, end: str) -> None:
    """From one build to another, killed at every writing call in turn."""
    assert hand(start) == 0
    assert hand(end) == 0
    clean = cloud.state(), cloud.parts()
    boundaries = 0
    for when in ("before", "after"):
        for number in range(1, 2 if when == "before" else 100):
            assert hand(start) == 0
            if start == "empty":
                forget(cloud)
            code = hand(end, number, when)
            if code != KILLED:
                assert code == 0
                break
            boundaries += 1
            assert hand(end) == 0
            assert (cloud.state(), cloud.parts()) == clean, f"killed {when} call {number}"
            assert hand(end, 1) == 0, "a third run writes nothing"
    assert boundaries > 3
    assert (cloud.state(), cloud.parts()) == clean
