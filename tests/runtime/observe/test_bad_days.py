"""What fails in an account stays its own: refusals, dead Regions, throttling, wrong clocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from backstay_agent.aws import Aws, Call, Timing
from backstay_agent.observe import observe
from backstay_contract.plan import Scope

MANAGEMENT, CENTRAL, PAYMENTS, RISK = "100000000001", "100000000002", "100000000010", "100000000011"
REGION = "eu-central-1"
FAR = ("eu-west-1", "eu-west-2", "eu-west-3")
SCOPE = Scope(folder="build", also_regions=FAR)


def hasty(cloud: Any) -> tuple[Aws, list[Call]]:
    """The agent's way to an embedded AWS that does not wait between attempts, and the calls that it makes."""
    aws = Aws(cloud.aws().endpoint, timing=Timing(sleep=lambda _: None))
    heard: list[Call] = []
    aws.listen(heard.append)
    return aws, heard


def test_an_account_that_refuses_is_asked_once(cloud: Any, builds: Any) -> None:
    """Not once for each Region: the answer would be the same."""
    cloud.client("iam", RISK).delete_role(RoleName="backstay-agent")
    aws, heard = hasty(cloud)
    observed = observe(builds.make(accounts=(PAYMENTS, RISK)), aws, SCOPE)
    assert Counter(call.account for call in heard if call.operation == "AssumeRole")[RISK] == 1
    assert [(it.account, it.region) for it in observed.unread] == [(RISK, None)]


def test_a_dead_region_costs_little_and_is_told_as_such(cloud: Any, builds: Any) -> None:
    """Soon nobody is asked there any more; every other place is read."""
    cloud.local.faults.add("unreachable", "*", region="eu-west-3")
    aws, heard = hasty(cloud)
    observed = observe(builds.make(accounts=(PAYMENTS, RISK)), aws, SCOPE)
    accounts = (MANAGEMENT, CENTRAL, PAYMENTS, RISK)
    assert set(observed.places) == {(it, region) for it in accounts for region in (REGION, "eu-west-1", "eu-west-2")}
    assert {(it.account, it.region) for it in observed.unread} == {(account, "eu-west-3") for account in accounts}
    assert all("eu-west-3" in it.error or "ConnectionClosedError" in it.error for it in observed.unread)
    tried = sum(1 + call.retries for call in heard if call.region == "eu-west-3")
    assert tried < 6 * len(accounts) * 2


def test_the_home_region_may_be_the_dead_one(cloud: Any, builds: Any) -> None:
    """Who calls is then asked elsewhere, and roles are taken through the Regions that do answer."""
    cloud.local.faults.add("unreachable", "*", region=REGION)
    aws, _ = hasty(cloud)
    observed = observe(builds.make(accounts=(PAYMENTS, RISK)), aws, SCOPE)
    assert set(observed.places) == {(account, region) for account in (PAYMENTS, RISK) for region in FAR}
    unread = {(it.account, it.region) for it in observed.unread}
    assert unread == {(MANAGEMENT, None), (PAYMENTS, REGION), (RISK, REGION)}


def test_throttling_is_borne_and_counted(cloud: Any, builds: Any, tmp_path: Path, run: Callable[..., Result]) -> None:
    """A plan succeeds through it, and says in one line what had to be asked again."""
    cloud.local.faults.add("throttle", "backup:List*", count=2)
    builds.write(tmp_path / "build")
    told = run("plan", tmp_path / "build", "--check")
    assert told.exit_code == 1
    assert "2 throttled, retried" in told.stderr


def test_what_could_not_be_read_is_named_and_the_code_is_3(
    cloud: Any, builds: Any, tmp_path: Path, run: Callable[..., Result]
) -> None:
    """`plan --check` over an account that refuses is neither clean nor merely drifted."""
    cloud.client("iam", RISK).delete_role(RoleName="backstay-agent")
    builds.write(tmp_path / "build")
    told = run("plan", tmp_path / "build", "--check")
    assert told.exit_code == 3
    assert RISK in told.stdout
    assert "AccessDenied" in told.stdout
    assert run("plan", tmp_path / "build").exit_code == 0


@pytest.mark.parametrize("where", ["*:*", "backup:*"])
def test_a_wrong_clock_ends_the_command_with_advice(
    cloud: Any, builds: Any, tmp_path: Path, run: Callable[..., Result], where: str
) -> None:
    """It concerns every call, so that it is one sentence and code 2, whenever it is found out."""
    cloud.local.faults.add("skewed", where)
    builds.write(tmp_path / "build")
    told = run("plan", tmp_path / "build")
    assert told.exit_code == 2
    assert "clock" in told.stderr
    assert told.stderr.count("\n") == 1
    assert "timedatectl" in told.stderr
