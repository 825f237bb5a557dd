"""Acting on a verdict: the one place where anything goes wrong."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from typing import Any, assert_never

from .decide import Verdict
from .rules import Kind

Start = Callable[..., Any]
Answer = Callable[[Start], Iterable[bytes]]


class CutError(ConnectionResetError):
    """The caller's connection is cut without an answer. A server drops it, an in-process client raises likewise."""

    def __init__(self, *, reached: bool) -> None:
        """`reached`: whether the request had been heard, and its work done."""
        super().__init__(errno.ECONNRESET, "the connection was cut, as it was asked for")
        self.reached = reached


def act(
    verdict: Verdict, answer: Answer, refuse: Callable[[Kind], Answer], wait: Callable[[float], object], start: Start
) -> Iterable[bytes]:
    """Answer, refuse or cut, as the verdict says; no lock is held while waiting. Raises `CutError`."""
    match verdict.blow:
        case Kind.UNREACHABLE:
            raise CutError(reached=False)
        case Kind.THROTTLE | Kind.EXPIRED | Kind.SKEWED | Kind.UNAVAILABLE | Kind.ERROR_BEFORE:
            answer = refuse(verdict.blow)
        case Kind.ERROR_AFTER:
            _kept_back(answer)
            answer = refuse(verdict.blow)
        case Kind.LOST:
            _kept_back(answer)
            wait(verdict.wait)
            raise CutError(reached=True)
        case Kind.SLOW | Kind.LIST_LAG | None:
            pass
        case _:
            assert_never(verdict.blow)
    if not verdict.wait:
        return answer(start)
    told, body = _kept_back(answer)
    wait(verdict.wait)
    start(*told)
    return [body]


def _kept_back(answer: Answer) -> tuple[tuple[Any, ...], bytes]:
    """Have everything done and tell nobody; gives what would have been told."""
    told: list[tuple[Any, ...]] = []
    body = b"".join(answer(lambda *given: told.append(given)))
    return told[-1], body
