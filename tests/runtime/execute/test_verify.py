"""Create, verify, then remove: what is taken away waits until what takes its place was read back as it was wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from backstay_agent.confirm import Confirm
from backstay_agent.execute import Execution
from backstay_agent.journal import Journal
from backstay_agent.observe import observe
from backstay_agent.planner import plan_changes
from backstay_agent.read_back import Made, ReadBack
from backstay_contract.plan import ChangePlan, CreateVault, Scope

PAYMENTS, REGION = "100000000010", "eu-central-1"


def silver(shape: dict[str, Any]) -> None:
    """The selection takes something else."""
    equals = shape["selections"][0]["BackupSelection"]["Conditions"]["StringEquals"]
    equals[0]["ConditionValue"] = "silver"


class Liar:
    """Changes what AWS answers when a selection is read back: somebody was quicker, or AWS did not do it."""

    def __init__(self, aws: Any) -> None:
        aws.botocore_session.register("before-send.backup.GetBackupSelection", self.answer)

    def answer(self, request: Any, **_: Any) -> AWSResponse:
        """botocore's `before-send`: an answer instead of the call."""
        selection = {"SelectionName": "tier-gold", "IamRoleArn": "arn:aws:iam::100000000010:role/x", "Resources": ["*"]}
        body = json.dumps({"BackupSelection": selection}).encode()
        return AWSResponse(request.url, 200, {"Content-Type": "application/json"}, Body(body))


class Body:
    """The body of an answer as botocore reads it."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: Any) -> Any:
        """All of it at once."""
        yield self.content


def decide(build: Any, aws: Any) -> ChangePlan:
    """Observe and plan."""
    scope = Scope(folder="build")
    return plan_changes(build, observe(build, aws, scope), scope)


def carry_out(plan: ChangePlan, aws: Any, path: Path) -> dict[str, Any]:
    """The outcomes by kind."""
    with Journal(path, plan.id) as journal:
        outcomes = Execution(plan, aws, journal, (), lambda outcome: None).run(2)
    return {outcome.action.kind: outcome for outcome in outcomes}


def test_the_old_one_stays_while_the_new_one_is_not_as_wanted(cloud: Any, builds: Any, tmp_path: Path) -> None:
    """The removal is not sent, and the reason has both: what AWS answered, and what was wanted."""
    carry_out(decide(builds.make(), cloud.aws()), cloud.aws(), tmp_path / "first")
    plan = decide(builds.make(silver), cloud.aws())
    liar = cloud.aws()
    Liar(liar)
    outcomes = carry_out(plan, liar, tmp_path / "second")
    assert outcomes["create-selection"].status == "done"
    removal = outcomes["delete-selection"]
    assert removal.status == "failed"
    assert "not sent, because it rests on create-selection tier-gold: AWS answered {" in removal.reason
    assert "silver" in removal.reason.partition(", wanted ")[2]
    assert len(cloud.state()["plans"][0]["selections"]) == 2, "what was covered is covered still"
    verified = [json.loads(line) for line in (tmp_path / "second").read_text().splitlines() if '"verified"' in line]
    assert [(line["kind"], bool(line["error"])) for line in verified] == [("create-selection", True)]


def test_a_reading_that_lags_is_repeated(cloud: Any) -> None:
    """AWS is eventually consistent: what is not there yet is asked for again, a few times, then told."""
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            cloud.client("backup").create_backup_vault(BackupVaultName="late")

    action = CreateVault(
        id="vault-1", account=PAYMENTS, region=REGION, name="late", reason="", key=None, tags={}, token="t"
    )
    confirm = Confirm(ReadBack(cloud.aws(), Made({}, {})), pause)
    assert confirm.ask(action).problem is None
    assert (len(pauses), confirm.known(action)) == (2, True)
    never = action.model_copy(update={"id": "vault-2", "name": "never"})
    assert "could not be read back" in (confirm.ask(never).problem or "")


@pytest.mark.parametrize("change", [None, silver])
def test_where_nothing_is_taken_away_only_locks_are_read_back(
    cloud: Any, builds: Any, tmp_path: Path, change: Any
) -> None:
    """A first apply costs one reading for a lock and one for its vault, however much it creates."""
    carry_out(decide(builds.make(change), cloud.aws()), cloud.aws(), tmp_path / "journal")
    lines = [json.loads(line) for line in (tmp_path / "journal").read_text().splitlines()]
    assert [line["kind"] for line in lines if line["outcome"] == "verified"] == ["create-vault", "put-vault-lock"]
