"""Which alerts a result makes: once, again when it changes or a day later, and when it is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.reconcile.alerts import Alert, Memory, decide, owed, told_of, undelivered
from backstay_agent.reconcile.findings import Result, Trouble, Unseen

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
A, B = "100000000010", "100000000011"


def trouble(key: str = "drift/x", account: str | None = A, region: str | None = "eu-west-1", **more: Any) -> Trouble:
    """A trouble in a place."""
    return Trouble(key, more.pop("severity", "warning"), more.pop("title", "something"), account, region, **more)


def result(*troubles: Trouble, hours: float = 0, **more: Any) -> Result:
    """A round of the task drift, some hours after noon."""
    return Result("drift", NOW + timedelta(hours=hours), "findings", "", troubles, **more)


def play(results: Iterable[Result], memory: Memory | None = None) -> list[list[tuple[str, str]]]:
    """The alerts of several results on a channel that takes them all, as pairs of status and key."""
    known: Memory = memory or {}
    told = []
    for one in results:
        alerts, known = decide(known, one)
        told.append([(alert.status, alert.trouble.key) for alert in alerts])
    return told


def test_the_same_trouble_is_told_once_and_when_it_is_over() -> None:
    """New, silence, over, silence."""
    rounds = [result(trouble()), result(trouble(), hours=1), result(hours=2), result(hours=3)]
    assert play(rounds) == [[("new", "drift/x")], [], [("resolved", "drift/x")], []]


def test_a_trouble_that_changes_is_told_again() -> None:
    """Another state or severity is news; other words alone are not."""
    rounds = [
        result(trouble(state="1")),
        result(trouble(state="2"), hours=1),
        result(trouble(state="2", title="other words"), hours=2),
        result(trouble(state="2", severity="critical"), hours=3),
    ]
    assert play(rounds) == [[("new", "drift/x")], [("changed", "drift/x")], [], [("changed", "drift/x")]]


def test_a_trouble_that_lasts_is_told_every_day() -> None:
    """Every 24 hours, unless it is of a kind that is told at its own times."""
    lasting, counting = trouble("drift/l"), trouble("drift/c", repeat=False)
    told = play(result(lasting, counting, hours=hour) for hour in range(0, 73, 6))
    assert [one for one in told if one] == [
        [("new", "drift/c"), ("new", "drift/l")],
        *[[("again", "drift/l")]] * 3,
    ]


@pytest.mark.parametrize("unseen", [Unseen(A, None, "denied"), Unseen(A, "eu-west-1", "denied")])
def test_what_could_not_be_read_is_not_repaired(unseen: Unseen) -> None:
    """Troubles of an account that was not read stay, those elsewhere are over; back in sight it is no news."""
    here, there = trouble("drift/here"), trouble("drift/there", account=B)
    rounds = [result(here, there), result(hours=1, unseen=(unseen,)), result(here, hours=2), result(hours=3)]
    assert play(rounds)[1:] == [[("resolved", "drift/there")], [], [("resolved", "drift/here")]]


def test_another_region_that_could_not_be_read_hides_nothing() -> None:
    """Only what lies where nobody looked is unknown."""
    rounds = [result(trouble()), result(hours=1, unseen=(Unseen(A, "eu-north-1", "denied"),))]
    assert play(rounds)[1] == [("resolved", "drift/x")]


def test_a_task_that_failed_repairs_nothing() -> None:
    """No result is no good news."""
    failed = Result("drift", NOW, "failed", "", (trouble("drift/failed"),))
    assert play([result(trouble()), failed, result(trouble(), hours=1)])[1:] == [
        [("new", "drift/failed")],
        [("resolved", "drift/failed")],
    ]


def test_other_tasks_are_not_concerned() -> None:
    """A result speaks for the troubles of its own task."""
    other = Result("locks", NOW, "clean", "")
    assert play([result(trouble()), other])[1] == []


def test_what_a_task_tells_once_lasts_until_it_is_said_to_be_over() -> None:
    """Failed jobs are told when they fail, repeated daily, and over when the same works again."""
    one = trouble()
    rounds = [
        result(one, over=frozenset()),
        result(hours=5, over=frozenset()),
        result(hours=24, over=frozenset()),
        result(hours=30, over=frozenset({"drift/x"})),
        result(hours=60, over=frozenset()),
    ]
    assert play(rounds) == [[("new", "drift/x")], [], [("again", "drift/x")], [("resolved", "drift/x")], []]


def test_what_nobody_hears_of_any_more_is_forgotten() -> None:
    """After two weeks without news, without a word."""
    told = play(result(*([trouble()] if day == 0 else []), hours=24 * day, over=frozenset()) for day in range(20))
    assert [[status for status, _ in one] for one in told] == [["new"], *[["again"]] * 14, *[[]] * 5]


def test_an_end_can_have_words_of_its_own() -> None:
    """How a trouble ended may be worth saying."""
    _, known = decide({}, result(trouble()))
    alerts, _ = decide(known, result(hours=1, endings={"drift/x": "removed in time"}))
    assert [(alert.status, alert.trouble.title) for alert in alerts] == [("resolved", "removed in time")]


def test_the_worst_comes_first_and_what_is_over_last() -> None:
    """Critical, warning, notice, over."""
    _, known = decide({}, result(trouble("drift/old", severity="critical")))
    new = [trouble(f"drift/{severity}", severity=severity) for severity in ("notice", "critical", "warning")]
    alerts, _ = decide(known, result(*new, hours=1))
    assert [alert.trouble.key for alert in alerts] == ["drift/critical", "drift/warning", "drift/notice", "drift/old"]


def lose(memory: Memory, one: Result) -> tuple[tuple[Alert, ...], Memory]:
    """A result on a channel that takes nothing."""
    alerts, known = decide(memory, one)
    return alerts, undelivered(known, alerts, one.at)


def test_what_did_not_get_through_is_owed() -> None:
    """It is told as soon as the channel takes something, as what it was, and only once."""
    _, known = lose({}, result(trouble(), over=frozenset()))
    alerts, paid = owed(known, "drift", NOW + timedelta(minutes=1))
    assert [(alert.status, alert.trouble.key) for alert in alerts] == [("new", "drift/x")]
    assert owed(paid, "drift", NOW + timedelta(minutes=2))[0] == ()
    assert play([result(hours=1, over=frozenset())], paid) == [[]]


def test_an_end_that_did_not_get_through_is_owed_too() -> None:
    """Nobody is left thinking that something is still broken."""
    _, known = decide({}, result(trouble()))
    _, known = lose(known, result(hours=1))
    assert play([result(hours=2), result(hours=3)], known) == [[("resolved", "drift/x")], []]


def test_a_trouble_that_is_back_before_its_end_was_told_is_told_as_still_there() -> None:
    """The channel never heard that it was over."""
    _, known = decide({}, result(trouble()))
    _, known = lose(known, result(hours=1))
    assert play([result(trouble(), hours=2), result(trouble(), hours=3)], known) == [[("again", "drift/x")], []]


keys = st.sampled_from(["drift/a", "drift/b", "drift/c"])
looks = st.lists(st.tuples(st.sets(keys), st.booleans(), st.integers(1, 30)), max_size=12)


@given(looks)
def test_a_channel_that_sometimes_fails_ends_up_knowing_what_is_so(several: list[tuple[set[str], bool, int]]) -> None:
    """Whatever happens, once the channel takes things it knows just the troubles that there are."""
    known: Memory = {}
    heard: set[str] = set()
    hours = 0

    def hear(alerts: Iterable[Alert]) -> None:
        for alert in alerts:
            (heard.discard if alert.status == "resolved" else heard.add)(alert.trouble.key)

    for present, delivered, later in several:
        hours += later
        one = result(*(trouble(key) for key in sorted(present)), hours=hours)
        alerts, after = decide(known, one)
        if delivered:
            hear(alerts)
            assert heard == present
        known = after if delivered else undelivered(after, alerts, one.at)
    last, _ = decide(known, result(hours=hours + 1))
    hear(last)
    assert heard == set()


@given(looks)
def test_what_is_remembered_survives_being_written_down(several: list[tuple[set[str], bool, int]]) -> None:
    """Memory goes into the state and comes back as it was."""
    known: Memory = {}
    for number, (present, delivered, _) in enumerate(several):
        one = result(*(trouble(key, lines=("a", "b")) for key in present), hours=number)
        alerts, after = decide(known, one)
        known = after if delivered else undelivered(after, alerts, one.at)
    assert {key: told_of(told.document()) for key, told in known.items()} == dict(known)
