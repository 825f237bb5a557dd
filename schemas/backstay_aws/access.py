"""What a policy document lets in: access policies of backup vaults, and trust policies of IAM roles.

Source: IAM user guide "Policy evaluation logic", "Principal", "Action", "Condition operators"; Backup developer guide
"Vault access policies" and "Creating backup copies across accounts"; read 2026-11. Documents are read as they are: what
cannot be judged (a condition operator that this module does not know, a policy variable) makes an Allow statement not
apply and a Deny statement apply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backstay_aws import arns
from backstay_aws.access_shape import DocumentFinding, DocumentProblem, document_findings, document_problems
from backstay_aws.globs import iam_glob
from backstay_aws.policy_conditions import Context, every, holds
from backstay_aws.policy_document import statements, values

__all__ = [
    "DocumentFinding",
    "DocumentProblem",
    "admits",
    "denies",
    "document_findings",
    "document_problems",
    "trusts",
]

_ASSUME = "sts:AssumeRole"


@dataclass(frozen=True, slots=True)
class _Request:
    """Who asks for what: an account or one principal in it, or an AWS service."""

    action: str
    resource: str | None
    account: str | None
    principal: str | None
    service: str | None
    context: Context


def admits(
    document: Mapping[str, Any],
    action: str,
    *,
    principal_account: str,
    principal_arn: str | None,
    organization: str | None,
    org_path: str | None,
    vault_arn: str,
    context: Mapping[str, str] | None = None,
) -> bool:
    """Say whether a vault's access policy allows an action to a principal: some Allow applies and no Deny does.

    `principal_arn` None means the account as such. `organization` is the principal's organization (`o-...`), `org_path`
    its place there (`o-.../r-.../ou-.../`); None when it has none. `vault_arn` is the ARN that the action is aimed at
    (for actions on a recovery point, the recovery point's). `context` adds further condition keys, such as
    `aws:SourceAccount`, which is absent otherwise. Within one account IAM may allow what this policy does not: ask
    `denies` there.
    """
    request = _vault_request(action, principal_account, principal_arn, organization, org_path, vault_arn, context)
    return _allowed(document, request)


def denies(
    document: Mapping[str, Any],
    action: str,
    *,
    principal_account: str,
    principal_arn: str | None,
    organization: str | None,
    org_path: str | None,
    vault_arn: str,
    context: Mapping[str, str] | None = None,
) -> bool:
    """Say whether a vault's access policy forbids an action to a principal; arguments as in `admits`."""
    request = _vault_request(action, principal_account, principal_arn, organization, org_path, vault_arn, context)
    return _denied(document, request)


def trusts(
    document: Mapping[str, Any],
    *,
    principal_arn: str,
    principal_account: str,
    service: str | None = None,
    context: Mapping[str, str] | None = None,
) -> bool:
    """Say whether a role's trust policy lets someone assume it (`sts:AssumeRole`).

    With `service` (`backup.amazonaws.com`) the AWS service asks, on behalf of `principal_account`, which then is
    `aws:SourceAccount`; `principal_arn`, when not empty, is what it acts for and becomes `aws:SourceArn`. `context`
    adds further condition keys, such as `sts:ExternalId`.
    """
    if service is None:
        keys = _principal_keys(principal_account, principal_arn)
        asking = _Request(_ASSUME, None, principal_account, principal_arn, None, _context(keys, context))
    else:
        keys = {"aws:SourceAccount": principal_account, "aws:SourceArn": principal_arn or None}
        asking = _Request(_ASSUME, None, None, None, service, _context(keys, context))
    return _allowed(document, asking)


def _vault_request(
    action: str,
    account: str,
    principal: str | None,
    organization: str | None,
    org_path: str | None,
    resource: str,
    context: Mapping[str, str] | None,
) -> _Request:
    keys = _principal_keys(account, principal)
    keys |= {"aws:PrincipalOrgID": organization, "aws:PrincipalOrgPaths": org_path}
    return _Request(action, resource, account, principal, None, _context(keys, context))


def _principal_keys(account: str, principal: str | None) -> dict[str, str | None]:
    return {"aws:PrincipalAccount": account, "aws:PrincipalArn": _role_of(principal) if principal else None}


def _context(keys: Mapping[str, str | None], extra: Mapping[str, str] | None) -> Context:
    joined = {**keys, **(extra or {})}
    return {key.casefold(): (value,) for key, value in joined.items() if value is not None}


def _allowed(document: Mapping[str, Any], request: _Request) -> bool:
    granted = any(_effect(one, "Allow") and _applies(one, request) is True for one in statements(document))
    return granted and not _denied(document, request)


def _denied(document: Mapping[str, Any], request: _Request) -> bool:
    return any(_effect(one, "Deny") and _applies(one, request) is not False for one in statements(document))


def _effect(statement: Mapping[str, Any], effect: str) -> bool:
    return statement.get("Effect") == effect


def _applies(statement: Mapping[str, Any], request: _Request) -> bool | None:
    return every(
        (
            _listed(statement, "Action", "NotAction", lambda pattern: _same_action(pattern, request.action)),
            _resource(statement, request),
            _principal(statement, request),
            holds(statement.get("Condition"), request.context),
        )
    )


def _listed(statement: Mapping[str, Any], positive: str, negative: str, hit: Callable[[str], bool]) -> bool:
    if negative in statement:
        return not any(map(hit, values(statement[negative])))
    return any(map(hit, values(statement.get(positive))))


def _same_action(pattern: str, action: str) -> bool:
    return iam_glob(pattern.casefold(), action.casefold())


def _resource(statement: Mapping[str, Any], request: _Request) -> bool | None:
    wanted = request.resource
    if wanted is None or not statement.keys() & {"Resource", "NotResource"}:
        return True  # a trust policy names no resource; a vault policy without one means the vault
    if any("${" in value for key in ("Resource", "NotResource") for value in values(statement.get(key))):
        return None
    return _listed(statement, "Resource", "NotResource", lambda pattern: iam_glob(pattern, wanted))


def _principal(statement: Mapping[str, Any], request: _Request) -> bool:
    if "NotPrincipal" in statement:
        return not _named(statement["NotPrincipal"], request)
    return _named(statement.get("Principal"), request)


def _named(principal: Any, request: _Request) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, Mapping):
        return False
    if request.service is not None:
        return request.service in values(principal.get("Service")) or "*" in values(principal.get("AWS"))
    return any(_names_caller(one, request) for one in values(principal.get("AWS")))


def _names_caller(name: str, request: _Request) -> bool:
    if name in ("*", request.account):
        return True
    arn = arns.parse(name)
    if arn is not None and arn.service == "iam" and arn.resource == "root":
        return arn.account == request.account
    return request.principal is not None and _same_principal(name, request.principal)


def _same_principal(name: str, principal: str) -> bool:
    """Compare ARNs; a role is also its sessions, whose ARNs do not show the role's path."""
    if name == principal:
        return True
    role, session = arns.parse(name), arns.parse(principal)
    if role is None or session is None or not _is_session(session) or role.account != session.account:
        return False
    return role.resource.startswith("role/") and role.resource.rsplit("/", 1)[1] == session.resource.split("/")[1]


def _is_session(arn: arns.Arn) -> bool:
    return arn.service == "sts" and arn.resource.startswith("assumed-role/")


def _role_of(principal: str) -> str:
    """Give the role behind a session (`assumed-role/Name/session`); its path, which a session lacks, is unknown."""
    arn = arns.parse(principal)
    if arn is None or not _is_session(arn):
        return principal
    return arns.role(arn.partition, arn.account, arn.resource.split("/")[1])
