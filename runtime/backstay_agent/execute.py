"""The only hand: does what a plan says, in its order, in many accounts at once, and decides nothing.

An account does one action at a time, accounts run side by side, and an action begins when all that it rests on, in
whatever account, has been done. Before something is taken away or locked, what it rests on is read back. What fails
holds back only what rests on it. Killed at any moment and run again, it makes no duplicate: whatever is created carries
a token that is derived from what it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from backstay_agent import order, permit
from backstay_agent.agenda import Agenda
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.confirm import Confirm
from backstay_agent.crew import work
from backstay_agent.journal import Journal
from backstay_agent.parts.key_reference import key_arn
from backstay_agent.parts.steps import Answer, Step, one
from backstay_agent.read_back import Made, ReadBack
from backstay_agent.requests import Request, is_final, requests, steps
from backstay_agent.take_steps import Send, through
from backstay_contract.plan import (
    Action,
    ChangePlan,
    CreatePart,
    CreatePlan,
    CreateSelection,
    CreateVault,
    DeletePart,
    DeleteVault,
    PutVaultLock,
    UpdatePart,
)

Status = Literal["done", "failed", "skipped", "unapproved"]
_TAKEN = "AlreadyExistsException"
_NOT_YET = frozenset({"InvalidParameterValueException"})
"""What AWS Backup answers where it cannot take on the role of a selection (seen of roles just made)."""
INTERRUPTED = "interrupted"
_NOT_EMPTY = "InvalidRequestException"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action; `reason` says why it was not done. `lock_date`: when a lock closes for good."""

    action: Action
    status: Status
    reason: str | None = None
    lock_date: datetime | None = None


Tick = Callable[[Outcome], None]


class Execution:
    """One run of a plan. `approved` are the ids of irreversible actions that somebody agreed to, one by one.

    `max_failures`: after as many accounts have failed no further account is begun; None: all are.
    """

    def __init__(
        self,
        plan: ChangePlan,
        aws: Aws,
        journal: Journal,
        approved: Collection[str],
        tick: Tick,
        *,
        max_failures: int | None = None,
    ) -> None:
        self._plan = plan
        self._aws = aws
        self._journal = journal
        self._approved = frozenset(approved)
        self._tick = tick
        self._most = max_failures
        self._lock = threading.Lock()
        self._actions = {action.id: action for action in plan.actions}
        self._outcomes: dict[str, Outcome] = {}
        self._begun: set[str] = set()
        self._failed: set[str] = set()
        self._plans: dict[tuple[str, str, str], str] = {}
        self._selections: dict[str, str] = {}
        self._confirm = Confirm(ReadBack(aws, Made(self._plans, self._selections)))
        self._stop = threading.Event()
        made = (action for action in plan.actions if isinstance(action, CreatePart) and action.noun == "role")
        self._roles = frozenset(action.id for action in made)
        self._missing = {(item.account, item.region): item for item in plan.missing if item.blocking}

    @property
    def interrupted(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._stop.is_set()

    def run(self, workers: int) -> tuple[Outcome, ...]:
        """Do it all, in `workers` accounts at a time; the outcomes in the plan's order.

        At the first KeyboardInterrupt it ends what is under way and passes over the rest; the second one is raised.
        """
        work(Agenda(self._plan.actions), self._one, workers, self._stop)
        return tuple(self._outcomes[action.id] for action in self._plan.actions)

    def _one(self, action: Action) -> None:
        outcome = self._passed_over(action) or self._do(action)
        with self._lock:
            self._outcomes[action.id] = outcome
            if outcome.status == "failed":
                self._failed.add(action.account)
        self._tick(outcome)

    def _passed_over(self, action: Action) -> Outcome | None:
        """Why an action is not even tried, if it is not."""
        outcome = self._reason_to_skip(action)
        if outcome is not None:
            status: Literal["unapproved", "skipped"] = "unapproved" if outcome.status == "unapproved" else "skipped"
            self._journal.write(self._aws.now, action, status, outcome.reason)
        return outcome

    def _reason_to_skip(self, action: Action) -> Outcome | None:
        if self._stop.is_set():
            return Outcome(action, "skipped", INTERRUPTED)
        missing = self._missing.get((action.account, action.region))
        if missing is not None:
            told = missing.reason or "is missing"
            return Outcome(action, "skipped", f"{missing.kind} {missing.name} {told} ({missing.needed_by} needs it)")
        if is_final(action) and action.id not in self._approved:
            return Outcome(action, "unapproved", f"cannot be undone and was not approved (--approve {action.id})")
        with self._lock:
            before = [self._outcomes[needed] for needed in action.after_actions if needed in self._outcomes]
            enough = self._most is not None and len(self._failed) >= self._most
            if not enough:
                self._begun.add(action.account)
            begun = action.account in self._begun
        if not begun:
            return Outcome(
                action, "skipped", f"not begun, since {_accounts(self._most)} failed before (--max-failures)"
            )
        blocked = next((outcome for outcome in before if outcome.status != "done"), None)
        if blocked is None:
            return None
        status: Status = "unapproved" if blocked.status == "unapproved" else "skipped"
        return Outcome(action, status, f"rests on {blocked.action.kind} {blocked.action.name}, which was not done")

    def _do(self, action: Action) -> Outcome:
        doubt = self._unconfirmed(action)
        if doubt is not None:
            return self._failure(action, doubt)
        self._journal.write(self._aws.now, action, "started")
        try:
            self._perform(action)
        except AwsProblem as problem:
            return self._failure(action, _sentence(action, problem))
        return self._locked(action) if isinstance(action, PutVaultLock) else self._success(action)

    def _success(self, action: Action, lock_date: datetime | None = None) -> Outcome:
        self._journal.write(self._aws.now, action, "done", lock_date=lock_date)
        return Outcome(action, "done", lock_date=lock_date)

    def _failure(self, action: Action, reason: str) -> Outcome:
        self._journal.write(self._aws.now, action, "failed", reason)
        return Outcome(action, "failed", reason)

    def _locked(self, action: PutVaultLock) -> Outcome:
        """A lock is read back at once: its date is what AWS says, not what was computed."""
        confirmed = self._confirm.ask(action)
        date = confirmed.reading.lock_date if confirmed.reading else None
        outcome = self._success(action, date)
        self._journal.write(self._aws.now, action, "verified", confirmed.problem, lock_date=date)
        return outcome if confirmed.problem is None else Outcome(action, "failed", confirmed.problem, date)

    def _unconfirmed(self, action: Action) -> str | None:
        """Before something is taken away or locked: what is not there of the things that it rests on."""
        if order.phase(action) != "removals" and not isinstance(action, PutVaultLock):
            return None
        needed = (self._actions[one] for one in action.after_actions if one in self._actions)
        for before in needed:
            if self._confirm.known(before):
                continue
            confirmed = self._confirm.ask(before)
            if confirmed.reading is not None or confirmed.problem is not None:
                self._journal.write(self._aws.now, before, "verified", confirmed.problem)
            if confirmed.problem is not None:
                return f"not sent, because it rests on {before.kind} {before.name}: {confirmed.problem}"
        return None

    def _perform(self, action: Action) -> None:
        if isinstance(action, CreatePart | UpdatePart | DeletePart):
            through(self._sender(action), steps(action))
            return
        if isinstance(action, CreateVault) and action.key:
            action = action.model_copy(update={"key": through(self._sender(action), key_arn(action.key))})
        with self._lock:
            made = self._plans.get((action.account, action.region, getattr(action, "plan", "")))
        for request in requests(action, made):
            answer = self._send(action, request)
            self._remember(action, answer)

    def _remember(self, action: Action, answer: dict[str, Any]) -> None:
        with self._lock:
            if isinstance(action, CreatePlan):
                self._plans[action.account, action.region, action.name] = answer["BackupPlanId"]
            elif isinstance(action, CreateSelection):
                self._selections[action.id] = answer["SelectionId"]

    def _send(self, action: Action, request: Request) -> dict[str, Any]:
        try:
            return self._call(action, request)
        except AwsProblem as problem:
            if problem.code in request.as_good:
                return {}
            if problem.code != _TAKEN or request.instead is None:
                raise
            return self._call(action, Request(request.operation, request.instead, request.service))

    def _call(self, action: Action, request: Request) -> dict[str, Any]:
        """One call. A role made a moment ago cannot be taken on everywhere yet: IAM is eventually consistent."""
        fresh = isinstance(action, CreateSelection) and self._roles.intersection(action.after_actions)
        step = Step(request.operation, request.members, request.service, busy=_NOT_YET if fresh else frozenset())
        return dict(through(self._sender(action), one(step)))

    def _sender(self, action: Action) -> Send:
        """Makes the calls of an action, each under a permit for just this call; what is final only if approved."""

        def send(step: Step, members: Mapping[str, Any]) -> Answer:
            if permit.is_final(step.service, step.operation, members) and action.id not in self._approved:
                raise AssertionError(f"{step.operation} cannot be undone and was not approved")
            with permit.granted(step.service, step.operation, members):
                return self._aws.call(action.account, action.region, step.service, step.operation, **dict(members))

        return send


def _accounts(number: int | None) -> str:
    return "1 account" if number == 1 else f"{number} accounts"


def _sentence(action: Action, problem: AwsProblem) -> str:
    told = f"{problem.code}: {problem.message}"
    if isinstance(action, DeleteVault) and problem.code == _NOT_EMPTY:
        return f"{told}; if a job wrote into it just now, plan again"
    return told
