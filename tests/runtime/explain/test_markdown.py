"""What a reviewer reads of a plan in a pull request: the verdict first, losses before the rest, one comment."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from backstay_agent.explain import markdown
from backstay_agent.origins import Origins
from backstay_agent.planner import plan_changes
from backstay_contract.plan import ChangePlan, Scope

PAYMENTS, RISK = "100000000010", "100000000011"
SCOPE = Scope(folder="build")


def _shorter(shape: dict[str, Any]) -> None:
    shape["plans"][0]["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 10


def _locked(shape: dict[str, Any]) -> None:
    shape["vault_locks"][0]["ChangeableForDays"] = 14


def _first(builds: Any, model: Any, **options: Any) -> ChangePlan:
    build = builds.make(**options)
    return plan_changes(build, model.empty(build), SCOPE)


def test_a_creation_is_one_verdict_and_one_folded_table(builds: Any, model: Any) -> None:
    """Nothing is lost: the first line says so, the second counts as people know it, the rest is folded."""
    plan = _first(builds, model, accounts=(PAYMENTS, RISK))
    first, _, second, *_ = markdown.render(plan, Origins()).splitlines()
    assert first == "**Backups: protection never drops while this is applied**"
    assert second.startswith(
        "12 to add, 0 to change, 0 to remove · 2 of 2 accounts · AWS was read at 2026-11-22 10:51 UTC"
    )
    text = markdown.render(plan, Origins())
    assert "<summary>What changes (12)</summary>" in text
    assert text.count("<details>") == text.count("</details>") == 1
    assert "2 vaults: <code>primary</code>" in text


def test_what_is_lost_stands_before_all_else(builds: Any, model: Any) -> None:
    """A reviewer sees a loss without unfolding anything."""
    old = builds.make()
    observed = model.apply(model.empty(old), plan_changes(old, model.empty(old), SCOPE).actions)
    text = markdown.render(plan_changes(builds.make(_shorter), observed, SCOPE), Origins())
    assert text.startswith("**Backups: 1 action takes protection away**")
    assert "### Takes protection away" in text
    assert "keep 35 days → 10 days" in text
    assert "<details>" not in text


def test_a_lock_for_ever_shows_its_date_and_ids(builds: Any, model: Any) -> None:
    """What can never be undone is a table of its own, with what to approve."""
    plan = _first(builds, model, change=_locked, accounts=(PAYMENTS, RISK))
    text = markdown.render(plan, Origins())
    assert text.startswith("**Backups: 2 actions can never be undone**")
    assert "cannot be undone after 2026-12-06 10:51 UTC" in text
    ids = [action.id for action in plan.actions if action.effect == "irreversible"]
    assert len(ids) == 2
    assert all(f"<code>--approve {identity}</code>" in unescape(text) for identity in ids)


def test_a_comment_is_never_longer_than_one_may_be(builds: Any, model: Any) -> None:
    """Rows are left out whole and counted; every fold that opens is closed."""
    accounts = tuple(f"2{number:011}" for number in range(700))
    plan = _first(builds, model, accounts=accounts)
    apart = tuple(one.model_copy(update={"reason": f"{one.reason} {one.id} {'x' * 300}"}) for one in plan.actions)
    text = markdown.render(plan.model_copy(update={"actions": apart}), Origins())
    assert 50_000 < len(text) < 65_536
    shown = sum(unescape(line).startswith("| + create") for line in text.splitlines())
    told = re.search(r"… and ([\d,]+) more rows", text)
    assert told is not None
    assert shown + int(told[1].replace(",", "")) == len(plan.actions)
    assert text.count("<details>") == text.count("</details>") == 1


def test_names_from_outside_are_no_markup(builds: Any, model: Any) -> None:
    """An account may be called like a mention, a link, or a cell of a table."""
    plan = _first(builds, model)
    named = plan.model_copy(update={"names": {PAYMENTS: "@everyone | <img src=x> [go](http://evil)"}})
    text = markdown.render(named, Origins())
    assert "@everyone" not in text
    assert "<img" not in text
    assert "](http" not in text
