"""The organization as moto holds it: who is in it, where, and which policies hang there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .substrate import backends

# The one class list of moto that is changed: it does not know these as services with delegated administrators.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/manage-cross-account.html (read 2026-11)
_BACKUP = "backup.amazonaws.com"
STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
"""The service principal of stack sets in an organization.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html (read 2026-11)
"""
_POLICY_ARN = "arn:{0}:organizations::{1}:policy/{2}/backup_policy/{3}"


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization: its members by account id, each with its path such as `o-x/r-x/ou-x/`."""

    id: str
    management_account: str
    members: Mapping[str, str]
    delegated: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Service principal -> the accounts that are its delegated administrators."""


Texts = tuple[tuple[tuple[str, str], ...], ...]
"""The policies of each level, from the root down to an account, by id and text, each level in attachment order."""


def manager_of(account: str, partition: str) -> str | None:
    """The management account of the organization that `account` is in."""
    registry = backends("organizations")
    if account in registry and registry[account][partition].org is not None:
        return account
    found = registry.master_accounts.get(account)
    return found[0] if found else None


def organization(manager: str, partition: str) -> Organization | None:
    """The organization that `manager` manages."""
    backend = _backend(manager, partition)
    if backend is None:
        return None
    parents = {unit.id: unit.parent_id for unit in backend.ou}
    members = {account.id: _path(backend.org.id, account.parent_id, parents) for account in backend.accounts}
    delegated: dict[str, set[str]] = {}
    for admin in backend.admins:
        for service in admin.services:
            delegated.setdefault(service, set()).add(admin.account.id)
    frozen = {service: frozenset(accounts) for service, accounts in sorted(delegated.items())}
    return Organization(backend.org.id, manager, dict(sorted(members.items())), frozen)


def texts(manager: str, partition: str, kind: str) -> Iterator[tuple[str, Texts]]:
    """Each active account with the policies of a type above and on it; an account that was closed has none any more."""
    backend = _backend(manager, partition)
    if backend is None:
        return
    units = {unit.id: unit for unit in backend.ou}
    known: dict[str | None, Texts] = {None: ()}

    def above(unit_id: str | None) -> Texts:
        if unit_id not in known:
            unit = units.get(unit_id)
            known[unit_id] = () if unit is None else (*above(unit.parent_id or None), _hanging(unit, kind))
        return known[unit_id]

    for account in backend.accounts:
        if account.status == "ACTIVE":
            yield account.id, (*above(account.parent_id), _hanging(account, kind))


def texts_of(manager: str, partition: str, account: str, kind: str) -> Texts:
    """The policies of a type above and on one account; none for an account outside the organization."""
    backend = _backend(manager, partition)
    if backend is None:
        return ()
    units = {unit.id: unit for unit in backend.ou}
    node = next((one for one in backend.accounts if one.id == account), None)
    found: list[tuple[tuple[str, str], ...]] = []
    while node is not None:
        found.append(_hanging(node, kind))
        node = units.get(node.parent_id)
    return tuple(reversed(found))


def _hanging(node: Any, kind: str) -> tuple[tuple[str, str], ...]:
    return tuple((policy.id, policy.content) for policy in node.attached_policies if policy.type == kind)


def target(manager: str, partition: str, target_id: str) -> Any | None:
    """moto's object for a root, unit or account."""
    backend = _backend(manager, partition)
    if backend is None:
        return None
    return next((node for node in (*backend.ou, *backend.accounts) if node.id == target_id), None)


def policy(manager: str, partition: str, policy_id: str) -> Any | None:
    """moto's object for a policy."""
    backend = _backend(manager, partition)
    return next((one for one in backend.policies if one.id == policy_id), None) if backend is not None else None


def policies(manager: str, partition: str) -> list[Any]:
    """moto's objects for all policies."""
    backend = _backend(manager, partition)
    return list(backend.policies) if backend is not None else []


def type_enabled(manager: str, partition: str, kind: str) -> bool:
    """Whether a policy type is enabled on the root."""
    backend = _backend(manager, partition)
    roots = [unit for unit in backend.ou if unit.type == "ROOT"] if backend is not None else []
    return any(row["Type"] == kind for root in roots for row in root.policy_types)


def disable_backup_type(manager: str, partition: str) -> None:
    """Take every backup policy off its targets, as AWS does when the type is disabled."""
    backend = _backend(manager, partition)
    for node in (*backend.ou, *backend.accounts) if backend is not None else ():
        for one in [one for one in node.attached_policies if one.type == "BACKUP_POLICY"]:
            node.attached_policies.remove(one)
            one.attachments.remove(node)


def create_backup_policy(manager: str, partition: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """A policy of the type that moto lists and then refuses to make."""
    from moto.organizations.models import FakePolicy

    backend = _backend(manager, partition)
    if backend is None:
        raise LookupError(f"{manager} manages no organization")
    made = FakePolicy(backend.org, **{**request, "Type": "TAG_POLICY"})
    made.type = "BACKUP_POLICY"
    made._arn_format = _POLICY_ARN
    backend.policies.append(made)
    answer: dict[str, Any] = made.describe()
    return answer


def know_backup() -> None:
    """Let moto accept AWS Backup and stack sets as services that can have delegated administrators."""
    from moto.organizations.models import FakeDelegatedAdministrator

    known = FakeDelegatedAdministrator.SUPPORTED_SERVICES
    known += [service for service in (_BACKUP, STACK_SETS) if service not in known]


def _backend(manager: str, partition: str) -> Any | None:
    registry = backends("organizations")
    if manager not in registry:
        return None
    found = registry[manager][partition]
    return found if found.org is not None else None


def _path(organization_id: str, parent: str, parents: Mapping[str, str | None]) -> str:
    steps: list[str] = []
    node: str | None = parent
    while node:
        steps.append(node)
        node = parents.get(node)
    return "/".join([organization_id, *reversed(steps), ""])


def kept(manager: str, partition: str) -> dict[str, Any]:
    """What the overlay keeps with the organization, so that it is stored and taken up with it: account -> value."""
    return _beside(manager, partition, "backstay_kept")


def basis(manager: str, partition: str) -> dict[str, Texts]:
    """The policies that what is kept of each account was made of."""
    return _beside(manager, partition, "backstay_basis")


def delegation(manager: str, partition: str) -> dict[str, Any]:
    """The policy by which an organization lets members manage policies: `id` and `content`; empty without one."""
    return _beside(manager, partition, "backstay_delegation")


def enable_all_features(manager: str, partition: str) -> None:
    """Make an organization that has only consolidated billing one with all features."""
    backend = _backend(manager, partition)
    if backend is not None:
        backend.org.feature_set = "ALL"


def managers(partition: str) -> list[str]:
    """The management accounts of all organizations of a partition."""
    registry = backends("organizations")
    return sorted(account for account in list(registry) if _backend(account, partition) is not None)


def leave(manager: str, partition: str, account: str) -> None:
    """Let an account leave an organization."""
    backend = _backend(manager, partition)
    if backend is not None:
        backend.remove_account_from_organization(AccountId=account)


def _beside(manager: str, partition: str, name: str) -> dict[str, Any]:
    backend = _backend(manager, partition)
    held: dict[str, Any] = {} if backend is None else backend.__dict__.setdefault(name, {})
    return held


def accounts(manager: str, partition: str) -> list[dict[str, Any]]:
    """The rows of ListAccounts."""
    backend = _backend(manager, partition)
    return [account.describe() for account in backend.accounts] if backend is not None else []
