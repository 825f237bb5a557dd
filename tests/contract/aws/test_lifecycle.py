"""Lifecycles: what the service refuses, the dates that follow, and what a vault lock lets in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay_aws.lifecycle import (
    COLD_MINIMUM_DAYS,
    CONTINUOUS_MAX_DAYS,
    MAX_DAYS,
    Dates,
    Lifecycle,
    LifecycleProblem,
    dates,
    problems,
    within_lock,
)

GAP, COLD_1, RANGE = LifecycleProblem.COLD_GAP, LifecycleProblem.COLD_BEFORE_1, LifecycleProblem.DELETE_RANGE
KEPT_LONG, COLD, NO_END = (
    LifecycleProblem.CONTINUOUS_RETENTION,
    LifecycleProblem.CONTINUOUS_COLD,
    LifecycleProblem.CONTINUOUS_WITHOUT_RETENTION,
)

CASES = [
    # cold_after, delete_after, continuous, problems
    (None, None, False, ()),
    (None, 1, False, ()),
    (None, 36500, False, ()),
    (None, 0, False, (RANGE,)),
    (None, -1, False, (RANGE,)),
    (None, 36501, False, (RANGE,)),
    (30, None, False, ()),
    (1, None, False, ()),
    (30, 120, False, ()),
    (30, 119, False, (GAP,)),
    (30, 100, False, (GAP,)),
    (0, 15, False, (GAP, COLD_1)),
    (0, 365, False, (COLD_1,)),
    (0, None, False, (COLD_1,)),
    (1825, 365, False, (GAP,)),
    (0, 0, False, (GAP, COLD_1, RANGE)),
    (None, 1, True, ()),
    (None, 35, True, ()),
    (None, 36, True, (KEPT_LONG,)),
    (None, 0, True, (RANGE,)),
    (None, 36501, True, (RANGE,)),
    (None, None, True, (NO_END,)),
    (10, 35, True, (COLD,)),
    (10, None, True, (COLD, NO_END)),
    (10, 365, True, (KEPT_LONG, COLD)),
]


@pytest.mark.parametrize(("cold", "delete", "continuous", "expected"), CASES)
def test_lists_what_the_service_refuses(
    cold: int | None, delete: int | None, continuous: bool, expected: tuple[LifecycleProblem, ...]
) -> None:
    """Each refusal of the service is found, all of them at once, and nothing else is."""
    assert problems(Lifecycle(cold, delete), continuous=continuous) == expected


def test_every_problem_occurs_in_the_table() -> None:
    """No problem is listed that nothing can cause."""
    assert {problem for *_, found in CASES for problem in found} == set(LifecycleProblem)


@given(cold=st.none() | st.integers(1, MAX_DAYS), keep=st.integers(0, MAX_DAYS))
def test_ninety_days_in_cold_storage_are_enough(cold: int | None, keep: int) -> None:
    """A lifecycle within the range is refused exactly when less than 90 days are left for cold storage."""
    refused = problems(Lifecycle(cold, keep), continuous=False)
    assert (GAP in refused) == (cold is not None and keep - cold < COLD_MINIMUM_DAYS)


@given(keep=st.integers(-5, 60))
def test_continuous_backups_are_kept_up_to_35_days(keep: int) -> None:
    """A continuous rule is taken for 1 to 35 days, and for nothing else."""
    assert (problems(Lifecycle(None, keep), continuous=True) == ()) == (1 <= keep <= CONTINUOUS_MAX_DAYS)


def test_archive_opt_in_changes_no_verdict() -> None:
    """The archive opt-in is a wish about EBS, not a reason to refuse."""
    assert problems(Lifecycle(30, 120, archive=True), continuous=False) == ()


def test_dates_are_days_after_creation() -> None:
    """Dates are whole days of 24 hours after creation; never stays never."""
    created = datetime(2027, 3, 27, 12, 30, tzinfo=UTC)
    assert dates(created, Lifecycle(1, 91)) == Dates(created + timedelta(days=1), created + timedelta(days=91))
    assert dates(created, Lifecycle(None, None)) == Dates(None, None)
    assert dates(created, Lifecycle(None, MAX_DAYS)).delete_at == datetime(2127, 3, 3, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("delete", "minimum", "maximum", "expected"),
    [
        (35, 7, 365, True),
        (7, 7, 365, True),
        (365, 7, 365, True),
        (6, 7, 365, False),
        (366, 7, 365, False),
        (35, None, None, True),
        (35, 36, None, False),
        (35, None, 34, False),
        (None, 7, None, True),
        (None, None, None, True),
        (None, 7, 365, False),
        (None, None, 36500, False),
    ],
)
def test_vault_lock_bounds(delete: int | None, minimum: int | None, maximum: int | None, expected: bool) -> None:
    """A lock takes its own bounds, an absent bound bounds nothing, and "for ever" breaks any maximum."""
    assert within_lock(delete, minimum, maximum) is expected
