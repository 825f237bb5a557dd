"""The sentences of a plan that every form of it has: its headline, what is left alone, and the verdict. Not escaped."""

from __future__ import annotations

from typing import Literal, assert_never

from backstay_agent.explain.groups import account_name, count
from backstay_agent.told import spelt
from backstay_contract.plan import Action, ChangePlan, Conflict, Orphan, Prerequisite, Unreadable

Left = Conflict | Prerequisite | Unreadable | Orphan
Mark = Literal["conflict", "missing", "unread", "orphan"]


def headline(plan: ChangePlan) -> str:
    """What there is to do, and where."""
    left = len(plan.conflicts) + len(plan.missing)
    if not plan.actions and left:
        return f"Nothing that could be done, but not all is as the build says: {count(left, 'thing')} in the way."
    if not plan.actions:
        seen = plan.accounts - len({it.account for it in plan.unreadable if it.named})
        return f"Nothing to do: {count(seen, 'account')} as the build says." if seen else "Nothing could be read."
    accounts = len({action.account for action in plan.actions})
    regions = len({action.region for action in plan.actions})
    where = f"{accounts} of {count(plan.accounts, 'account')}, {count(regions, 'Region')}"
    return f"Backstay will act in {where}. Nothing has been changed yet."


def losing(plan: ChangePlan) -> list[Action]:
    """The actions that take protection away."""
    return [action for action in plan.actions if action.effect == "destructive"]


def verdict(plan: ChangePlan) -> str:
    """Whether protection drops, how much there is to do, and how old this is; nothing where there is nothing to do."""
    if not plan.actions:
        return ""
    taking = len(losing(plan))
    if taking:
        verb = "takes" if taking == 1 else "take"
        told = f"{taking} of the actions {verb} protection away, because the policies say so; they come last."
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
        ("missing", list(plan.missing)),
        ("unread", [it for it in plan.unreadable if it.named]),
        ("orphan", list(plan.orphans)),
        ("unread", [it for it in plan.unreadable if not it.named]),
    ]


def sentence(plan: ChangePlan, item: Left) -> str:
    """One thing that is left alone: where, what, why."""
    region = f", {item.region}" if item.region else ""
    where = f"{account_name(plan, item.account)}{region}"
    match item:
        case Conflict():
            return f"{spelt(item.kind)} {item.name} in {where}: {item.reason}"
        case Prerequisite():
            needed = f"{item.name}, which {item.needed_by} needs; nothing is written there without it"
            return f"{item.kind} in {where}: {needed}"
        case Orphan():
            return f"{spelt(item.kind)} {item.name} in {where}: {item.reason}"
        case Unreadable():
            told = "could not be read" if item.named else "could not be looked into for orphans"
            return f"{where} {told}: {item.error}"
        case _:
            assert_never(item)
