"""Grandfather, father, son: the rules that `Plan.gfs` makes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstay.dsl import (
    Copy,
    Plan,
    PolicyError,
    Rule,
    Select,
    Vault,
    daily,
    days,
    hours,
    monthly,
    param,
    weekly,
    yearly,
)
from backstay.dsl.param import Param

PRIMARY = Vault("primary")


def test_it_is_the_plan_that_one_would_write() -> None:
    """Four rules of one time of day, with all that is shared, equal to the same plan written out."""
    copies = [Copy(to=Vault("far", region="eu-west-1"))]
    select = [Select.everything()]
    shared: dict[str, Any] = {"into": PRIMARY, "copies": copies, "start_within": hours(1), "complete_within": hours(9)}
    made = Plan.gfs(
        "gold", at="04:30", tz="Europe/Berlin", daily=days(14), weekly=days(56), monthly=days(366), yearly=days(2557),
        weekday="sat", month_day="last", month="dec", cold_after=days(30), select=select, role="r", tags={"a": "b"},
        **shared,
    )  # fmt: skip
    zone = {"tz": "Europe/Berlin"}
    written = Plan(
        "gold",
        rules=[
            Rule("daily", at=daily("04:30", **zone), keep=days(14), **shared),
            Rule("weekly", at=weekly("sat", "04:30", **zone), keep=days(56), **shared),
            Rule("monthly", at=monthly("last", "04:30", **zone), keep=days(366), cold_after=days(30), **shared),
            Rule("yearly", at=yearly("dec", "last", "04:30", **zone), keep=days(2557), cold_after=days(30), **shared),
        ],
        select=select,
        role="r",
        tags={"a": "b"},
    )
    assert made == written


def test_only_what_is_kept_has_a_rule() -> None:
    """A plan of two generations has two rules, on Sundays and the first of January at five."""
    made = Plan.gfs("p", into="v", weekly=days(56), yearly=days(2557))
    assert made.rules is not None
    assert [(rule.name, rule.at) for rule in made.rules] == [
        ("weekly", weekly("sun", "05:00")),
        ("yearly", yearly("jan", 1, "05:00")),
    ]


@given(st.integers(0, 400), st.integers(0, 800))
def test_only_what_stays_cold_for_ninety_days_gets_cold(cold: int, keep: int) -> None:
    """AWS refuses a recovery point that is deleted earlier than 90 days after its move to cold storage."""
    made = Plan.gfs("p", into="v", daily=days(keep), cold_after=days(cold))
    assert made.rules is not None
    assert (made.rules[0].cold_after == days(cold)) is (keep >= cold + 90)


def test_parameters_pass() -> None:
    """How long to keep may differ by account; whether that gets cold is then for the author to know."""
    made = Plan.gfs("p", into=param("into", PRIMARY), daily=param("keep"), cold_after=days(30))
    assert made.rules is not None
    assert (made.rules[0].keep, made.rules[0].cold_after) == (Param("keep"), days(30))


@pytest.mark.parametrize(
    ("said", "field", "message"),
    [
        ({}, None, "say how long something is kept: `daily=days(35)`, `weekly=…`, `monthly=…`, `yearly=…`"),
        ({"daily": 35}, "daily", "`daily` must be a duration in days, such as days(35), not 35"),
        ({"yearly": hours(3)}, "yearly", "`yearly` must be a duration in days, such as days(35), not a Minutes"),
        ({"daily": days(1), "at": "5"}, "at", "'5' is no time of day"),
        ({"daily": days(1), "tz": None}, "tz", "`tz` must be the name of a time zone, not None"),
        ({"daily": days(1), "weekday": "sonntag"}, "weekday", "'sonntag' is no day of the week"),
        ({"daily": days(1), "month_day": 32}, "month_day", "a day of the month is 1 to 31, not 32"),
        ({"daily": days(1), "month": "mai"}, "month", "'mai' is no month"),
        ({"daily": days(1), "cold_after": 30}, "cold_after", "a duration in days, such as days(35), not 30"),
        ({"daily": days(1), "copies": "far"}, "copies", "`copies` must be a list of copies, not 'far'"),
    ],
)
def test_a_wrong_argument_is_told_by_its_own_name(said: dict[str, Any], field: str | None, message: str) -> None:
    """A complaint of a rule or a schedule inside is told of the argument that the author wrote."""
    with pytest.raises(PolicyError) as caught:
        Plan.gfs("p", into="v", **said)
    assert message in caught.value.message
    assert caught.value.field == field
