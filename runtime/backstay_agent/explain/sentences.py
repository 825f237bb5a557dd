"""The sentences of a plan that every form of it has: its headline, what is left alone, and the verdict. Not escaped."""

from __future__ import annotations

from typing import Literal, assert_never

from backstay_agent.explain.groups import account_name, count
from backstay_agent.explain.unread import denied_first, failed
from backstay_agent.told import size, spelt
from backstay_contract.plan import (
    Action,
    ChangePlan,
    Conflict,
    Contested,
    Held,
    Orphan,
    Prerequisite,
    Unreadable,
)

Left = Conflict | Contested | Prerequisite | Unreadable | Orphan | Held
Mark = Literal["conflict", "contested", "missing", "doubt", "unread", "orphan", "stays"]
_NEVER_REMOVED = ("key", "role")
"""Kinds that nothing of ours ever removes."""


def headline(plan: ChangePlan) -> str:
    """What there is to do, and where."""
    if plan.purpose == "destroy" and not plan.actions:
        return "Nothing can be removed now." if plan.held else "Nothing to remove: nothing of ours is there."
    left = len(plan.conflicts) + sum(item.blocking for item in plan.missing)
    if not plan.actions and left:
        return f"Nothing that could be done, but not all is as the build says: {count(left, 'thing')} in the way."
    if not plan.actions:
        seen = plan.accounts - len({it.account for it in plan.unreadable if it.named})
        return f"Nothing to do: {count(seen, 'account')} as the build says." if seen else "Nothing could be read."
    accounts = len({action.account for action in plan.actions})
    regions = len({action.region for action in plan.actions})
    where = f"{accounts} of {count(plan.accounts, 'account')}, {count(regions, 'Region')}"
    verb = "remove what is ours" if plan.purpose == "destroy" else "act"
    return f"Backstay will {verb} in {where}. Nothing has been changed yet."


def losing(plan: ChangePlan) -> list[Action]:
    """The actions that take protection away."""
    return [action for action in plan.actions if action.effect == "destructive"]


def verdict(plan: ChangePlan) -> str:
    """Whether protection drops, how much there is to do, and how old this is; nothing where there is nothing to do."""
    if not plan.actions:
        return ""
    taking = len(losing(plan))
    if plan.purpose == "destroy":
        told = "All of this takes protection away: that is what was asked for."
    elif taking:
        verb = "takes" if taking == 1 else "take"
        why = "because the policies say so; each comes after what takes its place"
        told = f"{taking} of the actions {verb} protection away, {why}."
    else:
        told = "Protection never drops while this is applied."
    return f"{told} {count(len(plan.actions), 'action')}; AWS was read at {read_at(plan)}."


def read_at(plan: ChangePlan) -> str:
    """When AWS was read, to the minute."""
    return f"{plan.at[:16].replace('T', ' ')} UTC"


def left_alone(plan: ChangePlan) -> list[tuple[Mark, list[Left]]]:
    """What is not acted upon, by why: first what somebody has to see to."""
    return [
        ("conflict", list(plan.conflicts)),
        ("contested", list(plan.contested)),
        ("missing", [it for it in plan.missing if it.blocking]),
        ("doubt", [it for it in plan.missing if not it.blocking]),
        ("unread", [*denied_first(it for it in plan.unreadable if it.named)]),
        ("stays", list(plan.held)),
        ("orphan", list(plan.orphans)),
        ("unread", [*denied_first(it for it in plan.unreadable if not it.named)]),
    ]


def sentence(plan: ChangePlan, item: Left) -> str:
    """One thing that is left alone: where, what, why."""
    region = f", {item.region}" if item.region else ""
    where = f"{account_name(plan, item.account)}{region}"
    match item:
        case Conflict():
            left = f"; a vault in its place leaves behind {item.strands}" if item.strands else ""
            return f"{spelt(item.kind)} {item.name} in {where}: {item.reason}{left}"
        case Contested():
            return f"{item.kind} {item.name} in {where}: {item.reason}"
        case Prerequisite():
            return f"{item.kind} in {where}: {_lacking(item)}"
        case Orphan():
            told = f"{spelt(item.kind)} {item.name} in {where}: {item.reason}"
            removal = f"backstay destroy {plan.scope.folder} --orphans"
            held = f"; it holds {item.strands}" if item.strands else ""
            return f"{told}{held}" if item.kind in _NEVER_REMOVED else f"{told}{held}; to remove it: {removal}"
        case Held():
            return f"{spelt(item.kind)} {item.name} in {where}: {item.reason}{_contents(item)}"
        case Unreadable():
            return f"{where} {failed(item)}: {item.error}"
        case _:
            assert_never(item)


def _lacking(item: Prerequisite) -> str:
    told = f"{item.name}, which {item.needed_by} needs" + (f", {item.reason}" if item.reason else "")
    parts = [told, *(["nothing is written there without it"] if item.blocking else []), *filter(None, [item.remedy])]
    return "; ".join(parts)


def _contents(item: Held) -> str:
    """What a vault that stays holds, and the day from which on it could go."""
    told = f" ({count(item.points, 'recovery point')}, {size(item.size)})" if item.points else ""
    return f"{told}; it could go on {item.free_on}" if item.free_on else told
