"""The planner: from a build and what was observed to the actions that make the one true of the other. Pure."""

from __future__ import annotations

from collections.abc import Collection

from backstay_agent import order
from backstay_agent.needs import VaultKey
from backstay_agent.observed import Observed, Place
from backstay_agent.planner.contested import decide_contested
from backstay_agent.planner.decision import Decision, Setting, joined
from backstay_agent.planner.locked import locks_of, used_vaults
from backstay_agent.planner.plans import decide_plans
from backstay_agent.planner.preflight import decide_preflight
from backstay_agent.planner.protection import refute
from backstay_agent.planner.settings import decide_global_settings, decide_region_settings
from backstay_agent.planner.stranded import still_writing
from backstay_agent.planner.teardown import decide_teardown
from backstay_agent.planner.vaults import decide_vaults
from backstay_agent.wanted import Build, Wanted
from backstay_contract.canonical import digest
from backstay_contract.plan import Action, ChangePlan, Scope, Unapplied, Unreadable

_ID_LENGTH = 16


class OrderError(Exception):
    """An order of actions that would lower protection without saying so: a defect of the planner, never carried out."""


def plan_changes(build: Build, observed: Observed, scope: Scope) -> ChangePlan:
    """Decide what to do everywhere that was observed, in the order in which it may be done."""
    organization = build.index.organization
    unreadable = _unreadable(build, observed)
    complete = not any(it.named for it in unreadable)
    decided, used = [], used_vaults(observed)
    for (account, region), place in sorted(observed.places.items()):
        named = build.names(account, region)
        at = Setting(organization.id, account, region, observed.now, named, complete and not scope.only, scope.adopt)
        decided.append(_decide_place(at, build, place, used))
    decided.append(decide_preflight(build, observed))
    first = build.home
    if first and observed.global_settings is not None:
        at = Setting(organization.id, organization.management_account, first, observed.now)
        decided.append(decide_global_settings(at, build.index.global_settings, observed.global_settings))
    return _change_plan(build, observed, scope, joined(decided), unreadable)


def plan_teardown(build: Build, observed: Observed, scope: Scope) -> ChangePlan:
    """Decide how to remove what is ours, everywhere that was observed with the contents of its vaults."""
    return _change_plan(build, observed, scope, decide_teardown(build, observed, scope), _unreadable(build, observed))


def _unreadable(build: Build, observed: Observed) -> tuple[Unreadable, ...]:
    return tuple(
        Unreadable(account=it.account, region=it.region, error=it.error, named=_is_named(build, it.account, it.region))
        for it in observed.unread
    )


def _is_named(build: Build, account: str, region: str | None) -> bool:
    return build.names(account, region) if region else account in build.index.accounts


def _decide_place(at: Setting, build: Build, place: Place, used: Collection[VaultKey]) -> Decision:
    wanted = build.wanted(at.account, at.region)
    vaults = decide_vaults(at, wanted, place, lambda vault: still_writing(build, vault))
    bodies = {name: vault.lock for name, vault in wanted.vaults.items()}
    return joined(
        [
            decide_region_settings(at, wanted, place),
            vaults,
            decide_plans(at, wanted, place, locks_of(place, bodies, vaults.actions, used, at.now)),
            decide_contested(at, wanted, place),
            _unapplied(at, wanted),
        ]
    )


def _unapplied(at: Setting, wanted: Wanted) -> Decision:
    """What the build says of a place and this agent does not apply: told, never passed over in silence."""
    items = sorted(wanted.unapplied.items())
    return Decision(unapplied=tuple(Unapplied(**at.place(), kind=kind, names=names) for kind, names in items))


def _change_plan(
    build: Build, observed: Observed, scope: Scope, decided: Decision, unreadable: tuple[Unreadable, ...]
) -> ChangePlan:
    actions = proved(observed, order.arrange(decided.actions, _locked(observed)))
    seen = observed.digest()
    told = (
        *actions,
        *decided.conflicts,
        *decided.contested,
        *decided.orphans,
        *decided.missing,
        *decided.unapplied,
        *decided.held,
        *unreadable,
    )
    mentioned = sorted({item.account for item in told})
    known = build.index.accounts
    return ChangePlan(
        purpose=decided.purpose,
        id=digest([build.digest, seen, scope.model_dump(mode="json"), [action.id for action in actions]])[:_ID_LENGTH],
        build=build.digest,
        observed=seen,
        at=observed.now.isoformat(),
        organization=build.index.organization.id,
        accounts=len({*(scope.only or known), *(action.account for action in actions)}),
        names={account: known[account].name for account in mentioned if account in known},
        scope=scope,
        actions=actions,
        unreadable=unreadable,
        orphans=decided.orphans,
        missing=decided.missing,
        conflicts=decided.conflicts,
        contested=decided.contested,
        unapplied=decided.unapplied,
        held=decided.held,
    )


def _locked(observed: Observed) -> set[VaultKey]:
    return {
        (account, region, name)
        for (account, region), place in observed.places.items()
        for name, vault in place.vaults.items()
        if vault.lock is not None
    }


def proved(observed: Observed, actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """The actions, once it is shown that no step lowers protection without saying so; raises OrderError."""
    refuted = refute(observed, actions)
    if refuted is not None:
        raise OrderError(refuted)
    return actions
