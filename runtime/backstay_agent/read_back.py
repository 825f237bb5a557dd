"""Reads back what an action made: AWS's answer beside what was wanted, both in normal form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from backstay_agent import normal
from backstay_agent.aws import Aws, AwsProblem
from backstay_agent.observed import Part
from backstay_agent.parts import BY_WORD, backup_policy
from backstay_agent.parts import organization as organization_policies
from backstay_agent.parts.noun import Look, Wish
from backstay_agent.take_steps import take_steps
from backstay_contract.canonical import compact
from backstay_contract.plan import (
    Action,
    CreatePart,
    CreatePlan,
    CreateSelection,
    CreateVault,
    DeletePart,
    DeletePlan,
    DeletePoints,
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

_GONE = frozenset({"ResourceNotFoundException"})
_SHOWN = 300
_MAY_DIFFER = "SelectionName"


@dataclass(frozen=True, slots=True)
class Reading:
    """What AWS holds and what was wanted of it; `lock_date` of a vault that is locked in compliance mode."""

    found: Any
    wanted: Any
    lock_date: datetime | None = None

    @property
    def problem(self) -> str | None:
        """`AWS answered X, wanted Y`, or None when they are equal."""
        if self.found == self.wanted:
            return None
        return f"AWS answered {_short(self.found)}, wanted {_short(self.wanted)}"


@dataclass(frozen=True, slots=True)
class Made:
    """Ids that AWS gave to what was created: of plans by account, Region and name; of selections by action."""

    plans: Mapping[tuple[str, str, str], str]
    selections: Mapping[str, str]


class ReadBack:
    """Reads through one `Aws`. Every method raises AwsProblem when AWS refuses."""

    def __init__(self, aws: Aws, made: Made) -> None:
        self._aws = aws
        self._made = made

    def read(self, action: Action) -> Reading | None:
        """What came of an action that was done; None where there is nothing to read: something went away."""
        vault = {"BackupVaultName": action.name}
        match action:
            case CreateVault():
                found = self._call(action, "DescribeBackupVault", **vault)
                is_arn = action.key is not None and ":key/" in action.key
                return Reading(found["EncryptionKeyArn"], action.key) if is_arn else Reading("a vault", "a vault")
            case PutVaultLock():
                return self._lock(action)
            case PutVaultPolicy():
                text = self._call(action, "GetBackupVaultAccessPolicy", **vault)["Policy"]
                return Reading(normal.policy(text), normal.policy(action.after))
            case PutVaultNotifications():
                events = self._call(action, "GetBackupVaultNotifications", **vault)
                return Reading(normal.notifications(events), normal.notifications(action.after))
            case CreatePlan() | UpdatePlan() | CreateSelection():
                return self._plan(action)
            case TagResource() | UpdateRegionSettings() | UpdateGlobalSettings():
                return self._settings(action)
            case DeletePoints():
                return self._points(action)
            case CreatePart() | UpdatePart():
                return self._part(action)
            case DeleteSelection() | DeletePlan() | DeleteVault() | DeletePart():
                return None
            case DeleteVaultLock() | DeleteVaultPolicy() | DeleteVaultNotifications():
                return None
            case _:
                assert_never(action)

    def _lock(self, action: PutVaultLock) -> Reading:
        found = self._call(action, "DescribeBackupVault", BackupVaultName=action.name)
        date = found.get("LockDate")
        mode = "compliance" if date else "governance" if found.get("Locked") else "no lock"
        wanted = "compliance" if "ChangeableForDays" in action.after else "governance"
        band = ("MinRetentionDays", "MaxRetentionDays")
        return Reading(
            (mode, *(found.get(name) for name in band)),
            (wanted, *(action.after.get(name) for name in band)),
            date,
        )

    def _plan(self, action: CreatePlan | UpdatePlan | CreateSelection) -> Reading:
        if isinstance(action, CreateSelection):
            plan = action.plan_id or self._made.plans[action.account, action.region, action.plan]
            members = {"BackupPlanId": plan, "SelectionId": self._made.selections[action.id]}
            body = self._call(action, "GetBackupSelection", **members)["BackupSelection"]
            return Reading(_nameless(normal.selection(body)), _nameless(normal.selection(action.after)))
        if isinstance(action, UpdatePlan):
            plan = action.plan_id
        else:
            plan = self._made.plans[action.account, action.region, action.name]
        body = self._call(action, "GetBackupPlan", BackupPlanId=plan)["BackupPlan"]
        return Reading(normal.plan(body), normal.plan(action.after))

    def _settings(self, action: TagResource | UpdateRegionSettings | UpdateGlobalSettings) -> Reading:
        """Of maps that others write to as well, what was set."""
        found: Mapping[str, Any]
        wanted: Mapping[str, Any]
        match action:
            case TagResource():
                pages = self._aws.answers(action.account, action.region, "backup", "ListTags", ResourceArn=action.arn)
                found, wanted = {key: value for page in pages for key, value in page["Tags"].items()}, action.set
            case UpdateRegionSettings():
                told = self._call(action, "DescribeRegionSettings")
                found = {**told["ResourceTypeOptInPreference"], **_managed(told["ResourceTypeManagementPreference"])}
                wanted = {**action.after, **_managed(action.management)}
            case UpdateGlobalSettings():
                found, wanted = self._call(action, "DescribeGlobalSettings")["GlobalSettings"], action.after
        return Reading({key: found.get(key) for key in sorted(wanted)}, dict(sorted(wanted.items())))

    def _part(self, action: CreatePart | UpdatePart) -> Reading:
        """The thing as its kind reads it; where AWS has several of the name, one that is as wanted."""
        parts = [part for part in self._parts(action) if (part.noun, part.name) == (action.noun, action.name)]
        bodies = [part.body for part in parts if not part.leaving]
        same = next((body for body in bodies if body == action.after), bodies[0] if bodies else None)
        return Reading(same, action.after)

    def _parts(self, action: CreatePart | UpdatePart) -> Iterable[Part]:
        noun, at = BY_WORD[action.noun], (action.account, action.region)
        wish = Wish(action.noun, action.name, action.after)
        if not noun.of_organization:
            look = Look("", *at, {action.name: wish}, first=False)
            return take_steps(self._aws, *at, noun.read(look))
        wishes = [wish]
        if noun.within is not None:
            wishes.append(Wish(backup_policy.NOUN.word, action.after["Policy"], {}))
        return take_steps(self._aws, *at, organization_policies.read(*at, "", wishes)).parts

    def _points(self, action: DeletePoints) -> Reading:
        """How many of the points are still there; the service deletes in its own time."""
        place = action.account, action.region, "backup", "ListRecoveryPointsByBackupVault", "RecoveryPoints"
        try:
            there = {point["RecoveryPointArn"] for point in self._aws.pages(*place, BackupVaultName=action.name)}
        except AwsProblem as problem:
            if problem.code not in _GONE:
                raise
            there = set()
        return Reading(f"{len(there & set(action.points))} recovery points", "0 recovery points")

    def _call(self, action: Action, operation: str, **members: Any) -> dict[str, Any]:
        return self._aws.call(action.account, action.region, "backup", operation, **members)


def _managed(settings: Mapping[str, bool]) -> dict[str, bool]:
    return {f"full management of {name}": value for name, value in settings.items()}


def _nameless(body: Mapping[str, Any]) -> dict[str, Any]:
    """A selection without its name: it bears its second one where the service found the first one taken."""
    return {name: value for name, value in body.items() if name != _MAY_DIFFER}


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else compact(value).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
