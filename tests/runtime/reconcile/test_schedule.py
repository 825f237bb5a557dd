"""When tasks are due: intervals and cron, by whatever clock is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.reconcile import schedule
from backstay_agent.reconcile.schedule import At, Every, ScheduleError

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"), [("10s", 10), ("15m", 900), ("1h", 3600), ("24h", 86400), ("2d", 172800), ("31d", 2678400)]
)
def test_intervals_are_read(text: str, seconds: int) -> None:
    """An interval is a number with a unit."""
    assert schedule.read(text) == Every(timedelta(seconds=seconds), text)


@pytest.mark.parametrize(
    "text", ["", "1", "h", "0m", "-5m", "1.5h", "9s", "32d", "5 m", "15M", "1h30m", "cron(0 3 * * *)", "cron()", "１h"]
)
def test_what_is_no_schedule_is_refused_with_its_words(text: str) -> None:
    """The complaint quotes what was said."""
    with pytest.raises(ScheduleError) as caught:
        schedule.read(text)
    assert text in str(caught.value)


def test_never_begun_is_due_now() -> None:
    """The first round comes at once."""
    assert schedule.due_at(schedule.read("1h"), None, NOON, "seed") == NOON


def test_a_beginning_in_the_future_counts_as_never() -> None:
    """A clock that was set back stops nothing for good."""
    assert schedule.due_at(schedule.read("1h"), NOON + timedelta(days=400), NOON, "seed") == NOON


@given(minutes=st.integers(1, 5000), seed=st.text(max_size=8))
def test_a_round_comes_after_its_interval_and_at_most_a_tenth_later(minutes: int, seed: str) -> None:
    """Never early, and never later than a tenth of the interval or a minute."""
    every = Every(timedelta(minutes=minutes), "")
    due = schedule.due_at(every, NOON, NOON, seed)
    late = due - NOON - every.interval
    assert timedelta(0) <= late <= min(every.interval * 0.1, timedelta(minutes=1))
    assert due == schedule.due_at(every, NOON, NOON, seed)


@given(days=st.integers(1, 60), seed=st.text(max_size=8))
def test_missed_rounds_are_made_up_for_by_one(days: int, seed: str) -> None:
    """After a long sleep a task is due, and once it has begun the next is an interval away."""
    every = schedule.read("1h")
    now = NOON + timedelta(days=days)
    assert schedule.due_at(every, NOON, now, seed) <= now
    assert schedule.due_at(every, now, now, seed) >= now + timedelta(hours=1)


@given(seed=st.text(max_size=8), hours=st.integers(0, 72))
def test_cron_comes_once_for_each_of_its_times(seed: str, hours: int) -> None:
    """A task that began for one time of the expression is not due for it again."""
    at = schedule.read("cron(0 3 ? * * *)")
    assert isinstance(at, At)
    last = NOON + timedelta(hours=hours)
    due = schedule.due_at(at, last, last, seed)
    assert last < due
    following = schedule.due_at(at, due, due, seed)
    assert following - due == timedelta(days=1)


def test_agents_of_different_organizations_come_at_different_seconds() -> None:
    """The shift follows from the seed: the same for the same, spread over many."""
    every = schedule.read("1h")
    shifts = {schedule.shift(every, f"o-{number}") for number in range(50)}
    assert len(shifts) > 20
    assert schedule.shift(every, "o-1") == schedule.shift(every, "o-1")


@pytest.mark.parametrize(("text", "hours"), [("15m", 0.25), ("cron(0 3 ? * * *)", 24), ("cron(0 3,15 ? * * *)", 12)])
def test_the_period_is_how_far_apart_two_rounds_are(text: str, hours: float) -> None:
    """For an interval the interval, for cron the distance of its next two times."""
    assert schedule.period(schedule.read(text), NOON) == timedelta(hours=hours)
