"""How well a place is protected, as a value with a partial order, and the proof that an order of actions keeps it up.

Protection is: which vaults are locked how (air-gapped ones among them), which policy statements guard them, what is
under a legal hold, which selections are backed up by which rules (how often, for how long, with which copies, into a
vault locked how), and which opt-ins are on. One state is lower than another when something in it has no equal or better
in its place. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backstay_agent import simulate
from backstay_agent.needs import AIR_GAPPED, vault_at
from backstay_agent.observed import Lock, Observed, Part, Place, Vault
from backstay_agent.parts.documents import policy_loses
from backstay_agent.planner.losses import covers, rule_losses, weaker
from backstay_contract.plan import Action, CreatePlan, CreateSelection, CreateVault, UpdateGlobalSettings

Body = Mapping[str, Any]
_ALWAYS = datetime.min.replace(tzinfo=UTC)
"""When the lock of an air-gapped vault closed for good: before anything."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What one selection takes, backed up by one rule, into a vault with a lock (None: not locked).

    `gapped`: the lock of the air-gapped vault that the rule backs up into besides.
    """

    selection: Body
    rule: Body
    lock: Lock | None
    gapped: Lock | None = None


def lowered(before: Place, after: Place, now: datetime) -> str | None:
    """What is less protected after than before, in a few words; None when nothing is."""
    return next(_lowered(before, after, datetime(now.year, 1, 1, tzinfo=UTC)), None)


def _lowered(before: Place, after: Place, start: datetime) -> Iterator[str]:
    for name, vault in before.vaults.items():
        if vault is not after.vaults.get(name):
            yield from _vault_lowered(name, vault, after.vaults.get(name))
    yield from (f"opt-in {name}" for name, on in before.opt_ins.items() if on and not after.opt_ins.get(name))
    managed = after.management
    yield from (f"full management of {name}" for name, on in before.management.items() if on and not managed.get(name))
    if before.parts != after.parts:
        yield from _parts_lowered(before, after)
    if before.plans != after.plans or _locks(before) != _locks(after):
        left = list(_covers(after))
        for cover in _covers(before):
            if not any(_as_good(other, cover, start) for other in left):
                yield f"selection {cover.selection['SelectionName']} under rule {cover.rule['RuleName']}"


def _locks(place: Place) -> dict[str, Lock | None]:
    """The locks of the vaults of a place; air-gapped ones are in compliance mode from their first moment."""
    gapped = {
        part.name: Lock(part.body.get("MinRetentionDays"), part.body.get("MaxRetentionDays"), _ALWAYS)
        for part in place.parts
        if part.noun == AIR_GAPPED
    }
    return {**{name: vault.lock for name, vault in place.vaults.items()}, **gapped}


def _parts_lowered(before: Place, after: Place) -> Iterator[str]:
    """Air-gapped vaults and legal holds that are no more, or less guarded."""
    left = {(part.noun, part.key): part for part in after.parts}
    for part in before.parts:
        now = left.get((part.noun, part.key))
        if part.noun == AIR_GAPPED:
            yield from (f"{told} of air-gapped vault {part.name}" for told in _gapped_lowered(part, now))
        elif part.noun == "legal-hold" and (part.noun, part.body) not in [(one.noun, one.body) for one in after.parts]:
            yield f"legal hold {part.name}"


def _gapped_lowered(before: Part, after: Part | None) -> Iterator[str]:
    if after is None:
        yield "all"
    elif "AccessPolicy" in before.body and policy_loses(
        before.body["AccessPolicy"], after.body.get("AccessPolicy", {"Statement": ()})
    ):
        yield "the access policy"


def _vault_lowered(name: str, before: Vault, after: Vault | None) -> Iterator[str]:
    if after is None:
        yield f"vault {name}"
        return
    if weaker(after.lock, before.lock):
        yield f"the lock of vault {name}"
    kept = [repr(statement) for statement in (after.policy or {}).get("Statement", ())]
    if any(repr(statement) not in kept for statement in (before.policy or {}).get("Statement", ())):
        yield f"the access policy of vault {name}"


def _covers(place: Place) -> Iterator[Cover]:
    locks = _locks(place)
    for plan in place.plans:
        for rule in plan.body["Rules"]:
            gapped = vault_at(rule.get("TargetLogicallyAirGappedBackupVaultArn", ""))
            beside = locks.get(gapped[2]) if gapped and gapped[:2] == (place.account, place.region) else None
            for selection in plan.selections:
                yield Cover(selection.body, rule, locks.get(rule["TargetBackupVaultName"]), beside)


def _as_good(other: Cover, cover: Cover, start: datetime) -> bool:
    if other == cover:
        return True
    if (
        not covers(other.selection, cover.selection)
        or weaker(other.lock, cover.lock)
        or weaker(other.gapped, cover.gapped)
    ):
        return False
    return other.rule == cover.rule or not any(rule_losses(cover.rule, other.rule, start))


def refute(observed: Observed, actions: Sequence[Action]) -> str | None:
    """Why an order of actions must not be carried out: a step that lowers protection and does not say so; or None.

    Each step is looked at in the plan's order, after only what it rests on, and after all that may come before it, so
    that it holds however accounts run beside one another and whatever fails.
    """
    by_place: dict[tuple[str, str], list[Action]] = {}
    for action in actions:
        by_place.setdefault((action.account, action.region), []).append(action)
    for key, here in by_place.items():
        place = observed.places.get(key)
        told = _refute_place(place, here, observed.now) if place else None
        if told is not None:
            return f"{told} in {key[0]}, {key[1]}"
    return _refute_settings(observed, actions)


def _refute_place(place: Place, actions: Sequence[Action], now: datetime) -> str | None:
    silent = [action for action in actions if action.effect == "reversible"]  # a final lock is approved one by one
    state = place
    for action in actions:
        after = simulate.perform_in(state, action, now)
        told = lowered(state, after, now) if action in silent else None
        if told is not None:
            return f"{action.kind} {action.name} would lower protection without saying so ({told})"
        state = after
    ancestors = _ancestors(actions)
    for action in silent:
        if isinstance(action, CreateVault | CreatePlan | CreateSelection):
            continue  # these only add, which the sequence above has shown of each
        least = [other for other in actions if other.id in ancestors[action.id]]
        most = [other for other in actions if other is not action and action.id not in ancestors[other.id]]
        for others in (least, most):
            before = place
            for other in others:
                before = simulate.perform_in(before, other, now)
            told = lowered(before, simulate.perform_in(before, action, now), now)
            if told is not None:
                return f"{action.kind} {action.name} would lower protection if it came early or late ({told})"
    return None


def _ancestors(actions: Sequence[Action]) -> dict[str, Collection[str]]:
    """For each action the ids of all that it rests on in its place, however far back."""
    found: dict[str, set[str]] = {}
    for action in actions:
        direct = {one for one in action.after_actions if one in found}
        found[action.id] = direct.union(*(found[one] for one in direct))
    return {identity: frozenset(before) for identity, before in found.items()}


def _refute_settings(observed: Observed, actions: Sequence[Action]) -> str | None:
    known = observed.global_settings or {}
    for action in actions:
        if isinstance(action, UpdateGlobalSettings) and action.effect != "destructive":
            off = sorted(name for name, value in action.after.items() if value == "false" and known.get(name) == "true")
            if off:
                return f"{action.kind} would turn {off[0]} off without saying so in {action.account}"
    return None
