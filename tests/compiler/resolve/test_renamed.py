"""`moved=`: two things that were one thing before are a mistake, told at both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backstay.dsl import Plan, Policy, Rule, Vault, days, ou, root

v = Vault("v")


def rule(name: str, moved: str | None = None) -> Rule:
    """A rule that may have had another name."""
    return Rule(name, into=v, keep=days(35), moved=moved)


def plan(name: str, moved: str | None = None, *rules: Rule) -> Plan:
    """A plan that may have had another name."""
    return Plan(name, rules=list(rules) or [rule("daily")], moved=moved)


@pytest.mark.parametrize(
    "parts",
    [
        {"plans": [plan("b", "a"), plan("c", "a")]},
        {"plans": [plan("p", None, rule("b", "a"), rule("c", "a"))]},
        {"vaults": [Vault("bb", moved="aa"), Vault("cc", moved="aa")]},
    ],
)
def test_one_old_name_has_one_new_name(parts: dict[str, Any], names: Callable[..., list[str]]) -> None:
    """Plans, vaults, and rules of one plan: two of them cannot both keep what one had."""
    assert names(Policy("x", attach=root(), **parts)) == ["renamed-twice"]


@pytest.mark.parametrize(
    "parts",
    [
        {"plans": [plan("b", "a"), plan("c", "b")]},
        {"plans": [plan("a", "b"), plan("b", "a")]},
        {"plans": [plan("b", "a"), plan("a")]},
        {"plans": [plan("p", None, rule("b", "a")), plan("q", None, rule("c", "a"))]},
        {"plans": [plan("b", "a")], "vaults": [Vault("bb", moved="a1")]},
    ],
)
def test_other_names_are_free(parts: dict[str, Any], names: Callable[..., list[str]]) -> None:
    """Chains, exchanges, an old name used anew, and equal rule names of two plans are no mistake."""
    assert names(Policy("x", attach=root(), **parts)) == []


def test_accounts_that_get_one_each_are_no_clash(names: Callable[..., list[str]]) -> None:
    """What counts is what one account gets."""
    one = Policy("x", attach=ou("Workloads"), plans=[plan("b", "a")])
    other = Policy("y", attach=ou("Sandbox"), plans=[plan("c", "a")])
    assert names(one, other) == []


def test_it_is_told_once_at_both_places(written: Callable[[str], Any], only: Callable[..., Any]) -> None:
    """Both `moved=` are underlined, once for all accounts and Regions."""
    result, at = written(
        "from backstay import Plan, Policy, root\n"
        'b = Plan("b", moved="old")\nc = Plan("c", moved="old")\n'
        'p = Policy("p", attach=root(), plans=[b, c])\n'
    )
    found = only(result.findings, "renamed-twice")
    assert (at(found.span), found.span.line) == ('"old"', 3)
    assert [(at(label.span), label.span.line) for label in found.others] == [('"old"', 2)]
    assert found.message == "plan `c` and plan `b` were both called `old` before"
