"""Decides about the selections of one plan, which AWS can only create and delete.

A changed selection is created anew before the old one is deleted, so that what it covers is covered all the time.
Whether the service takes two selections of one name is not documented (CloudFormation, which replaces selections that
way, suggests that it does). The new one is asked for under its own name; the action carries a second name, made of the
first and of the content, for the case that the service answers that the name is taken. A selection under either name is
the wanted one, so that the second name causes no change later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstay_agent.observed import Document, Plan, Selection
from backstay_agent.planner import words
from backstay_agent.planner.decision import Setting
from backstay_agent.planner.losses import covers
from backstay_agent.wanted import WantedPlan
from backstay_contract.canonical import digest
from backstay_contract.plan import CreateSelection, DeleteSelection

_NAME_LIMIT = 50  # SelectionName: ^[a-zA-Z0-9\-\_\.]{1,50}$ (botocore model, BackupSelectionName)
_SUFFIX = 8


def decide_selections(
    at: Setting, wish: WantedPlan, found: Plan | None, plan_token: str
) -> tuple[CreateSelection | DeleteSelection, ...]:
    """Create what is missing, then delete what is not wanted."""
    present = list(found.selections) if found else []
    wanted = []
    for body in wish.selections:
        match = next((selection for selection in present if is_wanted(selection.body, body)), None)
        if match is None:
            wanted.append(body)
        else:
            present.remove(match)
    old = sorted(present, key=lambda selection: (selection.name, selection.id))
    created = [_create(at, wish, found, body, old, plan_token) for body in wanted]
    return (*created, *delete_selections(at, found, old, wish.selections)) if found else tuple(created)


def delete_selections(
    at: Setting,
    plan: Plan,
    selections: Sequence[Selection],
    wanted: Sequence[Document],
    reason: str = "not in any policy any more",
) -> Iterator[DeleteSelection]:
    """Delete selections of a plan, for a reason unless others take their place; what one surely covers is no loss."""
    for selection in selections:
        base = base_name(selection.body)
        successor = next((body for body in wanted if body["SelectionName"] == base), None)
        covered = any(covers(body, selection.body) for body in wanted)
        yield DeleteSelection(
            **at.place(),
            id=at.id("noselection", plan.id, selection.id),
            name=selection.name,
            reason="a new one takes its place" if successor else reason,
            effect="reversible" if covered else "destructive",
            changes=words.selection_changes(selection.body, successor) if successor else (),
            plan=plan.name,
            plan_id=plan.id,
            selection_id=selection.id,
            before=dict(selection.body),
        )


def _create(
    at: Setting, wish: WantedPlan, plan: Plan | None, body: Document, old: Sequence[Selection], plan_token: str
) -> CreateSelection:
    name = str(body["SelectionName"])
    before = next((selection for selection in old if base_name(selection.body) == name), None)
    clash = any(selection.name == name for selection in old)
    context = [plan.id if plan else plan_token, [selection.id for selection in old]]
    return CreateSelection(
        **at.place(),
        id=at.id("selection", wish.name, body),
        name=name,
        reason="the selection differs from the policy" if before else "the policy wants it and it does not exist",
        changes=words.selection_changes(before.body, body) if before else (),
        plan=wish.name,
        plan_id=plan.id if plan else None,
        after=dict(body),
        token=at.token("selection", context, body),
        name_if_taken=second_name(body) if clash else None,
    )


def second_name(body: Document) -> str:
    """The name that a selection gets when its own is taken by the one that it replaces."""
    name = str(body["SelectionName"])
    return f"{name[: _NAME_LIMIT - _SUFFIX - 1]}.{digest(dict(body))[:_SUFFIX]}"


def is_wanted(found: Document, wanted: Document) -> bool:
    """Whether a selection is the wanted one, under its own or its second name."""
    if found["SelectionName"] not in (wanted["SelectionName"], second_name(wanted)):
        return False
    return {**found, "SelectionName": ""} == {**wanted, "SelectionName": ""}


def base_name(found: Document) -> str:
    """The name in the policy of a selection that may bear its second name."""
    name = str(found["SelectionName"])
    head, dot, _ = name.rpartition(".")
    return head if dot and second_name({**found, "SelectionName": head}) == name else name
