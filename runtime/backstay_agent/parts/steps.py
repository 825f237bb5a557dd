"""Work with AWS as pure coroutines: they yield one call after another, and are given the answers.

So what a kind of thing needs is written down beside what it is, may use the answer of one call in the next, and is
tested without AWS. Whoever drives them makes the calls.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Answer = Mapping[str, Any]
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Step:
    """One call; `operation` and `members` in AWS's spelling.

    `every`: the answer's list of that name is wanted whole, page after page. `fine`: error codes that say that there
    is nothing to do or to find; the answer is empty then. `busy`: error codes that pass when AWS has finished.
    `wait`: seconds to let pass before.
    """

    operation: str
    members: Mapping[str, Any] = field(default_factory=dict)
    service: str = "backup"
    every: str | None = None
    fine: frozenset[str] = frozenset()
    busy: frozenset[str] = frozenset()
    wait: float = 0

    @property
    def asked(self) -> str:
        """The same text for the same question."""
        return f"{self.service} {self.operation} {sorted(self.members.items())}"


Steps = Generator[Step, Answer, _Result]

LOOKS = (0, 1, 2, 4)
"""Seconds before each look for what may have been made a moment ago: lists of IAM and KMS may not show it at once."""


class UnsureError(Exception):
    """A call failed, and nobody knows whether it, or an earlier attempt of it, was carried out: the answer was lost.

    It is raised where the coroutine asked for the call. Whoever can tell catches it and looks; whoever cannot, or
    finds nothing, lets it pass: then the call failed as AWS said (`__cause__`).
    """


def one(step: Step) -> Steps[Answer]:
    """A single call."""
    return (yield step)


def drive(steps: Steps[_Result], call: Callable[[Step], Answer]) -> _Result:
    """Make every call that a coroutine asks for, and give what it comes to; errors of `call` end it.

    The coroutine hears of `UnsureError`; where it lets that pass, what caused it is raised.
    """
    try:
        step = next(steps)
        while True:
            try:
                answer = call(step)
            except UnsureError as doubt:
                step = steps.throw(doubt)
            else:
                step = steps.send(answer)
    except StopIteration as end:
        result: _Result = end.value
        return result
    except UnsureError as doubt:
        raise doubt.__cause__ or doubt from None
