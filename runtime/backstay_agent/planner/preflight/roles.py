"""Whether the roles exist in which AWS Backup is to work, and trust it; whether the topics exist."""

from __future__ import annotations

from collections.abc import Iterator

from backstay_agent.observed import Document, Place
from backstay_agent.wanted import Wanted
from backstay_aws import access
from backstay_contract.plan import Prerequisite

_SERVICE = "backup.amazonaws.com"


def lacking_roles(wanted: Wanted, place: Place) -> Iterator[Prerequisite]:
    """Roles that are not there, or that AWS Backup cannot assume."""
    for arn, needed_by in wanted.roles():
        at = {"account": wanted.account, "region": wanted.region, "name": arn, "needed_by": needed_by}
        if place.roles.get(arn) == "no":
            yield Prerequisite(**at, kind="role", remedy=f"create it, with a trust policy for {_SERVICE}")
        elif arn in place.readiness.trusts and not _trusts(place.readiness.trusts[arn], wanted.account):
            sure = not _has_conditions(place.readiness.trusts[arn])
            reason = f"does not trust {_SERVICE}" if sure else f"may not trust {_SERVICE}: its conditions decide"
            remedy = f"let {_SERVICE} assume it (sts:AssumeRole)"
            yield Prerequisite(**at, kind="role", reason=reason, remedy=remedy, blocking=sure)


def _trusts(document: Document, account: str) -> bool:
    return access.trusts(document, principal_arn="", principal_account=account, service=_SERVICE)


def _has_conditions(document: Document) -> bool:
    statements = document.get("Statement", ())
    listed = statements if isinstance(statements, list) else [statements]
    return any(statement.get("Condition") for statement in listed)


def lacking_topics(wanted: Wanted, place: Place) -> Iterator[Prerequisite]:
    """Topics that are not there."""
    for arn, needed_by in wanted.topics():
        if place.topics.get(arn) == "no":
            yield Prerequisite(
                account=wanted.account, region=wanted.region, kind="topic", name=arn, needed_by=needed_by
            )
