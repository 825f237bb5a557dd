"""`apply` twice, killed in between, and with an account that cannot be entered: seen from outside, with plain boto3."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MANAGEMENT, APP, WEB = "200000000001", "200000000010", "200000000011"
Rent = Callable[[], tuple[Any, Any]]

WANTED = {
    "vaults": [("startup", True, 7, 731)],
    "plans": [("everyday", [("daily", {"DeleteAfterDays": 35}), ("monthly", {"DeleteAfterDays": 366})], ["tagged"])],
}


@pytest.fixture
def two(startup: Any, rent: Rent) -> tuple[Any, Any]:
    """The start-up with a second account beside the first, a build for both, and an embedded AWS with them."""
    org: Path = startup.folder / "policies" / "org.yaml"
    org.write_text(f'{org.read_text()}        - {{id: "{WEB}", name: startup-web}}\n')
    assert startup("compile", "-o", "build").returncode == 0
    return rent()


def _change(shell: Any) -> None:
    policy = shell.folder / "policies" / "policy.py"
    policy.write_text(policy.read_text().replace("days(35)", "days(40)"))
    assert shell("compile", "-o", "build").returncode == 0


def test_the_second_time_nothing_is_done(two: tuple[Any, Any]) -> None:
    """The first run makes it so; the second says that nothing is to be done, and does nothing; a plan agrees."""
    shell, cloud = two
    first = shell("apply", "build", "--yes")
    assert first.returncode == 0, first.stderr
    assert "10 of 10 actions done." in first.stdout
    assert cloud.state(APP) == cloud.state(WEB) == WANTED
    before = {path: path.read_bytes() for path in (shell.folder / ".backstay").rglob("*") if path.is_file()}
    second = shell("apply", "build", "--yes")
    assert (second.returncode, second.stdout) == (0, "Nothing to do: 3 accounts as the build says.\n")
    assert {path: path.read_bytes() for path in before} == before
    assert cloud.state(APP) == cloud.state(WEB) == WANTED
    assert shell("plan", "build", "--check").returncode == 0


def test_without_a_yes_nothing_is_done(two: tuple[Any, Any]) -> None:
    """No terminal and no --yes: exit code 4, and AWS is as it was."""
    shell, cloud = two
    done = shell("apply", "build")
    assert done.returncode == 4
    assert done.stderr.startswith("refused: ")
    assert cloud.state(APP) == {"vaults": [], "plans": []}


@pytest.mark.parametrize("events", [0, 1, 5, 12])
def test_killed_and_run_again(two: tuple[Any, Any], events: int) -> None:
    """Killed before, during and near the end of its work, then run again: the same state, and nothing twice."""
    shell, cloud = two
    journals: Path = shell.folder / "kept"
    first = shell.start("apply", "build", "--yes", "--journal", "kept", "--max-parallel", "1")
    while first.poll() is None and _lines(journals) < events:
        time.sleep(0.002)
    first.kill()
    first.wait()
    again = shell("apply", "build", "--yes", "--journal", "kept")
    assert again.returncode == 0, again.stdout + again.stderr
    assert cloud.state(APP) == cloud.state(WEB) == WANTED
    assert shell("apply", "build", "--yes").stdout.startswith("Nothing to do")


def _lines(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("*")) if folder.is_dir() else 0


def test_one_account_cannot_be_entered(two: tuple[Any, Any]) -> None:
    """It is named with its reason, the other one is done, exit code 3; when it is open again, the rest follows."""
    shell, cloud = two
    cloud.client("iam", WEB).delete_role(RoleName="backstay-agent")
    plan = shell("plan", "build")
    assert (plan.returncode, "startup-web (200000000011) could not be read" in plan.stdout) == (0, True)
    done = shell("apply", "build", "--yes")
    assert done.returncode == 3
    assert "startup-web (200000000011) could not be read" in done.stdout
    assert "AccessDenied" in done.stdout
    assert cloud.state(APP) == WANTED
    for words in (("backup", "build"), ("audit", "build")):
        other = shell(*words)
        assert other.returncode == 3, words
        assert WEB in other.stdout + other.stderr, words
    assert shell("org", "bootstrap", "--account", WEB, "--yes").returncode == 0
    again = shell("apply", "build", "--yes")
    assert again.returncode == 0, again.stdout
    assert cloud.state(APP) == cloud.state(WEB) == WANTED


def test_a_change_is_told_and_made(two: tuple[Any, Any]) -> None:
    """The plan says both numbers, the apply makes one change an account, and the plan's id stays the same plan's."""
    shell, cloud = two
    assert shell("apply", "build", "--yes").returncode == 0
    _change(shell)
    told = shell("plan", "build")
    assert "rule daily: keep 35 days → 40 days" in told.stdout
    actions = json.loads(shell("plan", "build", "--format", "json").stdout)["actions"]
    assert [(action["account"], action["effect"]) for action in actions] == [(APP, "reversible"), (WEB, "reversible")]
    assert shell("apply", "build", "--yes").returncode == 0
    for account in (APP, WEB):
        assert cloud.state(account)["plans"][0][1][0] == ("daily", {"DeleteAfterDays": 40})


def test_an_endpoint_that_goes_away(two: tuple[Any, Any]) -> None:
    """When AWS stops answering between plan and apply, nothing is claimed to be done: exit code 2, one sentence."""
    shell, cloud = two
    assert shell("plan", "build", "-o", "plan.json").returncode == 0
    down = shell("local", "down", AWS_ENDPOINT_URL=cloud.environment["AWS_ENDPOINT_URL"])
    assert down.returncode == 0, down.stderr
    done = shell("apply", "plan.json", "--yes")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: no answer ")
    assert not (shell.folder / ".backstay").exists()
