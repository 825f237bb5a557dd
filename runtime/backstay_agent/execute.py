"""The only hand: does what a plan says, in its order, in many accounts at once, and decides nothing.

An account's actions run one after another, accounts run side by side, and a phase begins when the one before has ended
everywhere. What fails holds back only what rests on it. Killed at any moment and run again, it makes no duplicate:
whatever is created carries a token that is derived from what it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, assert_never

from backstay_agent import order
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.journal import Journal
from backstay_agent.parts import BY_WORD
from backstay_agent.parts.key_reference import key_arn
from backstay_agent.parts.noun import Task
from backstay_agent.parts.steps import Step, one
from backstay_agent.take_steps import take_steps
from backstay_contract.canonical import compact
from backstay_contract.plan import (
    Action,
    ChangePlan,
    CreatePart,
    CreatePlan,
    CreateSelection,
    CreateVault,
    DeletePart,
    DeletePlan,
    DeleteSelection,
    DeleteVault,
    DeleteVaultLock,
    DeleteVaultNotifications,
    DeleteVaultPolicy,
    PutVaultLock,
    PutVaultNotifications,
    PutVaultPolicy,
    TagResource,
    UpdateGlobalSettings,
    UpdatePart,
    UpdatePlan,
    UpdateRegionSettings,
)

Status = Literal["done", "failed", "skipped", "unapproved"]
_GONE = {"ResourceNotFoundException"}
_NOT_YET = frozenset({"InvalidParameterValueException"})
"""What AWS Backup answers where it cannot take on the role of a selection (seen of roles just made)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action; `reason` says why it was not done."""

    action: Action
    status: Status
    reason: str | None = None


Tick = Callable[[Outcome], None]


class Execution:
    """One run of a plan. `approved` are the ids of irreversible actions that somebody agreed to, one by one."""

    def __init__(self, plan: ChangePlan, aws: Aws, journal: Journal, approved: Collection[str], tick: Tick) -> None:
        self._plan = plan
        self._aws = aws
        self._journal = journal
        self._approved = frozenset(approved)
        self._tick = tick
        self._lock = threading.Lock()
        self._outcomes: dict[str, Outcome] = {}
        self._created: dict[tuple[str, str, str], str] = {}
        self._stopping = threading.Event()
        made = (action for action in plan.actions if isinstance(action, CreatePart) and action.noun == "role")
        self._roles = frozenset(action.id for action in made)
        self._missing = {(item.account, item.region): item for item in plan.missing}

    def run(self, workers: int) -> tuple[Outcome, ...]:
        """Do it all; the outcomes in the plan's order."""
        with ThreadPoolExecutor(max(1, workers)) as pool:
            try:
                for phase in order.PHASES:
                    actions = [action for action in self._plan.actions if order.phase(action) == phase]
                    list(pool.map(self._run_account, _by_account(actions)))
            except BaseException:
                self._stopping.set()
                raise
        return tuple(self._outcomes[action.id] for action in self._plan.actions)

    def _run_account(self, actions: Iterable[Action]) -> None:
        for action in actions:
            outcome = self._held_back(action) or self._do(action)
            with self._lock:
                self._outcomes[action.id] = outcome
            self._tick(outcome)

    def _held_back(self, action: Action) -> Outcome | None:
        """Why an action is not even tried, if it is not."""
        outcome = self._reason_to_skip(action)
        if outcome is not None:
            self._journal.write(self._aws.now, action, "skipped", outcome.reason)
        return outcome

    def _reason_to_skip(self, action: Action) -> Outcome | None:
        if self._stopping.is_set():
            return Outcome(action, "skipped", "interrupted")
        missing = self._missing.get((action.account, action.region))
        if missing is not None:
            return Outcome(
                action, "skipped", f"{missing.kind} {missing.name} is missing ({missing.needed_by} needs it)"
            )
        if _is_final(action) and action.id not in self._approved:
            return Outcome(action, "unapproved", f"cannot be undone and was not approved (--approve {action.id})")
        with self._lock:
            before = [self._outcomes[needed] for needed in action.after_actions if needed in self._outcomes]
        blocked = next((outcome for outcome in before if outcome.status != "done"), None)
        if blocked is None:
            return None
        status: Status = "unapproved" if blocked.status == "unapproved" else "skipped"
        return Outcome(action, status, f"rests on {blocked.action.kind} {blocked.action.name}, which was not done")

    def _do(self, action: Action) -> Outcome:
        self._journal.write(self._aws.now, action, "started")
        try:
            self._perform(action)
        except AwsProblem as problem:
            self._journal.write(self._aws.now, action, "failed", f"{problem.code}: {problem.message}")
            return Outcome(action, "failed", f"{problem.code}: {problem.message}")
        self._journal.write(self._aws.now, action, "done")
        return Outcome(action, "done")

    def _perform(self, action: Action) -> None:
        match action:
            case CreatePlan():
                answer = self._call(action, "CreateBackupPlan", **_create_plan(action))
                with self._lock:
                    self._created[action.account, action.region, action.name] = answer["BackupPlanId"]
            case CreateVault() if action.key:
                key = take_steps(self._aws, action.account, action.region, key_arn(action.key))
                operation, members = request(action.model_copy(update={"key": key}))
                self._call(action, operation, **members)
            case CreatePart() | UpdatePart() | DeletePart():
                self._part(action)
            case CreateSelection():
                self._create_selection(action)
            case DeleteSelection() | DeletePlan() | DeleteVault():
                self._remove(action)
            case DeleteVaultLock() | DeleteVaultPolicy() | DeleteVaultNotifications():
                self._remove(action)
            case TagResource():
                if action.set:
                    self._call(action, "TagResource", ResourceArn=action.arn, Tags=action.set)
                if action.remove:
                    self._call(action, "UntagResource", ResourceArn=action.arn, TagKeyList=list(action.remove))
            case _:
                operation, members = request(action)
                self._call(action, operation, **members)

    def _part(self, action: CreatePart | UpdatePart | DeletePart) -> None:
        noun, at = BY_WORD[action.noun], (action.account, action.region, action.name)
        match action:
            case CreatePart():
                steps = noun.create(Task(*at, action.after, tags=action.tags, token=action.token))
            case UpdatePart():
                steps = noun.update(Task(*at, action.after, action.before, action.key, action.tags))
            case DeletePart():
                steps = noun.delete(Task(*at, {}, action.before, action.key))
            case _:
                assert_never(action)
        take_steps(self._aws, action.account, action.region, steps)

    def _create_selection(self, action: CreateSelection) -> None:
        with self._lock:
            plan_id = action.plan_id or self._created[action.account, action.region, action.plan]
        members = {"BackupPlanId": plan_id, "BackupSelection": action.after, "CreatorRequestId": action.token}
        # A role that was made a moment ago cannot be taken on everywhere yet: IAM is eventually consistent.
        busy = _NOT_YET if self._roles.intersection(action.after_actions) else frozenset()
        step = Step("CreateBackupSelection", members, busy=busy)
        try:
            take_steps(self._aws, action.account, action.region, one(step))
        except AwsProblem as problem:
            if problem.code != "AlreadyExistsException" or action.name_if_taken is None:
                raise
            renamed = {**action.after, "SelectionName": action.name_if_taken}
            self._call(action, "CreateBackupSelection", **{**members, "BackupSelection": renamed})

    def _remove(self, action: _Removal) -> None:
        """Remove something; that it is gone already (an answer was lost) is as good."""
        operation, members = request(action)
        try:
            self._call(action, operation, **members)
        except AwsProblem as problem:
            if problem.code not in _GONE:
                raise

    def _call(self, action: Action, operation: str, **members: Any) -> dict[str, Any]:
        return self._aws.call(action.account, action.region, "backup", operation, **members)


_Removal = DeleteSelection | DeletePlan | DeleteVault | DeleteVaultLock | DeleteVaultPolicy | DeleteVaultNotifications
_Simple = (
    _Removal
    | CreateVault
    | PutVaultLock
    | PutVaultPolicy
    | PutVaultNotifications
    | UpdatePlan
    | UpdateRegionSettings
    | UpdateGlobalSettings
)


def request(action: _Simple) -> tuple[str, Mapping[str, Any]]:
    """The operation and the members of an action that is one call."""
    vault = {"BackupVaultName": action.name}
    match action:
        case DeleteSelection() | DeletePlan() | DeleteVault():
            return _removal(action)
        case DeleteVaultLock() | DeleteVaultPolicy() | DeleteVaultNotifications():
            return _removal(action)
        case CreateVault():
            key = {"EncryptionKeyArn": action.key} if action.key else {}
            return "CreateBackupVault", {
                **vault,
                **key,
                "BackupVaultTags": action.tags,
                "CreatorRequestId": action.token,
            }
        case PutVaultLock():
            return "PutBackupVaultLockConfiguration", {**vault, **action.after}
        case PutVaultPolicy():
            return "PutBackupVaultAccessPolicy", {**vault, "Policy": compact(action.after).decode()}
        case PutVaultNotifications():
            return "PutBackupVaultNotifications", {**vault, **action.after}
        case UpdatePlan():
            return "UpdateBackupPlan", {"BackupPlanId": action.plan_id, "BackupPlan": action.after}
        case UpdateRegionSettings():
            told = {
                "ResourceTypeOptInPreference": action.after,
                "ResourceTypeManagementPreference": action.management,
            }
            return "UpdateRegionSettings", {name: value for name, value in told.items() if value}
        case UpdateGlobalSettings():
            return "UpdateGlobalSettings", {"GlobalSettings": action.after}
        case _:
            assert_never(action)


def _removal(action: _Removal) -> tuple[str, Mapping[str, Any]]:
    vault = {"BackupVaultName": action.name}
    match action:
        case DeleteSelection():
            members = {"BackupPlanId": action.plan_id, "SelectionId": action.selection_id}
            return "DeleteBackupSelection", members
        case DeletePlan():
            return "DeleteBackupPlan", {"BackupPlanId": action.plan_id}
        case DeleteVault():
            return "DeleteBackupVault", vault
        case DeleteVaultLock():
            return "DeleteBackupVaultLockConfiguration", vault
        case DeleteVaultPolicy():
            return "DeleteBackupVaultAccessPolicy", vault
        case DeleteVaultNotifications():
            return "DeleteBackupVaultNotifications", vault
        case _:
            assert_never(action)


def _is_final(action: Action) -> bool:
    """Whether nobody can undo an action; a compliance lock is told by what it sends, whatever the plan calls it."""
    return action.effect == "irreversible" or (isinstance(action, PutVaultLock) and "ChangeableForDays" in action.after)


def _create_plan(action: CreatePlan) -> dict[str, Any]:
    return {"BackupPlan": action.after, "BackupPlanTags": action.tags, "CreatorRequestId": action.token}


def _by_account(actions: Iterable[Action]) -> list[list[Action]]:
    groups: dict[str, list[Action]] = {}
    for action in actions:
        groups.setdefault(action.account, []).append(action)
    return list(groups.values())
