"""Killed, troubled and raced, the agent comes to the same end as undisturbed; the programme would see it otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from tests.runtime.trust import programme
from tests.runtime.trust.figures import PAGE, Figures


def test_the_page_has_the_figures() -> None:
    """`docs/trust.md` says what was measured last, and nothing else."""
    page = PAGE.read_text(encoding="utf-8")
    assert Figures.load().into(page) == page


@pytest.mark.parametrize("scenario", ["update", "lock", "backup", "every kind of thing"])
def test_killed_at_some_calls(hands: Any, scenario: str) -> None:
    """A sample of the boundaries: run again, all is as after a clean run, and a third run writes nothing."""
    calls = len(hands.do({"do": "calls", "scenario": scenario}))
    orders = [
        {"do": "crash", "scenario": scenario, "number": number, "when": when}
        for number, when in ((calls // 2, "before"), (calls - 2, "after"))
    ]
    assert hands.wrong(orders) == []


def test_some_storms(hands: Any) -> None:
    """A few seeds of faults, deaths, lagging lists and jumping clocks."""
    assert hands.wrong(programme.storms(0, 8)) == []


def test_some_races(hands: Any) -> None:
    """A few interleavings of two agents."""
    assert hands.wrong(programme.races(0, 3)) == []


def test_an_agent_without_tokens_is_found_out(hands: Any) -> None:
    """With tokens that nobody can derive again, a kill leaves a job twice; the programme sees it."""
    calls = hands.do({"do": "calls", "scenario": "backup"})
    number = calls.index("StartBackupJob") + 1
    told = hands.wrong([{"do": "crash", "scenario": "backup", "number": number, "when": "after", "forgetful": True}])
    assert any("backup jobs" in sentence for sentence in told)


def test_a_small_organization_partly_down() -> None:
    """Forty accounts, one that lets nobody in, and a Region that does not answer: as with ten thousand."""
    report = programme.outage(40)
    assert report["wrong"] == []
    assert report["calls"] < 40 * 20


@pytest.mark.long
def test_a_large_organization_partly_down() -> None:
    """Ten thousand accounts: the rest is done, every failure is named once, exit 3, in bounded time and memory."""
    report = programme.outage(programme.ACCOUNTS)
    assert report["wrong"] == []
    assert report["pauses"] < 120
    assert report["agent_memory"] < 1_500


@pytest.mark.long
def test_killed_at_every_call(hands: Any) -> None:
    """Every boundary of every scenario, a thousand and more."""
    orders = programme.crashes(hands)
    assert len(orders) > 1_000
    assert hands.wrong(orders) == []


@pytest.mark.long
def test_every_storm(hands: Any) -> None:
    """All seeds."""
    assert hands.wrong(programme.storms(0, programme.SEEDS)) == []


@pytest.mark.long
def test_every_race(hands: Any) -> None:
    """All interleavings."""
    assert hands.wrong(programme.races(0, programme.INTERLEAVINGS)) == []
