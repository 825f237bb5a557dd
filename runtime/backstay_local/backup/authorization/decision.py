"""One question to the policies, answered in the mode that the settings choose: the only place where it is decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from backstay_aws.authorization import Levels, Owner, Refusal, explicit_denial, refusal
from backstay_aws.policy_statement import Document, Request
from backstay_local.backup.authorization import conditions
from backstay_local.backup.authorization.conditions import Keys
from backstay_local.backup.authorization.grounds import Grounds
from backstay_local.backup.state import State


@dataclass(frozen=True, slots=True)
class Asked:
    """What a principal wants to do to what, with the policies of that thing itself."""

    request: Request
    resource: Document | None = None
    resource_controls: Levels = ()
    owner: Owner = "same-account"


def request(
    state: State,
    who: Grounds,
    action: str,
    resource: str,
    *,
    region: str,
    at: datetime,
    further: Keys,
    vague: bool = False,
) -> Request:
    """A request of a principal with all its condition keys; `vague`: see `Request`."""
    context = conditions.context(state, who, region, at, resource, further)
    role = None if who.identity is None or who.identity.kind == "user" else who.identity.arn
    return Request(action, resource, who.account, who.principal, None, context, role, vague)


def refused(state: State, who: Grounds, asked: Asked) -> Refusal | None:
    """Why a request does not pass; None when it does."""
    policies = replace(who.policies, resource=asked.resource, resource_controls=asked.resource_controls)
    match state.settings.iam:
        case "deny" | "ignore":
            return explicit_denial(asked.request, policies)
        case "enforce":
            return refusal(asked.request, policies, asked.owner)
        case _:
            assert_never(state.settings.iam)
