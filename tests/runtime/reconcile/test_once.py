"""`backstay run --once` against the embedded AWS over HTTP: what it finds, what it puts right, and what it leaves."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from tests.runtime.reconcile.conftest import Run, alerts, events

MANAGEMENT, PAYMENTS, RISK, REGION = "100000000001", "100000000010", "100000000011", "eu-central-1"
ROLE = f"arn:aws:iam::{PAYMENTS}:role/service-role/AWSBackupDefaultServiceRole"
GOVERNANCE, COMPLIANCE = {"MinRetentionDays": 7}, {"MinRetentionDays": 7, "ChangeableForDays": 20}
DRIFT = ("--task", "drift")


def _spoil(cloud: Any, account: str = PAYMENTS) -> None:
    """Somebody takes the access policy away and shortens a rule by hand."""
    backup = cloud.client("backup", account)
    backup.delete_backup_vault_access_policy(BackupVaultName="primary")
    plan = backup.list_backup_plans()["BackupPlansList"][0]["BackupPlanId"]
    body = backup.get_backup_plan(BackupPlanId=plan)["BackupPlan"]
    rules = [{key: value for key, value in rule.items() if key != "RuleId"} for rule in body["Rules"]]
    rules[0]["Lifecycle"] = {"DeleteAfterDays": 14}
    backup.update_backup_plan(BackupPlanId=plan, BackupPlan={"BackupPlanName": body["BackupPlanName"], "Rules": rules})


def test_nothing_to_tell_is_clean(agent: Run, applied: Path) -> None:
    """After an apply: no drift, no alert, exit 0."""
    result = agent(applied, *DRIFT)
    assert (result.exit_code, alerts(result)) == (0, [])
    assert result.stdout == "drift  clean     AWS is what the build says, in 2 accounts\n"


def test_drift_is_reported_once_and_left_alone(agent: Run, applied: Path, cloud: Any) -> None:
    """`--apply report` writes nothing; the second look has nothing new to say; mended by hand, it is over."""
    good = cloud.state()
    _spoil(cloud)
    before = cloud.state()
    first, second = agent(applied, *DRIFT), agent(applied, *DRIFT)
    assert (first.exit_code, second.exit_code) == (1, 1)
    told = [
        ("new", "differs from the policy: change plan gold"),
        ("new", "differs from the policy: create access policy primary"),
    ]
    assert (alerts(first), alerts(second)) == (told, [])
    assert cloud.state() == before
    assert agent(applied, *DRIFT, "--apply", "reversible").exit_code == 0
    assert cloud.state() == good


def test_what_can_be_taken_back_is_put_right(agent: Run, applied: Path, cloud: Any) -> None:
    """`--apply reversible` makes AWS what the build says, journals it, and tells that the trouble is over."""
    good = cloud.state()
    _spoil(cloud)
    agent(applied, *DRIFT)
    result = agent(applied, *DRIFT, "--apply", "reversible", "--journal", "kept")
    assert result.exit_code == 0
    assert {status for status, _ in alerts(result)} == {"resolved"}
    assert result.stdout.startswith("drift  clean     2 actions done")
    assert cloud.state() == good
    journal = [json.loads(line) for file in Path("kept").iterdir() for line in file.read_text().splitlines()]
    assert [one["outcome"] for one in journal] == ["started", "done"] * 2


def test_locks_and_removals_are_never_done_but_told_with_what_to_run(
    agent: Run, applied: Path, cloud: Any, builds: Any
) -> None:
    """A compliance lock and a plan that goes wait, the rest of the same build is done, and the exit code is 4."""

    def change(body: dict[str, Any]) -> None:
        body["vault_locks"] = [{"BackupVaultName": "primary", **COMPLIANCE}]
        body["vault_notifications"] = []
        body["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 20

    builds.write(applied, change)
    result = agent(applied, *DRIFT, "--apply", "reversible")
    assert result.exit_code == 4
    told = {one["title"]: one for one in events(result, "alert") if one["account"] == PAYMENTS}
    assert sorted(told) == [
        "waits for an apply, since it takes protection away: change plan gold",
        "waits for an approval, since it can never be undone: lock vault lock primary",
    ]
    lock = told["waits for an approval, since it can never be undone: lock vault lock primary"]
    assert lock["severity"] == "critical"
    assert lock["command"].startswith(f"backstay apply {applied} --approve lock-")
    state = cloud.state()
    assert state["vaults"][0]["events"] is None
    assert not state["vaults"][0]["final"]
    assert state["plans"][0]["rules"][0]["Lifecycle"]["DeleteAfterDays"] == 35


def test_an_account_that_cannot_be_read_is_3_and_not_taken_for_repaired(agent: Run, applied: Path, cloud: Any) -> None:
    """Its troubles stay as they were; the others' are told."""
    _spoil(cloud)
    agent(applied, *DRIFT)
    cloud.client("iam", PAYMENTS).delete_role(RoleName="backstay-agent")
    result = agent(applied, *DRIFT)
    assert result.exit_code == 3
    assert alerts(result) == [("new", "the account cannot be read")]
    assert "AccessDenied" in events(result, "alert")[0]["lines"][0]


def test_two_agents_at_once_do_not_quarrel(agent: Run, cloud: Any, builds: Any, tmp_path: Path) -> None:
    """They make the same things with the same tokens: nothing is there twice, and both end clean."""
    from backstay_agent.aws import Aws, Endpoint
    from backstay_agent.reconcile.agent import Powers
    from backstay_agent.reconcile.build_file import BuildFile
    from backstay_agent.reconcile.log import Log
    from backstay_agent.reconcile.once import once
    from backstay_agent.reconcile.settings import FileStore, Settings, agent_of

    build = builds.write(tmp_path / "build")
    ended: dict[str, list[str]] = {}

    def run(name: str) -> None:
        powers = Powers("reversible", tmp_path / f"journal-{name}")
        store = FileStore(tmp_path / f"state-{name}.json")
        aws = Aws(Endpoint(region=REGION))
        one = agent_of(Settings(powers=powers), BuildFile(build), aws, store, Log(level="error"), threading.Event())
        ended[name] = [result.ending for _ in range(2) for result in once(one, ["drift"])]

    threads = [threading.Thread(target=run, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: endings[-1] for name, endings in ended.items()} == {"a": "clean", "b": "clean"}
    for account in (PAYMENTS, RISK):
        state = cloud.state(account)
        assert [len(state["vaults"]), len(state["plans"]), len(state["plans"][0]["selections"])] == [1, 1, 1]
    again = agent(build, *DRIFT, "--apply", "reversible")
    assert again.stdout == "drift  clean     AWS is what the build says, in 2 accounts\n"


def test_a_lock_is_counted_down_until_it_is_final(
    agent: Run, cloud: Any, builds: Any, run: Any, tmp_path: Path
) -> None:
    """By AWS's clock, as it is moved: a warning, the last day, and that it can never be undone any more."""

    def change(body: dict[str, Any]) -> None:
        body["vault_locks"] = [{"BackupVaultName": "primary", **COMPLIANCE}]

    build = builds.write(tmp_path / "build", change, accounts=(PAYMENTS,))
    plan = run("plan", build, "--format", "json").stdout
    locks = [one["id"] for one in json.loads(plan)["actions"] if one["kind"] == "put-vault-lock"]
    assert run("apply", build, "--yes", "--approve", *locks).exit_code == 0
    heard = []
    for days in (0, 10, 9.5, 1):
        cloud.local.advance(timedelta(days=days))
        heard += [(one["status"], one["severity"]) for one in events(agent(build, "--task", "locks"), "alert")]
    assert heard == [("new", "warning"), ("changed", "critical"), ("resolved", "critical")]
    assert cloud.client("backup").describe_backup_vault(BackupVaultName="primary")["LockDate"] < cloud.aws().now


def test_a_lock_that_is_gone_is_critical(agent: Run, applied: Path, cloud: Any) -> None:
    """What the build promises and somebody took away."""
    cloud.client("backup").delete_backup_vault_lock_configuration(BackupVaultName="primary")
    result = agent(applied, "--task", "locks")
    assert result.exit_code == 1
    (told,) = events(result, "alert")
    assert (told["severity"], told["account"]) == ("critical", PAYMENTS)
    assert "is not locked" in told["lines"][0]


def test_a_topic_that_was_not_there_is_told_what_it_is_owed(agent: Run, applied: Path, cloud: Any) -> None:
    """The agent goes on, the exit code is that of what it found, and later the topic hears it as new, once."""
    _spoil(cloud)
    sns, sqs = cloud.client("sns", MANAGEMENT), cloud.client("sqs", MANAGEMENT)
    topic = f"arn:aws:sns:{REGION}:{MANAGEMENT}:late"
    first = agent(applied, *DRIFT, "--sns-topic", topic)
    assert (first.exit_code, len(events(first, "alerts.undelivered"))) == (1, 1)
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    assert sns.create_topic(Name="late")["TopicArn"] == topic
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    for _ in range(2):
        assert alerts(agent(applied, *DRIFT, "--sns-topic", topic)) == []
    (message,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert json.loads(message["Body"])["Message"].count("NEW     warning") == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "nowhere is not a build"),
        (["build", "--every", "soon"], "is no schedule"),
        (["build", "--listen", "here"], "is no address"),
        (["build", "--webhook", "http://example.com/x"], "in the clear"),
        (["build", "--webhook", "ftp://example.com/x"], "is no URL"),
        (["build", "--sns-topic", "alarms"], "is no ARN of a topic"),
        (["build", "--sns-topic", "arn:aws:sns:eu-central-1:1:"], "is no ARN of a topic"),
        (["build", "--webhook-secret-file", "x"], "there is none"),
        (["build", "--webhook", "https://example.com/x", "--webhook-secret-file", "x"], "cannot be read"),
        (["build", "--control", "NONE"], "no control"),
        (["build", "--task", "dance"], "dance"),
        ([], "Missing argument"),
    ],
)
def test_bad_usage_is_2_with_a_sentence(
    agent: Run, builds: Any, tmp_path: Path, arguments: list[str], told: str
) -> None:
    """Each at its place, never a traceback."""
    builds.write(tmp_path / "build", accounts=(PAYMENTS,))
    result: Result = agent(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_task_that_fails_stops_no_other(
    agent: Run, applied: Path, cloud: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A journal that cannot be written fails one task, with an alert; the others are done."""
    _spoil(cloud)
    (tmp_path / "file").write_text("not a folder")
    result = agent(applied, "--task", "drift", "--task", "locks", "--apply", "reversible", "--journal", "file/in")
    assert result.exit_code == 2
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [["drift", "failed"], ["locks", "clean"]]
    assert alerts(result) == [("new", "the task drift could not be done")]


@pytest.mark.long
def test_losing_the_state_repeats_alerts_and_nothing_worse(agent: Run, applied: Path, cloud: Any) -> None:
    """A state that is gone, or full of nonsense, is as good as none."""
    _spoil(cloud)
    first = alerts(agent(applied, *DRIFT))
    Path(".backstay/run/state.json").write_text("nonsense")
    assert alerts(agent(applied, *DRIFT)) == first
    assert alerts(agent(applied, *DRIFT)) == []
