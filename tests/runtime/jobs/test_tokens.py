"""Idempotency tokens."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.jobs.tokens import token
from backstay_agent.jobs.work import Backup, Copy, Work

_TEXT = st.text(max_size=8)
_BACKUPS = st.builds(
    Backup, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, st.builds(lambda name: {"RuleName": name}, _TEXT), _TEXT
)
_COPIES = st.builds(Copy, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, st.just({}), _TEXT)


def _identity(work: Work) -> tuple[str, ...]:
    if isinstance(work, Backup):
        return "backup", work.account, work.region, work.resource, work.plan, work.rule_name
    return "copy", work.account, work.region, work.point, work.destination


@given(_TEXT, _TEXT, _BACKUPS | _COPIES, _TEXT, _TEXT, _BACKUPS | _COPIES)
def test_equal_exactly_when_the_same_is_asked(
    run: str, build: str, work: Work, other_run: str, other_build: str, other: Work
) -> None:
    """Two tokens are equal if run, build, place, resource and rule are, and only then; AWS takes their spelling."""
    first, second = token(run, build, work), token(other_run, other_build, other)
    alike = (run, build, _identity(work)) == (other_run, other_build, _identity(other))
    assert (first == second) == alike
    assert re.fullmatch(r"[a-zA-Z0-9\-_.]{1,50}", first)


@given(_BACKUPS | _COPIES, st.integers(0, 9), st.integers(0, 9))
def test_attempts_differ(work: Work, one: int, other: int) -> None:
    """A new attempt after a failure is a new job."""
    assert (token("r", "b", work, one) == token("r", "b", work, other)) == (one == other)
