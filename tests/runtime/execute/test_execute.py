"""The hand: it does what the plan says, once, and nothing irreversible that nobody approved."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from backstay_agent.aws import Aws
from backstay_agent.execute import Execution, Outcome
from backstay_agent.journal import Journal
from backstay_agent.observe import observe
from backstay_agent.planner import plan_changes
from backstay_contract.plan import ChangePlan, Scope

PAYMENTS, RISK, REGION = "100000000010", "100000000011", "eu-central-1"
SCOPE = Scope(folder="build")


class Recorder:
    """Remembers every writing call that leaves the agent (clients that exist already are not heard)."""

    def __init__(self, aws: Aws) -> None:
        self.calls: list[str] = []
        aws.botocore_session.register("before-send", self.note)

    def note(self, event_name: str, **_: Any) -> None:
        """botocore's `before-send`."""
        operation = event_name.rpartition(".")[2]
        if not operation.startswith(("Get", "List", "Describe", "Assume")):
            self.calls.append(operation)


@pytest.fixture
def carry_out(tmp_path: Path) -> Callable[..., tuple[Outcome, ...]]:
    """Carries out a plan."""

    def run(plan: ChangePlan, aws: Aws, approved: tuple[str, ...] = ()) -> tuple[Outcome, ...]:
        with Journal(tmp_path / "journal.jsonl", plan.id) as journal:
            return Execution(plan, aws, journal, approved, lambda outcome: None).run(4)

    return run


def decide(build: Any, aws: Aws) -> ChangePlan:
    """Observe and plan."""
    return plan_changes(build, observe(build, aws, SCOPE), SCOPE)


def locked(shape: dict[str, Any]) -> None:
    """The vault gets a compliance lock."""
    shape["vault_locks"][0]["ChangeableForDays"] = 14


def test_no_lock_without_approval_whatever_the_plan_calls_it(cloud: Any, builds: Any, carry_out: Any) -> None:
    """A plan file that plays a compliance lock down is not believed."""
    aws = cloud.aws()
    plan = decide(builds.make(locked), aws)
    played_down = [action.model_copy(update={"effect": "reversible"}) for action in plan.actions]
    hand = cloud.aws()
    recorder = Recorder(hand)
    outcomes = carry_out(plan.model_copy(update={"actions": tuple(played_down)}), hand)
    assert [outcome.action.kind for outcome in outcomes if outcome.status == "unapproved"] == ["put-vault-lock"]
    assert "CreateBackupVault" in recorder.calls
    assert "PutBackupVaultLockConfiguration" not in recorder.calls


def test_each_action_is_one_call_in_the_plans_order(cloud: Any, builds: Any, carry_out: Any) -> None:
    """Nothing is sent that was not planned."""
    plan = decide(builds.make(), cloud.aws())
    hand = cloud.aws()
    recorder = Recorder(hand)
    carry_out(plan, hand)
    assert recorder.calls == [
        "CreateBackupVault",
        "PutBackupVaultAccessPolicy",
        "PutBackupVaultNotifications",
        "CreateBackupPlan",
        "CreateBackupSelection",
        "PutBackupVaultLockConfiguration",
    ]


def test_doing_a_plan_twice_makes_no_duplicate(cloud: Any, builds: Any, carry_out: Any) -> None:
    """The same creates, sent again by another process, are answered with what is there already."""
    plan = decide(builds.make(), cloud.aws())
    first = carry_out(plan, cloud.aws())
    state = cloud.state()
    again = carry_out(plan, cloud.aws())
    assert [outcome.status for outcome in first + again] == ["done"] * 12
    assert cloud.state() == state


def test_a_deletion_that_was_done_already_is_done(cloud: Any, builds: Any, carry_out: Any) -> None:
    """When the answer to a delete was lost, its repetition is no failure."""

    def nothing(shape: dict[str, Any]) -> None:
        for noun in [noun for noun in shape if noun != "region"]:
            shape[noun] = []

    aws = cloud.aws()
    carry_out(decide(builds.make(), aws), aws)
    plan = decide(builds.make(nothing), aws)
    assert [outcome.status for outcome in carry_out(plan, aws) + carry_out(plan, aws)] == ["done"] * 6


def test_what_rests_on_a_failure_is_not_tried(cloud: Any, builds: Any, carry_out: Any) -> None:
    """Without the vault there is no plan, and without the plan no selection; the reasons say so."""
    plan = decide(builds.make(), cloud.aws())
    cloud.client("backup").create_backup_vault(BackupVaultName="primary")
    outcomes = {outcome.action.kind: outcome for outcome in carry_out(plan, cloud.aws())}
    assert outcomes["create-vault"].status == "failed"
    assert "AlreadyExistsException" in (outcomes["create-vault"].reason or "")
    assert outcomes["create-plan"].reason == "rests on create-vault primary, which was not done"
    assert {outcome.status for kind, outcome in outcomes.items() if kind != "create-vault"} == {"skipped"}


class OneName:
    """A service that refuses a second selection of the same name beside the first."""

    def __init__(self, aws: Aws) -> None:
        aws.botocore_session.register("before-send.backup.CreateBackupSelection", self.refuse)

    def refuse(self, request: Any, **_: Any) -> AWSResponse | None:
        """botocore's `before-send`: an answer instead of the call."""
        if json.loads(request.body)["BackupSelection"]["SelectionName"] != "tier-gold":
            return None
        body = json.dumps({"Code": "AlreadyExists", "Message": "The name is taken."}).encode()
        headers = {"x-amzn-ErrorType": "AlreadyExistsException", "Content-Type": "application/json"}
        return AWSResponse(request.url, 400, headers, Body(body))


class Body:
    """The body of an answer as botocore reads it."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: Any) -> Any:
        """All of it at once."""
        yield self.content


def test_a_taken_name_costs_no_coverage(cloud: Any, builds: Any, carry_out: Any) -> None:
    """Where two selections of one name are refused, the new one gets its second name, and then the old one goes."""

    def silver(shape: dict[str, Any]) -> None:
        equals = shape["selections"][0]["BackupSelection"]["Conditions"]["StringEquals"]
        equals[0]["ConditionValue"] = "silver"

    aws = cloud.aws()
    carry_out(decide(builds.make(), aws), aws)
    plan = decide(builds.make(silver), aws)
    strict = cloud.aws()
    OneName(strict)
    assert [outcome.status for outcome in carry_out(plan, strict)] == ["done", "done"]
    (selection,) = cloud.state()["plans"][0]["selections"]
    assert selection["SelectionName"].startswith("tier-gold.")
    assert decide(builds.make(silver), aws).actions == ()
