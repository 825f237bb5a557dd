"""Defaults of a plan: they fill what neither a rule nor anything that it overrides says."""

from __future__ import annotations

from dataclasses import replace

from backstay.resolve.pieces import Piece


def filled(plan: Piece) -> Piece:
    """A plan whose rules say what its defaults say for them; a filled field was said by the defaults.

    Fields are filled whole: a rule with tags or copies of its own takes none of the defaults', and `copies=[]` or
    `tags={}` says that it has none.
    """
    if not plan.children["defaults"]:
        return plan
    (given,) = plan.children["defaults"]
    rules = tuple(_filled(rule, given) for rule in plan.children["rules"])
    return replace(plan, children={**plan.children, "rules": rules, "defaults": ()})


def _filled(rule: Piece, given: Piece) -> Piece:
    said = {name: by for name, by in given.said.items() if name not in rule.said}
    values = {name: value for name, value in given.values.items() if name in said}
    copies = given.children["copies"] if "copies" in said else rule.children["copies"]
    return replace(
        rule, values={**rule.values, **values}, said={**rule.said, **said}, children={**rule.children, "copies": copies}
    )
