"""The calls that each action stands for, as AWS spells them. Pure: what is sent can be told before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from backstay_agent import permit
from backstay_contract.canonical import compact
from backstay_contract.plan import (
    Action,
    CreatePlan,
    CreateSelection,
    CreateVault,
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


def requests(action: Action, plan_id: str | None = None) -> tuple[Request, ...]:
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
            return (Request("UpdateRegionSettings", {"ResourceTypeOptInPreference": action.after}),)
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
    return action.effect == "irreversible" or any(request.final for request in requests(action))


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
