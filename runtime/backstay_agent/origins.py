"""Where in the policies the thing that an action is about was written, from the build's provenance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard, assert_never

from backstay_agent.parts import BY_WORD
from backstay_agent.wanted import Build
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


@dataclass(frozen=True, slots=True)
class Origins:
    """Looks places up; without a build, or without provenance, it knows none."""

    build: Build | None = None

    def place(self, action: Action) -> str | None:
        """`file:line` of what an action is about, or None."""
        noun = _noun(action)
        if self.build is None or self.build.provenance is None or noun is None:
            return None
        known = self.build.index.accounts.get(action.account)
        digest = known.regions.get(action.region) if known else None
        pointers = self.build.provenance["shapes"].get(digest)
        if digest is None or not pointers:
            return None
        document = self.build.document(digest)
        position = _part(document, action) if _is_part(action) else _position(document[noun], noun, action)
        return None if position is None else self._nearest(pointers, f"/{noun}/{position}")

    def _nearest(self, pointers: dict[str, int], pointer: str) -> str | None:
        """The origin of the part, or else of the first thing in it."""
        found = pointers.get(pointer)
        if found is None:
            within = sorted(key for key in pointers if key.startswith(f"{pointer}/"))
            found = pointers[within[0]] if within else None
        if found is None or self.build is None or self.build.provenance is None:
            return None
        origin = self.build.provenance["origins"][found]
        return f"{origin['path']}:{origin['line']}"


def _noun(action: Action) -> str | None:
    """The list of a shape in which the thing stands; None for what no policy mentions."""
    match action:
        case CreateVault():
            return "vaults"
        case PutVaultLock():
            return "vault_locks"
        case PutVaultPolicy():
            return "vault_access_policies"
        case PutVaultNotifications():
            return "vault_notifications"
        case CreatePlan() | UpdatePlan():
            return "plans"
        case CreateSelection():
            return "selections"
        case CreatePart() | UpdatePart():
            return BY_WORD[action.noun].shape or None
        case DeleteVault() | DeleteVaultLock() | DeleteVaultPolicy() | DeleteVaultNotifications():
            return None
        case (
            DeletePart()
            | DeletePlan()
            | DeletePoints()
            | DeleteSelection()
            | TagResource()
            | UpdateRegionSettings()
            | UpdateGlobalSettings()
        ):
            return None
        case _:
            assert_never(action)


def _is_part(action: Action) -> TypeGuard[CreatePart | UpdatePart]:
    return isinstance(action, CreatePart | UpdatePart)


def _part(document: Mapping[str, Any], action: CreatePart | UpdatePart) -> int | None:
    """Where the shape lists a part; wishes come in the order of that list."""
    names = [wish.name for wish in BY_WORD[action.noun].wishes(document)]
    return names.index(action.name) if action.name in names else None


def _position(items: list[dict[str, Any]], noun: str, action: Action) -> int | None:
    for position, item in enumerate(items):
        if noun == "plans":
            same = item["BackupPlan"]["BackupPlanName"] == action.name
        elif noun == "selections":
            plan = action.plan if isinstance(action, CreateSelection) else ""
            same = (item["BackupPlanName"], item["BackupSelection"]["SelectionName"]) == (plan, action.name)
        else:
            same = item["BackupVaultName"] == action.name
        if same:
            return position
    return None
