"""The hand of `org bootstrap`: does the steps as they are written, and decides nothing.

Steps about the organization and stack sets go one after another, roles account by account, many accounts at once. What
fails holds back only what rests on it. Killed at any moment and run again, what is left is seen and done.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, assert_never

from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.bootstrap.perform_roles import create_role, update_role
from backstay_agent.bootstrap.perform_sets import SetWorker
from backstay_agent.bootstrap.wish import POLICY_TYPE, STACK_SETS
from backstay_agent.journal import Journal
from backstay_contract.bootstrap import (
    CreateRole,
    CreateStackSet,
    DeployStackSet,
    EnableAllFeatures,
    EnablePolicyType,
    EnableTrustedAccess,
    PutDelegation,
    RegisterAdministrator,
    SetGlobalSettings,
    Step,
    StepOutcome,
    UpdateRole,
    UpdateStackSet,
)

# An answer was lost and the call came again, or somebody else was quicker: what was wanted is so.
_SO_ALREADY = frozenset({"AccountAlreadyRegisteredException", "PolicyTypeAlreadyEnabledException"})
Tick = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Performance:
    """One run. `entered` reaches accounts by the role that lets us in; `approved` are ids of irreversible steps."""

    own: Aws
    entered: Aws
    management: str
    journal: Journal
    approved: Collection[str]
    tick: Tick

    def run(self, steps: Sequence[Step], workers: int) -> tuple[StepOutcome, ...]:
        """Do the steps; the outcomes in their order."""
        outcomes: dict[str, StepOutcome] = {}
        lock = threading.Lock()

        def work(group: Iterable[Step]) -> None:
            for step in group:
                with lock:
                    before = dict(outcomes)
                outcome = self._held_back(step, before) or self._do(step)
                with lock:
                    outcomes[step.id] = outcome
                    self.tick(len(outcomes), len(steps))

        work(step for step in steps if not isinstance(step, _IN_ACCOUNTS | _OF_SETS))
        by_account: dict[str, list[Step]] = {}
        for step in steps:
            if isinstance(step, _IN_ACCOUNTS):
                by_account.setdefault(step.account, []).append(step)
        with ThreadPoolExecutor(max(1, workers)) as pool:
            list(pool.map(work, by_account.values()))
        work(step for step in steps if isinstance(step, _OF_SETS))
        return tuple(outcomes[step.id] for step in steps)

    def _held_back(self, step: Step, outcomes: dict[str, StepOutcome]) -> StepOutcome | None:
        if step.effect == "irreversible" and step.id not in self.approved:
            reason = f"cannot be undone and was not approved (--approve {step.id})"
            self.journal.write(self.own.now, step, "skipped", reason)
            return StepOutcome(step=step.id, status="unapproved", error=reason)
        for needed in step.after_steps:
            if needed in outcomes and outcomes[needed].status != "done":
                reason = f"rests on {needed}, which was not done"
                self.journal.write(self.own.now, step, "skipped", reason)
                return StepOutcome(step=step.id, status="skipped", error=reason)
        return None

    def _do(self, step: Step) -> StepOutcome:
        self.journal.write(self.own.now, step, "started")
        try:
            failed = self._perform(step)
        except AwsProblem as problem:
            told = f"{problem.code} from {problem.operation}: {problem.message}"
            self.journal.write(self.own.now, step, "failed", told)
            return StepOutcome(step=step.id, status="failed", error=told)
        self.journal.write(self.own.now, step, "done")
        return StepOutcome(step=step.id, status="done", accounts=failed)

    def _perform(self, step: Step) -> dict[str, str]:
        """Do a step; the accounts in which it failed, with AWS's reason."""
        match step:
            case CreateRole() | UpdateRole():
                aws = self.own if step.account == self.own.caller() else self.entered
                if isinstance(step, CreateRole):
                    create_role(aws, step)
                else:
                    update_role(aws, step)
                return {}
            case CreateStackSet():
                SetWorker(self.own, self.management).create(step)
                return {}
            case UpdateStackSet():
                return SetWorker(self.own, self.management).update(step)
            case DeployStackSet():
                return SetWorker(self.own, self.management).deploy(step)
            case _:
                self._organize(step)
                return {}

    def _organize(self, step: _Organizing) -> None:
        try:
            service, operation, members = request(step)
            self.own.call(self.own.caller(), step.region, service, operation, **members)
        except AwsProblem as problem:
            if problem.code not in _SO_ALREADY:
                raise


_IN_ACCOUNTS = CreateRole | UpdateRole
_OF_SETS = CreateStackSet | UpdateStackSet | DeployStackSet
_Organizing = (
    EnableAllFeatures
    | EnableTrustedAccess
    | EnablePolicyType
    | RegisterAdministrator
    | PutDelegation
    | SetGlobalSettings
)


def request(step: _Organizing) -> tuple[str, str, dict[str, Any]]:
    """Service, operation and members of a step that is one call."""
    match step:
        case EnableAllFeatures():
            return "organizations", "EnableAllFeatures", {}
        case EnableTrustedAccess(service=service) if service == STACK_SETS:
            # Unlike EnableAWSServiceAccess, this also makes the role that stack sets work in (API reference; 2026-11).
            return "cloudformation", "ActivateOrganizationsAccess", {}
        case EnableTrustedAccess():
            return "organizations", "EnableAWSServiceAccess", {"ServicePrincipal": step.service}
        case EnablePolicyType():
            return "organizations", "EnablePolicyType", {"RootId": step.root, "PolicyType": POLICY_TYPE}
        case RegisterAdministrator():
            members = {"AccountId": step.administrator, "ServicePrincipal": step.service}
            return "organizations", "RegisterDelegatedAdministrator", members
        case PutDelegation():
            return "organizations", "PutResourcePolicy", {"Content": json.dumps(step.after, separators=(",", ":"))}
        case SetGlobalSettings():
            return "backup", "UpdateGlobalSettings", {"GlobalSettings": step.after}
        case _:
            assert_never(step)
