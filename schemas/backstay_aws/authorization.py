"""Whether IAM lets a request pass: every kind of policy that has a say, put together as AWS does, and who refused.

Source: IAM user guide "Policy evaluation logic", "How AWS enforcement code logic evaluates requests", "Permissions
boundaries for IAM entities", "Troubleshoot access denied error messages"; KMS developer guide "Key policies";
Organizations user guide "SCP evaluation" and "Resource control policies"; as known 2026-11. What cannot be told (an
address that the request does not show, an operator that IAM does not have) never refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, assert_never

from backstay_aws.policy_statement import Document, Grant, Request, allowed, denied, grant

Levels = tuple[tuple[Document, ...], ...]
"""Policies of AWS Organizations from the root down to the account, level by level; none: the type is not in force."""

Owner = Literal["same-account", "policy-first", "other-account"]
"""How identity and resource policies join.

`same-account`: either lets in. `policy-first` (KMS keys): the resource's policy must let in, be it only the account,
for which the identity's policies then speak. `other-account`: both must.
"""


class Source(StrEnum):
    """What refused, in the words of AWS's messages."""

    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    RESOURCE = "resource-based policy"
    SERVICE_CONTROL = "service control policy"
    RESOURCE_CONTROL = "resource control policy"


@dataclass(frozen=True, slots=True)
class Policies:
    """Every policy that has a say in a request."""

    identity: tuple[Document, ...] | None = None
    """Of the user and its groups, or of the role; None: the principal needs none, as the root of an account."""
    boundary: Document | None = None
    session: tuple[Document, ...] | None = None
    """What a session was limited to when it was begun; None: it was not."""
    resource: Document | None = None
    service_controls: Levels = ()
    resource_controls: Levels = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request does not pass: a Deny of some policy, or that no policy of a kind allows it."""

    source: Source
    explicit: bool

    def sentence(self, request: Request) -> str:
        """What AWS says."""
        if self.explicit:
            article = "an" if self.source is Source.IDENTITY else "a"
            why = f"with an explicit deny in {article} {self.source}"
        else:
            why = f"because no {self.source} allows the {request.action} action"
        on = f" on resource: {request.resource}" if request.resource is not None else ""
        return f"User: {request.principal} is not authorized to perform: {request.action}{on} {why}"


def explicit_denial(request: Request, policies: Policies) -> Refusal | None:
    """Find the first policy with a Deny for a request, in AWS's order; None when there is none."""
    for source, documents in _in_order(policies):
        of_resource = source in (Source.RESOURCE, Source.RESOURCE_CONTROL)
        if any(denied(one, request, of_resource=of_resource) for one in documents):
            return Refusal(source, explicit=True)
    return None


def refusal(request: Request, policies: Policies, owner: Owner) -> Refusal | None:
    """Decide a request as AWS does: None lets it pass."""
    found = explicit_denial(request, policies)
    if found is not None:
        return found
    if not all(_any_allows(level, request) for level in policies.service_controls):
        return Refusal(Source.SERVICE_CONTROL, explicit=False)
    limit = _limit(request, policies)
    lacking = _of_identity(request, policies) or limit
    given = Grant.NONE if policies.resource is None else grant(policies.resource, request, doubt=True)
    direct = given is Grant.EXACT or (given is Grant.PRINCIPAL and limit is None)
    if _passes(owner, own=lacking is None, given=given is not Grant.NONE, direct=direct):
        return None
    silent = lacking if owner == "same-account" or given is not Grant.NONE else None
    return Refusal(silent or Source.RESOURCE, explicit=False)


def _passes(owner: Owner, *, own: bool, given: bool, direct: bool) -> bool:
    """Join what a principal may by its own policies with what the resource's policy gives it."""
    match owner:
        case "same-account":
            return own or direct
        case "policy-first":
            return direct or (given and own)
        case "other-account":
            return given and own
        case _:
            assert_never(owner)


def _in_order(policies: Policies) -> Iterator[tuple[Source, Iterable[Document]]]:
    yield Source.RESOURCE_CONTROL, _flat(policies.resource_controls)
    yield Source.SERVICE_CONTROL, _flat(policies.service_controls)
    yield Source.RESOURCE, () if policies.resource is None else (policies.resource,)
    yield Source.IDENTITY, policies.identity or ()
    yield Source.BOUNDARY, () if policies.boundary is None else (policies.boundary,)
    yield Source.SESSION, policies.session or ()


def _of_identity(request: Request, policies: Policies) -> Source | None:
    if policies.identity is None or _any_allows(policies.identity, request):
        return None
    return Source.IDENTITY


def _limit(request: Request, policies: Policies) -> Source | None:
    """Which limit of an identity's policies does not allow a request."""
    if policies.boundary is not None and not _any_allows((policies.boundary,), request):
        return Source.BOUNDARY
    if policies.session is not None and not _any_allows(policies.session, request):
        return Source.SESSION
    return None


def _any_allows(documents: Iterable[Document], request: Request) -> bool:
    return any(allowed(one, request) is not False for one in documents)


def _flat(levels: Levels) -> Iterator[Document]:
    for level in levels:
        yield from level
