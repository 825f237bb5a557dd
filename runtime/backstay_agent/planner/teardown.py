"""Plans the teardown of what is ours: all kinds of parts, selections and plans, then vaults that may go.

What may not go is told, with its day if there is one: vaults that hold recovery points; keys and roles never go.

A vault goes when it is empty. Its recovery points are deleted only where that was asked for, and never where a lock in
compliance mode, an air gap or a legal hold keeps them. Source: AWS Backup developer guide, "AWS Backup Vault Lock" (a
locked vault can be deleted once it holds no recovery points), "Logically air-gapped vault", "Legal holds", "Deleting
backups"; expiry takes up to eight hours; read 2026-11. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from backstay_agent.needs import AIR_GAPPED, VaultKey, written
from backstay_agent.observed import Contents, Observed, Part, Place, Plan, Vault, is_ours
from backstay_agent.parts import BY_WORD
from backstay_agent.planner.decision import Decision, Setting, act, joined
from backstay_agent.planner.parts import delete_part
from backstay_agent.planner.plans import delete_plan
from backstay_agent.told import size
from backstay_agent.wanted import Build, Wanted
from backstay_contract.plan import (
    Action,
    DeletePoints,
    DeleteVault,
    DeleteVaultLock,
    DeleteVaultNotifications,
    DeleteVaultPolicy,
    Held,
    PartNoun,
    Scope,
)

_EXPIRES_WITHIN = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class _Vaults:
    """What has to be known of vaults: what they hold, and which plans that stay write into them, here or elsewhere."""

    scope: Scope
    contents: Mapping[VaultKey, Contents]
    used: Mapping[VaultKey, str]
    writers: Mapping[VaultKey, str]


def decide_teardown(build: Build, observed: Observed, scope: Scope) -> Decision:
    """What to remove everywhere that was observed, and what stays."""
    used = dict(_used_elsewhere(build, observed))
    decided = [_policies(build, observed, scope)]
    for (account, region), place in sorted(observed.places.items()):
        named = build.names(account, region)
        at = Setting(build.index.organization.id, account, region, observed.now, named)
        decided.append(_place(at, place, build, _Vaults(scope, observed.contents or {}, used, {})))
    return joined(decided, "destroy")


def _used_elsewhere(build: Build, observed: Observed) -> Iterator[tuple[VaultKey, str]]:
    """Vaults that plans of the build copy into from places that are not torn down, each with such a place."""
    for account, known in build.index.accounts.items():
        for region in known.regions:
            if (account, region) in observed.places:
                continue
            for plan in build.wanted(account, region).plans.values():
                for vault, _ in written(account, region, plan.body):
                    yield vault, f"{known.name} ({account}), {region}"


def _policies(build: Build, observed: Observed, scope: Scope) -> Decision:
    """Backup policies of the organization: detached where they are attached, then deleted."""
    found = observed.policies
    if found is None:
        return Decision()
    at = Setting(build.index.organization.id, found.account, found.region, observed.now)
    wanted = {wish.name for wish in build.policies.wishes} if build.policies and scope.orphans_only else frozenset()
    return joined(_part(at, part, wanted) for part in found.parts)


def _place(at: Setting, place: Place, build: Build, known: _Vaults) -> Decision:
    wanted, orphans = build.wanted(at.account, at.region), known.scope.orphans_only
    plans = [plan for plan in place.plans if is_ours(plan.tags, at.organization)]
    vaults = [vault for _, vault in sorted(place.vaults.items()) if is_ours(vault.tags, at.organization)]
    parts = [part for part in place.parts if not (orphans and build.makes(part.key))]
    if orphans:
        plans = [plan for plan in plans if plan.name not in wanted.plans]
        vaults = [vault for vault in vaults if vault.name not in wanted.vaults]
    kept = [plan for plan in place.plans if plan not in plans]
    writers = {vault: plan.name for plan in kept for vault, _ in written(at.account, at.region, plan.body)}
    known = replace(known, writers=writers)
    gone = act([action for plan in plans for action in delete_plan(at, plan, _reason(wanted, plan))])
    names = {noun: frozenset(wishes) for noun, wishes in wanted.parts.items()} if orphans else {}
    rest = (_part(at, part, names.get(part.noun, frozenset()), known) for part in parts)
    return joined([gone, *(_vault(at, vault, known) for vault in vaults), *rest])


def _reason(wanted: Wanted, plan: Plan) -> str:
    return "everything of ours goes" if plan.name in wanted.plans else "the build does not name it any more"


def _part(at: Setting, part: Part, wanted: Collection[str], known: _Vaults | None = None) -> Decision:
    """One part of ours; `wanted` are the names that stay."""
    noun = BY_WORD[part.noun]
    if part.name in wanted or part.leaving or not is_ours(part.tags, at.organization):
        return Decision()
    contents, stays = Contents(), noun.removal(part).kept
    if known is not None and part.noun == AIR_GAPPED:
        contents, stays = _stays(at, Vault(part.name, part.key, None, part.tags), known)
    if stays is not None:
        return _held(at, part.noun, part.name, contents, stays)
    return act([delete_part(at, noun, part, "everything of ours goes")])


def _vault(at: Setting, vault: Vault, known: _Vaults) -> Decision:
    contents, stays = _stays(at, vault, known)
    if stays is not None:
        return _held(at, "vault", vault.name, contents, stays)
    return act(list(_removals(at, vault, contents)))


def _stays(at: Setting, vault: Vault, known: _Vaults) -> tuple[Contents, str | None]:
    """What a vault holds, and why it stays, if it does."""
    key = (at.account, at.region, vault.name)
    contents = known.contents.get(key)
    if contents is None:
        return Contents(), "what it holds could not be read"
    if key in known.used:
        return contents, f"plans that are not torn down copy into it, in {known.used[key]}"
    if key in known.writers:
        return contents, f"plan {known.writers[key]}, which is not torn down, backs up into it"
    return contents, _why_points_stay(at, vault, contents, known.scope) if contents.points else None


def _why_points_stay(at: Setting, vault: Vault, contents: Contents, scope: Scope) -> str | None:
    """Why its recovery points may not be deleted now."""
    if contents.air_gapped:
        return "it is logically air-gapped: nobody can delete its recovery points before they expire"
    final = vault.lock is not None and vault.lock.immutable_from is not None and vault.lock.immutable_from <= at.now
    if final:
        return "it is locked in compliance mode: nobody can delete its recovery points before they expire"
    if contents.held:
        one = contents.held == 1
        return f"{contents.held} of its recovery points {'is' if one else 'are'} under a legal hold; release it first"
    if not scope.delete_points:
        return "it holds recovery points (--delete-recovery-points deletes them)"
    return None


def _held(at: Setting, kind: Literal["vault"] | PartNoun, name: str, contents: Contents, reason: str) -> Decision:
    day = None
    if contents.last_expiry is not None and not contents.endless and not contents.held:
        day = (contents.last_expiry + _EXPIRES_WITHIN).date().isoformat()
    held = Held(
        **at.place(),
        kind=kind,
        name=name,
        reason=reason + _end(contents),
        points=len(contents.points),
        size=contents.size,
        free_on=day,
    )
    return Decision(held=(held,))


def _end(contents: Contents) -> str:
    if not contents.endless:
        return ""
    one = contents.endless == 1
    return f"; {contents.endless} of them {'has' if one else 'have'} no expiry, so it can never go by itself"


def _removals(at: Setting, vault: Vault, contents: Contents) -> Iterator[Action]:
    place = {**at.place(), "name": vault.name}
    if contents.notifications is not None:
        before = dict(contents.notifications)
        yield DeleteVaultNotifications(
            **place, id=at.id("silence", vault.name, before), reason="its vault goes", before=before
        )
    if contents.policy is not None:
        before = dict(contents.policy)
        yield DeleteVaultPolicy(
            **place,
            id=at.id("nopolicy", vault.name, before),
            reason="its vault goes",
            effect="destructive",
            before=before,
        )
    if contents.points:
        yield from _points(at, vault, contents)
    empty = "its recovery points are deleted before" if contents.points else "it is empty"
    yield DeleteVault(**place, id=at.id("novault", vault.arn), reason=f"everything of ours goes, and {empty}")


def _points(at: Setting, vault: Vault, contents: Contents) -> Iterator[Action]:
    place = {**at.place(), "name": vault.name}
    if vault.lock is not None:
        days = {"MinRetentionDays": vault.lock.minimum, "MaxRetentionDays": vault.lock.maximum}
        yield DeleteVaultLock(
            **place,
            id=at.id("unlock", vault.name, days),
            reason="its lock keeps recovery points from being deleted",
            before={name: value for name, value in days.items() if value is not None},
        )
    yield DeletePoints(
        **place,
        id=at.id("points", vault.arn, list(contents.points)),
        reason="--delete-recovery-points allows it; they can never be restored again",
        changes=(f"{len(contents.points)} recovery points, {size(contents.size)}",),
        points=contents.points,
        size=contents.size,
    )
