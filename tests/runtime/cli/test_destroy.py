"""`destroy`: what is ours goes in its order, what may not go is told with its day, nobody else's is touched."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

PAYMENTS, RISK, REGION = "100000000010", "100000000011", "eu-central-1"
TABLE = "orders"


def unguarded(shape: dict[str, Any]) -> None:
    """No lock."""
    shape["vault_locks"] = []


def final(shape: dict[str, Any]) -> None:
    """A compliance lock that closes after three days."""
    shape["vault_locks"][0]["ChangeableForDays"] = 3


@pytest.fixture
def applied(cloud: Any, builds: Any, run: Any, tmp_path: Path) -> Any:
    """Applies a build for two accounts, with a stranger's vault and plan beside."""

    def make(change: Any = unguarded) -> None:
        builds.write(tmp_path / "build", change)
        backup = cloud.client("backup")
        backup.create_backup_vault(BackupVaultName="strangers")
        rule = {"RuleName": "r", "TargetBackupVaultName": "strangers", "Lifecycle": {"DeleteAfterDays": 9}}
        backup.create_backup_plan(BackupPlan={"BackupPlanName": "theirs", "Rules": [rule]})
        planned = json.loads(run("plan", "build", "--format", "json").stdout)
        locks = [action["id"] for action in planned["actions"] if action["effect"] == "irreversible"]
        assert run("apply", "build", "--yes", *(f"--approve={one}" for one in locks)).exit_code == 0

    return make


def back_up(cloud: Any, days: int = 35) -> str:
    """One recovery point in the vault of the build."""
    client = cloud.client("dynamodb")
    key = {"AttributeName": "id"}
    client.create_table(
        TableName=TABLE,
        KeySchema=[key | {"KeyType": "HASH"}],
        AttributeDefinitions=[key | {"AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    cloud.client("backup").start_backup_job(
        BackupVaultName="primary",
        ResourceArn=f"arn:aws:dynamodb:{REGION}:{PAYMENTS}:table/{TABLE}",
        IamRoleArn=f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole",
        Lifecycle={"DeleteAfterDays": days},
    )
    cloud.local.advance(timedelta(hours=2))
    (point,) = cloud.client("backup").list_recovery_points_by_backup_vault(BackupVaultName="primary")["RecoveryPoints"]
    return f"{point['CalculatedLifecycle']['DeleteAt'] + timedelta(hours=8):%Y-%m-%d}"


def test_without_a_yes_nothing_goes(cloud: Any, applied: Any, run: Any) -> None:
    """Nobody to ask and no --yes: the teardown is shown, nothing is done, exit 4."""
    applied()
    state = cloud.state()
    result = run("destroy", "build")
    assert result.exit_code == 4
    assert "Backstay will remove what is ours in 2 of 2 accounts" in result.stdout
    assert cloud.state() == state


def test_everything_of_ours_goes_and_nothing_else(cloud: Any, applied: Any, run: Any) -> None:
    """Selections before plans, policies and notifications before vaults; the stranger's things stay as they are."""
    applied()
    assert run("destroy", "build", "--yes").exit_code == 0
    assert cloud.state(RISK) == {"vaults": [], "plans": []}
    left = cloud.state()
    assert ([one["name"] for one in left["vaults"]], [one["name"] for one in left["plans"]]) == (
        ["strangers"],
        ["theirs"],
    )
    again = run("destroy", "build", "--yes")
    assert (again.exit_code, again.stdout) == (0, "Nothing to remove: nothing of ours is there.\n")


def test_a_saved_teardown_is_applied_and_goes_stale(cloud: Any, applied: Any, run: Any) -> None:
    """`destroy -o` writes nothing to AWS; `apply` of the file does it, unless AWS has changed since."""
    applied()
    assert run("destroy", "build", "-o", "down.json").exit_code == 0
    assert json.loads(Path("down.json").read_text())["purpose"] == "destroy"
    assert len(cloud.state(RISK)["plans"]) == 1
    cloud.client("backup", RISK).delete_backup_vault_notifications(BackupVaultName="primary")
    stale = run("apply", "down.json", "--yes")
    assert (stale.exit_code, "plan again" in stale.stderr) == (4, True)
    run("destroy", "build", "-o", "down.json")
    assert run("apply", "down.json", "--yes").exit_code == 0
    assert cloud.state(RISK) == {"vaults": [], "plans": []}


def test_a_vault_with_recovery_points_stays_until_the_last_has_expired(cloud: Any, applied: Any, run: Any) -> None:
    """Its plans go, it stays as it is, and the day is told on which it could go; on that day it goes."""
    applied()
    day = back_up(cloud)
    result = run("destroy", "build", "--yes")
    assert result.exit_code == 3
    assert "stays     vault primary in payments-prod" in result.stdout
    assert f"it could go on {day}" in result.stdout
    (vault,) = [one for one in cloud.state()["vaults"] if one["name"] == "primary"]
    assert vault["policy"], "what guards the points stays with them"
    cloud.local.advance(timedelta(days=36))
    assert run("destroy", "build", "--yes").exit_code == 0
    assert [one["name"] for one in cloud.state()["vaults"]] == ["strangers"]


def test_points_are_deleted_when_that_is_asked_for(cloud: Any, applied: Any, run: Any) -> None:
    """--delete-recovery-points shows how many and how large they are; a governance lock goes before them."""
    applied(None)
    back_up(cloud)
    shown = run("destroy", "build", "--delete-recovery-points")
    assert (shown.exit_code, "1 recovery points, " in shown.stdout) == (4, True), shown.output
    result = run("destroy", "build", "--yes", "--delete-recovery-points")
    assert result.exit_code == 0, result.output
    assert [one["name"] for one in cloud.state()["vaults"]] == ["strangers"]


def test_a_final_lock_refuses_and_names_the_day(cloud: Any, applied: Any, run: Any) -> None:
    """After its date nobody deletes from a vault in compliance mode, whatever is asked; empty, it goes."""
    applied(final)
    cloud.local.advance(timedelta(days=4))
    day = back_up(cloud)
    result = run("destroy", "build", "--yes", "--delete-recovery-points")
    assert result.exit_code == 3
    assert "locked in compliance mode" in result.stdout
    assert f"it could go on {day}" in result.stdout
    assert cloud.state(RISK) == {"vaults": [], "plans": []}, "an empty vault goes, locked or not"
    cloud.local.advance(timedelta(days=40))
    assert run("destroy", "build", "--yes").exit_code == 0


def test_orphans_alone(cloud: Any, applied: Any, builds: Any, run: Any, tmp_path: Path) -> None:
    """--orphans removes what the build no longer names, and leaves what it names."""
    applied()
    builds.write(tmp_path / "build", unguarded, accounts=(PAYMENTS,))
    state = cloud.state()
    assert run("destroy", "build", "--orphans", "--yes").exit_code == 0
    assert cloud.state(RISK) == {"vaults": [], "plans": []}
    assert cloud.state() == state


def test_account_narrows_a_teardown(cloud: Any, applied: Any, run: Any) -> None:
    """Only that account, also one that the build never named; a name that nobody knows is bad usage."""
    applied()
    assert run("destroy", "build", "--yes", "--account", "risk-prod").exit_code == 0
    assert (cloud.state(RISK)["vaults"], len(cloud.state()["plans"])) == ([], 2)
    assert run("destroy", "build", "--yes", "--account", "100000000002").exit_code == 0
    assert run("destroy", "build", "--account", "nobody").exit_code == 2
    assert run("destroy", "nowhere").exit_code == 2
