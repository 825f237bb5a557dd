"""A call as often as it takes: the one loop of attempts, with pace, circuit, budget, and whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from backstay_agent.aws import retries, skew
from backstay_agent.aws.call import Call, Listener
from backstay_agent.aws.circuit import Circuit
from backstay_agent.aws.classes import FailureClass, classify
from backstay_agent.aws.errors import AwsProblem, UnreachableError
from backstay_agent.aws.pace import Pace
from backstay_agent.aws.timing import Timing
from backstay_agent.aws.transport import Failed, Transport, with_tokens

NO_ANSWER, NO_CREDENTIALS = "NoAnswer", "NoCredentials"
"""Codes of ours: calls that are not made because nobody answered the ones before, or because nobody can sign them."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, where."""

    account: str
    region: str
    service: str
    operation: str
    members: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs: `get` gives credentials, `renew` makes the next `get` give new ones."""

    get: Callable[[], Any]
    renew: Callable[[], None]


class _Expired(Exception):  # noqa: N818 -- takes an attempt out of its turn, so that a role can be taken meanwhile
    """The credentials ran out."""


class Attempts:
    """Carries calls out, with retries; one object for a process's way to AWS, used by many threads."""

    def __init__(self, transport: Transport, timing: Timing) -> None:
        self._transport = transport
        self._timing = timing
        self._pace = Pace()
        self._circuit = Circuit(timing)
        self._budget = retries.Budget(timing)
        self._listeners: tuple[Listener, ...] = ()

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of each call after it has ended."""
        self._listeners = (*self._listeners, listener)

    def run(self, request: Request, identity: Identity) -> dict[str, Any]:
        """The answer to a request; raises AwsProblem once nothing helps any more."""
        count = _Count(self._timing.monotonic())
        try:
            model = self._transport.operation(request.service, request.region, request.operation)
            members, has_token = with_tokens(model, request.members)
            twice = retries.repeatable(request.service, request.operation, has_token=has_token)
            return self._renewing(replace(request, members=members), identity, count, repeatable=twice)
        except Failed as failed:  # there is no such service, Region or operation
            raise self._problem(request, count, failed, "refusal") from failed
        except UnreachableError as error:  # the caller's own credentials, which were there before
            raise self._ended(request, count, NO_CREDENTIALS, str(error), "expired") from error

    def _renewing(self, request: Request, identity: Identity, count: _Count, *, repeatable: bool) -> dict[str, Any]:
        try:
            return self._try(request, identity.get(), count, repeatable=repeatable, renewable=True)
        except _Expired:
            identity.renew()
        return self._try(request, identity.get(), count, repeatable=repeatable, renewable=False)

    def _try(
        self, request: Request, credentials: Any, count: _Count, *, repeatable: bool, renewable: bool
    ) -> dict[str, Any]:
        place = request.region, request.service
        with self._pace.turn((request.account, *place)) as turn:
            while True:
                dead = self._circuit.dead(place)
                if dead is not None:
                    raise self._ended(request, count, NO_ANSWER, dead, "timeout")
                count.attempts += 1
                try:
                    answer = self._transport.send(
                        credentials, request.region, request.service, request.operation, request.members
                    )
                except Failed as failed:
                    kind = classify(failed.code, failed.message, failed.status, failed.skew)
                    if kind == "throttle":
                        turn.was_throttled()
                        count.throttled += 1
                    self._note(place, request.account, failed, kind)
                    if kind == "expired" and renewable:
                        raise _Expired from failed
                    wait = self._wait(failed, kind, count, repeatable=repeatable)
                    if wait is None:
                        raise self._problem(request, count, failed, kind) from failed
                    self._timing.sleep(wait)
                    continue
                turn.went_well()
                self._circuit.answered(place)
                self._tell(request, count, None, answer.get("ResponseMetadata", {}).get("RequestId"))
                return answer

    def _note(self, place: tuple[str, str], account: str, failed: Failed, kind: FailureClass) -> None:
        if kind in ("timeout", "server"):
            self._circuit.silent(place, account, failed.code)
        else:
            self._circuit.answered(place)

    def _wait(self, failed: Failed, kind: FailureClass, count: _Count, *, repeatable: bool) -> float | None:
        elapsed = self._timing.monotonic() - count.began
        failure = retries.Failure(kind, retries.retry_after(failed.headers))
        wait = retries.pause(failure, count.attempts, elapsed, self._timing.chance(), repeatable=repeatable)
        return None if wait is None else wait + self._budget.draw()

    def _problem(self, request: Request, count: _Count, failed: Failed, kind: FailureClass) -> AwsProblem:
        message = skew.sentence(failed.skew, self._timing.wall()) if kind == "skew" else failed.message
        return self._ended(request, count, failed.code, message, kind, failed.request_id)

    def _ended(
        self,
        request: Request,
        count: _Count,
        code: str,
        message: str,
        kind: FailureClass,
        request_id: str | None = None,
    ) -> AwsProblem:
        self._tell(request, count, code, request_id)
        where = request.account, request.region, request.operation
        return AwsProblem(*where, code, message, failure=kind, attempts=count.attempts)

    def _tell(self, request: Request, count: _Count, code: str | None, request_id: str | None) -> None:
        if not self._listeners:
            return
        seconds, again = self._timing.monotonic() - count.began, max(0, count.attempts - 1)
        where = request.account, request.region, request.service, request.operation
        call = Call(*where, seconds, again, code, request_id, count.throttled)
        for listener in self._listeners:
            listener(call)


@dataclass(slots=True)
class _Count:
    """When a call was first tried, how often since, and how often AWS said that it was one too many."""

    began: float
    attempts: int = 0
    throttled: int = 0
