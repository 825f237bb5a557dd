"""Which rule gives way, as a pure decision."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from backstay_local.backup import overlap, rules

_DAY = datetime(2026, 11, 22, tzinfo=UTC)


def stored(name: str, schedule: str, keep: int | None, minutes: int) -> dict[str, Any]:
    """A rule as the service keeps it."""
    lifecycle = {"Lifecycle": {"DeleteAfterDays": keep}} if keep else {}
    rule = {"RuleName": name, "ScheduleExpression": schedule, "StartWindowMinutes": minutes, **lifecycle}
    return rules.completed(rule, name)


def test_windows_that_touch_do_not_overlap() -> None:
    """A run that begins when another's window ends is taken."""
    both = [stored("short", "cron(0 6 ? * * *)", 1, 60), stored("long", "cron(0 5 ? * * *)", 7, 60)]
    assert not overlap.shadowed(both, both[0], _DAY + timedelta(hours=6))


def test_a_later_run_shadows_an_earlier_one() -> None:
    """What counts is that the windows overlap, not which run comes first."""
    both = [stored("short", "cron(30 4 ? * * *)", 1, 60), stored("long", "cron(0 5 ? * * *)", 7, 60)]
    assert overlap.shadowed(both, both[0], _DAY + timedelta(hours=4, minutes=30))
    assert not overlap.shadowed(both, both[1], _DAY + timedelta(hours=5))


def test_a_shadow_has_no_shadow() -> None:
    """A run that itself gives way takes nobody's place."""
    three = [
        stored("short", "cron(0 4 ? * * *)", 1, 60),
        stored("middle", "cron(30 4 ? * * *)", 7, 60),
        stored("long", "cron(0 5 ? * * *)", 35, 60),
    ]
    times = [_DAY + timedelta(minutes=minutes) for minutes in (240, 270, 300)]
    found = [overlap.shadowed(three, rule, at) for rule, at in zip(three, times, strict=True)]
    assert found == [False, True, False]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 23), st.sampled_from([None, 1, 7, 35]), st.sampled_from([60, 120, 480])),
        min_size=1,
        max_size=4,
    )
)
def test_runs_that_are_taken_never_overlap(shapes: list[tuple[int, int | None, int]]) -> None:
    """Of two rules' runs with overlapping windows at most one is taken, and a run that is not taken has a reason."""
    plan = [
        stored(f"r{number}", f"cron(0 {hour} ? * * *)", keep, minutes)
        for number, (hour, keep, minutes) in enumerate(shapes)
    ]
    days = [_DAY + timedelta(days=day) for day in range(-1, 3)]
    runs = [
        (rule, at, at + overlap.window(rule), overlap.shadowed(plan, rule, at))
        for rule, (hour, _, _) in zip(plan, shapes, strict=True)
        for at in (day + timedelta(hours=hour) for day in days)
    ]
    for rule, start, end, gives_way in runs:
        others = [one for one in runs if one[0] is not rule and one[1] < end and start < one[2] and not one[3]]
        if not gives_way:
            assert not others
        elif days[1] <= start < days[2]:
            assert others
