"""What a person reads of a plan: complete, short, and harmless in a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backstay_agent.explain import explain
from backstay_agent.explain.groups import plural
from backstay_agent.observed import Unread
from backstay_agent.origins import Origins
from backstay_agent.planner import plan_changes
from backstay_agent.wanted import Build
from backstay_contract.plan import Scope

PAYMENTS, RISK, REGION = "100000000010", "100000000011", "eu-central-1"
SCOPE = Scope(folder="build")


def locked(shape: dict[str, Any]) -> None:
    """The vault gets a compliance lock."""
    shape["vault_locks"][0]["ChangeableForDays"] = 14


def test_equal_changes_are_told_once(builds: Any, model: Any) -> None:
    """Two accounts that get the same are one line with their number, and the sum is right."""
    build = builds.make(accounts=(PAYMENTS, RISK))
    text = explain(plan_changes(build, model.empty(build), SCOPE), Origins())
    assert text.startswith("Backstay will act in 2 of 2 accounts, 1 Region. Nothing has been changed yet.")
    vaults = [line for line in text.splitlines() if "2 vaults" in line]
    assert len(vaults) == 1
    assert "primary in 2 accounts × eu-central-1" in vaults[0]
    assert "Protection never drops while this is applied. 12 actions" in text


def test_a_lock_shows_its_date_and_every_id(builds: Any, model: Any) -> None:
    """What can never be undone stands apart, with the date and one --approve for each vault."""
    build = builds.make(locked, accounts=(PAYMENTS, RISK))
    plan = plan_changes(build, model.empty(build), SCOPE)
    text = explain(plan, Origins())
    assert "🔒 lock" in text
    assert "cannot be undone after 2026-12-06 10:51 UTC" in text
    ids = [action.id for action in plan.actions if action.effect == "irreversible"]
    assert len(ids) == 2
    assert all(f"--approve {identity}" in text for identity in ids)


def test_losses_are_said_in_the_verdict(builds: Any, model: Any) -> None:
    """A plan that takes protection away does not end with the sentence that it does not."""
    old = builds.make()
    observed = model.apply(model.empty(old), plan_changes(old, model.empty(old), SCOPE).actions)

    def shorter(shape: dict[str, Any]) -> None:
        shape["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 10

    text = explain(plan_changes(builds.make(shorter), observed, SCOPE), Origins())
    assert "keep 35 days → 10 days" in text
    assert "1 of the actions takes protection away" in text
    assert "never drops" not in text


def test_nothing_to_do_says_so(builds: Any, model: Any) -> None:
    """An applied build gives one quiet line."""
    build = builds.make()
    observed = model.apply(model.empty(build), plan_changes(build, model.empty(build), SCOPE).actions)
    text = explain(plan_changes(build, observed, SCOPE), Origins())
    assert text == "Nothing to do: 1 account as the build says.\n"


def test_a_conflict_is_not_called_nothing_to_do(builds: Any, model: Any) -> None:
    """Where the only difference is one that AWS does not let us change, the first line does not hide it."""
    build = builds.make(locked)
    observed = model.apply(model.empty(build), plan_changes(build, model.empty(build), SCOPE).actions)
    later = replace(observed, now=observed.now + timedelta(days=15))
    text = explain(plan_changes(builds.make(), later, SCOPE), Origins())
    assert text.startswith("Nothing that could be done, but not all is as the build says: 1 thing in the way.")
    assert "locked since 2026-12-06" in text


def test_what_could_not_be_read_is_named(builds: Any, model: Any) -> None:
    """An unreadable account is told by its name with the reason, and not counted as being as the build says."""
    build = builds.make()
    observed = replace(model.empty(build), places={}, unread=(Unread(PAYMENTS, None, "AccessDenied: no"),))
    text = explain(plan_changes(build, observed, SCOPE), Origins())
    assert text.startswith("Nothing could be read.")
    assert f"payments-prod ({PAYMENTS}) could not be read: AccessDenied: no" in text


def test_who_refuses_is_named_beside_a_region_that_is_down(builds: Any, model: Any) -> None:
    """A hundred accounts in a Region that is down are one line, and stand after those that let nobody in."""
    build = builds.make(accounts=(PAYMENTS, RISK))
    refusal = "AccessDenied while assuming the agent's role: not allowed for arn:aws:iam::{}:role/backstay-agent"
    refusing = [Unread(account, None, refusal.format(account)) for account in (PAYMENTS, RISK)]
    down = [Unread(str(200_000_000_000 + number), "eu-west-1", "ConnectTimeoutError: no") for number in range(100)]
    observed = replace(model.empty(build), places={}, unread=(*down, *refusing))
    plan = plan_changes(build, observed, SCOPE)
    told = [line for line in explain(plan, Origins()).splitlines() if line.strip()][1:]
    assert told[0].split("unread")[1].strip().startswith("2 accounts could not be read: AccessDenied while assuming")
    assert told[0].endswith("iam::$account:role/backstay-agent")
    assert told[1].strip() == f"payments-prod ({PAYMENTS}), risk-prod ({RISK})"
    assert [line.strip() for line in told if "eu-west-1" in line] == [
        "? unread    100 accounts could not be looked into for orphans in eu-west-1: ConnectTimeoutError: no"
    ]
    assert "and 76 more (--detail)" in told[-1]
    long = explain(plan, Origins(), detail=True)
    assert all(item.account in long for item in (*down, *refusing))


@pytest.mark.parametrize("evil", ["\x1b[2J\x1b]0;owned\x07", "a\u202eb", "line\nbreak\rover"])
def test_text_from_outside_is_harmless(builds: Any, model: Any, evil: str) -> None:
    """Control characters and bidirectional tricks in errors, tags and names reach no terminal."""

    def tagged(shape: dict[str, Any]) -> None:
        equals = shape["selections"][0]["BackupSelection"]["Conditions"]["StringEquals"]
        equals[0]["ConditionValue"] = evil

    old, new = builds.make(), builds.make(tagged)
    observed = model.apply(model.empty(old), plan_changes(old, model.empty(old), SCOPE).actions)
    observed = replace(observed, unread=(Unread(RISK, REGION, evil),))
    text = explain(plan_changes(new, observed, SCOPE), Origins(), detail=True)
    assert not any(character in text for character in "\x1b\x07\u202e\r")
    assert evil not in text


def test_detail_tells_what_the_short_form_leaves_out(builds: Any, model: Any) -> None:
    """Twenty differing plans are shortened, and --detail shows every one."""

    def many(shape: dict[str, Any]) -> None:
        rule = shape["plans"][0]["BackupPlan"]["Rules"][0]
        shape["plans"] = [
            {"BackupPlan": {"BackupPlanName": f"plan-{number:02}", "Rules": [rule]}} for number in range(20)
        ]
        shape["selections"] = []

    build = builds.make(many)
    plan = plan_changes(build, model.empty(build), SCOPE)
    short, long = explain(plan, Origins()), explain(plan, Origins(), detail=True)
    assert "plan-19" not in short
    assert "--detail" in short
    assert all(f"plan-{number:02}" in long for number in range(20))


def test_the_line_in_the_policies_is_told(builds: Any, model: Any) -> None:
    """With provenance, a change says where its cause was written."""
    plain = builds.make()
    (digest,) = plain.shapes
    origin = {"path": "acme/gold.py", "line": 24, "column": 5, "end_line": 24, "end_column": 9}
    origin |= {"policy": "acme-baseline", "target": "Workloads"}
    pointers = {"/plans/0/BackupPlan/Rules/0/RuleName": 0}
    build = Build(plain.index, plain.shapes, {"format": 1, "origins": [origin], "shapes": {digest: pointers}})
    text = explain(plan_changes(build, model.empty(build), SCOPE), Origins(build))
    lines = [line for line in text.splitlines() if "acme/gold.py:24" in line]
    assert [line.split()[3] for line in lines] == ["plan"]


@pytest.mark.parametrize(
    ("one", "several"), [("vault", "vaults"), ("key", "keys"), ("policy", "policies"), ("settings", "settings")]
)
def test_several_of_a_thing(one: str, several: str) -> None:
    """The plural as people write it."""
    assert plural(one) == several
