"""Policies have names of their own that say which plan and where, and fit what Organizations takes."""

from __future__ import annotations

import json
from typing import Any

from backstay.emit import organizations


def policies(made: Any) -> list[Any]:
    """The policies, as emitted."""
    found: list[Any] = json.loads(dict(organizations.emit(made))["organizations/attachments.json"])["policies"]
    return found


def test_named_after_plan_and_first_unit(making: Any) -> None:
    """Units come before accounts: a unit's name lasts, and says more than twelve digits."""
    units = {"100000000001": "", "100000000002": "Work Loads/Prod", "100000000003": ""}
    gets = {(account, "eu-west-1"): [making.plan("Gold")] for account in ("100000000001", "100000000002")}
    (one,) = policies(making.model(units, gets))
    assert one["name"] == "backstay-gold-work-loads"
    assert one["description"] == "Backstay: gold; for unit `Work Loads` and 1 more"


def test_names_that_would_be_alike(making: Any) -> None:
    """Where plan and place run into the same letters, a digest tells the policies apart, the same one every time."""
    units = {"100000000001": "", "100000000002": "b-c", "100000000003": "b c"}
    gets = {
        ("100000000002", "eu-west-1"): [making.plan("a")],
        ("100000000003", "eu-west-1"): [making.plan("a", [making.rule(vault="other")])],
    }
    names = [one["name"] for one in policies(making.model(units, gets))]
    assert len(set(names)) == 2
    assert all(name.startswith("backstay-a-b-c-") for name in names)
    assert names == [one["name"] for one in policies(making.model(units, gets))]


def test_the_longest_names_fit(making: Any) -> None:
    """Fifty characters of a plan, six levels of long units, hundreds of targets: cut to what Organizations takes."""
    path = "/".join(f"{'unit' * 30}-{level}" for level in range(5))
    units = {f"1{n:011}": f"{path}/{'x' * 100}{n}" if n % 2 else "" for n in range(40)}
    plans = [making.plan(f"{'p' * 48}{n:02}") for n in range(12)]
    gets = {(account, "eu-west-1"): plans for account, unit in units.items() if unit}
    for one in policies(making.model(units, gets)):
        assert len(one["name"]) <= 128
        assert len(one["description"]) <= 512
        assert one["name"] == one["name"].lower()
