"""Numbers are said as people say them."""

from __future__ import annotations

import pytest

from backstay.lint.words import days, kept, listed, minutes


@pytest.mark.parametrize(
    ("count", "said"), [(None, "for ever"), (0, "0 days"), (1, "1 day"), (2, "2 days"), (2557, "2557 days")]
)
def test_days(count: int | None, said: str) -> None:
    """A retention in days, singular and plural."""
    assert days(count) == said
    assert kept(count) == (said if count is None else f"for {said}")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (59, "59 minutes"),
        (60, "1 hour"),
        (90, "90 minutes"),
        (480, "8 hours"),
        (1440, "1 day"),
        (1500, "25 hours"),
        (10_080, "7 days"),
    ],
)
def test_minutes(count: int, said: str) -> None:
    """A window in the largest unit that says it exactly."""
    assert minutes(count) == said


@pytest.mark.parametrize(("names", "said"), [(["a"], "`a`"), (["a", "b"], "`a` and `b`"), ("abc", "`a`, `b` and `c`")])
def test_listed(names: list[str], said: str) -> None:
    """Names in backticks, with "and" before the last."""
    assert listed(names) == said
