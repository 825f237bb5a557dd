"""What differs is told member by member, in the names that the author knows."""

from __future__ import annotations

from typing import Any

import pytest

from backstay_agent.planner.differences import differences


def control(name: str, days: str) -> dict[str, Any]:
    """A control of a framework with one parameter."""
    return {"ControlName": name, "ControlInputParameters": [{"ParameterName": "days", "ParameterValue": days}]}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"A": 1}, {"A": 1}, ()),
        ({"A": 1, "B": {"C": True}}, {"A": 2, "B": {"C": False}}, ("A: 1 → 2", "B.C: on → off")),
        ({}, {"A": "x"}, ("A: nothing → x",)),
        ({"L": ["a", "b"]}, {"L": ["b", "c"]}, ("L: without a", "L: with c")),
        (
            {"C": [control("x", "1"), control("y", "1")]},
            {"C": [control("x", "2"), control("z", "1")]},
            (
                "C[x].ControlInputParameters[days].ParameterValue: 1 → 2",
                "C: without ControlName=y, ControlInputParameters=ParameterName=days, ParameterValue=1",
                "C: with ControlName=z, ControlInputParameters=ParameterName=days, ParameterValue=1",
            ),
        ),
        (
            {"P": {"Statement": []}},
            {"P": {"Statement": [{"Effect": "Allow", "Action": ["a:B"], "Principal": "*"}]}},
            ("P: with: Allow a:B for *",),
        ),
    ],
)
def test_differences(before: Any, after: Any, told: tuple[str, ...]) -> None:
    """Nothing for what is equal; both values; of lists what goes and comes; of documents their statements."""
    assert differences(before, after) == told
