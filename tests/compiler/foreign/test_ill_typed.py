"""Bodies that hold what AWS would never take: text for numbers, a number for a list, null, anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstay.importer.found import Reading
from backstay_contract.findings import Finding

JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.just(10**400),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["cron(", "cron(0 0 ? * * *)", "rate(1 day)", "arn:aws:", "arn:aws:backup:::", "*"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)
FORMS = ("cloudformation", "terraform", "organizations", "plan")


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_never_raises(
    form: str,
    data: st.DataObject,
    twins: Callable[[str], list[Reading]],
    judge: Callable[[Reading], tuple[Finding, ...]],
    changed: Callable[..., Reading],
    spots: Callable[[Reading], Any],
) -> None:
    """Whatever stands in a body, lint gives findings and raises nothing."""
    reading = data.draw(st.sampled_from(twins(form)))
    number, at = data.draw(st.sampled_from(list(spots(reading))))
    judge(changed(reading, number, at, data.draw(JUNK)))
