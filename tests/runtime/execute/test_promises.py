"""What a plan's text promises is what then happened: told by the journal, by CloudTrail, and by looking again."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from backstay_agent.requests import requests
from backstay_agent.told import noun, sign
from backstay_contract.plan import Action, ChangePlan

PAYMENTS, RISK, CENTRAL, REGION = "100000000010", "100000000011", "100000000002", "eu-central-1"
LINE = re.compile(r"^  (?P<sign>\+ create|~ change|± replace|- remove|🔒 lock) +(?P<count>\d+) (?P<what>.+?)  +\S")
ONE: TypeAdapter[Action] = TypeAdapter(Action)


def second(shape: dict[str, Any]) -> None:
    """Longer retention, one more vault, another selection, a final lock; no notifications any more."""
    shape["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 90
    equals = shape["selections"][0]["BackupSelection"]["Conditions"]["StringEquals"]
    equals[0]["ConditionValue"] = "silver"
    shape["vault_locks"][0]["ChangeableForDays"] = 5
    shape["vault_notifications"] = []
    shape["vaults"].append({"BackupVaultName": "second"})


@pytest.fixture
def story(cloud: Any, run: Any, builds: Any, tmp_path: Path) -> dict[str, Any]:
    """A first apply, strangers' things beside it, a second build: its plan, and what was there before and after."""
    builds.write(tmp_path / "build")
    assert run("apply", "build", "--yes").exit_code == 0
    for account in (PAYMENTS, CENTRAL):
        backup = cloud.client("backup", account)
        backup.create_backup_vault(BackupVaultName="strangers", BackupVaultTags={"who": "somebody"})
        rule = {"RuleName": "r", "TargetBackupVaultName": "strangers"}
        backup.create_backup_plan(BackupPlan={"BackupPlanName": "theirs", "Rules": [rule]})
    builds.write(tmp_path / "build", second)
    text = run("plan", "build", "-o", "plan.json").stdout
    plan = ChangePlan.model_validate_json(Path("plan.json").read_text())
    before = {account: strangers(cloud, account) for account in (PAYMENTS, CENTRAL)}
    seen = {account: len(written(cloud, account)) for account in (PAYMENTS, RISK, CENTRAL)}
    locks = [action.id for action in plan.actions if action.effect == "irreversible"]
    applied = run("apply", "plan.json", "--yes", *(f"--approve={one}" for one in locks))
    assert applied.exit_code == 0, applied.output
    lines = [json.loads(line) for line in (tmp_path / f".backstay/journal/{plan.id}.jsonl").read_text().splitlines()]
    calls = {account: written(cloud, account)[count:] for account, count in seen.items()}
    return {"text": text, "plan": plan, "journal": lines, "before": before, "calls": calls, "said": applied.stdout}


def strangers(cloud: Any, account: str) -> Any:
    """Everything of a place that is not ours, byte for byte."""
    backup = cloud.client("backup", account)
    vaults = [one for one in backup.list_backup_vaults()["BackupVaultList"] if one["BackupVaultName"] == "strangers"]
    plans = [one for one in backup.list_backup_plans()["BackupPlansList"] if one["BackupPlanName"] == "theirs"]
    bodies = [backup.get_backup_plan(BackupPlanId=one["BackupPlanId"])["BackupPlan"] for one in plans]
    tags = [backup.list_tags(ResourceArn=one["BackupVaultArn"])["Tags"] for one in vaults]
    assert vaults
    assert plans
    return repr((vaults, plans, bodies, tags))


def written(cloud: Any, account: str) -> list[str]:
    """The calls to AWS Backup that changed something in an account, by CloudTrail, the oldest first."""
    pages = cloud.client("cloudtrail", account).get_paginator("lookup_events").paginate()
    events = [event for page in pages for event in page["Events"] if event["EventSource"] == "backup.amazonaws.com"]
    writing = [event for event in events if event.get("ReadOnly") == "false"]
    return [event["EventName"] for event in reversed(writing)]


def of_kind(lines: list[dict[str, Any]], outcome: str) -> dict[str, int]:
    """Where in the journal each action has an outcome."""
    return {line["action"]: number for number, line in enumerate(lines) if line.get("outcome") == outcome}


def test_the_counts_of_the_text_are_those_of_the_journal(story: Any) -> None:
    """So many vaults, plans, selections created, changed, removed, locked: as told, as done, and as told at the end."""
    done = of_kind(story["journal"], "done")
    actions = {action.id: action for action in story["plan"].actions}
    happened = Counter((sign(actions[one]), noun(actions[one])) for one in done)
    told: Counter[tuple[str, str]] = Counter()
    for line in story["text"].splitlines():
        match = LINE.match(line)
        if match:
            word = next(key for _, key in happened if match["what"].strip() in (key, f"{key}s", f"{key[:-1]}ies"))
            signs = ("+ create", "- remove") if match["sign"] == "± replace" else (match["sign"],)
            told.update({(one, word): int(match["count"]) for one in signs})
    assert told == happened
    assert f"{len(done)} actions; AWS was read" in story["text"]
    assert f"{len(done)} of {len(actions)} actions done" in story["said"]
    assert story["journal"][0]["actions"] == story["journal"][-1]["actions"] == len(done)


def test_nothing_began_before_what_it_rests_on(story: Any) -> None:
    """Each action starts after the end of all that it rests on, and a removal after that was verified."""
    lines, plan = story["journal"], story["plan"]
    started, done, verified = (of_kind(lines, outcome) for outcome in ("started", "done", "verified"))
    assert any(action.after_actions for action in plan.actions)
    for action in plan.actions:
        assert all(done[one] < started[action.id] for one in action.after_actions)
        if sign(action) == "- remove":
            given = [one for one in action.after_actions if not one.startswith(("noselection", "silence"))]
            assert given
            assert all(verified[one] < started[action.id] for one in given)


def test_locks_close_when_the_text_says(story: Any, cloud: Any) -> None:
    """The date that was approved is the date in the journal and in AWS."""
    (told,) = set(re.findall(r"cannot be undone after (\S+ \S+) UTC", story["text"]))
    promised = datetime.fromisoformat(f"{told}+00:00")
    dates = [line["lock_date"] for line in story["journal"] if line.get("outcome") == "done" and line["lock_date"]]
    assert len(dates) == 2
    for account in (PAYMENTS, RISK):
        vault = cloud.client("backup", account).describe_backup_vault(BackupVaultName="primary")
        assert vault["LockDate"].isoformat() in {datetime.fromisoformat(one).isoformat() for one in dates}
        assert abs(vault["LockDate"] - promised) <= timedelta(minutes=2)


def test_each_action_is_its_calls_and_no_other_call_was_made(story: Any) -> None:
    """CloudTrail has the calls of the plan's actions in each account, and nothing else that changed something."""
    for account in (PAYMENTS, RISK, CENTRAL):
        planned = [action for action in story["plan"].actions if action.account == account]
        wanted = Counter(request.operation for action in planned for request in requests(ONE.validate_python(action)))
        assert Counter(story["calls"][account]) == wanted, account


def test_nothing_else_changes(story: Any, cloud: Any, run: Any) -> None:
    """Strangers' vaults and plans are what they were, byte for byte, and there is nothing left to do."""
    assert {account: strangers(cloud, account) for account in (PAYMENTS, CENTRAL)} == story["before"]
    assert run("plan", "build").stdout == "Nothing to do: 2 accounts as the build says.\n"
