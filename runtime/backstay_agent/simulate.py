"""AWS as a value: what an action does to what was observed. Pure; the planner proves its order on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from backstay_agent.observed import Lock, Observed, Part, Place, Plan, Policies, Selection, Vault
from backstay_agent.parts import BY_WORD
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


def perform(observed: Observed, action: Action) -> Observed:
    """What would be observed after an action."""
    if isinstance(action, UpdateGlobalSettings):
        return replace(observed, global_settings={**(observed.global_settings or {}), **action.after})
    if isinstance(action, CreatePart | UpdatePart | DeletePart) and BY_WORD[action.noun].of_organization:
        found = observed.policies or Policies(action.account, action.region)
        return replace(observed, policies=replace(found, parts=_parts(found.parts, action)))
    key = (action.account, action.region)
    place = perform_in(observed.places[key], action, observed.now)
    return replace(observed, places={**observed.places, key: place})


def perform_all(observed: Observed, actions: Iterable[Action]) -> Observed:
    """What would be observed after several actions."""
    for action in actions:
        observed = perform(observed, action)
    return observed


def perform_in(place: Place, action: Action, now: datetime) -> Place:
    """A place after an action in it; `now` is the time that a lock counts from.

    What belongs to the organization changes no place.
    """
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
            managed = action.management or place.management
            return replace(place, opt_ins=action.after or place.opt_ins, management=managed)
        case CreatePart() | UpdatePart() | DeletePart():
            own = not BY_WORD[action.noun].of_organization
            return replace(place, parts=_parts(place.parts, action)) if own else place
        case UpdateGlobalSettings():
            return place
        case _:
            assert_never(action)


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


def _parts(parts: tuple[Part, ...], action: CreatePart | UpdatePart | DeletePart) -> tuple[Part, ...]:
    """Parts after an action on one of them."""
    match action:
        case CreatePart():
            return (*parts, _made(parts, action))
        case UpdatePart():
            return tuple(
                replace(part, body=action.after, tags={**part.tags, **action.tags})
                if (part.noun, part.key) == (action.noun, action.key)
                else part
                for part in parts
            )
        case DeletePart():
            left = tuple(part for part in parts if (part.noun, part.key) != (action.noun, action.key))
            if len(left) != len(parts) - 1:
                raise AssertionError("only what is there can be deleted")
            return left
        case _:
            assert_never(action)


def _made(parts: tuple[Part, ...], action: CreatePart) -> Part:
    """A part just made; what belongs to another has the tags of that other."""
    noun = BY_WORD[action.noun]
    if not noun.many and any((part.noun, part.name) == (action.noun, action.name) for part in parts):
        raise AssertionError("AWS has one of a name")
    if noun.within is None:
        return Part(action.noun, action.name, action.id, action.after, action.tags)
    holder = next(name for word, name in noun.rests_on(action.after) if word == noun.within)
    tags = next((part.tags for part in parts if (part.noun, part.name) == (noun.within, holder)), {})
    return Part(action.noun, action.name, action.id, action.after, tags, held_by=holder)
