"""Selections of restore testing plans. They have no tags: whose the plan is, theirs they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backstay_agent import normal
from backstay_agent.observed import Part, is_ours
from backstay_agent.parts.listed import GONE, tags_of
from backstay_agent.parts.noun import Body, Change, Look, Noun, Reference, Task, Wish
from backstay_agent.parts.steps import Step, Steps

_PLAN, _NAME = "RestoreTestingPlanName", "RestoreTestingSelectionName"
_INNER = (
    _NAME,
    "ProtectedResourceType",
    "IamRoleArn",
    "ProtectedResourceArns",
    "ProtectedResourceConditions",
    "RestoreMetadataOverrides",
)
_HOURS = "ValidationWindowHours"


def _body(plan: str, answer: Body) -> Body:
    """In normal form: the members of the selection, and the name of its plan."""
    body: Body = normal.settled(
        {_PLAN: plan, **{name: answer.get(name) for name in _INNER}, _HOURS: answer.get(_HOURS) or 0}
    )
    return body


def name_of(plan: str, selection: str) -> str:
    """What a selection is told by: its plan's name and its own, neither of which has a slash."""
    return f"{plan}/{selection}"


def _wishes(shape: Body) -> Iterator[Wish]:
    for one in shape.get("restore_testing_selections", ()):
        inner = one["RestoreTestingSelection"]
        name = name_of(one[_PLAN], inner[_NAME])
        yield Wish("restore-testing-selection", name, _body(one[_PLAN], inner))


def _read(look: Look) -> Steps[list[Part]]:
    wanted = {wish.body[_PLAN] for wish in look.wishes.values()}
    found: list[Part] = []
    plans = yield Step("ListRestoreTestingPlans", every="RestoreTestingPlans")
    for plan in plans["RestoreTestingPlans"]:
        name = str(plan[_PLAN])
        tags = yield from tags_of(plan["RestoreTestingPlanArn"])
        if name not in wanted and not is_ours(tags, look.organization):
            continue
        listed = yield Step("ListRestoreTestingSelections", {_PLAN: name}, every="RestoreTestingSelections", fine=GONE)
        for one in listed.get("RestoreTestingSelections", ()):
            part = yield from _part(look, name, str(one[_NAME]), tags)
            found.append(part)
    return found


def _part(look: Look, plan: str, selection: str, tags: dict[str, str]) -> Steps[Part]:
    name = name_of(plan, selection)
    body: Body = {_PLAN: plan}
    if name in look.wishes:
        answer = yield Step("GetRestoreTestingSelection", {_PLAN: plan, _NAME: selection}, fine=GONE)
        body = _body(plan, answer.get("RestoreTestingSelection", {}))
    return Part("restore-testing-selection", name, name, body, tags, held_by=plan, wanted=name in look.wishes)


def _asked(task: Task) -> dict[str, str]:
    plan, _, selection = task.name.partition("/")
    return {_PLAN: plan, _NAME: selection}


def _create(task: Task) -> Steps[None]:
    inner = {name: value for name, value in task.body.items() if name != _PLAN}
    given = {_PLAN: task.body[_PLAN], "RestoreTestingSelection": inner, "CreatorRequestId": task.token}
    yield Step("CreateRestoreTestingSelection", given)


def _update(task: Task) -> Steps[None]:
    if task.body == task.before:
        return
    # What an update leaves out stays as it is: so what is not wanted any more is said to be empty.
    inner: dict[str, Any] = {"RestoreMetadataOverrides": {}}
    if "ProtectedResourceConditions" in task.before:
        inner["ProtectedResourceConditions"] = {"StringEquals": [], "StringNotEquals": []}
    inner |= {name: value for name, value in task.body.items() if name not in (_PLAN, _NAME, "ProtectedResourceType")}
    yield Step("UpdateRestoreTestingSelection", {**_asked(task), "RestoreTestingSelection": inner})


def _delete(task: Task) -> Steps[None]:
    yield Step("DeleteRestoreTestingSelection", _asked(task), fine=GONE)


def _change(before: Body, after: Body) -> Change:
    was, is_to_be = before.get("ProtectedResourceType"), after["ProtectedResourceType"]
    if was == is_to_be:
        return Change()
    told = f"tests {was}, the policy says {is_to_be}; AWS lets nobody change the type: give the selection another name"
    return Change(conflict=told)


def _rests_on(body: Body) -> Iterator[Reference]:
    yield "restore-testing-plan", body[_PLAN]


def _roles(body: Body) -> Iterator[str]:
    yield body["IamRoleArn"]


NOUN = Noun(
    "restore-testing-selection",
    "restore_testing_selections",
    _wishes,
    _read,
    _create,
    _update,
    _delete,
    change=_change,
    phase="selections",
    rests_on=_rests_on,
    within="restore-testing-plan",
    roles=_roles,
    index="backup:restore-testing-plan",
)
