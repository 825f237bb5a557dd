"""Makes the calls that a coroutine of `parts` asks for, in one account and Region, with pages and patience."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.parts.steps import Answer, Step, Steps, UnsureError, drive

_Result = TypeVar("_Result")
_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds between attempts while AWS is busy with the same thing: two minutes in all, as deploying takes minutes."""
# How a list says where it goes on, and what the next call says (KMS, IAM; every other service has `NextToken`).
_MARKERS = (("NextToken", "NextToken"), ("NextMarker", "Marker"), ("Marker", "Marker"))


_LOST = frozenset({"server", "timeout"})
"""Failures after which nobody knows whether the work was done."""
_TAKEN = frozenset({"AlreadyExistsException", "DuplicatePolicyException", "EntityAlreadyExists"})
"""How AWS says that there is one of that name (KMS, Organizations, IAM; API references, read 2026-11-29)."""

Send = Callable[[Step, Mapping[str, Any]], Answer]
Known = dict[str, Answer]
"""Answers that were had before, by what was asked."""


def take_steps(
    aws: Aws, account: str, region: str, steps: Steps[_Result], pause: Callable[[float], None] = time.sleep
) -> _Result:
    """What the coroutine comes to; raises AwsProblem at the call that AWS refuses."""
    return through(_sender(aws, account, region), steps, pause)


def through(send: Send, steps: Steps[_Result], pause: Callable[[float], None] = time.sleep) -> _Result:
    """The same with every call made by `send`, which is given the step and the members of each page."""
    return drive(steps, lambda step: _patient(send, step, pause))


def look_about(aws: Aws, account: str, region: str, steps: Steps[_Result], known: Known) -> _Result:
    """The same for a coroutine that only reads: what was asked before, in the same place, is not asked again."""

    def call(step: Step) -> Answer:
        if step.asked not in known:
            known[step.asked] = _patient(_sender(aws, account, region), step, time.sleep)
        return known[step.asked]

    return drive(steps, call)


def _sender(aws: Aws, account: str, region: str) -> Send:
    return lambda step, members: aws.call(account, region, step.service, step.operation, **members)


def _patient(send: Send, step: Step, pause: Callable[[float], None]) -> Answer:
    """One call, made again while AWS is busy."""
    if step.wait:
        pause(step.wait)
    for seconds in (*_PAUSES, None):
        try:
            return _whole(send, step)
        except AwsProblem as problem:
            if problem.operation == step.operation and problem.code in step.fine:
                return {}
            if problem.code in step.busy and seconds is not None:
                pause(seconds)
                continue
            if problem.operation == step.operation and _may_be_done(problem):
                raise UnsureError from problem
            raise
    raise AssertionError("the last attempt returns or raises")


def _may_be_done(problem: AwsProblem) -> bool:
    """Whether what was asked for may have been done, although it failed: an answer was lost."""
    return problem.failure in _LOST or (problem.attempts > 1 and problem.code in _TAKEN)


def _whole(send: Send, step: Step) -> Answer:
    """The answer to a call; where a list is wanted, that list over all pages."""
    members = dict(step.members)
    if step.every is None:
        return send(step, members)
    items: Any = None
    while True:
        answer = send(step, members)
        page = answer.get(step.every)
        items = page if items is None else _joined(items, page)
        following = _following(answer)
        if not following:
            return {step.every: [] if items is None else items}
        members |= following


def _joined(items: Any, page: Any) -> Any:
    if page is None:
        return items
    return {**items, **page} if isinstance(items, Mapping) else [*items, *page]


def _following(answer: Answer) -> dict[str, str]:
    for given, asked in _MARKERS:
        if answer.get(given) and answer.get("IsTruncated", True) and answer.get("Truncated", True):
            return {asked: str(answer[given])}
    return {}
