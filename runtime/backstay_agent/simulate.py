"""AWS as a value: what an action does to what was observed. Pure; the planner proves its order on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from backstay_agent.observed import Lock, Observed, Place, Plan, Selection, Vault
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


def perform(observed: Observed, action: Action) -> Observed:
    """What would be observed after an action."""
    if isinstance(action, UpdateGlobalSettings):
        return replace(observed, global_settings={**(observed.global_settings or {}), **action.after})
    key = (action.account, action.region)
    place = perform_in(observed.places[key], action, observed.now)
    return replace(observed, places={**observed.places, key: place})


def perform_all(observed: Observed, actions: Iterable[Action]) -> Observed:
    """What would be observed after several actions."""
    for action in actions:
        observed = perform(observed, action)
    return observed


def perform_in(place: Place, action: Action, now: datetime) -> Place:
    """A place after an action in it; `now` is the time that a lock counts from."""
    match action:
        case CreateVault() | DeleteVault() | DeletePoints() | PutVaultLock() | DeleteVaultLock():
            return _vault(place, action, now)
        case PutVaultPolicy() | DeleteVaultPolicy() | PutVaultNotifications() | DeleteVaultNotifications():
            return _vault(place, action, now)
        case CreatePlan() | UpdatePlan() | DeletePlan() | CreateSelection() | DeleteSelection():
            return _plan(place, action, now)
        case TagResource():
            return _tagged(place, action)
        case UpdateRegionSettings():
            return replace(place, opt_ins=action.after)
        case _:
            return place


def _vault(place: Place, action: Action, now: datetime) -> Place:
    vaults = dict(place.vaults)
    match action:
        case CreateVault():
            arn = f"arn:aws:backup:{action.region}:{action.account}:backup-vault:{action.name}"
            vaults[action.name] = Vault(action.name, arn, action.key, action.tags, empty=True)
        case DeleteVault():
            del vaults[action.name]
        case PutVaultLock():
            days = action.after.get("ChangeableForDays")
            date = now + timedelta(days=days) if days else None
            lock = Lock(action.after.get("MinRetentionDays"), action.after.get("MaxRetentionDays"), date)
            vaults[action.name] = replace(vaults[action.name], lock=lock)
        case DeleteVaultLock():
            vaults[action.name] = replace(vaults[action.name], lock=None)
        case PutVaultPolicy():
            vaults[action.name] = replace(vaults[action.name], policy=action.after)
        case DeleteVaultPolicy():
            vaults[action.name] = replace(vaults[action.name], policy=None)
        case PutVaultNotifications():
            vaults[action.name] = replace(vaults[action.name], notifications=action.after)
        case DeleteVaultNotifications():
            vaults[action.name] = replace(vaults[action.name], notifications=None)
        case DeletePoints():
            vaults[action.name] = replace(vaults[action.name], empty=True)
    return replace(place, vaults=vaults)


def _plan(place: Place, action: Action, now: datetime) -> Place:
    plans = {plan.id: plan for plan in place.plans}
    match action:
        case CreatePlan():
            identity = f"new-{action.name}"
            arn = f"arn:aws:backup:{action.region}:{action.account}:backup-plan:{identity}"
            plans[identity] = Plan(identity, arn, action.name, action.after, action.tags, now)
        case UpdatePlan():
            plans[action.plan_id] = replace(plans[action.plan_id], name=action.name, body=action.after)
        case DeletePlan():
            if plans[action.plan_id].selections:
                raise AssertionError("AWS refuses to delete a plan that has selections")
            del plans[action.plan_id]
        case CreateSelection():
            plan = plans[action.plan_id or f"new-{action.plan}"]
            made = Selection(f"{action.id}-of-{plan.id}", action.after)
            plans[plan.id] = replace(plan, selections=(*plan.selections, made))
        case DeleteSelection():
            plan = plans[action.plan_id]
            left = tuple(it for it in plan.selections if it.id != action.selection_id)
            plans[plan.id] = replace(plan, selections=left)
    return replace(place, plans=tuple(plans.values()))


def _tagged(place: Place, action: TagResource) -> Place:
    vaults = {
        name: replace(vault, tags={**vault.tags, **action.set}) if vault.arn == action.arn else vault
        for name, vault in place.vaults.items()
    }
    plans = (
        replace(plan, tags={**plan.tags, **action.set}) if plan.arn == action.arn else plan for plan in place.plans
    )
    return replace(place, vaults=vaults, plans=tuple(plans))
