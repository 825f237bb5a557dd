"""The calls that each action stands for, as AWS spells them. Pure: what is sent can be told before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from backstay_agent import permit
from backstay_agent.observed import Part
from backstay_agent.parts import BY_WORD
from backstay_agent.parts.noun import Task
from backstay_agent.parts.steps import Steps
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
    Effect,
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


@dataclass(frozen=True, slots=True)
class Request:
    """One call. An answer with a code of `as_good` counts as done: what is to go is gone already (an answer was lost).

    `instead`: members to try when AWS answers that the name is taken.
    """

    operation: str
    members: Mapping[str, Any]
    service: str = "backup"
    as_good: frozenset[str] = field(default=frozenset())
    instead: Mapping[str, Any] | None = None

    @property
    def final(self) -> bool:
        """Whether nobody can undo it, whatever the plan calls it."""
        return permit.is_final(self.service, self.operation, self.members)


_Removal = (
    DeleteSelection
    | DeletePlan
    | DeleteVault
    | DeletePoints
    | DeleteVaultLock
    | DeleteVaultPolicy
    | DeleteVaultNotifications
)
_OfPlan = CreatePlan | UpdatePlan | CreateSelection
Known = (
    CreateVault
    | PutVaultLock
    | PutVaultPolicy
    | PutVaultNotifications
    | _OfPlan
    | TagResource
    | UpdateRegionSettings
    | UpdateGlobalSettings
    | _Removal
)
"""The actions whose calls are known beforehand."""
OnPart = CreatePart | UpdatePart | DeletePart
"""The actions whose calls may depend on the answers to the ones before."""


def steps(action: OnPart) -> Steps[None]:
    """The calls of an action on a part, one after another."""
    noun, at = BY_WORD[action.noun], (action.account, action.region, action.name)
    match action:
        case CreatePart():
            return noun.create(Task(*at, action.after, tags=action.tags, token=action.token))
        case UpdatePart():
            return noun.update(Task(*at, action.after, action.before, action.key, action.tags))
        case DeletePart():
            return noun.delete(Task(*at, {}, action.before, action.key))
        case _:
            assert_never(action)


def requests(action: Known, plan_id: str | None = None) -> tuple[Request, ...]:
    """The calls of an action, in order. `plan_id`: of the plan of a selection, where it was created just now."""
    vault = {"BackupVaultName": action.name}
    match action:
        case CreateVault():
            key = {"EncryptionKeyArn": action.key} if action.key else {}
            made = {**vault, **key, "BackupVaultTags": action.tags, "CreatorRequestId": action.token}
            return (Request("CreateBackupVault", made),)
        case PutVaultLock():
            return (Request("PutBackupVaultLockConfiguration", {**vault, **action.after}),)
        case PutVaultPolicy():
            return (Request("PutBackupVaultAccessPolicy", {**vault, "Policy": compact(action.after).decode()}),)
        case PutVaultNotifications():
            return (Request("PutBackupVaultNotifications", {**vault, **action.after}),)
        case CreatePlan() | UpdatePlan() | CreateSelection():
            return (_of_plan(action, plan_id),)
        case TagResource():
            return _tags(action)
        case UpdateRegionSettings():
            told = {"ResourceTypeOptInPreference": action.after, "ResourceTypeManagementPreference": action.management}
            return (Request("UpdateRegionSettings", {name: value for name, value in told.items() if value}),)
        case UpdateGlobalSettings():
            return (Request("UpdateGlobalSettings", {"GlobalSettings": action.after}),)
        case DeleteSelection() | DeletePlan() | DeleteVault() | DeletePoints():
            return _removals(action)
        case DeleteVaultLock() | DeleteVaultPolicy() | DeleteVaultNotifications():
            return _removals(action)
        case _:
            assert_never(action)


def _removals(action: _Removal) -> tuple[Request, ...]:
    vault = {"BackupVaultName": action.name}
    match action:
        case DeleteSelection():
            return (_gone("DeleteBackupSelection", BackupPlanId=action.plan_id, SelectionId=action.selection_id),)
        case DeletePlan():
            return (_gone("DeleteBackupPlan", BackupPlanId=action.plan_id),)
        case DeleteVault():
            return (_gone("DeleteBackupVault", **vault),)
        case DeletePoints():
            return tuple(_gone("DeleteRecoveryPoint", **vault, RecoveryPointArn=point) for point in action.points)
        case DeleteVaultLock():
            return (_gone("DeleteBackupVaultLockConfiguration", **vault),)
        case DeleteVaultPolicy():
            return (_gone("DeleteBackupVaultAccessPolicy", **vault),)
        case DeleteVaultNotifications():
            return (_gone("DeleteBackupVaultNotifications", **vault),)
        case _:
            assert_never(action)


def is_final(action: Action) -> bool:
    """Whether nobody can undo an action; told by what it sends, whatever the plan calls it."""
    if action.effect == "irreversible":
        return True
    if isinstance(action, CreatePart | UpdatePart | DeletePart):
        return _effect(action) == "irreversible"
    return any(request.final for request in requests(action))


def _effect(action: OnPart) -> Effect:
    """What an action on a part comes to, by what its kind says of it."""
    noun = BY_WORD[action.noun]
    match action:
        case CreatePart():
            return noun.creation
        case UpdatePart():
            return noun.change(action.before, action.after).effect if action.before != action.after else "reversible"
        case DeletePart():
            return noun.removal(Part(action.noun, action.name, action.key, action.before, {})).effect
        case _:
            assert_never(action)


def _gone(operation: str, **members: Any) -> Request:
    return Request(operation, members, as_good=_GONE)


def _of_plan(action: _OfPlan, plan_id: str | None) -> Request:
    match action:
        case CreatePlan():
            body = {"BackupPlan": action.after, "BackupPlanTags": action.tags, "CreatorRequestId": action.token}
            return Request("CreateBackupPlan", body)
        case UpdatePlan():
            return Request("UpdateBackupPlan", {"BackupPlanId": action.plan_id, "BackupPlan": action.after})
        case CreateSelection():
            return _selection(action, plan_id)
        case _:
            assert_never(action)


def _selection(action: CreateSelection, plan_id: str | None) -> Request:
    members = {
        "BackupPlanId": action.plan_id or plan_id,
        "BackupSelection": action.after,
        "CreatorRequestId": action.token,
    }
    if action.name_if_taken is None:
        return Request("CreateBackupSelection", members)
    renamed = {**members, "BackupSelection": {**action.after, "SelectionName": action.name_if_taken}}
    return Request("CreateBackupSelection", members, instead=renamed)


def _tags(action: TagResource) -> tuple[Request, ...]:
    put = Request("TagResource", {"ResourceArn": action.arn, "Tags": action.set})
    remove = Request("UntagResource", {"ResourceArn": action.arn, "TagKeyList": list(action.remove)})
    return tuple(request for request, wanted in ((put, action.set), (remove, action.remove)) if wanted)
