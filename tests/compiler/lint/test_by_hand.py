"""Rules on models that policy text cannot make, but an import can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backstay_aws.selection import Selection

if TYPE_CHECKING:
    from conftest import Build


def test_empty_selection(build: Build) -> None:
    """A selection with conditions alone is refused by AWS, one with `*` beside them is not."""
    plan = build.plan()
    for chosen, found in ((Selection(string_equals=(("a", "b"),)), 1), (Selection(resources=("*",)), 0)):
        selection = type(plan.selections[0])("s", "arn:aws:iam::$account:role/x", chosen, (), build.where())
        model = build.model(build.shape(build.plan("gold", selections=(selection,))))
        assert len(build.lint(model, "empty-selection").findings) == found


def test_duplicate_rule_name(build: Build) -> None:
    """The second rule of a name is found, and points at the first."""
    plan = build.plan("gold", build.rule(where=build.where(3)), build.rule(where=build.where(4)))
    (finding,) = build.lint(build.model(build.shape(plan)), "duplicate-rule-name").findings
    assert finding.span is not None
    assert (finding.span.line, finding.others[0].span.line) == (4, 3)


def test_duplicate_plan_name(build: Build) -> None:
    """The second plan of a name is found where both are, and not where only one is."""
    first, second = build.plan("gold", where=build.where(3)), build.plan("gold", where=build.where(9))
    both = build.model(build.shape(first, second))
    assert [str(f.span) for f in build.lint(both, "duplicate-plan-name").findings] == ["p.py:9:1"]
    apart = build.model(build.shape(first), build.shape(second, accounts=("100000000011",)))
    assert not build.lint(apart, "duplicate-plan-name").findings


@pytest.mark.parametrize(
    ("schedule", "zone", "names"),
    [
        ("rate(1 day)", "UTC", {"refused-cron"}),
        ("cron(0 3 ? * * *)", "Mars/Olympus", {"unknown-time-zone"}),
        ("cron(0 3 ? * 2 *)", "UTC", {"numeric-weekday"}),
        ("cron(0 3 ? * MON#2 *)", "UTC", set()),
        ("cron(0 3 29 2 ? *)", "UTC", {"skipped-short-months"}),
        ("cron(0 0/12 ? * * *)", "UTC", set()),
        ("cron(0 12/12 ? * * *)", "UTC", {"half-day-late-start"}),
        ("cron(30 2 ? * MON-FRI *)", "America/New_York", set()),
        ("cron(30 2 ? * SUN *)", "America/New_York", {"nonexistent-local-time"}),
        ("cron(0 3 ? * * 2020)", "UTC", {"never-firing-cron"}),
        ("cron(0 3 ? * * *)", "Europe/Berlin", set()),
    ],
)
def test_schedules(build: Build, schedule: str, zone: str, names: set[str]) -> None:
    """Each schedule is told what is wrong with it and nothing else (the clock never jumps on a weekday)."""
    model = build.model(
        build.shape(build.plan("gold", build.rule("r", schedule=schedule, timezone=zone, completion_window=600)))
    )
    assert {finding.name for finding in build.lint(model, "SCH").findings} == names
