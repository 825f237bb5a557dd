"""The planner: from a build and what was observed to the actions that make the one true of the other. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from backstay_agent import order
from backstay_agent.needs import AIR_GAPPED, VaultKey
from backstay_agent.observed import Observed, Place
from backstay_agent.planner.contested import decide_contested
from backstay_agent.planner.decision import Decision, Setting, joined
from backstay_agent.planner.locked import locks_of, used_vaults
from backstay_agent.planner.parts import decide_parts
from backstay_agent.planner.plans import decide_plans
from backstay_agent.planner.policies import decide_policies
from backstay_agent.planner.preflight import decide_preflight
from backstay_agent.planner.protection import refute
from backstay_agent.planner.settings import decide_global_settings, decide_region_settings
from backstay_agent.planner.stranded import still_writing
from backstay_agent.planner.teardown import decide_teardown
from backstay_agent.planner.vaults import decide_vaults
from backstay_agent.told import spelt
from backstay_agent.wanted import Build
from backstay_contract.canonical import digest
from backstay_contract.plan import Action, ChangePlan, Scope, Unreadable

_ID_LENGTH = 16


class OrderError(Exception):
    """An order of actions that would lower protection without saying so: a defect of the planner, never carried out."""


def plan_changes(build: Build, observed: Observed, scope: Scope) -> ChangePlan:
    """Decide what to do everywhere that was observed, in the order in which it may be done."""
    organization = build.index.organization
    unreadable = _unreadable(build, observed)
    complete = not any(it.named for it in unreadable)
    unreadable += tuple(_unseen(observed))
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
    if observed.policies is not None:
        where = observed.policies
        at = Setting(organization.id, where.account, where.region, observed.now, adopt=scope.adopt)
        decided.append(decide_policies(at, build.policies, where))
    return _change_plan(build, observed, scope, joined(decided), unreadable)


def plan_teardown(build: Build, observed: Observed, scope: Scope) -> ChangePlan:
    """Decide how to remove what is ours, everywhere that was observed with the contents of its vaults."""
    unreadable = (*_unreadable(build, observed), *_unseen(observed))
    return _change_plan(build, observed, scope, decide_teardown(build, observed, scope), unreadable)


def _unreadable(build: Build, observed: Observed) -> tuple[Unreadable, ...]:
    return tuple(
        Unreadable(account=it.account, region=it.region, error=it.error, named=_is_named(build, it.account, it.region))
        for it in observed.unread
    )


def _unseen(observed: Observed) -> Iterator[Unreadable]:
    """What the agent could not look for where nobody wants it: what is left over there is not known."""
    for it in observed.overlooked:
        yield Unreadable(account=it.account, region=it.region, error=it.error, named=False)
    for (account, region), place in sorted(observed.places.items()):
        kinds: dict[str, list[str]] = {}
        for unseen in place.unseen:
            kinds.setdefault(unseen.error, []).append(f"{spelt(unseen.noun)}s")
        for error, nouns in sorted(kinds.items()):
            yield Unreadable(account=account, region=region, error=f"{error} ({', '.join(nouns)})", named=False)


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
            decide_parts(at, wanted, place, build.makes),
            decide_contested(at, wanted, place),
        ]
    )


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
        held=decided.held,
    )


def _locked(observed: Observed) -> set[VaultKey]:
    """The vaults that are locked now; an air-gapped one is from its first moment."""
    found = set()
    for (account, region), place in observed.places.items():
        found |= {(account, region, name) for name, vault in place.vaults.items() if vault.lock is not None}
        found |= {(account, region, part.name) for part in place.parts if part.noun == AIR_GAPPED}
    return found


def proved(observed: Observed, actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """The actions, once it is shown that no step lowers protection without saying so; raises OrderError."""
    refuted = refute(observed, actions)
    if refuted is not None:
        raise OrderError(refuted)
    return actions
