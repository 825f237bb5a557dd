"""Plans the teardown of what is ours: selections and plans, then vaults that may go; what may not is told with its day.

A vault goes when it is empty. Its recovery points are deleted only where that was asked for, and never where a lock in
compliance mode, an air gap or a legal hold keeps them. Source: AWS Backup developer guide, "AWS Backup Vault Lock" (a
locked vault can be deleted once it holds no recovery points), "Logically air-gapped vault", "Legal holds", "Deleting
backups"; expiry takes up to eight hours; read 2026-11. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from backstay_agent.needs import VaultKey, written
from backstay_agent.observed import Contents, Observed, Place, Plan, Vault, is_ours
from backstay_agent.planner.decision import Decision, Setting, act, joined
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
    Scope,
)

_EXPIRES_WITHIN = timedelta(hours=8)


def decide_teardown(build: Build, observed: Observed, scope: Scope) -> Decision:
    """What to remove everywhere that was observed, and what stays."""
    used = dict(_used_elsewhere(build, observed))
    decided = []
    for (account, region), place in sorted(observed.places.items()):
        named = build.names(account, region)
        at = Setting(build.index.organization.id, account, region, observed.now, named)
        wanted = build.wanted(account, region)
        decided.append(_place(at, place, wanted, scope, observed, used))
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


def _place(
    at: Setting, place: Place, wanted: Wanted, scope: Scope, observed: Observed, used: dict[VaultKey, str]
) -> Decision:
    plans = [plan for plan in place.plans if is_ours(plan.tags, at.organization)]
    vaults = [vault for _, vault in sorted(place.vaults.items()) if is_ours(vault.tags, at.organization)]
    if scope.orphans_only:
        plans = [plan for plan in plans if plan.name not in wanted.plans]
        vaults = [vault for vault in vaults if vault.name not in wanted.vaults]
    kept = [plan for plan in place.plans if plan not in plans]
    writers = {vault: plan.name for plan in kept for vault, _ in written(at.account, at.region, plan.body)}
    gone = act([action for plan in plans for action in delete_plan(at, plan, _reason(wanted, plan))])
    return joined([gone, *(_vault(at, vault, scope, observed, used, writers) for vault in vaults)])


def _reason(wanted: Wanted, plan: Plan) -> str:
    return "everything of ours goes" if plan.name in wanted.plans else "the build does not name it any more"


def _vault(
    at: Setting,
    vault: Vault,
    scope: Scope,
    observed: Observed,
    used: dict[VaultKey, str],
    writers: dict[VaultKey, str],
) -> Decision:
    key = (at.account, at.region, vault.name)
    contents = (observed.contents or {}).get(key)
    if contents is None:
        return _held(at, vault, Contents(), "what it holds could not be read")
    if key in used:
        return _held(at, vault, contents, f"plans that are not torn down copy into it, in {used[key]}")
    if key in writers:
        return _held(at, vault, contents, f"plan {writers[key]}, which is not torn down, backs up into it")
    reason = _why_points_stay(at, vault, contents, scope)
    if contents.points and reason is not None:
        return _held(at, vault, contents, reason)
    return act(list(_removals(at, vault, contents)))


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


def _held(at: Setting, vault: Vault, contents: Contents, reason: str) -> Decision:
    day = None
    if contents.last_expiry is not None and not contents.endless and not contents.held:
        day = (contents.last_expiry + _EXPIRES_WITHIN).date().isoformat()
    held = Held(
        **at.place(),
        kind="vault",
        name=vault.name,
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
