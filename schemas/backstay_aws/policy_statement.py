"""One statement of a policy against one request: whether it applies, and whom exactly it names.

Source: IAM user guide "IAM JSON policy elements" (Action, Resource, Principal and their negations) and "Policy
evaluation logic", read 2026-11. Answers are yes, no, or "cannot be told" (None).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from backstay_aws import arns
from backstay_aws.arns import Arn
from backstay_aws.globs import iam_glob
from backstay_aws.policy_conditions import holds
from backstay_aws.policy_context import Context, every, hits, negated, some
from backstay_aws.policy_document import statements, values

Document = Mapping[str, Any]
"""A policy document, read from its JSON."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for what: an account or one principal in it, or an AWS service."""

    action: str
    resource: str | None
    """ARN, or `*` for an action without a resource; None where the documents are about one thing anyway."""
    account: str | None
    principal: str | None
    """ARN of a root, user, role, or session of a role; None is the account as such."""
    service: str | None
    context: Context
    role: str | None = None
    """The role behind the session, with its path, where it is known."""
    vague: bool = False
    """Whether `resource` is `*` only because nobody knows what AWS asks about: only `*` surely fits then."""


class Grant(IntEnum):
    """How far a resource's policy lets a principal in; each takes in the ones before it."""

    NONE = 0
    ACCOUNT = 1
    """The account is let in: who in it may come, its own policies say."""
    PRINCIPAL = 2
    """The role, or everybody."""
    EXACT = 3
    """The very user or session that asks: nothing but an explicit Deny stands in the way."""


def denied(document: Document, request: Request, *, of_resource: bool) -> bool | None:
    """Say whether a Deny of a document applies; `of_resource`: its statements name principals."""
    return some(_applies(one, request, of_resource=of_resource) for one in statements(document) if _effect(one, "Deny"))


def allowed(document: Document, request: Request) -> bool | None:
    """Say whether an Allow of a document without principals applies."""
    return some(_applies(one, request, of_resource=False) for one in statements(document) if _effect(one, "Allow"))


def grant(document: Document, request: Request, *, doubt: bool) -> Grant:
    """Say how far the Allows of a resource's policy let the principal in; `doubt`: what cannot be told, applies."""
    found = Grant.NONE
    for one in statements(document):
        if _effect(one, "Allow"):
            answer = _applies(one, request, of_resource=True)
            if answer or (answer is None and doubt):
                found = max(found, _granted(one, request))
    return found


def denies_anything(documents: Iterable[Document]) -> bool:
    """Say whether any document has a Deny at all."""
    return any(_effect(one, "Deny") for document in documents for one in statements(document))


def _effect(statement: Mapping[str, Any], effect: str) -> bool:
    return statement.get("Effect") == effect


def _applies(statement: Mapping[str, Any], request: Request, *, of_resource: bool) -> bool | None:
    return every(_judgements(statement, request, of_resource=of_resource))


def _judgements(statement: Mapping[str, Any], request: Request, *, of_resource: bool) -> Iterable[bool | None]:
    """The parts of a statement one by one, the cheap ones first: one no, and the rest is not looked at."""
    yield _listed(statement, "Action", lambda pattern: _same_action(pattern, request.action))
    if of_resource:
        yield _granted(statement, request) > Grant.NONE
    yield _resource(statement, request)
    yield holds(statement.get("Condition"), request.context)


def _listed(statement: Mapping[str, Any], element: str, hit: Callable[[str], bool | None]) -> bool | None:
    contrary = f"Not{element}"
    if contrary in statement:
        return negated(some(map(hit, values(statement[contrary]))))
    return some(map(hit, values(statement.get(element))))


def _same_action(pattern: str, action: str) -> bool:
    return iam_glob(pattern.casefold(), action.casefold())


def _resource(statement: Mapping[str, Any], request: Request) -> bool | None:
    wanted = request.resource
    if wanted is None or not statement.keys() & {"Resource", "NotResource"}:
        return True  # a trust policy names no resource; a vault policy without one means the vault

    def hit(pattern: str) -> bool | None:
        if request.vague:
            return True if pattern == "*" else None
        return hits(pattern, request.context, pattern=True, test=lambda meant: iam_glob(meant, wanted))

    return _listed(statement, "Resource", hit)


def _granted(statement: Mapping[str, Any], request: Request) -> Grant:
    if "NotPrincipal" in statement:
        named = _names(statement["NotPrincipal"], request)
        return Grant.PRINCIPAL if named is Grant.NONE else Grant.NONE
    return _names(statement.get("Principal"), request)


def _names(principal: Any, request: Request) -> Grant:
    if principal == "*":
        return Grant.PRINCIPAL
    if not isinstance(principal, Mapping):
        return Grant.NONE
    if request.service is not None:
        named = request.service in values(principal.get("Service")) or "*" in values(principal.get("AWS"))
        return Grant.PRINCIPAL if named else Grant.NONE
    return max((_names_caller(one, request) for one in values(principal.get("AWS"))), default=Grant.NONE)


def _names_caller(name: str, request: Request) -> Grant:
    if name == "*":
        return Grant.PRINCIPAL
    arn = arns.parse(name)
    if name == request.account or (arn is not None and arn.service == "iam" and arn.resource == "root"):
        return Grant.ACCOUNT if request.account in (name, arn and arn.account) else Grant.NONE
    if request.principal is None or arn is None:
        return Grant.NONE
    if name == request.principal:
        return Grant.PRINCIPAL if arn.resource.startswith("role/") else Grant.EXACT
    return Grant.PRINCIPAL if name == request.role or _is_its_session(arn, request.principal) else Grant.NONE


def _is_its_session(role: Arn, principal: str) -> bool:
    """Whether a principal is a session of a role; its ARN does not show the role's path."""
    session = arns.parse(principal)
    if session is None or not is_session(session) or role.account != session.account:
        return False
    return role.resource.startswith("role/") and role.resource.rsplit("/", 1)[1] == session.resource.split("/")[1]


def is_session(arn: Arn) -> bool:
    """Whether an ARN is that of a session of a role."""
    return arn.service == "sts" and arn.resource.startswith("assumed-role/")
