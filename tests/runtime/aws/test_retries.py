"""Retries: bounded in number and in time, spread by chance, and never what could be done twice."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.aws import Timing
from backstay_agent.aws.classes import FailureClass
from backstay_agent.aws.retries import ATTEMPTS, DEADLINE, Budget, Failure, pause, repeatable, retry_after

AGAIN = ("throttle", "server", "timeout")


@given(
    st.sampled_from(get_args(FailureClass)),
    st.integers(1, 20),
    st.floats(0, 400),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.floats(0, 1e6),
    st.booleans(),
)
def test_no_call_goes_on_for_ever(
    kind: FailureClass, attempt: int, elapsed: float, chance: float, wish: float | None, again: bool
) -> None:
    """Whatever comes, attempts and seconds are bounded, and only what may be repeated is."""
    wait = pause(Failure(kind, wish), attempt, elapsed, chance, repeatable=again)
    if wait is None:
        return
    assert kind in AGAIN
    assert attempt < ATTEMPTS
    assert wait >= 0
    assert elapsed + wait <= DEADLINE
    assert again or kind == "throttle"


def test_waits_grow_and_chance_spreads_them_over_their_whole_length() -> None:
    """Full jitter: from nothing up to a ceiling that doubles."""
    longest = [pause(Failure("throttle"), attempt, 0, 1.0, repeatable=True) for attempt in range(1, ATTEMPTS)]
    assert longest == [1, 2, 4, 8, 16, 20, 20]
    assert pause(Failure("throttle"), 5, 0, 0.0, repeatable=True) == 0


def test_what_aws_asks_for_is_waited_for() -> None:
    """`Retry-After` is a floor, up to a minute."""
    assert pause(Failure("server", 7.0), 1, 0, 0.0, repeatable=True) == 7
    assert pause(Failure("server", 9999.0), 1, 0, 0.0, repeatable=True) == 60
    assert [retry_after(given) for given in ({"retry-after": "3"}, {"retry-after": "soon"}, {})] == [3.0, None, None]


@pytest.mark.parametrize("kind", ["expired", "skew", "quota", "refusal"])
def test_waiting_does_not_help_here(kind: FailureClass) -> None:
    """A quota, a refusal and a wrong clock are told at once."""
    assert pause(Failure(kind), 1, 0, 0.0, repeatable=True) is None


def test_what_makes_another_one_each_time_is_not_repeated_blindly() -> None:
    """A key that may have been made is not made again; what carries a token, or sets a state, is repeated."""
    assert not repeatable("kms", "CreateKey", has_token=False)
    assert repeatable("backup", "CreateBackupPlan", has_token=True)
    assert repeatable("backup", "PutBackupVaultLockConfiguration", has_token=False)


def test_a_thousand_retries_at_once_are_spread_over_time() -> None:
    """Beyond the burst each has to be later, at the budget's rate; time fills it again."""
    now = [0.0]
    budget = Budget(Timing(monotonic=lambda: now[0]), burst=10, per_second=5.0)
    waits = [budget.draw() for _ in range(1000)]
    assert waits[:10] == [0.0] * 10
    assert waits[10:13] == pytest.approx([0.2, 0.4, 0.6])
    assert waits[-1] == pytest.approx(990 / 5)
    now[0] = 1000.0
    assert budget.draw() == 0.0
