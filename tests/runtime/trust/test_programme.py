"""Killed, troubled and raced, the agent comes to the same end as undisturbed; the programme would see it otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from tests.runtime.trust import chaos, programme
from tests.runtime.trust.figures import PAGE, Figures


def test_the_page_has_the_figures() -> None:
    """`docs/trust.md` says what was measured last, and nothing else."""
    page = PAGE.read_text(encoding="utf-8")
    assert Figures.load().into(page) == page


@pytest.mark.parametrize(
    ("scenario", "when"), [("update", "before"), ("lock", "after"), ("every kind of thing", "after")]
)
def test_killed_at_some_calls(hand: Any, scenario: str, when: str) -> None:
    """A sample of the boundaries: run again, all is as after a clean run, and a third run writes nothing."""
    number = len(hand.do({"do": "calls", "scenario": scenario})) - 3
    assert hand.wrong([{"do": "crash", "scenario": scenario, "number": number, "when": when}]) == []


@pytest.mark.parametrize("operation", ["CreateKey", "CreateAlias", "CreateRole"])
def test_no_answer_to_what_takes_no_token(hand: Any, operation: str) -> None:
    """The run that hears no answer looks for what it made, and ends well; there is one of it."""
    calls = hand.do({"do": "calls", "scenario": "every kind of thing"})
    number = calls.index(operation) + 1
    assert hand.wrong([{"do": "crash", "scenario": "every kind of thing", "number": number, "when": "lost"}]) == []


def test_some_storms(hand: Any) -> None:
    """A few seeds of faults, deaths, lagging lists and jumping clocks, in scenarios that are made ready anyway."""
    seeds = [seed for seed in range(60) if chaos.storm(seed).scenario in ("update", "lock", "create")]
    assert hand.wrong([{"do": "chaos", "seed": seed} for seed in seeds[:2]]) == []


def test_some_races(hand: Any) -> None:
    """An older and a newer build at once, and an agent beside a person."""
    assert hand.wrong(programme.races(1, 3)) == []


def test_an_agent_without_tokens_is_found_out(hand: Any) -> None:
    """With tokens that nobody can derive again, a kill leaves a job twice; the programme sees it."""
    calls = hand.do({"do": "calls", "scenario": "backup"})
    number = calls.index("StartBackupJob") + 1
    told = hand.wrong([{"do": "crash", "scenario": "backup", "number": number, "when": "after", "forgetful": True}])
    assert any("backup jobs" in sentence for sentence in told)


def test_a_small_organization_partly_down(hand: Any) -> None:
    """Twenty accounts, one that lets nobody in, and a Region that does not answer: as with ten thousand."""
    report = hand.do({"do": "outage", "accounts": 20})
    assert report["wrong"] == []
    assert report["denied"] == 1
    assert report["calls"] < 20 * 20


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
