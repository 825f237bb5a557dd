"""`plan` and `apply` as a person or a pipeline uses them, against an embedded AWS, checked with plain boto3."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

PAYMENTS, RISK, REGION = "100000000010", "100000000011", "eu-central-1"


def locked(shape: dict[str, Any]) -> None:
    """The vault gets a compliance lock."""
    shape["vault_locks"][0]["ChangeableForDays"] = 14


def shorter(shape: dict[str, Any]) -> None:
    """Rule `daily` keeps its points for ten days."""
    shape["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 10


@pytest.fixture
def build(builds: Any, tmp_path: Path) -> Path:
    """A build for two accounts, `build` in the working directory."""
    return builds.write(tmp_path / "build")  # type: ignore[no-any-return]


def test_apply_makes_it_so_and_the_second_has_nothing_to_do(cloud: Any, run: Any, build: Path) -> None:
    """Both accounts hold what the build says; running again changes nothing and says so."""
    first = run("apply", "build", "--yes")
    assert first.exit_code == 0, first.output
    state = cloud.state()
    assert repr(state).replace(PAYMENTS, RISK) == repr(cloud.state(RISK))
    (vault,), (plan,) = state["vaults"], state["plans"]
    assert (vault["Locked"], vault["MinRetentionDays"], vault["final"]) == (True, 7, False)
    assert vault["tags"]["backstay:owner"] == "o-acme0001"
    assert plan["rules"][0]["Lifecycle"] == {"DeleteAfterDays": 35}
    assert [selection["SelectionName"] for selection in plan["selections"]] == ["tier-gold"]
    second = run("apply", "build", "--yes")
    assert (second.exit_code, second.stdout) == (0, "Nothing to do: 2 accounts as the build says.\n")
    assert cloud.state() == state


def test_without_a_yes_nothing_is_written(cloud: Any, run: Any, build: Path) -> None:
    """No terminal and no --yes: the plan is shown, nothing is done, exit 4."""
    result = run("apply", "build")
    assert result.exit_code == 4
    assert "Nothing has been changed yet" in result.stdout
    assert "--yes" in result.stderr
    assert cloud.state() == {"vaults": [], "plans": []}


def test_plan_changes_nothing_and_is_the_same_every_time(cloud: Any, run: Any, build: Path) -> None:
    """Exit 0 whatever it shows, byte for byte the same JSON but for the time; --check gives 1."""
    first, second = (json.loads(run("plan", "build", "--format", "json").stdout) for _ in range(2))
    assert first.pop("at")
    assert second.pop("at")
    assert first == second
    assert len(first["actions"]) == 12
    assert cloud.state() == {"vaults": [], "plans": []}
    assert run("plan", "build").exit_code == 0
    assert run("plan", "build", "--check").exit_code == 1
    run("apply", "build", "--yes")
    assert run("plan", "build", "--check").exit_code == 0


def test_a_saved_plan_is_applied_once(cloud: Any, run: Any, build: Path) -> None:
    """plan.json does what it says; afterwards there is nothing left of it to do."""
    assert run("plan", "build", "-o", "plan.json").exit_code == 0
    assert run("apply", "plan.json", "--yes").exit_code == 0
    assert len(cloud.state()["plans"]) == 1
    assert run("apply", "plan.json", "--yes").stdout.startswith("Nothing to do")


def test_a_stale_plan_is_refused(cloud: Any, run: Any, build: Path) -> None:
    """When AWS has changed since the plan was made, exit 4 and nothing is written."""
    run("plan", "build", "-o", "plan.json")
    cloud.client("backup").create_backup_vault(BackupVaultName="primary")
    result = run("apply", "plan.json", "--yes")
    assert result.exit_code == 4
    assert "plan again" in result.stderr
    assert cloud.state(RISK) == {"vaults": [], "plans": []}


def test_a_plan_of_another_build_is_refused(cloud: Any, run: Any, build: Path, builds: Any, tmp_path: Path) -> None:
    """A plan is bound to the build that it was made of."""
    run("plan", "build", "-o", "plan.json")
    builds.write(tmp_path / "build", shorter)
    result = run("apply", "plan.json", "--yes")
    assert result.exit_code == 4
    assert "the build is not the one" in result.stderr


def test_a_lock_needs_its_own_approval(cloud: Any, run: Any, builds: Any, tmp_path: Path) -> None:
    """--yes alone never locks for good: the rest is done, exit 4; each lock is approved by its id."""
    builds.write(tmp_path / "build", locked)
    result = run("apply", "build", "--yes")
    assert result.exit_code == 4
    assert len(cloud.state()["plans"]) == 1
    assert not any(vault["Locked"] for account in (PAYMENTS, RISK) for vault in cloud.state(account)["vaults"])
    actions = json.loads(run("plan", "build", "--format", "json").stdout)["actions"]
    ids = {action["account"]: action["id"] for action in actions}
    assert {action["effect"] for action in actions} == {"irreversible"}
    one = run("apply", "build", "--yes", "--approve", ids[PAYMENTS])
    assert one.exit_code == 4
    assert [cloud.state(account)["vaults"][0]["final"] for account in (PAYMENTS, RISK)] == [True, False]
    other = run("apply", "build", "--yes", "--approve", ids[RISK], "--approve", ids[PAYMENTS])
    assert other.exit_code == 0
    assert re.search(
        r"🔒 vault lock primary in risk-prod \(100000000011\).*: cannot be undone after \S+ \S+ UTC", other.stdout
    )
    assert cloud.state(RISK)["vaults"][0]["final"]


def test_one_failing_account_stops_no_other(cloud: Any, run: Any, build: Path) -> None:
    """The account that cannot be entered is named, the other one is done, exit 3."""
    cloud.client("iam", RISK).delete_role(RoleName="backstay-agent")
    result = run("apply", "build", "--yes")
    assert result.exit_code == 3
    assert "risk-prod (100000000011) could not be read" in result.stdout
    assert len(cloud.state(PAYMENTS)["plans"]) == 1


def test_a_failing_call_is_told_and_holds_back_what_rests_on_it(cloud: Any, run: Any, build: Path) -> None:
    """A selection that AWS refuses fails in one account only, with AWS's sentence."""
    cloud.local.faults.add("expired", "backup:CreateBackupSelection", account=RISK)
    result = run("apply", "build", "--yes")
    assert result.exit_code == 3
    assert "✗ risk-prod (100000000011): selection tier-gold of plan gold" in result.stdout
    assert "ExpiredToken" in result.stdout
    assert [len(cloud.state(account)["plans"][0]["selections"]) for account in (PAYMENTS, RISK)] == [1, 0]


def test_nothing_is_written_where_something_needed_is_missing(cloud: Any, run: Any, build: Path) -> None:
    """Without the role, the account is left as it is and told; the other one is done."""
    cloud.client("iam", RISK).delete_role(RoleName="AWSBackupDefaultServiceRole")
    result = run("apply", "build", "--yes")
    assert result.exit_code == 3
    assert "missing   role in risk-prod" in result.stdout
    assert cloud.state(RISK) == {"vaults": [], "plans": []}
    assert len(cloud.state(PAYMENTS)["plans"]) == 1


def test_a_role_that_backup_cannot_assume_holds_its_account_back(cloud: Any, run: Any, build: Path) -> None:
    """The first write waits for a role that trusts AWS Backup; what is wrong and what helps are told, exit 3."""
    ec2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [ec2]})
    iam = cloud.client("iam", RISK)
    iam.update_assume_role_policy(RoleName="AWSBackupDefaultServiceRole", PolicyDocument=trust)
    result = run("apply", "build", "--yes")
    assert result.exit_code == 3
    assert "does not trust backup.amazonaws.com; nothing is written there without it; let" in result.stdout
    assert cloud.state(RISK) == {"vaults": [], "plans": []}
    assert len(cloud.state(PAYMENTS)["plans"]) == 1


def test_somebody_elses_vault_is_left_alone(cloud: Any, run: Any, build: Path) -> None:
    """A conflict is told and exits 3; --adopt takes the vault over."""
    cloud.client("backup").create_backup_vault(BackupVaultName="primary")
    result = run("apply", "build", "--yes")
    assert result.exit_code == 3
    assert "conflict  vault primary in payments-prod" in result.stdout
    assert not cloud.state()["vaults"][0]["Locked"]
    assert run("apply", "build", "--yes", "--adopt").exit_code == 0
    assert cloud.state()["vaults"][0]["Locked"]


def test_account_narrows_by_id_and_name(cloud: Any, run: Any, build: Path) -> None:
    """--account acts in that account only; an account that the build does not name is bad usage."""
    assert run("apply", "build", "--yes", "--account", "risk-prod").exit_code == 0
    assert len(cloud.state(RISK)["plans"]) == 1
    assert cloud.state(PAYMENTS)["plans"] == []
    assert run("plan", "build", "--account", "nobody").exit_code == 2


def test_the_journal_says_what_was_done(cloud: Any, run: Any, build: Path, tmp_path: Path) -> None:
    """One line before and one after each action, between those of the run, in a file that only the owner reads."""
    run("apply", "build", "--yes", "--journal", "kept")
    (journal,) = (tmp_path / "kept").iterdir()
    assert journal.stat().st_mode & 0o777 == 0o600
    begun, *events, ended = [json.loads(line) for line in journal.read_text().splitlines()]
    assert (begun["run"], begun["actions"], ended["run"], ended["actions"]) == ("began", 12, "ended", 12)
    assert [sum(event["outcome"] == outcome for event in events) for outcome in ("started", "done")] == [12, 12]
    verified = [event["kind"] for event in events if event["outcome"] == "verified"]
    assert sorted(verified) == ["create-vault"] * 2 + ["put-vault-lock"] * 2, (
        "a lock and what it rests on are read back"
    )


def test_organization_settings_are_made_from_the_management_account(
    cloud: Any, run: Any, builds: Any, tmp_path: Path
) -> None:
    """Cross-account backup is turned on once, in the management account."""
    builds.write(tmp_path / "build", settings={"isCrossAccountBackupEnabled": "true"})
    assert run("apply", "build", "--yes").exit_code == 0
    settings = cloud.client("backup", "100000000001").describe_global_settings()["GlobalSettings"]
    assert settings["isCrossAccountBackupEnabled"] == "true"
    assert run("plan", "build", "--check").exit_code == 0


def test_orphans_are_shown_and_left(cloud: Any, run: Any, build: Path, builds: Any, tmp_path: Path) -> None:
    """An account that leaves the build keeps its backups; the plan says that they are there."""
    run("apply", "build", "--yes")
    builds.write(tmp_path / "build", accounts=(PAYMENTS,))
    result = run("apply", "build", "--yes")
    assert result.exit_code == 0
    assert "orphan    plan gold in 100000000011" in result.stdout
    assert "to remove it: backstay destroy build --orphans" in result.stdout
    assert len(cloud.state(RISK)["plans"]) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "nowhere"),
        (["build", "--endpoint-url", "http://127.0.0.1:9"], "no answer at http://127.0.0.1:9"),
        (["build", "--profile", "nobody"], "nobody"),
        (["build", "--local", "--profile", "x"], "--local stands alone"),
    ],
)
def test_what_cannot_be_used_exits_2(cloud: Any, run: Any, build: Path, arguments: list[str], told: str) -> None:
    """No build, no endpoint, no profile: one sentence, exit 2, no traceback."""
    result = run("plan", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_broken_plan_file_exits_2(run: Any, tmp_path: Path) -> None:
    """A file that is no saved plan is told by name and place."""
    (tmp_path / "plan.json").write_text('{"format": 1}')
    result = run("apply", "plan.json", "--yes")
    assert result.exit_code == 2
    assert "plan.json: the document: " in result.stderr
