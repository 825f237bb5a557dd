"""The way to AWS on a bad day: every fault of an embedded AWS, met over HTTP, with waits that are noted, not waited."""

from __future__ import annotations

import time
from typing import Any

import pytest

from backstay_agent.aws import Aws, AwsProblem, Call, SkewedError, Timing, UnreachableError
from backstay_agent.aws.retries import ATTEMPTS

MANAGEMENT, PAYMENTS = "100000000001", "100000000010"
REGION = "eu-central-1"
LIST = (PAYMENTS, REGION, "backup", "ListBackupVaults")


class Way:
    """The agent's way to an embedded AWS; sleeps are noted and not slept, chance always draws the longest."""

    def __init__(self, cloud: Any, wall: float = 0.0) -> None:
        self.slept: list[float] = []
        self.heard: list[Call] = []
        timing = Timing(sleep=self.slept.append, chance=lambda: 1.0, wall=lambda: time.time() + wall)
        self.aws = Aws(cloud.aws().endpoint, timing=timing)
        self.aws.listen(self.heard.append)

    def vaults(self) -> list[str]:
        """The names of the vaults in a member account."""
        return [vault["BackupVaultName"] for vault in self.aws.call(*LIST)["BackupVaultList"]]


@pytest.mark.parametrize("kind", ["throttle", "error-before", "error-after", "unavailable", "unreachable", "lost"])
def test_what_passes_is_waited_for(cloud: Any, kind: str) -> None:
    """Three failures in a row, then the answer; the waits double, and the listener hears of the retries."""
    way = Way(cloud)
    cloud.local.faults.add(kind, "backup:ListBackupVaults", count=3)
    assert way.vaults() == []
    first = 1.0 if kind == "throttle" else 0.4
    assert way.slept == pytest.approx([first, 2 * first, 4 * first])
    last = way.heard[-1]
    assert (last.operation, last.retries, last.code) == ("ListBackupVaults", 3, None)
    assert last.throttled == (3 if kind == "throttle" else 0)


@pytest.mark.parametrize(
    ("kind", "code", "failure"),
    [
        ("throttle", "ThrottlingException", "throttle"),
        ("error-before", "InternalFailure", "server"),
        ("unreachable", "ConnectionClosedError", "timeout"),
    ],
)
def test_what_does_not_pass_is_told_after_the_last_attempt(cloud: Any, kind: str, code: str, failure: str) -> None:
    """The problem says what it was in the end, and how often it was tried."""
    way = Way(cloud)
    fault = cloud.local.faults.add(kind, "backup:ListBackupVaults")
    with pytest.raises(AwsProblem) as caught:
        way.vaults()
    assert (caught.value.code, caught.value.failure, caught.value.attempts) == (code, failure, ATTEMPTS)
    assert [entry.tally.struck for entry in cloud.local.faults.list() if entry.id == fault] == [ATTEMPTS]
    assert way.heard[-1].code == code


def test_a_quota_is_told_at_once(cloud: Any) -> None:
    """AWS Backup's LimitExceededException is a quota: waiting would change nothing."""
    way = Way(cloud)
    rules = [{"RuleName": f"r{number}", "TargetBackupVaultName": "vault"} for number in range(11)]
    plan = {"BackupPlanName": "gold", "Rules": rules}
    with pytest.raises(AwsProblem) as caught:
        way.aws.call(PAYMENTS, REGION, "backup", "CreateBackupPlan", BackupPlan=plan)
    assert (caught.value.code, caught.value.failure) == ("LimitExceededException", "quota")
    assert (caught.value.attempts, way.slept) == (1, [])


def test_a_create_whose_answer_was_lost_makes_one_thing(cloud: Any) -> None:
    """Where the caller gives no token, one is made before the first attempt, and every attempt carries it."""
    way = Way(cloud)
    cloud.local.faults.add("lost", "backup:CreateBackupPlan", count=2)
    rule = {"RuleName": "r", "TargetBackupVaultName": "vault"}
    plan = {"BackupPlanName": "gold", "Rules": [rule]}
    way.aws.call(PAYMENTS, REGION, "backup", "CreateBackupPlan", BackupPlan=plan)
    assert len(cloud.client("backup").list_backup_plans()["BackupPlansList"]) == 1


def test_a_key_that_may_have_been_made_is_not_made_again(cloud: Any) -> None:
    """CreateKey has no token: a lost answer is told, a throttled call is repeated."""
    way = Way(cloud)
    before = len(cloud.client("kms").list_keys()["Keys"])
    cloud.local.faults.add("lost", "kms:CreateKey", count=1)
    with pytest.raises(AwsProblem) as caught:
        way.aws.call(PAYMENTS, REGION, "kms", "CreateKey")
    assert caught.value.attempts == 1
    cloud.local.faults.clear()
    cloud.local.faults.add("throttle", "kms:CreateKey", count=2)
    way.aws.call(PAYMENTS, REGION, "kms", "CreateKey")
    assert len(cloud.client("kms").list_keys()["Keys"]) == before + 2


def test_a_role_is_taken_in_spite_of_throttling(cloud: Any) -> None:
    """AssumeRole is a call like any other."""
    way = Way(cloud)
    cloud.local.faults.add("throttle", "sts:AssumeRole", count=2)
    assert way.vaults() == []
    assert [(call.operation, call.throttled) for call in way.heard] == [("AssumeRole", 2), ("ListBackupVaults", 0)]


def test_expired_credentials_of_a_role_are_renewed_once(cloud: Any) -> None:
    """Once: if the new ones have expired, too, that is told."""
    way = Way(cloud)
    cloud.local.faults.add("expired", "backup:ListBackupVaults", count=1)
    assert way.vaults() == []
    taken = [call.operation for call in way.heard]
    assert taken == ["AssumeRole", "AssumeRole", "ListBackupVaults"]
    cloud.local.faults.add("expired", "backup:ListBackupVaults")
    with pytest.raises(AwsProblem) as caught:
        way.vaults()
    assert (caught.value.failure, caught.value.attempts) == ("expired", 2)


def test_expired_credentials_of_the_caller_are_read_anew(cloud: Any) -> None:
    """Whoever renews them outside (a login, a file that is written anew) is seen at the next call."""
    way = Way(cloud)
    cloud.local.faults.add("expired", "backup:ListBackupVaults", account=MANAGEMENT, count=1)
    answer = way.aws.call(MANAGEMENT, REGION, "backup", "ListBackupVaults")
    assert answer["BackupVaultList"] == []
    assert way.heard[-1].retries == 1


def test_who_we_are_is_asked_again_while_sts_throttles(cloud: Any) -> None:
    """The first call of all bears throttling and failures like any other."""
    way = Way(cloud)
    cloud.local.faults.add("throttle", "sts:GetCallerIdentity", count=3)
    assert way.aws.caller() == MANAGEMENT


@pytest.mark.parametrize(("wall", "told"), [(-1020.0, "17 minutes behind"), (7200.0, "2 hours ahead of")])
def test_a_wrong_clock_is_told_with_by_how_much_and_what_to_do(cloud: Any, wall: float, told: str) -> None:
    """One sentence, at the very first call, and no account is tried."""
    way = Way(cloud, wall)
    cloud.local.faults.add("skewed", "sts:*")
    with pytest.raises(SkewedError, match=told) as caught:
        way.aws.caller()
    assert "timedatectl" in str(caught.value)
    assert isinstance(caught.value, UnreachableError)
    assert way.slept == []


def test_a_clock_that_goes_wrong_on_the_way_is_told_so_too(cloud: Any) -> None:
    """The same sentence, as the problem of a call."""
    way = Way(cloud, -600.0)
    cloud.local.faults.add("skewed", "backup:*")
    with pytest.raises(AwsProblem, match="10 minutes behind AWS's") as caught:
        way.vaults()
    assert (caught.value.failure, caught.value.attempts) == ("skew", 1)


@pytest.mark.parametrize(
    ("region", "service", "operation"),
    [("eu-central-1", "nosuchservice", "List"), ("not a region", "backup", "ListBackupVaults")],
)
def test_what_does_not_exist_is_a_problem_and_no_traceback(
    cloud: Any, region: str, service: str, operation: str
) -> None:
    """An unknown service or Region is told like any other refusal."""
    with pytest.raises(AwsProblem) as caught:
        Way(cloud).aws.call(MANAGEMENT, region, service, operation)
    assert caught.value.failure == "refusal"
