"""What accounts share is told once, and what is silenced is accounted for."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from backstay.lint.registry import UnknownRuleError, chosen, every, rules
from backstay_aws.lifecycle import Lifecycle

if TYPE_CHECKING:
    from conftest import Build

FOREVER = Lifecycle(None, None)


def test_shared_problems_are_told_once(build: Build) -> None:
    """A rule in several shapes and Regions is one finding that counts every account once."""
    plan = build.plan("gold", build.rule(lifecycle=FOREVER))
    model = build.model(
        build.shape(plan, accounts=("100000000010", "100000000011")),
        build.shape(plan, accounts=("100000000010", "100000000011"), region="eu-west-1"),
        build.shape(plan, accounts=("100000000012",)),
    )
    (finding,) = build.lint(model, "kept-forever").findings
    assert finding.accounts == 3
    assert finding.notes == ("3 accounts get this from `Workloads` (policy `p`)",)


def test_equal_problems_of_unlike_objects_are_one(build: Build) -> None:
    """Shapes whose models share no object still give one finding."""
    shapes = [
        build.shape(build.plan("gold", build.rule(lifecycle=FOREVER)), accounts=(account,))
        for account in ("100000000010", "100000000011")
    ]
    (finding,) = build.lint(build.model(*shapes), "kept-forever").findings
    assert finding.accounts == 2


def test_findings_come_in_the_order_of_the_file(build: Build) -> None:
    """Whatever order rules run in, findings are sorted by place."""
    plan = build.plan("a b", *(build.rule(f"r {n}", where=build.where(n), lifecycle=FOREVER) for n in (7, 3, 5)))
    lines = [f.span.line for f in build.lint(build.model(build.shape(plan))).findings if f.span]
    assert lines == sorted(lines)


@pytest.mark.parametrize("on", ["p", "p/gold", "p/gold/daily"])
@pytest.mark.parametrize("rule", ["kept-forever", "LIF003"])
def test_a_waiver_silences(build: Build, on: str, rule: str) -> None:
    """A waiver by name or code, on a policy, a plan or a rule, silences what lies in it, and is told as used."""
    plan = build.plan("gold", build.rule(lifecycle=FOREVER))
    result = build.lint(build.model(build.shape(plan), waivers=[build.waiver(rule, on)]))
    assert not {"kept-forever", "unused-waiver"} & {finding.name for finding in result.findings}
    assert result.suppressed == 1


@pytest.mark.parametrize("on", ["q", "p/gol", "p/gold/dail", "p/gold/daily/x", "gold"])
def test_a_waiver_of_something_else_does_not(build: Build, on: str) -> None:
    """A waiver on another thing silences nothing, and is told as unused."""
    plan = build.plan("gold", build.rule(lifecycle=FOREVER))
    result = build.lint(build.model(build.shape(plan), waivers=[build.waiver("kept-forever", on)]))
    assert {"kept-forever", "unused-waiver"} <= {finding.name for finding in result.findings}
    assert result.suppressed == 0


def test_a_waiver_holds_through_its_last_day(build: Build) -> None:
    """On its date a waiver still silences; a day later it is an error, and what it silenced is back."""
    model = build.model(
        build.shape(build.plan("gold", build.rule(lifecycle=FOREVER))),
        waivers=[build.waiver("kept-forever", "p/gold", "2027-03-31")],
    )
    last = build.lint(model, now=datetime.date(2027, 3, 31))
    after = build.lint(model, now=datetime.date(2027, 4, 1))
    assert not last.findings
    assert [(f.name, f.severity) for f in after.findings] == [("kept-forever", "warning"), ("expired-waiver", "error")]


def test_rules_that_did_not_run_leave_waivers_alone(build: Build) -> None:
    """A waiver of a rule that was not selected is not called unused."""
    model = build.model(build.shape(build.plan()), waivers=[build.waiver("kept-forever", "p/gold")])
    assert not build.lint(model, "unused-waiver").findings
    assert [f.name for f in build.lint(model, "LIF003", "GEN016").findings] == ["unused-waiver"]


def test_selecting_and_ignoring() -> None:
    """Rules are chosen by name, code or family, and taken out likewise."""
    assert [rule.NAME for rule in chosen(["kept-forever", "LIF001"])] == ["cold-storage-too-short", "kept-forever"]
    assert {rule.CODE[:3] for rule in chosen(["sch"])} == {"SCH"}
    assert len(chosen(ignore=["LIF"])) == len(every()) - len(chosen(["LIF"]))
    assert not chosen(["LIF001"], ["LIF"])
    assert rules()["LIF001"] is rules()["cold-storage-too-short"]


def test_unknown_rules_name_the_nearest() -> None:
    """A misspelt rule is an error that says what was perhaps meant."""
    with pytest.raises(UnknownRuleError, match="did you mean `kept-forever`"):
        chosen(["keept-forever"])
    with pytest.raises(UnknownRuleError, match=r"no rule is called `zzzzzz`$"):
        chosen(ignore=["zzzzzz"])


def test_an_empty_model_is_clean(build: Build) -> None:
    """No policies, no problems."""
    assert build.lint(build.model()).findings == ()
