"""Defaults of a plan: they fill what neither a rule nor anything that it overrides says."""

from __future__ import annotations

from dataclasses import replace

from backstay.resolve.pieces import Piece


def filled(policy: Piece) -> Piece:
    """A policy whose rules say what the defaults of their plans say for them; a filled field was said by the defaults.

    Fields are filled whole: a rule with tags or copies of its own takes none of the defaults', and `copies=[]` or
    `tags={}` says that it has none.
    """
    if not any(plan.children["defaults"] for plan in policy.children["plans"]):
        return policy
    plans = tuple(_plan(plan) for plan in policy.children["plans"])
    return replace(policy, children={**policy.children, "plans": plans})


def spent(plan: Piece) -> Piece:
    """A plan without its defaults, which its rules have taken up."""
    return replace(plan, children={**plan.children, "defaults": ()}) if plan.children["defaults"] else plan


def _plan(plan: Piece) -> Piece:
    rules = plan.children["rules"]
    for given in plan.children["defaults"]:
        rules = tuple(_rule(rule, given) for rule in rules)
    return replace(plan, children={**plan.children, "rules": rules})


def _rule(rule: Piece, given: Piece) -> Piece:
    said = {name: by for name, by in given.said.items() if name not in rule.said}
    values = {name: value for name, value in given.values.items() if name in said}
    copies = given.children["copies"] if "copies" in said else rule.children["copies"]
    return replace(
        rule, values={**rule.values, **values}, said={**rule.said, **said}, children={**rule.children, "copies": copies}
    )
