"""Which part of a plan may be carried out without asking anybody: only what can be taken back. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from backstay_contract.plan import Action, ChangePlan


@dataclass(frozen=True, slots=True)
class Parted:
    """A plan of the actions that may be done, and the actions that wait: for an approval, or for what waits for one."""

    safe: ChangePlan
    waiting: tuple[Action, ...]


def part(plan: ChangePlan) -> Parted:
    """Part a plan. What rests on an action that waits, waits too."""
    waiting: list[Action] = []
    held: set[str] = set()
    safe: list[Action] = []
    for action in plan.actions:  # in their order: what an action rests on stands before it
        if action.effect != "reversible" or held.intersection(action.after_actions):
            held.add(action.id)
            waiting.append(action)
        else:
            safe.append(action)
    return Parted(plan.model_copy(update={"actions": tuple(safe)}), tuple(waiting))
