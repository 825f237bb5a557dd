"""Ten policies on a node, ten thousand characters in one, a thousand in all: kept, or said with node and numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from backstay.emit import organizations

BIG = 4
"""Rules of a plan of some 6,000 characters, of which two do not fit into one policy."""


FILL = 125
"""Characters of a tag that bring the two plans of the test to ten thousand."""


def big(making: Any, name: str, rules: int = BIG) -> Any:
    """A large plan."""
    copies = tuple(making.copy_to(f"{n}{'x' * 40}", "eu-west-1") for n in range(5))
    return making.plan(name, [making.rule(f"rule-{n}", copies=copies) for n in range(rules)])


def read(files: Mapping[str, bytes]) -> Any:
    """The attachments, as emitted."""
    return json.loads(files["organizations/attachments.json"])


def same_everywhere(made: Any, files: Mapping[str, bytes], making: Any) -> None:
    """Every account gets what the accounts target makes."""
    for account in made.accounts:
        assert making.effective(made, files, account) == making.wanted(made, account)


def test_overflow_into_a_second_policy(making: Any) -> None:
    """Plans that one policy cannot hold take two, in order of name, each plan whole."""
    made = making.model({"100000000001": ""}, {("100000000001", "eu-west-1"): [big(making, n) for n in "cab"]})
    files = dict(organizations.emit(made))
    policies = read(files)["policies"]
    assert [one["plans"] for one in policies] == [["a"], ["b"], ["c"]]
    assert all(5_000 < one["characters"] <= 10_000 for one in policies)
    assert read(files)["attachments"] == [
        {
            "used": 3,
            "policies": ["backstay-a-root", "backstay-b-root", "backstay-c-root"],
            "targets": {"root": True, "units": [], "accounts": []},
        }
    ]
    same_everywhere(made, files, making)


def test_a_plan_too_large_for_any_policy(making: Any) -> None:
    """It goes to the accounts target, and the reason tells the numbers."""
    made = making.model(
        {"100000000001": ""}, {("100000000001", "eu-west-1"): [big(making, "huge", 10), making.plan("gold")]}
    )
    assert [one["plans"] for one in read(dict(organizations.emit(made)))["policies"]] == [["gold"]]
    (finding,) = organizations.report(made)
    assert (finding.code, finding.severity, finding.accounts) == ("BPL101", "warning", 1)
    assert re.search(r"has 1\d,\d{3} characters; 10,000 are allowed", finding.message)
    assert [plan.name for shape in organizations.remainder(made).shapes for plan in shape.plans] == ["huge"]


def test_small_plans_of_unlike_reach_are_packed_anew(making: Any) -> None:
    """A node in many covers gets its plans in few documents of its own, once one for each cover would be too many."""
    accounts = [f"1000000000{n:02}" for n in range(13)]
    units = {account: f"Unit/{account}" for account in accounts}
    gets = {
        (account, "eu-west-1"): [making.plan(f"plan-{other}") for other in range(13) if other <= n]
        for n, account in enumerate(accounts)
    }
    made = making.model(units, gets)
    files = dict(organizations.emit(made))
    assert organizations.report(made) == ()
    assert max(one["used"] for one in read(files)["attachments"]) <= 10
    same_everywhere(made, files, making)


def test_what_a_unit_cannot_bear_goes_to_what_is_below(making: Any) -> None:
    """Twelve large plans for the root: ten there, two on each of its units and accounts."""
    units = {"100000000001": "", "100000000002": "A", "100000000003": "A/B", "100000000004": "C"}
    plans = [big(making, f"plan-{n:02}") for n in range(12)]
    made = making.model(units, {(account, "eu-west-1"): plans for account in units}, ["Empty"])
    files = dict(organizations.emit(made))
    assert organizations.report(made) == ()
    assert [(one["used"], one["targets"]) for one in read(files)["attachments"]] == [
        (10, {"root": True, "units": [], "accounts": []}),
        (2, {"root": False, "units": ["A", "C"], "accounts": ["100000000001"]}),
    ]
    same_everywhere(made, files, making)


def test_an_account_that_cannot_bear_its_policies(making: Any) -> None:
    """Where nothing is left below, an error names the account and both numbers."""
    plans = [big(making, f"plan-{n:02}") for n in range(21)]
    made = making.model({"100000000001": ""}, {("100000000001", "eu-west-1"): plans})
    (finding,) = organizations.report(made)
    assert (finding.code, finding.severity) == ("BPL102", "error")
    assert finding.message == ("account `100000000001` needs 11 backup policies; Organizations attaches at most 10")


@pytest.mark.parametrize(("number", "codes"), [(1_000, []), (1_001, ["BPL103"])])
def test_more_policies_than_an_organization_has(number: int, codes: list[str], making: Any) -> None:
    """A thousand documents are the most; one more is an error with both numbers."""
    units = {f"1{n:011}": "" for n in range(number + 1)}
    gets = {(account, "eu-west-1"): [making.plan(f"plan-{n}")] for n, account in enumerate(sorted(units)[1:])}
    found = organizations.report(making.model(units, gets))
    assert [finding.code for finding in found] == codes
    assert all("1,001" in finding.message and "1,000" in finding.message for finding in found)


@pytest.mark.parametrize(("more", "documents"), [(0, [10_000]), (1, [6_875, 3_137])])
def test_the_last_character(more: int, documents: list[int], making: Any) -> None:
    """Two plans share a policy of exactly ten thousand characters; with one more each has its own."""
    tags = tuple((f"key-{n}", "x" * 200) for n in range(9))
    fill = ("last", "x" * (FILL + more))
    plans = [big(making, "a"), making.plan("b", tags=(*tags, fill))]
    made = making.model({"100000000001": ""}, {("100000000001", "eu-west-1"): plans})
    files = dict(organizations.emit(made))
    assert [one["characters"] for one in read(files)["policies"]] == documents
    same_everywhere(made, files, making)
