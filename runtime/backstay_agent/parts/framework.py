"""Audit Manager frameworks. AWS deploys them in its own time and refuses changes meanwhile (API, `CreateFramework`)."""

from __future__ import annotations

from collections.abc import Iterator

from backstay_agent import normal
from backstay_agent.observed import Part
from backstay_agent.parts.listed import BUSY, GONE, Listing, read, tag
from backstay_agent.parts.noun import Body, Look, Noun, Task, Wish
from backstay_agent.parts.steps import Step, Steps

_MEMBERS = ("FrameworkName", "FrameworkDescription", "FrameworkControls")


def _body(answer: Body) -> Body:
    body: Body = normal.settled({name: answer.get(name) or None for name in _MEMBERS})
    return body


def _wishes(shape: Body) -> Iterator[Wish]:
    for one in shape.get("frameworks", ()):
        yield Wish("framework", one["FrameworkName"], _body(one), one.get("FrameworkTags", {}))


_WAY = Listing(
    "ListFrameworks",
    "Frameworks",
    "FrameworkName",
    "FrameworkArn",
    "DescribeFramework",
    _body,
    state="DeploymentStatus",
)


def _read(look: Look) -> Steps[list[Part]]:
    return (yield from read("framework", _WAY, look))


def _create(task: Task) -> Steps[None]:
    yield Step("CreateFramework", {**task.body, "FrameworkTags": task.tags, "IdempotencyToken": task.token})


def _update(task: Task) -> Steps[None]:
    yield from tag(task.key, task.tags)
    if task.body != task.before:
        yield Step("UpdateFramework", task.body, busy=BUSY)


def _delete(task: Task) -> Steps[None]:
    yield Step("DeleteFramework", {"FrameworkName": task.name}, fine=GONE, busy=BUSY)


NOUN = Noun(
    "framework",
    "frameworks",
    _wishes,
    _read,
    _create,
    _update,
    _delete,
    unsaid=("FrameworkDescription",),
    index="backup:framework",
)
