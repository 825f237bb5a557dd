"""Decides, from a wish and what was seen, what has to be done. A pure function; the steps come in their order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from backstay_agent.bootstrap import delegation
from backstay_agent.bootstrap.decide_roles import decide_role
from backstay_agent.bootstrap.decide_sets import decide_set
from backstay_agent.bootstrap.seen import Seen, Unreadable
from backstay_agent.bootstrap.template import wanted_sets
from backstay_agent.bootstrap.wish import (
    POLICY_TYPE,
    STACK_SETS,
    Wish,
    agent_role,
    home_of,
    partition_of,
    service_role,
)
from backstay_aws.backup_actions import BACKUP
from backstay_contract.bootstrap import (
    Bootstrap,
    EnableAllFeatures,
    EnablePolicyType,
    EnableTrustedAccess,
    Hindrance,
    PutDelegation,
    RegisterAdministrator,
    SetGlobalSettings,
    Step,
)
from backstay_contract.canonical import digest

_ID_LENGTH = 12
_CROSS_ACCOUNT = "isCrossAccountBackupEnabled"
_DELEGATES = "isDelegatedAdministratorEnabled"


@dataclass(slots=True)
class Decided:
    """Steps and hindrances as they are found."""

    seen: Seen
    steps: list[Step] = field(default_factory=list)
    hindrances: list[Hindrance] = field(default_factory=list)

    def at(self, word: str, account: str, *content: Any) -> dict[str, str]:
        """Where a step is, and its id: the same wish at the same place has the same id every time."""
        name = f"{word}-{digest([word, account, *content])[:_ID_LENGTH]}"
        return {"id": name, "account": account, "region": self.seen.region}

    def cannot(self, what: str, reason: str, account: str | None = None) -> None:
        """Note something that no step can mend."""
        self.hindrances.append(Hindrance(account=account, what=what, reason=reason))

    def ids(self, *kinds: type[Any]) -> tuple[str, ...]:
        """The ids of the steps of some kinds, so far."""
        return tuple(step.id for step in self.steps if isinstance(step, kinds))


def decide(wish: Wish, seen: Seen) -> Bootstrap:
    """The steps that make an organization what was wished; none where it is so already."""
    decided = Decided(seen)
    _organization(wish, decided)
    _roles(wish, decided)
    if wish.via == "stackset" and seen.features == "all":
        _stack_sets(wish, decided)
    content = [step.id for step in decided.steps]
    return Bootstrap(
        id=digest([seen.organization, content]),
        organization=seen.organization,
        management_account=seen.management,
        seen_at=seen.at.isoformat(),
        accounts=dict(seen.accounts),
        steps=tuple(decided.steps),
        hindrances=tuple(decided.hindrances),
    )


def _organization(wish: Wish, decided: Decided) -> None:
    seen = decided.seen
    if seen.features != "all":
        _features(decided)
        return
    wanted = Decided(seen)
    _trusted_access(wish, wanted)
    _policy_type(wanted)
    _administrators(wish, wanted)
    _delegation(wish, wanted)
    _settings(wish, wanted)
    decided.hindrances += wanted.hindrances
    if seen.managing:
        decided.steps += wanted.steps
        return
    for step in wanted.steps:
        decided.cannot(step.kind, "only the management account can do it: run this there once")


def _features(decided: Decided) -> None:
    rest = "backup policies, trusted access and delegated administrators follow when all features are enabled"
    if decided.seen.features == "asked":
        decided.cannot("all features", f"accounts were asked and have to accept; {rest}: run this again then")
        return
    if not decided.seen.managing:
        decided.cannot("all features", f"only the management account can ask for them; {rest}")
        return
    reason = "the organization has only consolidated billing; its invited accounts must accept"
    decided.steps.append(EnableAllFeatures(**decided.at("features", decided.seen.management), reason=reason))
    decided.cannot("what rests on all features", f"{rest}: run this again then")


def _trusted_access(wish: Wish, decided: Decided) -> None:
    found = decided.seen.trusted
    if isinstance(found, Unreadable):
        decided.cannot("trusted access", found.reason)
        return
    why = {BACKUP: "AWS Backup cannot see across accounts", STACK_SETS: "stack sets cannot reach the accounts"}
    needed = [BACKUP, *([STACK_SETS] if wish.via == "stackset" or wish.delegate_stack_sets else [])]
    for service in needed:
        if service not in found:
            at = decided.at("trust", decided.seen.management, service)
            decided.steps.append(EnableTrustedAccess(**at, service=service, reason=f"without it {why[service]}"))


def _policy_type(decided: Decided) -> None:
    if not decided.seen.policy_type:
        at = decided.at("type", decided.seen.management, POLICY_TYPE)
        reason = "backup policies of AWS Organizations are not enabled"
        decided.steps.append(EnablePolicyType(**at, root=decided.seen.root, reason=reason))


def _administrators(wish: Wish, decided: Decided) -> None:
    found = decided.seen.administrators
    if wish.delegate is None:
        return
    if isinstance(found, Unreadable):
        decided.cannot("delegated administrators", found.reason)
        return
    for service in (BACKUP, *([STACK_SETS] if wish.delegate_stack_sets else [])):
        if wish.delegate not in found.get(service, ()):
            decided.steps.append(
                RegisterAdministrator(
                    **decided.at("administrator", decided.seen.management, wish.delegate, service),
                    administrator=wish.delegate,
                    service=service,
                    reason="it is not registered",
                    after_steps=decided.ids(EnableTrustedAccess),
                )
            )


def _delegation(wish: Wish, decided: Decided) -> None:
    seen, before = decided.seen, decided.seen.delegation
    if wish.delegate is None:
        return
    if isinstance(before, Unreadable):
        decided.cannot("the organization's resource policy", before.reason)
        return
    ours = delegation.statements(partition_of(seen.region), seen.organization, seen.management, wish.delegate)
    after = delegation.merged(before, ours)
    if not delegation.same(before, after):
        others = len(after["Statement"]) - len(ours)
        kept = (f"{others} statement{'s' if others != 1 else ''} of others stay",) if others else ()
        decided.steps.append(
            PutDelegation(
                **decided.at("delegation", seen.management, after),
                before=dict(before) if before is not None else None,
                after=after,
                changes=(f"{wish.delegate} manages backup policies, and nothing else", *kept),
                reason="the resource policy does not let it manage backup policies",
            )
        )


def _settings(wish: Wish, decided: Decided) -> None:
    found = decided.seen.settings
    wanted = {_CROSS_ACCOUNT: "true"} if wish.cross_account else {}
    wanted |= {_DELEGATES: "true"} if wish.delegate else {}
    if isinstance(found, Unreadable):
        if wanted:
            decided.cannot("global settings of AWS Backup", found.reason)
        return
    # A partition or Region of AWS that does not know a setting does not list it; cross-account backup is everywhere.
    differing = {
        name: value
        for name, value in wanted.items()
        if found.get(name) != value and (name in found or name == _CROSS_ACCOUNT)
    }
    if differing:
        before = {name: found.get(name, "false") for name in differing}
        decided.steps.append(
            SetGlobalSettings(
                **decided.at("settings", decided.seen.management, differing),
                before=before,
                after=differing,
                changes=tuple(f"{name} {before[name]} → {value}" for name, value in sorted(differing.items())),
                reason="copies between accounts and delegated administrators need them",
                after_steps=decided.ids(EnableTrustedAccess, RegisterAdministrator),
            )
        )


def _roles(wish: Wish, decided: Decided) -> None:
    seen = decided.seen
    partition, home = partition_of(seen.region), home_of(wish, seen.management)
    for account, found in sorted(seen.roles.items()):
        if isinstance(found, Unreadable):
            decided.cannot("roles", found.reason, account)
            continue
        agent = [agent_role(wish, partition, account, seen.management)] if account != home else []
        service = [service_role(partition)] if wish.service_role else []
        for role in (*agent, *service):
            made = decide_role(role, found.get(role.name), decided.at("role", account, role.path_and_name))
            if isinstance(made, str):
                decided.cannot(f"role {role.path_and_name}", made, account)
            elif made is not None:
                decided.steps.append(made)


def _stack_sets(wish: Wish, decided: Decided) -> None:
    seen = decided.seen
    found = seen.stack_sets
    if isinstance(found, Unreadable):
        decided.cannot("stack sets", found.reason)
        return
    before = decided.ids(EnableTrustedAccess)
    units = wish.units or (seen.root,)
    for wanted in wanted_sets(wish, partition_of(seen.region), seen.management):
        made = decide_set(wanted, found.get(wanted.name), units, seen.reached, _place(decided, wanted.name), before)
        if isinstance(made, str):
            decided.cannot(f"stack set {wanted.name}", made)
        else:
            decided.steps += made


def _place(decided: Decided, name: str) -> Any:
    account = decided.seen.caller
    return lambda word, content: decided.at(word, account, name, content)
