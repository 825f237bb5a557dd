"""Restore testing plans: when and from which vaults AWS tests that recovery points can be restored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backstay_agent import normal
from backstay_agent.observed import Part
from backstay_agent.parts.listed import GONE, Listing, read, tag
from backstay_agent.parts.noun import Body, Look, Noun, Task, Wish
from backstay_agent.parts.steps import Step, Steps

_NAME, _POINTS = "RestoreTestingPlanName", "RecoveryPointSelection"
# What AWS fills in (API reference, RestoreTestingPlanForCreate and RestoreTestingRecoveryPointSelection, 2026-11).
_DEFAULTS = {"ScheduleExpressionTimezone": "UTC", "StartWindowHours": 24}
_POINT_DEFAULTS = {"SelectionWindowDays": 30}


def _body(answer: Body) -> Body:
    members = {name: answer.get(name) for name in (_NAME, "ScheduleExpression", *_DEFAULTS)}
    given = {name: value for name, value in members.items() if value is not None}
    points = {**_POINT_DEFAULTS, **normal.settled(answer.get(_POINTS, {}))}
    body: Body = normal.settled({**_DEFAULTS, **given, _POINTS: points})
    return body


def _wishes(shape: Body) -> Iterator[Wish]:
    for one in shape.get("restore_testing_plans", ()):
        body = _body(one["RestoreTestingPlan"])
        yield Wish("restore-testing-plan", body[_NAME], body, one.get("Tags", {}))


_WAY = Listing(
    "ListRestoreTestingPlans",
    "RestoreTestingPlans",
    _NAME,
    "RestoreTestingPlanArn",
    "GetRestoreTestingPlan",
    _body,
    inside="RestoreTestingPlan",
)


def _read(look: Look) -> Steps[list[Part]]:
    return (yield from read("restore-testing-plan", _WAY, look))


def _create(task: Task) -> Steps[None]:
    given = {"RestoreTestingPlan": task.body, "Tags": task.tags, "CreatorRequestId": task.token}
    yield Step("CreateRestoreTestingPlan", given)


def _update(task: Task) -> Steps[None]:
    yield from tag(task.key, task.tags)
    if task.body != task.before:
        given: dict[str, Any] = {name: value for name, value in task.body.items() if name != _NAME}
        # What an update leaves out stays as it is: no vault is excluded any more only if that is said.
        given[_POINTS] = {"ExcludeVaults": [], **task.body[_POINTS]}
        yield Step("UpdateRestoreTestingPlan", {_NAME: task.name, "RestoreTestingPlan": given})


def _delete(task: Task) -> Steps[None]:
    yield Step("DeleteRestoreTestingPlan", {_NAME: task.name}, fine=GONE)


NOUN = Noun(
    "restore-testing-plan",
    "restore_testing_plans",
    _wishes,
    _read,
    _create,
    _update,
    _delete,
    index="backup:restore-testing-plan",
)
