"""What each kind of action is called when a person reads of it."""

from __future__ import annotations

from typing import Literal, assert_never, get_args

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
    PartNoun,
    PutVaultLock,
    PutVaultNotifications,
    PutVaultPolicy,
    TagResource,
    UpdateGlobalSettings,
    UpdatePart,
    UpdatePlan,
    UpdateRegionSettings,
)


def spelt(kind: str) -> str:
    """A kind of things as a person reads it: `restore testing plan`, `air-gapped vault`."""
    return kind.replace("-", " ").replace("air gapped", "air-gapped")


NOUNS: tuple[str, ...] = (
    "settings",
    "vault",
    "tags",
    "vault lock",
    "access policy",
    "notifications",
    "recovery points",
    "plan",
    "selection",
    *(spelt(word) for word in get_args(PartNoun)),
)
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
Sign = Literal["+ create", "~ change", "± replace", "- remove", "🔒 lock"]


def sign(action: Action) -> Sign:
    """Whether something is created, changed, removed, or locked for good."""
    match action:
        case PutVaultLock():
            return "🔒 lock" if action.effect == "irreversible" else "~ change" if action.before else "+ create"
        case CreateVault() | CreatePlan() | CreateSelection():
            return "+ create"
        case CreatePart():
            return "🔒 lock" if action.effect == "irreversible" else "+ create"
        case UpdatePart():
            return "~ change"
        case DeletePart():
            return "- remove"
        case PutVaultPolicy() | PutVaultNotifications():
            return "~ change" if action.before else "+ create"
        case UpdatePlan() | TagResource() | UpdateRegionSettings() | UpdateGlobalSettings():
            return "~ change"
        case DeleteVault() | DeletePoints() | DeletePlan() | DeleteSelection():
            return "- remove"
        case DeleteVaultLock() | DeleteVaultPolicy() | DeleteVaultNotifications():
            return "- remove"
        case _:
            assert_never(action)


def noun(action: Action) -> str:
    """What is acted upon, in one or two words."""
    match action:
        case CreateVault() | DeleteVault():
            return "vault"
        case PutVaultLock() | DeleteVaultLock():
            return "vault lock"
        case PutVaultPolicy() | DeleteVaultPolicy():
            return "access policy"
        case PutVaultNotifications() | DeleteVaultNotifications():
            return "notifications"
        case DeletePoints():
            return "recovery points"
        case CreatePlan() | UpdatePlan() | DeletePlan():
            return "plan"
        case CreateSelection() | DeleteSelection():
            return "selection"
        case CreatePart() | UpdatePart() | DeletePart():
            return spelt(action.noun)
        case TagResource():
            return "tags"
        case UpdateRegionSettings() | UpdateGlobalSettings():
            return "settings"
        case _:
            assert_never(action)


def title(action: Action) -> str:
    """The name to tell it by; a selection with its plan."""
    if isinstance(action, CreateSelection | DeleteSelection):
        return f"{action.name} of plan {action.plan}"
    return action.name


def size(number: int) -> str:
    """Bytes for a person."""
    value, unit = float(number), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"
