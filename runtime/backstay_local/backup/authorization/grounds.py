"""The policies that speak of a principal, whatever it asks for; remembered for as long as nobody changes one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backstay_aws.authorization import Policies
from backstay_aws.policy_statement import Document, denies_anything
from backstay_local.backup.state import State
from backstay_local.wire.call import Call

if TYPE_CHECKING:
    from backstay_local.world.world import Identity

SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
RESOURCE_CONTROL = "RESOURCE_CONTROL_POLICY"
_LINKED = ":role/aws-service-role/"


@dataclass(frozen=True, slots=True)
class Grounds:
    """A principal, and its own policies with those of its organization."""

    account: str
    principal: str
    identity: Identity | None
    """The user or role; None for the root of an account, for a role that is gone, and for AWS's own roles."""
    policies: Policies
    silent: bool
    """Whether none of these policies can refuse anything."""


def of_call(state: State, call: Call) -> Grounds:
    """What speaks of the caller."""
    return of(state, call.principal, call.account, call.access_key)


def of(state: State, principal: str, account: str, access_key: str = "") -> Grounds:
    """What speaks of a principal; `access_key` tells apart the sessions of a role, which may be limited each."""
    question = ("grounds", principal, account, access_key)
    return state.standing.ask(question, lambda: _gathered(state, principal, account, access_key))


def _gathered(state: State, principal: str, account: str, access_key: str) -> Grounds:
    if state.settings.iam == "ignore":
        return Grounds(account, principal, None, Policies(), silent=True)
    if principal.endswith(":root"):
        policies = Policies(service_controls=state.world.controls(account, SERVICE_CONTROL))
        return Grounds(account, principal, None, policies, _silent(state, policies))
    if _LINKED in principal:  # AWS gives it what it needs, and no service control policy takes any of it away
        return Grounds(account, principal, None, Policies(), silent=True)
    identity = state.world.identity(principal)
    limit = state.world.session_policy(account, access_key) if access_key and ":assumed-role/" in principal else None
    policies = Policies(
        identity=() if identity is None else identity.documents,
        boundary=None if identity is None else identity.boundary,
        session=None if limit is None else (limit,),
        service_controls=state.world.controls(account, SERVICE_CONTROL),
    )
    return Grounds(account, principal, identity, policies, _silent(state, policies))


def _silent(state: State, policies: Policies) -> bool:
    if state.settings.iam == "enforce":
        return policies == Policies()
    return not denies_anything(_documents(policies))


def _documents(policies: Policies) -> Iterator[Document]:
    yield from policies.identity or ()
    yield from policies.session or ()
    if policies.boundary is not None:
        yield policies.boundary
    for level in policies.service_controls:
        yield from level
